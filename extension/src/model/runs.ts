/** Plans on their way and where they ended, newest first. */

import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { Change, RunRow } from '../api/types';
import type { ISession } from '../tokens';
import { Paged } from './paging';
import { passing, where } from './scope';

export class RunsModel implements IDisposable {
  constructor(session: ISession) {
    this.list = new Paged<RunRow>({
      key: row => `${row.place}/${row.namespace}/${row.id}`,
      passing,
      read: (offset, limit, signal) => session.client.runs({ ...where(session), offset, limit }, signal)
    });
    session.told.connect(this._onTold, this);
  }

  readonly list: Paged<RunRow>;

  get isDisposed(): boolean {
    return this.list.isDisposed;
  }

  dispose(): void {
    this.list.dispose();
    Signal.clearData(this);
  }

  private _onTold(_: ISession, change: Change): void {
    if (change.act === 'reset' || change.kind === 'run') {
      this.list.touch();
    }
  }
}
