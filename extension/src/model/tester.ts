/** One test of one deployment: the question, its snippets, the answer. Several of them know nothing of each other. */

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { Client, ITarget } from '../api/client';
import type { AnswerView, Question, Rows, Snippets, TestForm } from '../api/types';
import { troubleOf } from './asked';
import type { Trouble } from './asked';
import { begin, blank, fill, question, withCell, withSide, withTexts } from './draft';
import type { IDraft, IMark } from './draft';
import { Stated } from './stated';
import type { ICell } from './values';

/** Snippets are asked for when nothing was typed for so long, in ms. */
export const PAUSE = 150;
/** Values of a protected deployment are forgotten when the view was left alone for so long, in ms. */
export const FORGET = 15 * 60 * 1000;

export interface ITesterState {
  readonly phase: 'loading' | 'ready' | 'failed';
  /** why `phase` is `failed` */
  readonly failure: Trouble | null;
  readonly form: TestForm | null;
  readonly draft: IDraft;
  /** the row that the form shows */
  readonly at: number;
  readonly marks: readonly IMark[];
  /** null while there is no whole question; `open` says what is missing then */
  readonly snippets: Snippets | null;
  readonly open: readonly IMark[];
  readonly asking: boolean;
  /** the last answer, and whether the question is still the same */
  readonly answer: AnswerView | null;
  readonly current: boolean;
  /** another number for each other question */
  readonly stamp: number;
  /** why there is no answer */
  readonly trouble: Trouble | null;
  /** grows when the person should be led to the first mark */
  readonly attempt: number;
  readonly forgotten: boolean;
}

const NOTHING: IDraft = { rows: [], tensors: [] };

const INITIAL: ITesterState = {
  phase: 'loading',
  failure: null,
  form: null,
  draft: NOTHING,
  at: 0,
  marks: [],
  snippets: null,
  open: [],
  asking: false,
  answer: null,
  current: false,
  stamp: 0,
  trouble: null,
  attempt: 0,
  forgotten: false
};

export class TesterModel extends Stated<ITesterState> {
  constructor(
    readonly client: Client,
    readonly target: ITarget,
    readonly predictor: string,
    readonly language: string
  ) {
    super(INITIAL);
  }

  /** Values are about to be forgotten for protection's sake: whoever keeps some has to drop them too. */
  get forgetting(): ISignal<TesterModel, void> {
    return this._forgetting;
  }

  /** Ask for the form; what was typed stays if the form is the same. */
  async load(): Promise<void> {
    this._loading?.abort();
    const { signal } = (this._loading = new AbortController());
    this._set({ phase: this.state.form ? 'ready' : 'loading', failure: null });
    try {
      const form = await this.client.form(this.target, this.predictor, signal);
      const same = this.state.form !== null && shape(this.state.form) === shape(form);
      this._set({ phase: 'ready', form });
      if (!same) {
        this._write(begin(form, this.language), 0);
      }
      this.touch();
    } catch (error) {
      if (!signal.aborted) {
        this._set({ phase: 'failed', failure: troubleOf(error) });
      }
    }
  }

  /** A cell of the shown row; its mark goes, as it is about what stood there before. */
  setCell(index: number, patch: Partial<ICell>): void {
    const { draft, at, marks, form } = this.state;
    const field = form?.fields[index]?.name;
    this._write(withCell(draft, at, index, patch), at, without(marks, at, field));
  }

  /** Texts into a tensor, from a cell on. */
  setTexts(name: string, from: number, lines: readonly (readonly string[])[]): void {
    const { draft, at, marks } = this.state;
    this._write(
      withTexts(draft, name, from, lines),
      at,
      marks.filter(mark => mark.field !== name)
    );
  }

  /** The length of a free dimension. */
  setSide(name: string, side: number, length: number): void {
    this._write(withSide(this.state.draft, name, side, length), 0, []);
  }

  /** Show a row. */
  go(at: number): void {
    const last = this.state.draft.rows.length - 1;
    this._set({ at: Math.min(Math.max(at, 0), Math.max(last, 0)) });
  }

  /** Another row after the last, like the one that is shown. */
  addRow(): void {
    const { draft, at, form } = this.state;
    const like = draft.rows[at];
    if (like && form && draft.rows.length < form.mostRows) {
      this._write({ ...draft, rows: [...draft.rows, like] }, draft.rows.length, this.state.marks);
    }
  }

  /** Take the shown row away; the last one stays. */
  removeRow(): void {
    const { draft, at } = this.state;
    if (draft.rows.length > 1) {
      const rows = draft.rows.filter((_, index) => index !== at);
      this._write({ ...draft, rows }, Math.min(at, rows.length - 1));
    }
  }

  /** Rows from elsewhere take the place of what was typed. */
  take(rows: Rows): void {
    const form = this.state.form;
    if (form && (rows.data?.length ?? 0) > 0) {
      this._write(fill(form, rows, this.language), 0);
    }
  }

