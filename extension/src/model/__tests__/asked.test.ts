import { describe, expect, it, vi } from 'vitest';

import { ProblemError } from '../../api/request';
import { problem } from '../../testing/cards';
import { Asked } from '../asked';

const settled = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0));

describe('a question that is asked again and again', () => {
  it('is asked once more, not thrice, if it was asked for thrice meanwhile', async () => {
    const load = vi.fn(async () => {
      await settled();
      return 1;
    });
    const asked = new Asked(load);
    const first = asked.ask();
    await Promise.resolve();
    await Promise.resolve(); // now the question is on its way
    await Promise.all([first, asked.ask(), asked.ask(), asked.ask()]);
    expect(load).toHaveBeenCalledTimes(2);
    expect(asked.value).toBe(1);
    expect(asked.asking).toBe(false);
  });

  it('tells only of another answer', async () => {
    const answers = [[1], [1], [2]];
    const asked = new Asked(() => Promise.resolve(answers.shift()));
    await asked.ask();
    const told = vi.fn();
    asked.changed.connect(told, told);
    await asked.ask();
    expect(told).not.toHaveBeenCalled();
    await asked.ask();
    expect(told).toHaveBeenCalledTimes(1);
    expect(asked.value).toEqual([2]);
  });

  it('keeps the last answer when a later question fails, and says why', async () => {
    const load = vi.fn().mockResolvedValueOnce('old').mockRejectedValueOnce(new ProblemError(problem(), 403));
    const asked = new Asked<string>(load);
    await asked.ask();
    await asked.ask();
    expect(asked.value).toBe('old');
    expect(asked.trouble).toMatchObject({ kind: 'problem', status: 403 });
  });

  it('counts what nobody foresaw as an unreachable server', async () => {
    const asked = new Asked(() => Promise.reject(new TypeError('x')));
    await asked.ask();
    expect(asked.trouble).toEqual({ kind: 'silent', silence: 'unreachable' });
  });

  it('tells nothing any more once it is disposed', async () => {
    const told = vi.fn();
    const asked = new Asked(async () => {
      await settled();
      return 1;
    });
    asked.changed.connect(told, told);
    const running = asked.ask();
    told.mockClear();
    asked.dispose();
    await running;
    expect(told).not.toHaveBeenCalled();
  });
});
