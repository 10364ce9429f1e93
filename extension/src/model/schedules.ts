/** The schedules of the cluster, and how one gets there if there is none. */

import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { Change, ScheduleRow } from '../api/types';
import type { ISession } from '../tokens';
import { Paged } from './paging';
import { passing, where } from './scope';

export class SchedulesModel implements IDisposable {
  constructor(session: ISession) {
    this.list = new Paged<ScheduleRow>({
      key: row => `${row.place}/${row.namespace}/${row.name}`,
      passing,
      read: async (offset, limit, signal) => {
        const page = await session.client.schedules({ ...where(session), offset, limit }, signal);
        this._note = page.note;
        return page;
      }
    });
    session.told.connect(this._onTold, this);
  }

  readonly list: Paged<ScheduleRow>;

  /** The server's words for an empty list. */
  get note(): string {
    return this._note;
  }

  get isDisposed(): boolean {
    return this.list.isDisposed;
  }

  dispose(): void {
    this.list.dispose();
    Signal.clearData(this);
  }

  private _onTold(_: ISession, change: Change): void {
    if (change.act === 'reset') {
      this.list.touch();
    }
  }

  private _note = '';
}
