import { describe, expect, it } from 'vitest';

import type { CaseSetView, Replay, ReplayPart } from '../../api/types';
import { form, later, refused, server, target } from '../../testing/tester';
import { CasesModel } from '../cases';
import { TesterModel } from '../tester';

async function open() {
  const asked = server();
  const tester = new TesterModel(asked.client, target, 'default', 'en');
  await tester.load();
  return { asked, tester, cases: new CasesModel(tester) };
}

const [EDGE] = form().cases as [CaseSetView];

function part(wish: Replay, wrong: number[] = []): ReplayPart {
  const start = wish.start ?? 0;
  const stop = Math.min(wish.stop ?? 50, 120);
  const differing = wrong
    .filter(row => row >= start && row < stop)
    .map(row => ({ row, expected: ['fraud'], got: ['not'] }));
  return { start, stop, total: 120, same: stop - start - differing.length, differing, outputs: ['label'], tookMs: 3 };
}

describe('a replay', () => {
  it('asks in parts, tells how far it is, and gathers the rows that differ', async () => {
    const { asked, cases } = await open();
    asked.replay.mockImplementation((wish: Replay) => Promise.resolve(part(wish, [3, 70])));
    const seen: number[] = [];
    cases.changed.connect(() => seen.push(cases.state.replay?.done ?? -1), {});
    await cases.replay(EDGE);
    expect((asked.replay.mock.calls as [Replay][]).map(([wish]) => [wish.start, wish.stop])).toEqual([
      [0, 50],
      [50, 100],
      [100, 150]
    ]);
    expect(asked.replay.mock.calls[0]?.[0]).toMatchObject({ ...target, model: 'fraud', cases: 'edge' });
    expect(seen).toEqual([0, 50, 100, 120, 120]);
    expect(cases.state.replay).toMatchObject({ phase: 'done', same: 118, outputs: ['label'] });
    expect(cases.state.replay?.differing.map(row => row.row)).toEqual([3, 70]);
  });

  it('can be stopped, and keeps what it found', async () => {
    const { asked, cases } = await open();
    const slow = later<ReplayPart>();
    asked.replay
      .mockImplementationOnce((wish: Replay) => Promise.resolve(part(wish, [3])))
      .mockImplementationOnce((_wish: Replay, signal: AbortSignal) => {
        signal.addEventListener('abort', () => slow.reject(new DOMException('', 'AbortError')));
        return slow.promise;
      });
    const replaying = cases.replay(EDGE);
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
    cases.stop();
    await replaying;
    expect(cases.state.replay).toMatchObject({ phase: 'stopped', done: 50, differing: [{ row: 3 }], trouble: null });
  });

  it('says why it ended early', async () => {
    const { asked, cases } = await open();
    asked.replay.mockImplementation(() => refused({ code: 'SNB-404' }));
    await cases.replay(EDGE);
    expect(cases.state.replay).toMatchObject({ phase: 'failed', trouble: { problem: { code: 'SNB-404' } } });
  });
});

describe('the sets', () => {
  it('are the form’s until one is saved or deleted', async () => {
    const { asked, tester, cases } = await open();
    expect(cases.state.sets).toEqual([EDGE]);
    asked.saveCases.mockResolvedValue({ items: [EDGE, { ...EDGE, name: 'new', rows: 1 }], total: 2 });
    const question = tester.question();
    expect(await cases.save(question!, 'new', false)).toBe(true);
    expect(asked.saveCases).toHaveBeenCalledWith({ question, name: 'new', replace: false });
    expect(cases.state).toMatchObject({ saved: 'new', sets: [{ name: 'edge' }, { name: 'new' }] });
    asked.deleteCases.mockResolvedValue({ items: [], total: 0 });
    await cases.remove(EDGE);
    expect(asked.deleteCases).toHaveBeenCalledWith('fraud', 'edge');
    expect(cases.state.sets).toEqual([]);
  });

  it('stay when the server refuses', async () => {
    const { asked, cases } = await open();
    asked.deleteCases.mockImplementation(() => refused());
    expect(await cases.remove(EDGE)).toBe(false);
    expect(cases.state).toMatchObject({ sets: [EDGE], busy: false, trouble: { kind: 'problem' } });
  });

  it('show nothing of a replay when values are forgotten', async () => {
    const { asked, tester, cases } = await open();
    asked.replay.mockImplementation((wish: Replay) => Promise.resolve(part(wish, [3])));
    await cases.replay(EDGE);
    tester.forget();
    expect(cases.state.replay).toBeNull();
  });
});
