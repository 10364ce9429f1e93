/** The deployments that the panel lists: filtered and sorted by the server, kept up to date by what it tells. */

import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { ITarget } from '../api/client';
import type { Change, DeploymentRow, Problem, Sort, Tone } from '../api/types';
import type { ISession } from '../tokens';
import { Paged } from './paging';
import { passing, where } from './scope';

export type Whose = 'mine' | 'shared';

/** How long typing into the filter waits for the next letter, in ms. */
const TYPING = 200;

const TONES: Readonly<Record<string, Tone>> = {
  starting: 'busy',
  answering: 'good',
  updating: 'busy',
  stuck: 'bad',
  stopped: 'neutral',
  restoring: 'busy'
};

/** What a deployment is recognised by. */
export function keyOf(target: ITarget): string {
  return `${target.place}/${target.namespace}/${target.name}`;
}

/** A deployment's new state, for those who do not look at its row. The server's word for it may not be there yet. */
export interface IMove {
  name: string;
  state: string;
  word: string;
}

export class DeploymentsModel implements IDisposable {
  constructor(private readonly _session: ISession) {
    this.list = new Paged<DeploymentRow>({
      key: keyOf,
      passing,
      read: async (offset, limit, signal) => {
        const page = await _session.client.deployments(
          {
            ...where(_session),
            whose: this._whose,
            filter: this._filter,
            sort: this._sort,
            order: this._order,
            offset,
            limit
          },
          signal
        );
        this._count(page.mine, page.shared, page.problems);
        this._compare(page.items);
        return page;
      }
    });
    _session.told.connect(this._onTold, this);
  }

  readonly list: Paged<DeploymentRow>;

  /** Counts, problems, filter, sort or whose changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** A deployment of one's own has another state. */
  get moved(): ISignal<this, IMove> {
    return this._moved;
  }

  get mine(): number | null {
    return this._mine;
  }

  get shared(): number | null {
    return this._shared;
  }

  /** Which places are silent, and why. */
  get problems(): readonly Problem[] {
    return this._problems;
  }

  get whose(): Whose {
    return this._whose;
  }

  set whose(value: Whose) {
    if (value !== this._whose) {
      this._whose = value;
      this._again();
    }
  }

  get filter(): string {
    return this._filter;
  }

  set filter(value: string) {
    if (value !== this._filter) {
      this._filter = value;
      this._again(TYPING);
    }
  }

  get sort(): Sort {
    return this._sort;
  }

  get order(): 'asc' | 'desc' {
    return this._order;
  }

  arrange(sort: Sort, order: 'asc' | 'desc'): void {
    if (sort !== this._sort || order !== this._order) {
      this._sort = sort;
      this._order = order;
      this._again();
    }
  }

  get isDisposed(): boolean {
    return this.list.isDisposed;
  }

  dispose(): void {
    this.list.dispose();
    Signal.clearData(this);
  }

  private _again(delay = 0): void {
    this.list.restart(delay);
    this._changed.emit();
  }

  private _count(mine: number, shared: number, problems: readonly Problem[]): void {
    const news =
      mine !== this._mine || shared !== this._shared || JSON.stringify(problems) !== JSON.stringify(this._problems);
    this._mine = mine;
    this._shared = shared;
    this._problems = problems;
    if (news) {
      this._changed.emit();
    }
  }

  /** Tell of those of one's own whose state is another one than was shown. */
  private _compare(rows: readonly DeploymentRow[]): void {
    for (const row of rows) {
      const before = this.list.find(keyOf(row));
      if (before && row.mine && before.state !== row.state) {
        this._moved.emit({ name: row.name, state: row.state, word: row.word });
      }
    }
  }

  private _onTold(_: ISession, change: Change): void {
    if (change.act === 'reset' || change.kind === 'place') {
      this.list.touch();
      return;
    }
    if (change.kind !== 'deployment' || !this._concerns(change)) {
      return;
    }
    const key = keyOf({ place: change.place, namespace: change.namespace ?? '', name: change.name ?? '' });
    if (change.act === 'gone') {
      this.list.remove(key);
    } else {
      this._patch(key, change);
    }
    this.list.touch();
  }

  /** What the change says is shown at once; what it does not say comes with the next page. */
  private _patch(key: string, change: Change): void {
    const row = this.list.find(key);
    if (!row) {
      return;
    }
    const state = change.state || row.state;
    if (row.mine && state !== row.state) {
      this._moved.emit({ name: row.name, state, word: '' });
    }
    this.list.patch(key, {
      ...(state === row.state ? {} : { state, word: '', tone: TONES[state] ?? 'neutral', code: '', what: '' }),
      ...(change.model ? { model: change.model } : {}),
      ...(change.revision ? { revision: change.revision } : {}),
      ...(change.step === undefined ? {} : { stage: change.step })
    });
  }

  private _concerns(change: Change): boolean {
    const chosen = this._session.namespace;
    return !chosen || (chosen.place === change.place && (!change.namespace || chosen.name === change.namespace));
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _moved = new Signal<this, IMove>(this);
  private _whose: Whose = 'mine';
  private _filter = '';
  private _sort: Sort = 'state';
  private _order: 'asc' | 'desc' = 'asc';
  private _mine: number | null = null;
  private _shared: number | null = null;
  private _problems: readonly Problem[] = [];
}
