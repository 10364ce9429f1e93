import { describe, expect, it, vi } from 'vitest';

import { ProblemError } from '../../api/request';
import type { Change } from '../../api/types';
import { TARGET, card, detail, problem, sessionWith, stages } from '../../testing/cards';
import { DetailModel, overview } from '../detail';

const CHANGE: Change = { kind: 'deployment', act: 'changed', place: 'here', namespace: 'dev', name: 'fraud' };
const settled = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0));

describe('a deployment that is looked at', () => {
  it('is asked for when it is first seen, and when the server tells of it', async () => {
    const ask = vi.fn().mockResolvedValue(detail());
    const session = sessionWith({ deployment: ask });
    const model = new DetailModel(session, TARGET);
    expect(ask).not.toHaveBeenCalled();
    model.look(true);
    await settled();
    session.told.emit({ ...CHANGE, name: 'another' });
    session.told.emit({ ...CHANGE, kind: 'model' });
    await settled();
    expect(ask).toHaveBeenCalledTimes(1);
    session.told.emit(CHANGE);
    await settled();
    expect(ask).toHaveBeenCalledTimes(2);
    model.dispose();
  });

  it('costs nothing while it is hidden, and is up to date when it is seen again', async () => {
    const ask = vi.fn().mockResolvedValue(detail());
    const session = sessionWith({ deployment: ask });
    const model = new DetailModel(session, TARGET);
    model.look(true);
    await settled();
    model.look(false);
    session.told.emit(CHANGE);
    session.told.emit({ ...CHANGE, act: 'reset' });
    await settled();
    expect(ask).toHaveBeenCalledTimes(1);
    model.look(true);
    await settled();
    expect(ask).toHaveBeenCalledTimes(2);
    model.dispose();
  });

  it('stays to be read when it is deleted, and is back when it is there again', async () => {
    const ask = vi.fn().mockResolvedValue(detail());
    const session = sessionWith({ deployment: ask });
    const model = new DetailModel(session, TARGET);
    model.look(true);
    await settled();
    session.told.emit({ ...CHANGE, act: 'gone' });
    await settled();
    expect(model.gone).toBe(true);
    expect(model.detail.value?.row.name).toBe('fraud');
    session.told.emit(CHANGE);
    await settled();
    expect(model.gone).toBe(false);
    model.dispose();
  });

  it('is gone too where the server does not find it any more', async () => {
    const ask = vi.fn().mockResolvedValueOnce(detail()).mockRejectedValue(new ProblemError(problem(), 404));
    const model = new DetailModel(sessionWith({ deployment: ask }), TARGET);
    model.look(true);
    await settled();
    model.refresh();
    await settled();
    expect(model.gone).toBe(true);
    model.dispose();
  });
});

describe('the card of a deployment', () => {
  it('does not repeat what stands beside it', () => {
    const line = { tone: 'bad' as const, word: '', text: 'x', code: 'SNB-204', steps: [] };
    const shown = overview(
      detail({
        card: card([stages('bad'), { type: 'lines', lines: [line] }, { type: 'facts', rows: [['a', 'b']] }]),
        problem: problem()
      })
    );
    expect(shown.blocks.map(block => block.type)).toEqual(['facts']);
    expect([shown.badge, shown.state]).toEqual(['', '']);
  });
});
