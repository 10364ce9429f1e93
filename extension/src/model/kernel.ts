/** The kernel of a notebook, asked in silence: what DataFrames and models it holds, their rows, their answers. Nothing of it is kept in the notebook. */

import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel, KernelMessage } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { Problem, Rows } from '../api/types';
import { call, parseReply } from './python';
import { Stated } from './stated';

const MODULE = 'seldon_nb.widgets.kernel';
/** A kernel that says nothing for so long has other things to do, in ms. */
export const PATIENCE = 20_000;

/** Whose kernel is meant: the notebook that a view stands in, or the one that was looked at last. */
export interface IKernelHost extends IDisposable {
  /** the notebook's name; empty if there is none */
  readonly name: string;
  readonly context: ISessionContext | null;
  readonly changed: ISignal<IKernelHost, void>;
}

/** How the kernel is. */
export type Standing = 'none' | 'starting' | 'restarting' | 'busy' | 'dead' | 'idle';

/** Why it gave no answer; `problem` comes with our own words. */
export type KernelTrouble =
  | { readonly kind: Exclude<Standing, 'idle'> | 'not-python' | 'not-installed' | 'silent' }
  | { readonly kind: 'failed'; readonly saw: string }
  | { readonly kind: 'problem'; readonly problem: Problem };

export class KernelError extends Error {
  constructor(readonly trouble: KernelTrouble) {
    super(trouble.kind);
    this.name = 'KernelError';
  }
}

/** The inputs of the model that is tested, and the language in which the kernel tells of problems. */
export interface IInputs {
  readonly columns: readonly string[];
  readonly types: readonly string[];
  readonly language: string;
}

/** A table or an array of the kernel; `fits` if it has all inputs, or is as wide. */
export interface IFrame {
  readonly name: string;
  readonly kind: string;
  readonly rows: number;
  readonly columns: readonly string[];
  readonly fits: boolean;
}

/** A model of the kernel and what it can be asked: `predict`, `predict_proba`. */
export interface IHeldModel {
  readonly name: string;
  readonly type: string;
  readonly methods: readonly string[];
}

export interface IKernelState {
  readonly name: string;
  readonly standing: Standing;
  readonly reading: boolean;
  /** null until they were read */
  readonly frames: readonly IFrame[] | null;
  readonly models: readonly IHeldModel[] | null;
  readonly trouble: KernelTrouble | null;
}

const NOTHING_READ = { frames: null, models: null, trouble: null } as const;

const INITIAL: IKernelState = { name: '', standing: 'none', reading: false, ...NOTHING_READ };

export class KernelModel extends Stated<IKernelState> {
  constructor(
    private readonly _host: IKernelHost,
    private readonly _inputs: () => IInputs
  ) {
    super(INITIAL);
    _host.changed.connect(this._follow, this);
    this._follow();
  }

  /** While someone looks, what the kernel holds is read again after each cell that ran. */
  watch(): void {
    this._watched = true;
    void this.look();
  }

  unwatch(): void {
    this._watched = false;
  }

  /** Read what the kernel holds; the state says what came of it. */
  async look(): Promise<void> {
    if (this.isDisposed || this.state.reading) {
      return;
    }
    this._set({ reading: true, trouble: null });
    try {
      const frames = framesOf(await this._call('frames', { columns: this._inputs().columns }));
      const models = modelsOf(await this._call('models', {}));
      this._set({ reading: false, frames, models });
    } catch (error) {
      this._set({ reading: false, ...NOTHING_READ, trouble: kernelTroubleOf(error) });
    }
  }

  /**
   * The first rows of a table: the inputs that it has. An array's columns are the inputs in their order.
   *
   * @throws {@link KernelError}
   */
  async rows(frame: IFrame, most: number): Promise<Rows> {
    const all = this._inputs().columns;
    const columns = frame.fits ? all : all.filter(name => frame.columns.includes(name));
    return rowsOf(await this._call('rows', { name: frame.name, columns, start: 0, stop: most }));
  }

  /**
   * What a model of the kernel answers to rows.
   *
   * @throws {@link KernelError}
   */
  async answers(name: string, method: string, rows: Rows): Promise<Rows> {
    const { types } = this._inputs();
    return rowsOf(
      await this._call('answers', { name, method, columns: rows.columns ?? [], data: rows.data ?? [], types })
    );
  }

  protected _end(): void {
    this._lose({ kind: 'none' });
    this._host.changed.disconnect(this._follow, this);
    this._host.dispose();
  }

  private async _call(what: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
    const kernel = this._context?.session?.kernel ?? null;
    const standing = standingOf(this._context);
    if (!kernel || standing !== 'idle') {
      throw new KernelError({ kind: standing === 'idle' ? 'none' : standing });
    }
    this._set({ standing });
    const lost = new Promise<never>((_, reject) => {
      this._lose = trouble => reject(new KernelError(trouble));
    });
    const timer = setTimeout(() => this._lose({ kind: 'silent' }), PATIENCE);
    this._calling = true;
    try {
      return await Promise.race([
        execute(kernel, call(MODULE, 'ask', { do: what, language: this._inputs().language, ...args })),
        lost
      ]);
    } finally {
      clearTimeout(timer);
      this._calling = false;
      this._lose = () => undefined;
      this._settle();
    }
  }

