import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { PlanView, PlanWish, RunDetail } from '../api/types';
import type { ISession } from '../tokens';
import { troubleOf } from './asked';
import type { Trouble } from './asked';
import type { RunBook, RunModel } from './run';
import { tidy } from './wish';

/** Among how many of the newest runs the one of a plan is looked for. */
const NEWEST = 50;

/** One plan: what is wished for, the plan that was made of it, and the run that carries it out. */
export class PlanModel implements IDisposable {
  constructor(
    readonly session: ISession,
    private readonly _book: RunBook,
    wish: PlanWish
  ) {
    this._wish = tidy(wish);
  }

  get wish(): PlanWish {
    return this._wish;
  }

  get plan(): PlanView | null {
    return this._plan;
  }

  /** `making` a plan, `applying` it, or nothing of both. */
  get busy(): 'making' | 'applying' | null {
    return this._busy;
  }

  get trouble(): Trouble | null {
    return this._trouble;
  }

  get run(): RunModel | null {
    return this._run;
  }

  /** Whether this plan was just asked for and not told yet; asking takes it as told. A plan that was recalled is not news. */
  takeNews(): boolean {
    const news = this._news;
    this._news = false;
    return news;
  }

  /** The wish is another one than the plan was made of. */
  get stale(): boolean {
    return this._plan !== null && JSON.stringify(tidy(this._wish)) !== this._made;
  }

  get changed(): ISignal<PlanModel, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Change the wish; the plan stays to be read until another is made. */
  wishFor(change: Partial<PlanWish>): void {
    this._wish = { ...this._wish, ...change };
    this._changed.emit();
  }

  /** Make the plan of the wish as it is now; a plan under way is given up for it. */
  async make(change: Partial<PlanWish> = {}): Promise<void> {
    this._wish = tidy({ ...this._wish, ...change });
    const made = JSON.stringify(this._wish);
    await this._ask(signal => this.session.client.plan(this._wish, signal), made);
  }

  /** Take up a plan that was made before, and the run that carries it out if there is one; false if it is not kept any more. */
  async recall(digest: string): Promise<boolean> {
    await this._ask(signal => this.session.client.planOf(digest, signal), null);
    if (this._plan?.digest !== digest) {
      return false;
    }
    await this._findRun(this._plan);
    return true;
  }

  /** Hand the plan over. Nothing is chosen here: its digest says all. */
  async apply(apply: (digest: string) => Promise<RunDetail>): Promise<void> {
    const plan = this._plan;
    if (!plan || this._busy || this.stale) {
      return;
    }
    this._busy = 'applying';
    this._trouble = null;
    this._changed.emit();
    try {
      this._follow(await apply(plan.digest));
    } catch (error) {
      this._trouble = troubleOf(error);
    }
    this._busy = null;
    this._emit();
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._abort?.abort();
    this._leave();
    Signal.clearData(this);
  }

  private async _ask(load: (signal: AbortSignal) => Promise<PlanView>, made: string | null): Promise<void> {
    this._abort?.abort();
    const abort = (this._abort = new AbortController());
    this._busy = 'making';
    this._trouble = null;
    this._leave();
    this._changed.emit();
    try {
      const plan = await load(abort.signal);
      if (!abort.signal.aborted) {
        this._take(plan, made);
      }
    } catch (error) {
      if (!abort.signal.aborted) {
        this._trouble = troubleOf(error);
      }
    }
    if (this._abort === abort) {
      this._busy = null;
      this._emit();
    }
  }

  private _take(plan: PlanView, made: string | null): void {
    this._plan = plan;
    if (made === null) {
      const { ref, place, namespace: to, deployment: name } = plan;
      this._wish = tidy(plan.wish ?? { ref, place, to, name });
    }
    this._made = made ?? JSON.stringify(this._wish);
    this._news = made !== null;
  }

  private _follow(known: RunDetail): void {
    this._leave();
    if (this._isDisposed) {
      return;
    }
    const { place, namespace, deployment, id } = known.row;
    this._run = this._book.take({ place, namespace, name: deployment }, id, known);
    this._run.changed.connect(this._emit, this);
  }

  /** Lab may have been closed while the plan was carried out: its run is found by the digest. */
  private async _findRun({ digest, place, namespace }: PlanView): Promise<void> {
    const { client } = this.session;
    try {
      const { items } = await client.runs({ place, namespace, limit: NEWEST });
      const row = items.find(one => one.digest === digest);
      if (row && !this._run && this._plan?.digest === digest) {
        this._follow(await client.run({ place, namespace, name: row.deployment }, row.id));
        this._emit();
      }
    } catch {
      // The plan can be read without; the panel's Workflows say why runs cannot be seen.
    }
  }

  private _leave(): void {
    if (this._run) {
      this._run.changed.disconnect(this._emit, this);
      this._book.release(this._run);
      this._run = null;
    }
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<PlanModel, void>(this);
  private _wish: PlanWish;
  private _made = '';
  private _news = false;
  private _plan: PlanView | null = null;
  private _trouble: Trouble | null = null;
  private _busy: 'making' | 'applying' | null = null;
  private _run: RunModel | null = null;
  private _abort: AbortController | null = null;
  private _isDisposed = false;
}
