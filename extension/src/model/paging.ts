/** A long list of the server, of which only the pages in view are held up to date. */

import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

/** Rows of a page; the most that the server gives at once. */
export const PAGE = 100;
/** How long a change, or a scroll, waits for the next one, in ms. */
export const COALESCE = 100;
/** A scroll waits until it pauses, in ms, but not for longer than `SCROLL_MOST`. */
const SCROLL = 60;
const SCROLL_MOST = 240;
/** A list that changes all the time is asked for at most this often, in ms. */
export const AT_MOST_EVERY = 500;
const FIRST_RETRY = 1000;
const LAST_RETRY = 5 * 60_000;

/** Some rows of a list. `more` means that `total` is only what is known so far. */
export interface IPage<R> {
  items: readonly R[];
  total: number;
  more?: boolean;
}

export interface ISource<R> {
  /** What a row is recognised by. */
  key(row: R): string;
  read(offset: number, limit: number, signal: AbortSignal): Promise<IPage<R>>;
  /** Whether it may work later without anybody doing anything; the list then tries again, less and less often. */
  passing(error: unknown): boolean;
}

/**
 * The rows of one list, by position.
 *
 * While it is not `active` it asks nothing. What it holds is shown until something newer has come, so that nothing flickers.
 */
export class Paged<R> implements IDisposable {
  constructor(private readonly _source: ISource<R>) {}

  /** Rows, total, trouble or `asking` changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** How many rows there are; null until the first answer. */
  get total(): number | null {
    return this._total;
  }

  /** Whether there are more rows than `total`. */
  get more(): boolean {
    return this._more;
  }

  /** What the last question failed with, null if it did not. */
  get error(): unknown {
    return this._error;
  }

  /** Whether a question is on its way. */
  get asking(): boolean {
    return this._asked.size > 0;
  }

  /** Whether what is shown answers a former question (another filter, another order). */
  get outdated(): boolean {
    return this._held !== this._wanted;
  }

  get isDisposed(): boolean {
    return this._disposed;
  }

  get active(): boolean {
    return this._active;
  }

  set active(value: boolean) {
    if (value === this._active || this._disposed) {
      return;
    }
    this._active = value;
    if (value) {
      this._plan(0);
    } else {
      this._hush();
    }
  }

  /** The row at a position, if it is loaded. */
  at(index: number): R | undefined {
    return this._rows[index];
  }

  /** Where a row stands, -1 if it is not loaded. */
  indexOf(key: string): number {
    return this._index.get(key) ?? -1;
  }

  find(key: string): R | undefined {
    return this._rows[this.indexOf(key)];
  }

  /** The rows that are loaded. */
  loaded(): R[] {
    return this._rows.filter(row => row !== undefined);
  }

  /** These positions are in view (the last one included). */
  need(first: number, last: number): void {
    if (first !== this._first || last !== this._last) {
      this._first = first;
      this._last = last;
      this._scrolled();
    }
  }

  /** Another question: what is shown stays until its answer is there. */
  restart(delay = 0): void {
    this._wanted++;
    this._fresh.clear();
    this._first = 0;
    this._last = 0;
    this._failures = 0;
    this._hush();
    this._plan(delay);
    this._changed.emit();
  }

  /** Something changed at the server: ask anew for what is in view, soon and once. */
  touch(): void {
    this._fresh.clear();
    this._epoch++;
    if (this._failures === 0) {
      this._plan(this._pause());
    }
  }

  /** Ask anew now, because a person wants it. */
  retry(): void {
    this._fresh.clear();
    this._failures = 0;
    this._hush();
    this._plan(0);
  }

  /** Ask anew for the page on top of the view alone, for the pulse. */
  glance(): void {
    const page = Math.floor(this._first / PAGE);
    if (this._active && !this.asking) {
      void this._load(page);
    }
  }

  /** Change a row in place; false if it is not loaded. */
  patch(key: string, values: Partial<R>): boolean {
    const index = this.indexOf(key);
    const row = this._rows[index];
    if (row === undefined) {
      return false;
    }
    const next = { ...row, ...values };
    if (!same(row, next)) {
      this._rows[index] = next;
      this._changed.emit();
    }
    return true;
  }

  /** Take a row out; false if it is not loaded. */
  remove(key: string): boolean {
    const index = this.indexOf(key);
    if (index < 0 || this._total === null) {
      return false;
    }
    this._rows.splice(index, 1);
    this._total--;
    this._reindex();
    this._changed.emit();
    return true;
  }

  dispose(): void {
    if (!this._disposed) {
      this._disposed = true;
      this._active = false;
      this._hush();
      Signal.clearData(this);
    }
  }

