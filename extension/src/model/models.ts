/** The model versions that the panel lists, newest first; the next page is known only from the one before. */

import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import type { Change, ModelRow } from '../api/types';
import type { ISession } from '../tokens';
import { PAGE, Paged } from './paging';
import type { IPage } from './paging';
import { passing } from './scope';

/** How long typing into the filter waits for the next letter, in ms. */
const TYPING = 200;

export class ModelsModel implements IDisposable {
  constructor(private readonly _session: ISession) {
    this.list = new Paged<ModelRow>({
      key: row => `${row.name}@${row.version}`,
      passing,
      read: (offset, limit, signal) => this._read(offset, limit, signal)
    });
    _session.told.connect(this._onTold, this);
  }

  readonly list: Paged<ModelRow>;

  get filter(): string {
    return this._filter;
  }

  set filter(value: string) {
    if (value !== this._filter) {
      this._filter = value;
      this._tokens = [''];
      this._known = 0;
      this._ended = false;
      this.list.restart(TYPING);
    }
  }

  get isDisposed(): boolean {
    return this.list.isDisposed;
  }

  dispose(): void {
    this.list.dispose();
    Signal.clearData(this);
  }

  private async _read(offset: number, limit: number, signal: AbortSignal): Promise<IPage<ModelRow>> {
    const page = Math.floor(offset / PAGE);
    const tokens = this._tokens;
    const found = await this._session.client.models(this._filter, tokens[page] ?? '', limit, signal);
    const end = offset + found.items.length;
    if (found.next) {
      if (tokens[page + 1] !== found.next) {
        tokens.splice(page + 1, tokens.length, found.next);
        this._ended = false;
        this._known = 0;
      }
      // One row more than is known stands for all that follow: when it comes into view, the next page is asked for.
      this._known = Math.max(this._known, end + 1);
    } else {
      tokens.length = page + 1;
      this._ended = true;
      this._known = end;
    }
    return { items: found.items, total: this._known, more: !this._ended };
  }

  private _onTold(_: ISession, change: Change): void {
    // Where a version is live changes with the deployments.
    if (change.act === 'reset' || change.kind === 'model' || change.kind === 'place' || settles(change)) {
      this.list.touch();
    }
  }

  private _filter = '';
  private _tokens: string[] = [''];
  private _known = 0;
  private _ended = false;
}

function settles(change: Change): boolean {
  return change.kind === 'deployment' && (change.act === 'gone' || change.state === 'answering');
}