  private _follow(): void {
    const { context, name } = this._host;
    if (context !== this._context) {
      this._lose({ kind: 'none' });
      if (this._context) {
        Signal.disconnectBetween(this._context, this);
      }
      this._context = context;
      context?.kernelChanged.connect(this._onKernel, this);
      context?.statusChanged.connect(this._onStatus, this);
      context?.connectionStatusChanged.connect(this._onStatus, this);
      context?.iopubMessage.connect(this._onMessage, this);
      this._set({ name, standing: standingOf(context), ...NOTHING_READ });
      this._again();
    } else {
      this._set({ name, standing: standingOf(context) });
    }
  }

  private _onKernel(): void {
    this._lose({ kind: 'restarting' });
    this._set({ standing: standingOf(this._context), ...NOTHING_READ });
    this._again();
  }

  private _onStatus(): void {
    const standing = standingOf(this._context);
    if (standing === 'restarting' || standing === 'dead' || standing === 'none') {
      this._lose({ kind: standing });
      this._set({ standing, ...NOTHING_READ });
      this._ran = true;
      return;
    }
    this._settle();
  }

  /** Something ran that was not ours: what we know may be old. Silent requests say no `execute_input`. */
  private _onMessage(_: ISessionContext, message: KernelMessage.IMessage): void {
    this._ran ||= message.header.msg_type === 'execute_input';
  }

  private _settle(): void {
    const standing = standingOf(this._context);
    if (!this._calling && standing !== this.state.standing) {
      this._set({ standing });
    }
    if (standing === 'idle' && !this._calling && (this._ran || isWaiting(this.state.trouble))) {
      this._ran = false;
      this._again();
    }
  }

  private _again(): void {
    if (this._watched && standingOf(this._context) === 'idle') {
      void this.look();
    }
  }

  private _context: ISessionContext | null = null;
  private _watched = false;
  private _calling = false;
  private _ran = false;
  private _lose: (trouble: KernelTrouble) => void = () => undefined;
}

/** Is this a trouble that ends by itself when the kernel is ready? */
function isWaiting(trouble: KernelTrouble | null): boolean {
  return trouble?.kind === 'busy' || trouble?.kind === 'starting' || trouble?.kind === 'restarting';
}

/** Why there is no answer of the kernel. */
export function kernelTroubleOf(error: unknown): KernelTrouble {
  return error instanceof KernelError ? error.trouble : { kind: 'restarting' };
}

function standingOf(context: ISessionContext | null): Standing {
  const kernel = context?.session?.kernel;
  if (!context || !kernel) {
    return 'none';
  }
  if (context.isRestarting) {
    return 'restarting';
  }
  switch (kernel.status) {
    case 'idle':
      return 'idle';
    case 'busy':
      return 'busy';
    case 'dead':
    case 'terminating':
      return 'dead';
    case 'restarting':
    case 'autorestarting':
      return 'restarting';
    default:
      return 'starting';
  }
}

/** One expression, evaluated without a trace: no output, no history, no name left behind. */
async function execute(kernel: Kernel.IKernelConnection, expression: string): Promise<unknown> {
  const info = await kernel.info;
  if (info.language_info.name !== 'python') {
    throw new KernelError({ kind: 'not-python' });
  }
  const future = kernel.requestExecute(
    {
      code: '',
      silent: true,
      store_history: false,
      allow_stdin: false,
      stop_on_error: false,
      user_expressions: { seldon_nb: expression }
    },
    true
  );
  const { content } = await future.done;
  const found: unknown = content.status === 'ok' ? content.user_expressions['seldon_nb'] : undefined;
  return read(found);
}

function read(found: unknown): unknown {
  if (!isRecord(found)) {
    throw new KernelError({ kind: 'silent' });
  }
  if (found['status'] !== 'ok') {
    const ename = text(found['ename']);
    const missing = ename === 'ModuleNotFoundError' || ename === 'ImportError';
    throw new KernelError(missing ? { kind: 'not-installed' } : { kind: 'failed', saw: ename });
  }
  const data = isRecord(found['data']) ? found['data'] : {};
  const plain = data['text/plain'];
  let value: unknown;
  try {
    value = typeof plain === 'string' ? parseReply(plain) : undefined;
  } catch {
    throw new KernelError({ kind: 'failed', saw: 'JSON' });
  }
  if (isRecord(value) && isRecord(value['problem'])) {
    throw new KernelError({ kind: 'problem', problem: problemOf(value['problem']) });
  }
  return value;
}

function framesOf(value: unknown): IFrame[] {
  return items(value, 'frames').map(one => ({
    name: text(one['name']),
    kind: text(one['kind']),
    rows: typeof one['rows'] === 'number' ? one['rows'] : 0,
    columns: texts(one['columns']),
    fits: one['fits'] === true
  }));
}

function modelsOf(value: unknown): IHeldModel[] {
  return items(value, 'models').map(one => ({
    name: text(one['name']),
    type: text(one['type']),
    methods: texts(one['methods'])
  }));
}

function problemOf(value: Record<string, unknown>): Problem {
  const next = items(value, 'next').map(step => ({ say: text(step['say']), command: '', kind: '' as const }));
  return {
    code: text(value['code']),
    what: text(value['what']),
    saw: text(value['saw']),
    next,
    who: '',
    field: '',
    row: null,
    place: ''
  };
}

function rowsOf(value: unknown): Rows {
  if (!isRecord(value) || !Array.isArray(value['columns']) || !Array.isArray(value['data'])) {
    throw new KernelError({ kind: 'failed', saw: 'JSON' });
  }
  return { columns: texts(value['columns']), data: value['data'] as Rows['data'] & object };
}

function items(value: unknown, key: string): Record<string, unknown>[] {
  const found = isRecord(value) ? value[key] : undefined;
  return Array.isArray(found) ? found.filter(isRecord) : [];
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(one => typeof one === 'string') : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
