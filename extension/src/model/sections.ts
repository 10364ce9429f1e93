/** The five lists of the panel, and when they may ask. */

import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { SilenceError } from '../api/request';
import type { HistoryRow, RunRow, ScheduleRow } from '../api/types';
import type { IMine, ISession } from '../tokens';
import { DeploymentsModel } from './deployments';
import { recordsOf, runsOf, schedulesOf } from './lists';
import type { ListModel } from './lists';
import { ModelsModel } from './models';
import { where } from './scope';

export const SECTIONS = ['models', 'deployments', 'workflows', 'schedules', 'history'] as const;
export type SectionName = (typeof SECTIONS)[number];

export class Sections implements IDisposable {
  constructor(
    readonly session: ISession,
    private readonly _mine: IMine
  ) {
    this.models = new ModelsModel(session);
    this.deployments = new DeploymentsModel(session);
    this.workflows = runsOf(session);
    this.schedules = schedulesOf(session);
    this.history = recordsOf(session);
    session.changed.connect(this._onChanged, this);
    session.pulse.connect(this._onPulse, this);
    for (const name of SECTIONS) {
      this[name].list.changed.connect(this._onList, this);
    }
    this.deployments.list.changed.connect(this._onDeployments, this);
  }

  readonly models: ModelsModel;
  readonly deployments: DeploymentsModel;
  readonly workflows: ListModel<RunRow>;
  readonly schedules: ListModel<ScheduleRow>;
  readonly history: ListModel<HistoryRow>;

  get isDisposed(): boolean {
    return this.models.isDisposed;
  }

  /** A section was opened or closed; closed ones ask nothing. */
  want(name: SectionName, open: boolean): void {
    if (open) {
      this._open.add(name);
    } else {
      this._open.delete(name);
    }
    this._settle();
  }

  /** Everything in view anew, because a person wants it. */
  async refresh(): Promise<void> {
    await this.session.refresh();
    for (const name of SECTIONS) {
      this[name].list.retry();
    }
  }

  dispose(): void {
    Signal.clearData(this);
    for (const name of SECTIONS) {
      this[name].dispose();
    }
  }

  private _settle(): void {
    const may = this.session.shown && this.session.standing.kind === 'ready';
    for (const name of SECTIONS) {
      this[name].list.active = may && this._open.has(name);
    }
  }

  private _onChanged(): void {
    const { place, namespace } = where(this.session);
    if (`${place}/${namespace}` !== this._scope) {
      this._scope = `${place}/${namespace}`;
      for (const name of SECTIONS) {
        if (name !== 'models') {
          this[name].list.restart();
        }
      }
    }
    this._settle();
  }

  /** A list that was not answered tells the session, which looks for the server on behalf of all. */
  private _onList(list: { error: unknown }): void {
    if (list.error instanceof SilenceError) {
      this.session.lost();
    }
  }

  private _onDeployments(): void {
    const { list, whose, filter } = this.deployments;
    if (list.total !== null && !list.outdated && whose === 'mine') {
      this._mine.see(list.loaded(), !filter && this.session.namespace === null && list.at(0) !== undefined, list.total);
    }
  }

  /** One question: it tells whether something was missed, and that somebody still looks. */
  private _onPulse(): void {
    const { deployments } = this;
    if (deployments.list.active) {
      deployments.list.glance();
    } else {
      void this.session.client.deployments({ ...where(this.session), limit: 1 }).catch(() => this.session.lost());
    }
  }

  private readonly _open = new Set<SectionName>();
  private _scope = '/';
}
