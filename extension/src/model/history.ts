/** What was done, newest first, one sentence each. */

import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { Change, HistoryRow } from '../api/types';
import type { ISession } from '../tokens';
import { Paged } from './paging';
import { passing, where } from './scope';

export class HistoryModel implements IDisposable {
  constructor(session: ISession) {
    this.list = new Paged<HistoryRow>({
      key: row => `${row.at} ${row.act} ${row.subject} ${row.digest} ${row.text}`,
      passing,
      read: (offset, limit, signal) => session.client.history('', { ...where(session), offset, limit }, signal)
    });
    session.told.connect(this._onTold, this);
  }

  readonly list: Paged<HistoryRow>;

  get isDisposed(): boolean {
    return this.list.isDisposed;
  }

  dispose(): void {
    this.list.dispose();
    Signal.clearData(this);
  }

  private _onTold(_: ISession, change: Change): void {
    // A record is written when something begins or ends, not at each stage between.
    if (change.act !== 'changed' || change.kind === 'run' || change.kind === 'model') {
      this.list.touch();
    }
  }
}
