import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ProblemError, SilenceError } from '../api/request';
import type { Silence } from '../api/request';
import type { Problem } from '../api/types';

/** Why there is no answer: the server's own words, or that it said nothing. */
export type Trouble = { kind: 'problem'; problem: Problem; status: number } | { kind: 'silent'; silence: Silence };

/** What an error means to people. Anything unforeseen counts as an unreachable server. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof ProblemError) {
    return { kind: 'problem', problem: error.problem, status: error.status };
  }
  return { kind: 'silent', silence: error instanceof SilenceError ? error.silence : 'unreachable' };
}

/**
 * A question that is asked again and again: at most one at a time, one more if it was asked for meanwhile, and told only if the answer is another one.
 *
 * The last answer stays when a later question fails; `trouble` then says why it may be old.
 */
export class Asked<T> implements IDisposable {
  constructor(private readonly _load: (signal: AbortSignal) => Promise<T>) {}

  get value(): T | null {
    return this._value;
  }

  get trouble(): Trouble | null {
    return this._trouble;
  }

  get asking(): boolean {
    return this._running !== null;
  }

  /** The answer, the trouble or `asking` is another one. */
  get changed(): ISignal<Asked<T>, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Take an answer that came another way. */
  set(value: T): void {
    const same = JSON.stringify(value) === JSON.stringify(this._value) && !this._trouble;
    this._value = value;
    this._trouble = null;
    if (!same) {
      this._changed.emit();
    }
  }

  /** Ask; resolves when an answer to a question asked now or later is there. Never rejects. */
  ask(): Promise<void> {
    if (this._isDisposed) {
      return Promise.resolve();
    }
    if (this._running) {
      this._again = true;
      return this._running;
    }
    const silent = this._value !== null && !this._trouble;
    this._running = this._run(silent);
    if (!silent) {
      this._changed.emit();
    }
    return this._running;
  }

  dispose(): void {
    this._isDisposed = true;
    this._abort.abort();
    Signal.clearData(this);
  }

  private async _run(silent: boolean): Promise<void> {
    await Promise.resolve(); // so that `asking` is told before an answer is
    do {
      this._again = false;
      const before = this._seen();
      await this._once();
      if (!this._again) {
        this._running = null;
      }
      if (!this._isDisposed && (!silent || this._seen() !== before)) {
        this._changed.emit();
      }
    } while (this._again && !this._isDisposed);
    this._running = null;
  }

  private async _once(): Promise<void> {
    try {
      this._value = await this._load(this._abort.signal);
      this._trouble = null;
    } catch (error) {
      this._trouble = troubleOf(error);
    }
  }

  private _seen(): string {
    return JSON.stringify([this._value, this._trouble]);
  }

  private readonly _abort = new AbortController();
  private readonly _changed = new Signal<Asked<T>, void>(this);
  private _value: T | null = null;
  private _trouble: Trouble | null = null;
  private _running: Promise<void> | null = null;
  private _again = false;
  private _isDisposed = false;
}
