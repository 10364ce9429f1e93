import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import type { ReactElement } from 'react';

/** A part of the panel; it tells whether it is in view. */
export class Section extends ReactWidget {
  constructor(private readonly _draw: () => ReactElement) {
    super();
    this.addClass('snb-SectionWidget');
  }

  /** It came into view, or left it: with the whole panel, or because it was folded. */
  get viewed(): ISignal<this, boolean> {
    return this._viewed;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      super.dispose();
      Signal.clearData(this);
    }
  }

  protected render(): ReactElement {
    return this._draw();
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._viewed.emit(this.isVisible);
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._viewed.emit(this.isVisible);
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._viewed.emit(false);
  }

  private readonly _viewed = new Signal<this, boolean>(this);
}
