import type { ISessionContext } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { IKernelHost } from '../model/kernel';

/** The kernel of the notebook that an output stands in. */
export class FixedHost implements IKernelHost {
  constructor(private readonly _panel: NotebookPanel) {
    _panel.context.pathChanged.connect(this._tell, this);
    _panel.disposed.connect(this._tell, this);
  }

  get name(): string {
    return this._panel.isDisposed ? '' : PathExt.basename(this._panel.context.path);
  }

  get context(): ISessionContext | null {
    return this._panel.isDisposed ? null : this._panel.sessionContext;
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

/** The kernel of the notebook that was looked at last. */
export class FollowingHost implements IKernelHost {
  constructor(private readonly _notebooks: INotebookTracker) {
    _notebooks.currentChanged.connect(this._tell, this);
  }

  get name(): string {
    const panel = this._notebooks.currentWidget;
    return panel ? PathExt.basename(panel.context.path) : '';
  }

  get context(): ISessionContext | null {
    return this._notebooks.currentWidget?.sessionContext ?? null;
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

/** Where there are no notebooks at all. */
export class NoHost implements IKernelHost {
  readonly name = '';
  readonly context = null;

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

  private _disposed = false;
  private readonly _changed = new Signal<IKernelHost, void>(this);
}
