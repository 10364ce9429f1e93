/** The empty panel, which is all that is loaded at start. What stands in it comes when it is first looked at. */

import { AccordionToolbar, SidePanel } from '@jupyterlab/ui-components';
import type { ITranslator } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import type { Title } from '@lumino/widgets';

/** Titles open and close their section, so they are buttons; a heading may not be one. */
class TitleRenderer extends AccordionToolbar.Renderer {
  override createSectionTitle(data: Title<Widget>): HTMLElement {
    const heading = super.createSectionTitle(data);
    const title = document.createElement('div');
    title.id = heading.id;
    title.className = heading.className;
    title.tabIndex = 0;
    title.setAttribute('role', 'button');
    title.append(...heading.childNodes);
    return title;
  }
}

export class PanelShell extends SidePanel {
  constructor(translator: ITranslator) {
    super({ translator, renderer: new TitleRenderer() });
    this.addClass('snb-Panel');
  }

  /** The panel was shown or hidden. */
  get looked(): ISignal<this, boolean> {
    return this._looked;
  }

  /** Say that what stands in it could not be loaded; it is tried again when the panel is shown again. */
  fail(text: string): void {
    this._failure.node.textContent = text;
    this._failure.node.setAttribute('role', 'alert');
    this._failure.addClass('snb-State');
    this.header.addWidget(this._failure);
  }

  /** What could not be loaded before is there. */
  recover(): void {
    this._failure.parent = null;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      super.dispose();
      Signal.clearData(this);
    }
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._looked.emit(this.isVisible);
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._looked.emit(this.isVisible);
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._looked.emit(false);
  }

  protected override onBeforeDetach(msg: Message): void {
    super.onBeforeDetach(msg);
    this._looked.emit(false);
  }

  private readonly _failure = new Widget();
  private readonly _looked = new Signal<this, boolean>(this);
}
