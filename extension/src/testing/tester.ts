/** A form, a server that answers questions about it, and a kernel: for the tests of the test view. */

import type { ISessionContext } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { vi } from 'vitest';

import type { Client } from '../api/client';
import { ProblemError } from '../api/request';
import type { AnswerView, FieldView, Problem, Question, Snippets, TestForm } from '../api/types';
import type { IKernelHost } from '../model/kernel';
import type { IKit } from '../ui/kit';

export const target = { place: 'here', namespace: 'dev', name: 'fraud' } as const;

export function field(name: string, kind: FieldView['kind'], more: Partial<FieldView> = {}): FieldView {
  const plain = {
    required: true,
    acceptsMissing: null,
    minimum: null,
    maximum: null,
    typical: null,
    choices: [],
    hint: ''
  };
  return { name, kind, type: kind, ...plain, ...more };
}

export function form(more: Partial<TestForm> = {}): TestForm {
  return {
    ...target,
    predictor: 'default',
    model: 'fraud@12',
    level: { value: 'unclassified', badge: 'UNCLASSIFIED', protected: false },
    keep: true,
    notice: 'Values stay in this view.',
    answering: true,
    problem: null,
    fields: [
      field('age', 'integer', { minimum: 18, maximum: 97, typical: 44 }),
      field('income', 'number', { required: false }),
      field('region', 'category', { choices: ['QC', 'ON'], typical: 'QC' })
    ],
    tensors: [],
    outputs: ['fraud'],
    sample: [
      [51, 41000.5, 'ON'],
      [23, null, 'QC']
    ],
    whyNoSample: '',
    versions: ['11', '13', '14'],
    cases: [{ name: 'edge', model: 'fraud', rows: 120, createdAt: '', who: 'user-a', fromVersion: '11' }],
    mostRows: 1000,
    ...more
  };
}

export const guarded = form({
  level: { value: 'protected-b', badge: 'PROTECTED B', protected: true },
  keep: false,
  sample: null,
  whyNoSample: 'Rows of a protected model are not shown.'
});

export function problem(more: Partial<Problem> = {}): Problem {
  return {
    code: 'SNB-361',
    what: 'It does not fit.',
    saw: '',
    next: [],
    who: '',
    field: '',
    row: null,
    place: '',
    ...more
  };
}

export function answer(more: Partial<AnswerView> = {}): AnswerView {
  return {
    columns: ['fraud'],
    data: [[0.92]],
    bars: [],
    tookMs: 14,
    requests: 1,
    model: 'fraud@12',
    notes: [],
    ...more
  };
}

export function snippets(question: Question, problems: Problem[] = []): Snippets {
  const text = JSON.stringify(question.rows);
  return { json: text, curl: `curl ${text}`, python: `ask(${text})`, r: `r(${text})`, problems, note: '' };
}

/** A server's answers as functions that a test can change; what they were given is kept by vitest. */
export function server(given: TestForm = form()) {
  const asked = {
    form: vi.fn((..._: unknown[]) => Promise.resolve(given)),
    snippets: vi.fn((question: Question, _signal?: AbortSignal) => Promise.resolve(snippets(question))),
    ask: vi.fn((_question: Question, _signal?: AbortSignal) => Promise.resolve(answer())),
    compare: vi.fn(),
    saveCases: vi.fn(),
    deleteCases: vi.fn(),
    replay: vi.fn()
  };
  return { ...asked, client: asked as unknown as Client };
}

export const refused = (more: Partial<Problem> = {}): Promise<never> =>
  Promise.reject(new ProblemError(problem(more), 422));

/** A promise that is kept by the test. */
export function later<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((keep, fail) => {
    resolve = keep;
    reject = fail;
  });
  return { promise, resolve, reject };
}

/** A kernel that answers expressions with `reply`, and whose status a test can change. */
export class FakeKernel implements IKernelHost {
  readonly name = 'fraud.ipynb';
  readonly expressions: string[] = [];
  readonly requests: Record<string, unknown>[] = [];
  language = 'python';
  status = 'idle';
  present = true;
  isRestarting = false;
  isDisposed = false;
  reply: (expression: string) => Promise<unknown> = () => Promise.resolve({});
  readonly changed: Signal<IKernelHost, void> = new Signal<IKernelHost, void>(this);
  readonly kernelChanged = new Signal<this, unknown>(this);
  readonly statusChanged = new Signal<this, unknown>(this);
  readonly connectionStatusChanged = new Signal<this, unknown>(this);
  readonly iopubMessage = new Signal<this, unknown>(this);

  get session(): unknown {
    return this.present ? { kernel: this } : null;
  }

  get context(): ISessionContext {
    return this as unknown as ISessionContext;
  }

  get info(): Promise<unknown> {
    return Promise.resolve({ language_info: { name: this.language } });
  }

  requestExecute(content: Record<string, unknown>): { done: Promise<unknown> } {
    this.requests.push(content);
    const expression = String((content['user_expressions'] as Record<string, string>)['seldon_nb']);
    this.expressions.push(expression);
    const done = this.reply(expression).then(found => ({
      content: { status: 'ok', user_expressions: { seldon_nb: found } }
    }));
    return { done };
  }

  turn(status: string): void {
    this.status = status;
    this.statusChanged.emit(status);
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

/** A result as IPython gives it: the `repr` of what our functions return is JSON. */
export const plain = (value: unknown): unknown => ({
  status: 'ok',
  data: { 'text/plain': JSON.stringify(value) },
  metadata: {}
});

export function kit(): IKit & { copied: string[] } {
  const copied: string[] = [];
  return {
    trans: nullTranslator.load('seldon_nb_lab'),
    copy: text => void copied.push(text),
    insert: null,
    follow: () => null,
    copied
  };
}
