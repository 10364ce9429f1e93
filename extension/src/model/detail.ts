import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { ITarget } from '../api/client';
import type { CardView, Change, DeploymentDetail, HistoryPage, Logs, ModelDetail } from '../api/types';
import type { ISession } from '../tokens';
import { Asked } from './asked';
import { Fresh } from './fresh';

/** How many of the last lines are shown, and how many records. */
export const LINES = 200;
export const RECORDS = 100;

/** The parts of a deployment's tab. */
export const PARTS = ['overview', 'test', 'documents', 'access', 'revisions', 'logs', 'history'] as const;
export type Part = (typeof PARTS)[number];

/** Whether a change is of this thing, or may have been: after `reset` nobody knows. */
export function concerns(change: Change, kind: Change['kind'], target: ITarget): boolean {
  if (change.act === 'reset') {
    return true;
  }
  return (
    change.kind === kind &&
    change.place === target.place &&
    (!change.namespace || change.namespace === target.namespace) &&
    (!change.name || change.name === target.name)
  );
}

/** One deployment: what its tab shows. Asks anew when the server tells of a change, but only while somebody looks. */
export class DetailModel implements IDisposable {
  readonly detail: Asked<DeploymentDetail>;
  readonly drift: Asked<CardView>;
  readonly logs: Asked<Logs>;
  readonly history: Asked<HistoryPage>;

  constructor(
    readonly session: ISession,
    readonly target: ITarget
  ) {
    const { client } = session;
    this.detail = new Asked(signal => client.deployment(target, signal));
    this.drift = new Asked(signal => client.drift(target, signal));
    this.logs = new Asked(signal => client.logs(target, LINES, signal));
    this.history = new Asked(signal =>
      client.history(
        `${target.namespace}/${target.name}`,
        { place: target.place, namespace: target.namespace, limit: RECORDS },
        signal
      )
    );
    for (const asked of [this.detail, this.drift, this.logs, this.history]) {
      asked.changed.connect(this._onAnswer, this);
    }
    session.told.connect(this._onTold, this);
  }

  /** Anything that the tab shows is another. */
  get changed(): ISignal<DetailModel, void> {
    return this._changed;
  }

  /** It was there and is no more; what was last known of it stays to be read. */
  get gone(): boolean {
    const { trouble, value } = this.detail;
    return this._gone || (value !== null && trouble?.kind === 'problem' && trouble.status === 404);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Somebody looks, or nobody does; what was missed is asked for when somebody looks again. */
  look(looking: boolean): void {
    this._fresh.look(looking);
  }

  refresh(): void {
    this._fresh.refresh();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this.session.told.disconnect(this._onTold, this);
    this.detail.dispose();
    this.drift.dispose();
    this.logs.dispose();
    this.history.dispose();
    Signal.clearData(this);
  }

  private _onAnswer(): void {
    this._changed.emit();
  }

  private _onTold(_sender: ISession, change: Change): void {
    if (!concerns(change, 'deployment', this.target)) {
      return;
    }
    const gone = change.act === 'gone' && change.name === this.target.name;
    if (gone !== this._gone && change.act !== 'reset') {
      this._gone = gone;
      this._changed.emit();
    }
    if (!this._gone) {
      this._fresh.age();
    }
  }

  private readonly _changed = new Signal<DetailModel, void>(this);
  private readonly _fresh = new Fresh(() => void this.detail.ask());
  private _gone = false;
  private _isDisposed = false;
}

/** One model version: what its tab shows. */
export class VersionModel implements IDisposable {
  readonly detail: Asked<ModelDetail>;

  constructor(
    readonly session: ISession,
    readonly name: string,
    readonly version: number
  ) {
    this.detail = new Asked(signal => session.client.model(name, version, signal));
    session.told.connect(this._onTold, this);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  look(looking: boolean): void {
    this._fresh.look(looking);
  }

  refresh(): void {
    this._fresh.refresh();
  }

  dispose(): void {
    this._isDisposed = true;
    this.session.told.disconnect(this._onTold, this);
    this.detail.dispose();
    Signal.clearData(this);
  }

  private _onTold(_sender: ISession, change: Change): void {
    const ours = change.kind === 'model' && (!change.name || change.name === this.name);
    const serves = change.kind === 'deployment' && change.model === `${this.name}@${this.version}`;
    if (ours || serves || change.act === 'reset') {
      this._fresh.age();
    }
  }

  private readonly _fresh = new Fresh(() => void this.detail.ask());
  private _isDisposed = false;
}

/** A deployment's card without what the tab shows beside it: state and classification, the stages, the problem in full. */
export function overview(detail: DeploymentDetail): CardView {
  const { card, problem, timeline } = detail;
  const blocks = card.blocks
    .filter(block => block.type !== 'strip' && !(block.type === 'timeline' && timeline.stages.length))
    .map(block =>
      block.type === 'lines' && problem
        ? { ...block, lines: block.lines.filter(line => line.code !== problem.code) }
        : block
    )
    .filter(block => block.type !== 'lines' || block.lines.length);
  return { ...card, badge: '', state: '', tone: 'neutral', blocks };
}
