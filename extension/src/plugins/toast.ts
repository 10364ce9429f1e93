import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

import { ended } from '../model/run';
import type { RunBook, RunModel } from '../model/run';

/** What the toast of a run offers. */
export interface IToastActs {
  show(): void;
  test(): void;
}

/** How long the good end is shown (ms); a bad one stays until it is dismissed. */
const GOOD_END = 10_000;

/** Tell of a run from now on to its end, so that a closed tab loses nothing. The run is given back to the book then. */
export class RunToast {
  constructor(
    private readonly _run: RunModel,
    private readonly _book: RunBook,
    private readonly _trans: TranslationBundle,
    private readonly _acts: IToastActs
  ) {
    this._id = Notification.emit(this._text(), 'in-progress', { autoClose: false, actions: this._actions() });
    _run.changed.connect(this._onChanged, this);
    this._onChanged();
  }

  private _onChanged(): void {
    const run = this._run.detail.value;
    if (!run || !ended(run)) {
      const text = this._text();
      if (text !== this._told) {
        this._told = text;
        Notification.update({ id: this._id, message: text, actions: this._actions() });
      }
      return;
    }
    this._run.changed.disconnect(this._onChanged, this);
    const { phase } = run.row;
    const type = phase === 'succeeded' ? 'success' : phase === 'failed' ? 'error' : 'warning';
    const autoClose = phase === 'failed' ? (false as const) : GOOD_END;
    const options = { autoClose, actions: this._actions() };
    if (!Notification.update({ id: this._id, message: this._text(), type, ...options })) {
      Notification.emit(this._text(), type, options); // the first one was dismissed; the end is told none the less
    }
    this._book.release(this._run);
  }

  private _text(): string {
    const trans = this._trans;
    const run = this._run.detail.value;
    const what = `${this._run.target.namespace}/${this._run.target.name}`;
    switch (run?.row.phase) {
      case undefined:
      case 'waiting':
      case 'running':
        return trans.__('Deploying %1: %2', what, run?.row.step || run?.row.word || trans.__('handed over'));
      case 'succeeded':
        return trans.__('%1 answers.', what);
      case 'failed':
        return trans.__('%1 was not deployed. %2 %3', what, run.row.what || run.problem?.what || '', run.row.code);
      case 'stopped':
        return trans.__('Deploying %1 was stopped.', what);
    }
  }

  private _actions(): Notification.IAction[] {
    const done = this._run.detail.value?.row.phase === 'succeeded';
    const show = { label: this._trans.__('Show'), callback: () => this._acts.show() };
    const test = { label: this._trans.__('Test'), displayType: 'accent' as const, callback: () => this._acts.test() };
    return done ? [show, test] : [show];
  }

  private readonly _id: string;
  private _told = '';
}
