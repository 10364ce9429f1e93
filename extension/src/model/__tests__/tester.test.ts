import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { AnswerView, Snippets, TestForm } from '../../api/types';
import { answer, form, guarded, later, problem, refused, server, snippets, target } from '../../testing/tester';
import { FORGET, PAUSE, TesterModel } from '../tester';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function open(given: TestForm = form()) {
  const asked = server(given);
  const tester = new TesterModel(asked.client, target, 'default', 'en');
  await tester.load();
  return { tester, asked };
}

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(PAUSE);

describe('the snippets', () => {
  it('follow the input after a pause, with one request for many keys', async () => {
    const { tester, asked } = await open();
    await settle();
    asked.snippets.mockClear();
    for (const text of ['5', '50', '501']) {
      tester.setCell(0, { text });
      await vi.advanceTimersByTimeAsync(PAUSE / 3);
    }
    expect(asked.snippets).not.toHaveBeenCalled();
    await settle();
    expect(asked.snippets).toHaveBeenCalledOnce();
    expect(tester.state.snippets?.json).toContain('501');
  });

  it('of a former input are called back and never shown', async () => {
    const { tester, asked } = await open();
    await settle();
    const slow = later<Snippets>();
    asked.snippets.mockImplementationOnce((_question, signal) => {
      signal?.addEventListener('abort', () => slow.reject(new DOMException('', 'AbortError')));
      return slow.promise;
    });
    tester.setCell(0, { text: '60' });
    await settle();
    const signal = asked.snippets.mock.lastCall?.[1];
    tester.setCell(0, { text: '61' });
    expect(signal?.aborted).toBe(true);
    await settle();
    expect(tester.state.snippets?.json).toContain('61');
  });

  it('say what is open while the question is not whole', async () => {
    const { tester } = await open();
    tester.setCell(0, { text: '' });
    await settle();
    expect(tester.state.snippets).toBeNull();
    expect(tester.state.open).toEqual([{ at: 0, field: 'age', fault: 'required' }]);
    expect(tester.state.marks).toEqual([]);
  });

  it('bring what the server says of a value to its input', async () => {
    const { tester, asked } = await open();
    const said = problem({ field: 'age', row: 0 });
    asked.snippets.mockImplementationOnce(question => Promise.resolve(snippets(question, [said])));
    tester.setCell(0, { text: '12' });
    await settle();
    expect(tester.state.marks).toEqual([{ at: 0, field: 'age', problem: said }]);
    tester.setCell(0, { text: '44' });
    expect(tester.state.marks).toEqual([]);
  });
});

describe('asking', () => {
  it('brings the answer, which is old as soon as the question is another', async () => {
    const { tester, asked } = await open();
    await tester.ask();
    expect(asked.ask.mock.lastCall?.[0]).toMatchObject({ name: 'fraud', rows: { data: [[44, null, 'QC']] } });
    expect(tester.state).toMatchObject({ asking: false, current: true, answer: { tookMs: 14 } });
    tester.setCell(0, { text: '45' });
    expect(tester.state).toMatchObject({ current: false, answer: { tookMs: 14 } });
  });

  it('leads to the first input that is no value, in whatever row, and asks nobody', async () => {
    const { tester, asked } = await open();
    tester.addRow();
    tester.setCell(0, { text: 'x' });
    tester.go(0);
    const { attempt } = tester.state;
    await tester.ask();
    expect(asked.ask).not.toHaveBeenCalled();
    expect(tester.state).toMatchObject({
      at: 1,
      attempt: attempt + 1,
      marks: [{ at: 1, field: 'age', fault: 'integer' }]
    });
  });

  it('shows a refusal at the input that it names, else for itself', async () => {
    const { tester, asked } = await open();
    asked.ask.mockImplementationOnce(() => refused({ field: 'region', row: 0 }));
    await tester.ask();
    expect(tester.state).toMatchObject({ trouble: null, marks: [{ at: 0, field: 'region' }] });
    asked.ask.mockImplementationOnce(() => refused({ field: 'elsewhere' }));
    await tester.ask();
    expect(tester.state.trouble).toMatchObject({ kind: 'problem', problem: { code: 'SNB-361' } });
    tester.clear();
    expect(tester.state).toMatchObject({ trouble: null, marks: [] });
  });

  it('can be given up', async () => {
    const { tester, asked } = await open();
    const slow = later<AnswerView>();
    asked.ask.mockImplementationOnce((_question, signal) => {
      signal?.addEventListener('abort', () => slow.reject(new DOMException('', 'AbortError')));
      return slow.promise;
    });
    const asking = tester.ask();
    expect(tester.state.asking).toBe(true);
    tester.cancel();
    await asking;
    expect(tester.state).toMatchObject({ asking: false, trouble: null, answer: null });
  });

  it('marks an answer as old that comes after the question changed', async () => {
    const { tester, asked } = await open();
    const slow = later<AnswerView>();
    asked.ask.mockImplementationOnce(() => slow.promise);
    const asking = tester.ask();
    tester.setCell(0, { text: '45' });
    slow.resolve(answer());
    await asking;
    expect(tester.state.current).toBe(false);
  });
});

