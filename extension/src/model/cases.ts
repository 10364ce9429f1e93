/** Saved cases: named sets of rows with the answers that are right for them, and their replay in parts. */

import type { CaseSetView, Question, ReplayedRow } from '../api/types';
import { troubleOf } from './asked';
import type { Trouble } from './asked';
import { Stated } from './stated';
import type { TesterModel } from './tester';

/** So many rows of a set are asked at a time. */
export const PART = 50;

/** A replay on its way, or where it ended. */
export interface IReplay {
  readonly name: string;
  readonly phase: 'running' | 'done' | 'stopped' | 'failed';
  readonly done: number;
  readonly total: number;
  readonly same: number;
  readonly differing: readonly ReplayedRow[];
  readonly outputs: readonly string[];
  readonly trouble: Trouble | null;
}

export interface ICasesState {
  readonly sets: readonly CaseSetView[];
  /** a set is being saved or deleted */
  readonly busy: boolean;
  readonly trouble: Trouble | null;
  /** the set that was just saved */
  readonly saved: string;
  readonly replay: IReplay | null;
}

const INITIAL: ICasesState = { sets: [], busy: false, trouble: null, saved: '', replay: null };

export class CasesModel extends Stated<ICasesState> {
  constructor(private readonly _tester: TesterModel) {
    super(INITIAL);
    _tester.forgetting.connect(this._forget, this);
    _tester.changed.connect(this._adopt, this);
    this._adopt();
  }

  /** Keep the question's rows under a name; the server asks for the answers that belong to them. */
  async save(question: Question, name: string, replace: boolean): Promise<boolean> {
    const saved = await this._change(() => this._tester.client.saveCases({ question, name, replace }));
    if (saved) {
      this._set({ saved: name });
    }
    return saved;
  }

  /** Delete a set. */
  remove(set: CaseSetView): Promise<boolean> {
    return this._change(() => this._tester.client.deleteCases(set.model, set.name));
  }

  /** Ask a set's rows again, a part at a time. */
  async replay(set: CaseSetView): Promise<void> {
    this._running?.abort();
    const running = (this._running = new AbortController());
    const { target, predictor, client } = this._tester;
    let replay: IReplay = {
      name: set.name,
      phase: 'running',
      done: 0,
      total: set.rows,
      same: 0,
      differing: [],
      outputs: [],
      trouble: null
    };
    const show = (patch: Partial<IReplay>): void => {
      replay = { ...replay, ...patch };
      if (this._running === running) {
        this._set({ replay });
      }
    };
    show({});
    try {
      while (replay.done < replay.total) {
        const start = replay.done;
        const wish = { ...target, predictor, model: set.model, cases: set.name, start, stop: start + PART };
        const part = await client.replay(wish, running.signal);
        this._tester.touch();
        show({
          done: Math.max(part.stop, start + 1),
          total: part.total,
          same: replay.same + part.same,
          differing: [...replay.differing, ...part.differing],
          outputs: part.outputs.length > 0 ? part.outputs : replay.outputs
        });
      }
      show({ phase: 'done', done: replay.total });
    } catch (error) {
      show(running.signal.aborted ? { phase: 'stopped' } : { phase: 'failed', trouble: troubleOf(error) });
    }
  }

  /** End the replay; what it found so far stays. */
  stop(): void {
    this._running?.abort();
  }

  /** Take away what is said of a failed try. */
  clear(): void {
    this._set({ trouble: null });
  }

  protected _end(): void {
    this._running?.abort();
  }

  private async _change(make: () => Promise<{ items: CaseSetView[] }>): Promise<boolean> {
    this._set({ busy: true, trouble: null, saved: '' });
    try {
      const { items } = await make();
      this._set({ busy: false, sets: items });
      return true;
    } catch (error) {
      this._set({ busy: false, trouble: troubleOf(error) });
      return false;
    }
  }

  /** The form tells the sets that there were when it was asked for. */
  private _adopt(): void {
    const form = this._tester.state.form;
    if (form && form.cases !== this._told) {
      this._told = form.cases;
      this._set({ sets: form.cases });
    }
  }

  private _forget(): void {
    this._running?.abort();
    this._running = null;
    this._set({ replay: null, trouble: null, saved: '' });
  }

  private _told: readonly CaseSetView[] | null = null;
  private _running: AbortController | null = null;
}
