import type { ISessionContext } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { IKernelHost } from '../model/kernel';

/** The kernel of a notebook, of whichever is meant at the moment; none if there is none. */
class NotebookHost implements IKernelHost {
  /**
   * @param _panel - tells the notebook that is meant
   * @param moved - tell that it is another, or called otherwise
   */
  constructor(
    private readonly _panel: () => NotebookPanel | null,
    moved: readonly ISignal<unknown, unknown>[]
  ) {
    for (const signal of moved) {
      signal.connect(this._tell, this);
    }
  }

  get name(): string {
    const panel = this._panel();
    return panel ? PathExt.basename(panel.context.path) : '';
  }

  get context(): ISessionContext | null {
    return this._panel()?.sessionContext ?? null;
  }

  get changed(): ISignal<IKernelHost, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  dispose(): void {
    this._disposed = true;
    Signal.clearData(this);
  }

  private _tell(): void {
    this._changed.emit();
  }

  private _disposed = false;
  private readonly _changed = new Signal<IKernelHost, void>(this);
}

/** The kernel of the notebook that an output stands in. */
export function kernelOf(panel: NotebookPanel): IKernelHost {
  return new NotebookHost(() => (panel.isDisposed ? null : panel), [panel.context.pathChanged, panel.disposed]);
}

/** The kernel of the notebook that was looked at last; never one where there are no notebooks at all. */
export function latestKernel(notebooks: INotebookTracker | null): IKernelHost {
  return new NotebookHost(() => notebooks?.currentWidget ?? null, notebooks ? [notebooks.currentChanged] : []);
}
