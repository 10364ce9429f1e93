/** The lists of the panel that are shown as the server tells them: runs, schedules, records. */

import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { IListing } from '../api/client';
import type { Change, HistoryRow, RunRow, ScheduleRow } from '../api/types';
import type { ISession } from '../tokens';
import { Paged } from './paging';
import type { IPage } from './paging';
import { passing, where } from './scope';

/** What a list is of. */
interface IListed<R> {
  key(row: R): string;
  read(listing: IListing, signal: AbortSignal): Promise<IPage<R> & { note?: string }>;
  /** whether its rows are others after this */
  concerns(change: Change): boolean;
}

/** One list, asked anew when the server tells of a change that concerns it. */
export class ListModel<R> implements IDisposable {
  constructor(
    session: ISession,
    private readonly _of: IListed<R>
  ) {
    this.list = new Paged<R>({
      key: _of.key,
      passing,
      read: async (offset, limit, signal) => {
        const page = await _of.read({ ...where(session), offset, limit }, signal);
        this._note = page.note ?? '';
        return page;
      }
    });
    session.told.connect(this._onTold, this);
  }

  readonly list: Paged<R>;

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
    if (this._of.concerns(change)) {
      this.list.touch();
    }
  }

  private _note = '';
}

/** What a run is recognised by. */
export const keyOfRun = (row: RunRow): string => `${row.place}/${row.namespace}/${row.id}`;

/** What a record is recognised by. */
export const keyOfRecord = (row: HistoryRow): string => `${row.at} ${row.act} ${row.subject} ${row.digest} ${row.text}`;

/** What a schedule is recognised by. */
export const keyOfSchedule = (row: ScheduleRow): string => `${row.place}/${row.namespace}/${row.name}`;

/** Plans on their way and where they ended, newest first. */
export function runsOf(session: ISession): ListModel<RunRow> {
  return new ListModel(session, {
    key: keyOfRun,
    read: (listing, signal) => session.client.runs(listing, signal),
    concerns: change => change.act === 'reset' || change.kind === 'run'
  });
}

/** The schedules of the cluster, and how one gets there if there is none. */
export function schedulesOf(session: ISession): ListModel<ScheduleRow> {
  return new ListModel(session, {
    key: keyOfSchedule,
    read: (listing, signal) => session.client.schedules(listing, signal),
    concerns: change => change.act === 'reset'
  });
}

/** What was done, newest first, one sentence each. */
export function recordsOf(session: ISession): ListModel<HistoryRow> {
  return new ListModel(session, {
    key: keyOfRecord,
    read: (listing, signal) => session.client.history('', listing, signal),
    // A record is written when something begins or ends, not at each stage between.
    concerns: change => change.act !== 'changed' || change.kind === 'run' || change.kind === 'model'
  });
}