  /** Say at the input if what stands there is no value. */
  check(field: string): void {
    const { at, marks } = this.state;
    const mark = this._marks().find(
      one => one.field === field && (one.at === at || this.state.draft.rows.length === 0)
    );
    if (mark && mark.fault !== 'required') {
      this._set({ marks: [...without(marks, mark.at, field), mark] });
    }
  }

  /** Take away what is said of a failed try. */
  clear(): void {
    this._set({ marks: [], trouble: null });
  }

  /** The question as it stands, or null: the marks say why then, and the first of them is shown. */
  question(): Question | null {
    const form = this.state.form;
    const made = form && question(form, this.state.draft, this.language);
    if (!made || 'question' in made) {
      return made?.question ?? null;
    }
    this._lead(made.marks);
    return null;
  }

  /** Ask the deployment. */
  async ask(): Promise<void> {
    this.touch();
    const asked = this.question();
    if (!asked || this.state.asking) {
      return;
    }
    const { signal } = (this._asking = new AbortController());
    const { stamp } = this.state;
    this._set({ asking: true, trouble: null, marks: [] });
    try {
      const answer = await this.client.ask(asked, signal);
      this._set({ asking: false, answer, current: stamp === this.state.stamp });
    } catch (error) {
      this._set({ asking: false });
      if (!signal.aborted) {
        this.refuse(troubleOf(error));
      }
    }
  }

  /** A refusal: at its input if it names one, else as the view's trouble. */
  refuse(trouble: Trouble): void {
    const problem = trouble.kind === 'problem' ? trouble.problem : null;
    if (problem && this._isInput(problem.field)) {
      this._lead([{ at: problem.row ?? this.state.at, field: problem.field, problem }]);
    } else {
      this._set({ trouble });
    }
  }

  /** Do not wait for the answer any longer. */
  cancel(): void {
    this._asking?.abort();
  }

  /** Someone is using the view. Values of a protected deployment are forgotten when this was not so for {@link FORGET}. */
  touch(): void {
    const now = Date.now();
    if (this.state.form?.level.protected !== true || this.isDisposed) {
      return;
    }
    if (now - this._touched > FORGET && this._touched > 0) {
      this.forget(); // timers stand still while the machine sleeps
    }
    this._touched = now;
    clearTimeout(this._idle);
    this._idle = setTimeout(() => this.forget(), FORGET);
  }

  /** Drop every value, typed or answered. */
  forget(): void {
    const form = this.state.form;
    if (form) {
      this._asking?.abort();
      this._write(blank(form, this.language), 0);
      this._set({ answer: null, current: false, trouble: null, forgotten: true });
      this._forgetting.emit();
    }
  }

  protected _end(): void {
    clearTimeout(this._pause);
    clearTimeout(this._idle);
    this._loading?.abort();
    this._writing?.abort();
    this._asking?.abort();
  }

  private _marks(): readonly IMark[] {
    const form = this.state.form;
    const made = form && question(form, this.state.draft, this.language);
    return made && 'marks' in made ? made.marks : [];
  }

  private _lead(marks: readonly IMark[]): void {
    const rows = this.state.draft.rows.length > 0;
    this._set({ marks, at: rows ? (marks[0]?.at ?? 0) : 0, attempt: this.state.attempt + 1 });
  }

  private _isInput(field: string): boolean {
    const form = this.state.form;
    return [...(form?.fields ?? []), ...(form?.tensors ?? [])].some(one => one.name === field);
  }

  /** Another draft: what was said of the former one no longer holds, and the snippets are asked anew. */
  private _write(draft: IDraft, at: number, marks: readonly IMark[] = []): void {
    this._writing?.abort();
    clearTimeout(this._pause);
    this._set({ draft, at, marks, stamp: this.state.stamp + 1, current: false, forgotten: false });
    this._pause = setTimeout(() => void this._snippets(), PAUSE);
  }

  private async _snippets(): Promise<void> {
    const form = this.state.form;
    const made = form && question(form, this.state.draft, this.language);
    if (!made || 'marks' in made) {
      this._set({ snippets: null, open: made?.marks ?? [] });
      return;
    }
    const { signal } = (this._writing = new AbortController());
    try {
      const snippets = await this.client.snippets(made.question, signal);
      const marks = snippets.problems
        .filter(problem => this._isInput(problem.field))
        .map(problem => ({ at: problem.row ?? 0, field: problem.field, problem }));
      this._set({ snippets, open: [], marks: [...this.state.marks.filter(mark => mark.fault), ...marks] });
    } catch {
      if (!signal.aborted) {
        this._set({ snippets: null, open: [] });
      }
    }
  }

  private _touched = 0;
  private _pause: ReturnType<typeof setTimeout> | undefined;
  private _idle: ReturnType<typeof setTimeout> | undefined;
  private _loading: AbortController | null = null;
  private _writing: AbortController | null = null;
  private _asking: AbortController | null = null;
  private readonly _forgetting = new Signal<TesterModel, void>(this);
}

function without(marks: readonly IMark[], at: number, field: string | undefined): readonly IMark[] {
  return marks.filter(mark => !(mark.at === at && mark.field === field));
}

function shape(form: TestForm): string {
  return JSON.stringify([form.model, form.fields, form.tensors]);
}
