/** The deployments of one's own, told in few words: for the status bar and the list of what runs. */

import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { Change, DeploymentRow } from '../api/types';
import type { IMine, ISession } from '../tokens';
import { keyOf } from './deployments';
import { PAGE } from './paging';

/** From what needs nobody to what needs somebody, as the server sorts by state. */
const WORSE = ['answering', 'updating', 'starting', 'restoring', 'stopped', 'stuck'];

export class Mine implements IMine, IDisposable {
  constructor(private readonly _session: ISession) {
    _session.told.connect(this._onTold, this);
  }

  /** Rows or their number changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The worst of them, at most a page. */
  get rows(): readonly DeploymentRow[] {
    return this._rows;
  }

  /** How many there are; null until somebody asked. */
  get total(): number | null {
    return this._total;
  }

  /** The state that needs somebody most; null where nothing is deployed. */
  get worst(): DeploymentRow | null {
    return this._rows.reduce<DeploymentRow | null>(
      (worst, row) => (worst === null || badness(row) > badness(worst) ? row : worst),
      null
    );
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  /** Ask; never rejects. Who cannot be answered keeps what is known. */
  async refresh(): Promise<void> {
    if (this._session.standing.kind !== 'ready') {
      await this._session.refresh();
    }
    if (this._session.standing.kind !== 'ready' || this._disposed) {
      return;
    }
    try {
      const page = await this._session.client.deployments({ whose: 'mine', sort: 'state', order: 'asc', limit: PAGE });
      this._set(page.items, page.total);
    } catch {
      // The panel says it, where it is asked for.
    }
  }

  see(rows: readonly DeploymentRow[], whole: boolean, total: number): void {
    if (whole) {
      this._set(rows.slice(0, PAGE), total);
    } else if (this._total !== null) {
      const newer = new Map(rows.map(row => [keyOf(row), row]));
      this._set(
        this._rows.map(row => newer.get(keyOf(row)) ?? row),
        this._total
      );
    }
  }

  dispose(): void {
    this._disposed = true;
    Signal.clearData(this);
  }

  private _onTold(_: ISession, change: Change): void {
    if (change.kind !== 'deployment' || change.act === 'reset') {
      return;
    }
    const key = keyOf({ place: change.place, namespace: change.namespace ?? '', name: change.name ?? '' });
    const others = this._rows.filter(row => keyOf(row) !== key);
    if (change.act === 'gone' && others.length < this._rows.length && this._total !== null) {
      this._set(others, this._total - 1);
    } else if (change.act === 'changed' && change.state) {
      const { state } = change;
      this._set(
        this._rows.map(row => (keyOf(row) === key && row.state !== state ? { ...row, state, word: '' } : row)),
        this._total
      );
    }
  }

  private _set(rows: readonly DeploymentRow[], total: number | null): void {
    const news = total !== this._total || JSON.stringify(rows) !== JSON.stringify(this._rows);
    this._rows = rows;
    this._total = total;
    if (news) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _rows: readonly DeploymentRow[] = [];
  private _total: number | null = null;
  private _disposed = false;
}

function badness(row: DeploymentRow): number {
  return WORSE.indexOf(row.state);
}
