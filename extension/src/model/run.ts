import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { ITarget } from '../api/client';
import type { Change, RunDetail } from '../api/types';
import type { ISession } from '../tokens';
import { Asked, troubleOf } from './asked';
import type { Trouble } from './asked';

/** While a run goes on and the server tells of nothing, it is asked this often (ms). */
const FALLBACK = 5_000;
const SLOWEST = 60_000;

/** A run has ended: nothing of it changes any more. */
export function ended(run: RunDetail | null): boolean {
  return run !== null && run.row.phase !== 'waiting' && run.row.phase !== 'running';
}

/** One run, followed to its end: by what the server tells, and by asking now and then in case it tells nothing. */
export class RunModel implements IDisposable {
  readonly detail: Asked<RunDetail>;

  /**
   * @param target - where; its name is the deployment's
   * @param known - what is known already
   */
  constructor(
    readonly session: ISession,
    readonly target: ITarget,
    readonly id: string,
    known: RunDetail | null = null
  ) {
    this.detail = new Asked(signal => session.client.run(target, id, signal));
    if (known) {
      this.detail.set(known);
    }
    this.detail.changed.connect(this._onAnswer, this);
    session.told.connect(this._onTold, this);
    this._poll = new Poll({
      auto: false,
      factory: () => this._ask(),
      frequency: { interval: FALLBACK, backoff: 2, max: SLOWEST },
      standby: 'when-hidden',
      name: `seldon-nb-lab:run-${id}`
    });
    if (!ended(known)) {
      void this._poll.start();
    }
  }

  get changed(): ISignal<RunModel, void> {
    return this._changed;
  }

  /** Why it could not be stopped; null if that was not tried or went well. */
  get stopping(): Trouble | 'asked' | null {
    return this._stopping;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  refresh(): void {
    void this.detail.ask();
  }

  async stop(): Promise<void> {
    this._stopping = 'asked';
    this._changed.emit();
    try {
      this.detail.set(await this.session.client.stop(this.target, this.id));
      this._stopping = null;
    } catch (error) {
      this._stopping = troubleOf(error);
    }
    this._changed.emit();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this.session.told.disconnect(this._onTold, this);
    this._poll.dispose();
    this.detail.dispose();
    Signal.clearData(this);
  }

  private async _ask(): Promise<void> {
    await this.detail.ask();
    if (this.detail.trouble) {
      throw new Error('no answer'); // so that the poll asks less often
    }
  }

  private _onAnswer(): void {
    if (ended(this.detail.value)) {
      void this._poll.stop();
    }
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private _onTold(_sender: ISession, change: Change): void {
    if (ended(this.detail.value)) {
      return;
    }
    const ours =
      change.place === this.target.place && (!change.namespace || change.namespace === this.target.namespace);
    const named = !change.name || change.name === this.id || change.name === this.target.name;
    if (change.act === 'reset' || (ours && named && (change.kind === 'run' || change.kind === 'deployment'))) {
      this.refresh();
    }
  }

  private readonly _changed = new Signal<RunModel, void>(this);
  private readonly _poll: Poll;
  private _stopping: Trouble | 'asked' | null = null;
  private _isDisposed = false;
}

/** The runs that somebody follows: each is asked for once, however many tabs and toasts show it. */
export class RunBook {
  constructor(private readonly _session: ISession) {}

  /** Follow a run; give it back with {@link RunBook.release}. */
  take(target: ITarget, id: string, known: RunDetail | null = null): RunModel {
    const key = keyOf(target, id);
    const entry = this._entries.get(key) ?? { run: new RunModel(this._session, target, id, known), takers: 0 };
    entry.takers += 1;
    this._entries.set(key, entry);
    return entry.run;
  }

  release(run: RunModel): void {
    const key = keyOf(run.target, run.id);
    const entry = this._entries.get(key);
    if (entry && --entry.takers <= 0) {
      this._entries.delete(key);
      entry.run.dispose();
    }
  }

  private readonly _entries = new Map<string, { run: RunModel; takers: number }>();
}

const BOOKS = new WeakMap<ISession, RunBook>();

/** The one book of a session. */
export function bookOf(session: ISession): RunBook {
  const book = BOOKS.get(session) ?? new RunBook(session);
  BOOKS.set(session, book);
  return book;
}

function keyOf(target: ITarget, id: string): string {
  return JSON.stringify([target.place, target.namespace, id]);
}