  /** Pages that a scroll only passes are not asked for. */
  private _scrolled(): void {
    const now = Date.now();
    if (this._timer !== null && this._scrollSince > 0 && now - this._scrollSince < SCROLL_MOST) {
      clearTimeout(this._timer);
      this._timer = null;
    } else if (this._timer === null) {
      this._scrollSince = now;
    }
    this._plan(SCROLL);
  }

  /** Ask for what is in view and not fresh, after `delay`; an earlier appointment stays. */
  private _plan(delay: number): void {
    const when = Date.now() + delay;
    if (!this._active || (this._timer !== null && this._when <= when)) {
      return;
    }
    clearTimeout(this._timer ?? undefined);
    this._when = when;
    this._timer = setTimeout(() => {
      this._timer = null;
      this._scrollSince = 0;
      this._ask();
    }, delay);
  }

  private _ask(): void {
    const first = Math.floor(this._first / PAGE);
    const last = Math.max(first, Math.floor(Math.min(this._last, (this._total ?? 1) - 1) / PAGE));
    for (const [page, control] of this._asked) {
      if (page < first || page > last) {
        control.abort();
        this._asked.delete(page);
      }
    }
    for (let page = first; page <= last; page++) {
      if (!this._fresh.has(page) && !this._asked.has(page)) {
        void this._load(page);
      }
    }
  }

  private async _load(page: number): Promise<void> {
    const control = new AbortController();
    const wanted = this._wanted;
    const epoch = this._epoch;
    this._asked.set(page, control);
    this._askedAt = Date.now();
    if (this._total === null) {
      this._changed.emit();
    }
    try {
      const found = await this._source.read(page * PAGE, PAGE, control.signal);
      if (!control.signal.aborted && wanted === this._wanted) {
        this._asked.delete(page);
        this._place(page, found, epoch);
      }
    } catch (error) {
      if (!control.signal.aborted && wanted === this._wanted) {
        this._asked.delete(page);
        this._fail(error);
      }
    }
  }

  private _place(page: number, found: IPage<R>, epoch: number): void {
    const start = page * PAGE;
    const before = this._rows.slice(start, start + PAGE);
    const other = this._held !== this._wanted;
    const another = this._total !== found.total;
    // Rows that were not known yet follow below; else rows came or went, and those on other pages may have moved.
    const moved = another && !(this._more && found.total > (this._total ?? 0));
    const news =
      other || another || this._more !== (found.more ?? false) || this._error !== null || !same(before, found.items);
    if (other) {
      this._rows = [];
      this._fresh.clear();
      this._held = this._wanted;
    }
    if (moved) {
      this._fresh.clear();
    }
    this._error = null;
    this._failures = 0;
    this._total = found.total;
    this._more = found.more ?? false;
    this._rows.length = found.total;
    found.items.forEach((row, n) => {
      this._rows[start + n] = row;
    });
    // A change that was told while the question was on its way may not be in the answer.
    const whole = epoch === this._epoch;
    if (whole) {
      this._fresh.add(page);
    }
    if (news) {
      this._reindex();
      this._changed.emit();
    }
    this._plan(whole && !moved ? 0 : this._pause());
  }

  private _fail(error: unknown): void {
    this._error = error;
    if (this._source.passing(error)) {
      this._plan(Math.min(FIRST_RETRY * 2 ** this._failures, LAST_RETRY));
    }
    this._failures++;
    this._changed.emit();
  }

  private _pause(): number {
    return Math.max(COALESCE, this._askedAt + AT_MOST_EVERY - Date.now());
  }

  /** Forget appointments and questions on their way. */
  private _hush(): void {
    clearTimeout(this._timer ?? undefined);
    this._timer = null;
    for (const control of this._asked.values()) {
      control.abort();
    }
    this._asked.clear();
  }

  private _reindex(): void {
    this._index.clear();
    this._rows.forEach((row, index) => {
      this._index.set(this._source.key(row as R), index);
    });
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _asked = new Map<number, AbortController>();
  private readonly _fresh = new Set<number>();
  private readonly _index = new Map<string, number>();
  private _rows: (R | undefined)[] = [];
  private _total: number | null = null;
  private _more = false;
  private _error: unknown = null;
  private _failures = 0;
  private _active = false;
  private _disposed = false;
  private _first = 0;
  private _last = 0;
  private _wanted = 0;
  private _held = 0;
  private _timer: ReturnType<typeof setTimeout> | null = null;
  private _when = 0;
  private _askedAt = 0;
  private _epoch = 0;
  private _scrollSince = 0;
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
