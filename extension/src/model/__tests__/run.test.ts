import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Change } from '../../api/types';
import { TARGET, run, sessionWith } from '../../testing/cards';
import { RunBook, RunModel, ended } from '../run';

const CHANGE: Change = { kind: 'run', act: 'changed', place: 'here', namespace: 'dev', name: 'snb-fraud-0123' };

describe('a run', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is asked for when the server tells of it, and not when it tells of another', async () => {
    const ask = vi.fn().mockResolvedValue(run('running'));
    const session = sessionWith({ run: ask });
    const model = new RunModel(session, TARGET, 'snb-fraud-0123', run('running'));
    session.told.emit({ ...CHANGE, namespace: 'other' });
    session.told.emit({ ...CHANGE, place: 'cluster' });
    await vi.advanceTimersByTimeAsync(0);
    const before = ask.mock.calls.length;
    session.told.emit(CHANGE);
    await vi.advanceTimersByTimeAsync(0);
    expect(ask.mock.calls.length).toBe(before + 1);
    model.dispose();
  });

  it('is asked for now and then where the server tells nothing, until it has ended', async () => {
    const ask = vi.fn().mockResolvedValue(run('running'));
    const session = sessionWith({ run: ask });
    const model = new RunModel(session, TARGET, 'snb-fraud-0123', run('waiting'));
    await vi.advanceTimersByTimeAsync(16_000);
    expect(ask.mock.calls.length).toBeGreaterThanOrEqual(3);
    ask.mockResolvedValue(run('succeeded'));
    await vi.advanceTimersByTimeAsync(6_000);
    expect(ended(model.detail.value)).toBe(true);
    const asked = ask.mock.calls.length;
    await vi.advanceTimersByTimeAsync(60_000);
    session.told.emit(CHANGE);
    expect(ask.mock.calls.length).toBe(asked);
    model.dispose();
  });

  it('is followed once, however many show it, until the last one gives it back', () => {
    const session = sessionWith({ run: vi.fn().mockResolvedValue(run('running')) });
    const book = new RunBook(session);
    const first = book.take(TARGET, 'a', run('running'));
    const second = book.take(TARGET, 'a');
    expect(second).toBe(first);
    book.release(first);
    expect(first.isDisposed).toBe(false);
    book.release(second);
    expect(first.isDisposed).toBe(true);
  });

  it('that cannot be stopped says why', async () => {
    const session = sessionWith({ run: vi.fn(), stop: vi.fn().mockRejectedValue(new Error('x')) });
    const model = new RunModel(session, TARGET, 'a', run('running'));
    await model.stop();
    expect(model.stopping).toMatchObject({ kind: 'silent' });
    model.dispose();
  });
});