describe('what was typed', () => {
  it('stays when the same form is asked for again', async () => {
    const { tester } = await open();
    tester.setCell(0, { text: '61' });
    await tester.load();
    expect(tester.state.draft.rows[0]?.[0]?.text).toBe('61');
  });

  it('is checked when its input is left, but an empty one is not blamed before it is asked', async () => {
    const { tester } = await open();
    tester.setCell(0, { text: '' });
    tester.check('age');
    expect(tester.state.marks).toEqual([]);
    tester.setCell(0, { text: '4x' });
    tester.check('age');
    expect(tester.state.marks).toEqual([{ at: 0, field: 'age', fault: 'integer' }]);
  });

  it('of two views of one deployment does not mix', async () => {
    const { tester } = await open();
    const { tester: other } = await open();
    tester.setCell(0, { text: '61' });
    expect(other.state.draft.rows[0]?.[0]?.text).toBe('44');
  });
});

describe('values of a protected deployment', () => {
  it('are dropped when the view was not used for a quarter of an hour', async () => {
    const { tester } = await open(guarded);
    const forgetting = vi.fn();
    tester.forgetting.connect(forgetting, {});
    tester.setCell(0, { text: '61' });
    await tester.ask();
    await vi.advanceTimersByTimeAsync(FORGET - 1000);
    tester.touch();
    await vi.advanceTimersByTimeAsync(FORGET - 1000);
    expect(tester.state.draft.rows[0]?.[0]?.text).toBe('61');
    await vi.advanceTimersByTimeAsync(2000);
    expect(tester.state).toMatchObject({ answer: null, forgotten: true });
    expect(JSON.stringify(tester.state.draft)).not.toContain('61');
    expect(forgetting).toHaveBeenCalledOnce();
    await settle();
    expect(JSON.stringify(tester.state.snippets)).not.toContain('61');
  });

  it('are dropped on return when the machine slept over it', async () => {
    const { tester } = await open(guarded);
    tester.setCell(0, { text: '61' });
    vi.setSystemTime(Date.now() + FORGET + 1000);
    tester.touch();
    expect(tester.state.forgotten).toBe(true);
  });

  it('go with the view', async () => {
    const { tester } = await open(guarded);
    tester.setCell(0, { text: '61' });
    tester.dispose();
    expect(JSON.stringify(tester.state)).not.toContain('61');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('stay where nothing is protected', async () => {
    const { tester } = await open();
    tester.setCell(0, { text: '61' });
    await vi.advanceTimersByTimeAsync(4 * FORGET);
    expect(tester.state.draft.rows[0]?.[0]?.text).toBe('61');
  });
});
