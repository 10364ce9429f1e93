import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Client } from '../../api/client';
import type { Change } from '../../api/types';
import { FakeSession } from '../../testing/panel';
import { recordsOf, runsOf, schedulesOf } from '../lists';

const NOTHING = { items: [], offset: 0, total: 0, problems: [] };
const change = (values: Partial<Change>): Change => ({ kind: 'run', act: 'changed', place: 'here', ...values });

describe('a list of the panel', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each([
    ['runs', runsOf, change({ kind: 'run' }), change({ kind: 'deployment' })],
    ['schedules', schedulesOf, change({ act: 'reset' }), change({ kind: 'run' })],
    ['history', recordsOf, change({ kind: 'deployment', act: 'gone' }), change({ kind: 'deployment' })]
  ] as const)('of %s is asked anew only after a change that concerns it', async (name, of, ours, other) => {
    const ask = vi.fn().mockResolvedValue({ ...NOTHING, note: 'Make one with `schedule`.' });
    const session = new FakeSession({ [name]: ask } as unknown as Client);
    const model = of(session);
    model.list.active = true;
    await vi.advanceTimersByTimeAsync(10);
    expect(ask).toHaveBeenCalledTimes(1);
    expect(model.note).toBe('Make one with `schedule`.');
    session.told.emit(other);
    await vi.advanceTimersByTimeAsync(2000);
    expect(ask).toHaveBeenCalledTimes(1);
    session.told.emit(ours);
    await vi.advanceTimersByTimeAsync(2000);
    expect(ask).toHaveBeenCalledTimes(2);
    model.dispose();
    expect(model.isDisposed).toBe(true);
  });
});
