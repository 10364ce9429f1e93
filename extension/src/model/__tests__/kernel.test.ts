import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { FakeKernel, later, plain } from '../../testing/tester';
import { KernelModel, PATIENCE } from '../kernel';

const inputs = () => ({ columns: ['age', 'region'], types: ['long', 'string'], language: 'fr' });
const FRAME = { name: 'X', kind: 'frame', rows: 3, columns: ['region', 'age', 'id'], fits: true };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open() {
  const kernel = new FakeKernel();
  kernel.reply = expression =>
    Promise.resolve(
      plain(
        expression.includes('frames')
          ? { frames: [FRAME] }
          : { models: [{ name: 'm', type: 'M', methods: ['predict'] }] }
      )
    );
  return { kernel, model: new KernelModel(kernel, inputs) };
}

describe('a kernel', () => {
  it('is asked without a trace: silent, no history, no name', async () => {
    const { kernel, model } = open();
    await model.look();
    expect(model.state).toMatchObject({
      name: 'fraud.ipynb',
      standing: 'idle',
      frames: [FRAME],
      models: [{ name: 'm' }]
    });
    expect(kernel.requests[0]).toMatchObject({ code: '', silent: true, store_history: false, allow_stdin: false });
    expect(kernel.expressions[0]).toMatch(/^__import__\("seldon_nb.widgets.kernel", fromlist=\["ask"\]\)\.ask\("/);
    expect(kernel.expressions[0]).toContain(String.raw`\"language\":\"fr\"`);
  });

  it('gives the rows of a table, of the columns that it has', async () => {
    const { kernel, model } = open();
    kernel.reply = () => Promise.resolve(plain({ columns: ['age'], data: [[44], [null]], total: 2 }));
    const rows = await model.rows({ ...FRAME, fits: false, columns: ['age', 'id'] }, 50);
    expect(rows).toEqual({ columns: ['age'], data: [[44], [null]] });
    expect(kernel.expressions[0]).toContain(String.raw`\"columns\":[\"age\"]`);
  });

  it.each([
    ['busy', 'busy'],
    ['dead', 'dead'],
    ['autorestarting', 'restarting'],
    ['starting', 'starting']
  ])('that is %s is not asked', async (status, kind) => {
    const { kernel, model } = open();
    kernel.turn(status);
    await model.look();
    expect(kernel.requests).toEqual([]);
    expect(model.state).toMatchObject({ standing: kind, trouble: { kind } });
  });

  it('that is not there is said not to be there', async () => {
    const { kernel, model } = open();
    kernel.present = false;
    await model.look();
    expect(model.state.trouble).toEqual({ kind: 'none' });
  });

  it('that speaks another language is not asked', async () => {
    const { kernel, model } = open();
    kernel.language = 'R';
    await model.look();
    expect(kernel.requests).toEqual([]);
    expect(model.state.trouble).toEqual({ kind: 'not-python' });
  });

  it.each([
    [{ status: 'error', ename: 'ModuleNotFoundError' }, { kind: 'not-installed' }],
    [
      { status: 'error', ename: 'MemoryError', evalue: 'secret 61' },
      { kind: 'failed', saw: 'MemoryError' }
    ],
    [undefined, { kind: 'silent' }],
    [
      { status: 'ok', data: { 'text/plain': '<Told>' } },
      { kind: 'failed', saw: 'JSON' }
    ],
    [
      plain({ problem: { code: 'SNB-367', what: 'It is no table.', saw: '', next: [{ say: 'Choose another.' }] } }),
      { kind: 'problem', problem: { code: 'SNB-367', next: [{ say: 'Choose another.', command: '', kind: '' }] } }
    ]
  ])('whose answer is none says why, without values', async (reply, trouble) => {
    const { kernel, model } = open();
    kernel.reply = () => Promise.resolve(reply);
    await model.look();
    expect(model.state).toMatchObject({ reading: false, frames: null, trouble });
    expect(JSON.stringify(model.state)).not.toContain('61');
  });

  it('that is restarted in the middle is not waited for', async () => {
    const { kernel, model } = open();
    kernel.reply = () => later<unknown>().promise;
    const looking = model.look();
    await vi.advanceTimersByTimeAsync(0);
    kernel.turn('restarting');
    await looking;
    expect(model.state).toMatchObject({ reading: false, standing: 'restarting', trouble: { kind: 'restarting' } });
  });

  it('that says nothing is not waited for either', async () => {
    const { kernel, model } = open();
    kernel.reply = () => later<unknown>().promise;
    const looking = model.look();
    await vi.advanceTimersByTimeAsync(PATIENCE);
    await looking;
    expect(model.state.trouble).toEqual({ kind: 'silent' });
  });

  it('is read again after a cell ran while somebody looks, and not for our own question', async () => {
    const { kernel, model } = open();
    model.watch();
    await vi.advanceTimersByTimeAsync(0);
    const once = kernel.requests.length;
    kernel.turn('busy');
    kernel.turn('idle');
    await vi.advanceTimersByTimeAsync(0);
    expect(kernel.requests).toHaveLength(once);
    kernel.iopubMessage.emit({ header: { msg_type: 'execute_input' } });
    kernel.turn('busy');
    kernel.turn('idle');
    await vi.advanceTimersByTimeAsync(0);
    expect(kernel.requests).toHaveLength(2 * once);
    model.unwatch();
    kernel.iopubMessage.emit({ header: { msg_type: 'execute_input' } });
    kernel.turn('idle');
    await vi.advanceTimersByTimeAsync(0);
    expect(kernel.requests).toHaveLength(2 * once);
  });

  it('is read as soon as it is ready, if it was busy when somebody came to look', async () => {
    const { kernel, model } = open();
    kernel.turn('busy');
    model.watch();
    await vi.advanceTimersByTimeAsync(0);
    expect(model.state.trouble).toEqual({ kind: 'busy' });
    kernel.turn('idle');
    await vi.advanceTimersByTimeAsync(0);
    expect(model.state).toMatchObject({ trouble: null, frames: [FRAME] });
  });

  it('is let go with the view', () => {
    const { kernel, model } = open();
    model.dispose();
    expect(kernel.isDisposed).toBe(true);
    kernel.turn('busy');
    expect(model.state.standing).toBe('none');
  });
});
