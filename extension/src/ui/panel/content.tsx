/** What stands in the panel; loaded when it is first looked at. */

import { MessageLoop } from '@lumino/messaging';
import { AccordionPanel, Widget } from '@lumino/widgets';
import type { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import type { IDisposable } from '@lumino/disposable';
import React from 'react';

import { SECTIONS, Sections } from '../../model/sections';
import type { SectionName } from '../../model/sections';
import type { IMine, ISession } from '../../tokens';
import type { IKit } from '../kit';
import type { IPanelContext } from './context';
import { DeploymentsSection } from './deployments';
import { Header } from './header';
import { HistorySection } from './history';
import { ModelsSection } from './models';
import type { Density } from './row-list';
import { SchedulesSection } from './schedules';
import { Section } from './section';
import type { PanelShell } from './shell';
import { WorkflowsSection } from './workflows';

/** What a person may choose of the panel's look. */
export interface IChoices {
  open: Readonly<Record<SectionName, boolean>>;
  density: Density;
}

export interface IContentOptions {
  shell: PanelShell;
  kit: IKit;
  session: ISession;
  mine: IMine;
  commands: CommandRegistry;
  choices: IChoices;
  /** sections were opened or closed by hand */
  onOpen: (open: IChoices['open']) => void;
}

const VIEWS: Readonly<Record<SectionName, React.FunctionComponent<{ context: IPanelContext }>>> = {
  models: ModelsSection,
  deployments: DeploymentsSection,
  workflows: WorkflowsSection,
  schedules: SchedulesSection,
  history: HistorySection
};

/** How the height is shared by sections that are open. */
const SHARES: Readonly<Record<SectionName, number>> = {
  models: 3,
  deployments: 5,
  workflows: 3,
  schedules: 2,
  history: 3
};

export class PanelContent implements IDisposable {
  constructor(private readonly _options: IContentOptions) {
    const { shell, kit, session, mine } = _options;
    this.sections = new Sections(session, mine);
    this._header = new Section(() => <Header context={this._context()} />);
    this._header.addClass('snb-HeaderWidget');
    shell.header.addWidget(this._header);
    const labels = labelsOf(kit);
    for (const name of SECTIONS) {
      const View = VIEWS[name];
      const widget = new Section(() => <View context={this._context()} />);
      widget.title.label = labels[name];
      widget.viewed.connect((_, open) => this.sections.want(name, open), this);
      this._widgets.push(widget);
      shell.addWidget(widget);
    }
    const { content } = shell;
    if (content instanceof AccordionPanel) {
      this._fold(content);
      content.setRelativeSizes(SECTIONS.map(name => SHARES[name]));
      content.expansionToggled.connect(this._onToggled, this);
      session.changed.connect(this._onSession, this);
      this._onSession(session);
      // What stands above takes more or less room; the accordion shares out what is left.
      this._observer = new ResizeObserver(() => MessageLoop.postMessage(content, Widget.ResizeMessage.UnknownSize));
      this._observer.observe(content.node);
    }
  }

  readonly sections: Sections;

  get isDisposed(): boolean {
    return this.sections.isDisposed;
  }

  /** Other choices were made in the settings. */
  choose(choices: IChoices): void {
    const { content } = this._options.shell;
    this._options.choices = choices;
    if (content instanceof AccordionPanel) {
      this._fold(content);
    }
    this._widgets.forEach(widget => widget.update());
  }

  dispose(): void {
    this._observer?.disconnect();
    Signal.clearData(this);
    this.sections.dispose();
    this._header.dispose();
    this._widgets.forEach(widget => widget.dispose());
  }

  private _context(): IPanelContext {
    const { kit, commands, choices } = this._options;
    return { kit, commands, sections: this.sections, density: choices.density };
  }

  /** Open and close the sections as chosen. */
  private _fold(content: AccordionPanel): void {
    this._folding = true;
    SECTIONS.forEach((name, index) => {
      if (this._options.choices.open[name]) {
        content.expand(index);
      } else {
        content.collapse(index);
      }
    });
    this._folding = false;
    this._label(content);
  }

  /** The accordion names its titles in English only. */
  private _label(content: AccordionPanel): void {
    content.titles.forEach((title, index) => {
      title.setAttribute('aria-label', this._widgets[index]?.title.label ?? '');
    });
    content.node.setAttribute('aria-label', this._options.kit.trans.__('Sections'));
  }

  private _onToggled(content: AccordionPanel): void {
    if (!this._folding) {
      content.setRelativeSizes(SECTIONS.map(name => SHARES[name]));
      const open = SECTIONS.map((name, index): [string, boolean] => [name, !this._widgets[index]?.isHidden]);
      this._options.onOpen(Object.fromEntries(open) as IChoices['open']);
    }
  }

  /** Without a server part there is nothing to list; what was listed before it went silent stays. */
  private _onSession(session: ISession): void {
    const { kind } = session.standing;
    const known = session.places.length > 0 || this.sections.deployments.list.total !== null;
    this._options.shell.content.setHidden(kind !== 'ready' && !(kind === 'unreachable' && known));
  }

  private readonly _observer: ResizeObserver | null = null;
  private readonly _header: Section;
  private readonly _widgets: Section[] = [];
  private _folding = false;
}

function labelsOf({ trans }: IKit): Readonly<Record<SectionName, string>> {
  return {
    models: trans.__('Models'),
    deployments: trans.__('Deployments'),
    workflows: trans.__('Workflows'),
    schedules: trans.__('Schedules'),
    history: trans.__('History')
  };
}
