import { MainAreaWidget, ReactWidget } from '@jupyterlab/apputils';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Message } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';
import React from 'react';

/** What a tab shows: drawn when it is first seen, told when it is looked at, thrown away with it. */
export interface IContent {
  id: string;
  label: string;
  caption: string;
  icon: LabIcon;
  /** the arguments of the command that opens it again when Lab is loaded again */
  args(): ReadonlyPartialJSONObject;
  render(tab: TabBody): React.ReactElement;
  look(looking: boolean): void;
  dispose(): void;
}

/** The body of a tab of ours. */
export class TabBody extends ReactWidget {
  constructor(readonly shown: IContent) {
    super();
    this.addClass('snb-tab-body');
    this.node.tabIndex = -1;
  }

  /** Its title or its arguments are others now. */
  get moved(): ISignal<TabBody, void> {
    return this._moved;
  }

  get args(): ReadonlyPartialJSONObject {
    return this.shown.args();
  }

  tellMoved(): void {
    this._moved.emit();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.shown.dispose();
      Signal.clearData(this);
      super.dispose();
    }
  }

  protected override render(): React.ReactElement {
    return React.createElement(React.Suspense, { fallback: null }, this.shown.render(this));
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.shown.look(this.isVisible);
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this.shown.look(true);
  }

  protected override onBeforeHide(message: Message): void {
    super.onBeforeHide(message);
    this.shown.look(false);
  }

  private readonly _moved = new Signal<TabBody, void>(this);
}

export type Tab = MainAreaWidget<TabBody>;

/** A tab of the main area. */
export function tabOf(content: IContent): Tab {
  const tab = new MainAreaWidget({ content: new TabBody(content) });
  tab.id = content.id;
  tab.title.label = content.label;
  tab.title.caption = content.caption;
  tab.title.icon = content.icon;
  tab.title.closable = true;
  return tab;
}
