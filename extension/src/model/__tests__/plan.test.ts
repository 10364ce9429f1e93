import { describe, expect, it, vi } from 'vitest';

import { ProblemError } from '../../api/request';
import type { Block, PlanView, RunsPage } from '../../api/types';
import { FINDINGS, blocked, card, plan, problem, run, sessionWith } from '../../testing/cards';
import { PlanModel } from '../plan';
import { bare, faultAt, mayTakeOn, rightsTitle, tally } from '../plan-card';
import { RunBook, bookOf } from '../run';

const WISH = { ref: 'fraud@1', place: 'here', to: 'dev' } as const;
const NO_RUNS: RunsPage = { items: [], offset: 0, total: 0, problems: [] };

describe('a plan', () => {
  it('is stale as soon as the form says something else, and not any more when it says the same again', async () => {
    const session = sessionWith({ plan: vi.fn().mockResolvedValue(plan()) });
    const model = new PlanModel(session, new RunBook(session), WISH);
    await model.make();
    expect(model.plan?.digest).toBe(plan().digest);
    expect(model.stale).toBe(false);
    model.wishFor({ name: 'other' });
    expect(model.stale).toBe(true);
    model.wishFor({ name: '' });
    expect(model.stale).toBe(false);
    model.dispose();
  });

  it('is given up for a newer one', async () => {
    const answers: ((made: PlanView) => void)[] = [];
    const session = sessionWith({ plan: () => new Promise(resolve => answers.push(resolve)) });
    const model = new PlanModel(session, new RunBook(session), WISH);
    const first = model.make();
    const second = model.make({ name: 'other' });
    answers[1]?.(plan({ digest: 'second' }));
    answers[0]?.(plan({ digest: 'first' }));
    await Promise.all([first, second]);
    expect(model.plan?.digest).toBe('second');
    model.dispose();
  });

  it('that could not be made says why, and the former one stays to be read', async () => {
    const ask = vi
      .fn()
      .mockResolvedValueOnce(plan())
      .mockRejectedValueOnce(new ProblemError(problem({ field: 'name' }), 422));
    const session = sessionWith({ plan: ask });
    const model = new PlanModel(session, new RunBook(session), WISH);
    await model.make();
    await model.make({ name: 'Bad Name' });
    expect(model.trouble).toMatchObject({ kind: 'problem', problem: { field: 'name' } });
    expect(model.plan).not.toBeNull();
    expect(model.stale).toBe(true);
    model.dispose();
  });

  it('is applied by its digest, once, and its run is followed', async () => {
    const session = sessionWith({
      plan: vi.fn().mockResolvedValue(plan()),
      run: vi.fn().mockResolvedValue(run('succeeded'))
    });
    const model = new PlanModel(session, bookOf(session), WISH);
    await model.make();
    const apply = vi.fn().mockResolvedValue(run('succeeded'));
    await Promise.all([model.apply(apply), model.apply(apply)]);
    expect(apply).toHaveBeenCalledExactlyOnceWith(plan().digest);
    expect(model.run?.detail.value?.row.phase).toBe('succeeded');
    model.dispose();
  });

  it('is not applied while the form says something else', async () => {
    const session = sessionWith({ plan: vi.fn().mockResolvedValue(plan()) });
    const model = new PlanModel(session, new RunBook(session), WISH);
    await model.make();
    model.wishFor({ to: 'claims' });
    const apply = vi.fn();
    await model.apply(apply);
    expect(apply).not.toHaveBeenCalled();
    model.dispose();
  });

  it('that was made before Lab was closed comes back with the run that carries it out', async () => {
    const session = sessionWith({
      planOf: vi.fn().mockResolvedValue(plan({ wish: { ...WISH, name: '', server: 'sklearn', callers: ['ana'] } })),
      runs: vi.fn().mockResolvedValue({ ...NO_RUNS, items: [run('succeeded').row] }),
      run: vi.fn().mockResolvedValue(run('succeeded'))
    });
    const model = new PlanModel(session, bookOf(session), WISH);
    await expect(model.recall(plan().digest)).resolves.toBe(true);
    expect(model.run?.id).toBe('snb-fraud-0123');
    expect(model.takeNews()).toBe(false);
    expect(model.wish).toEqual({ ...WISH, server: 'sklearn', callers: ['ana'] });
    model.dispose();
  });
});

describe('what a plan tells', () => {
  it('is counted', () => {
    expect(tally(plan())).toEqual({ good: 11, warn: 1, bad: 0 });
    expect(tally(blocked())).toEqual({ good: 11, warn: 1, bad: 2 });
  });

  it('says which findings may be taken on, and which are of a field', () => {
    expect(mayTakeOn(plan())).toEqual([]);
    expect(mayTakeOn(blocked()).map(({ code }) => code)).toEqual(['SNB-231']);
    expect(faultAt(blocked(), 'name')?.code).toBe('SNB-205');
    expect(faultAt(blocked(), 'server', '')).toBeUndefined();
  });

  it('is not shown twice: rights, documents and the difference have their own place', () => {
    const title: Block = { type: 'text', text: 'What you may do', strong: true };
    const rights: Block = {
      type: 'lines',
      lines: [{ tone: 'good', word: '', text: 'Look (`list pods`)', code: '', steps: [] }]
    };
    const listing = (name: string, language: string, text: string): Block => ({
      type: 'listing',
      title: name,
      text,
      language,
      folded: true
    });
    const made = plan({
      card: card([
        FINDINGS,
        title,
        rights,
        listing('What changes', 'diff', '-a'),
        listing('SeldonDeployment', 'yaml', 'kind: x'),
        listing('Request to send', 'yaml', 'kind: Role')
      ]),
      rights: [{ verb: 'list', resource: 'pods', allowed: true, text: 'Look', request: '' }],
      diff: '-a'
    });
    expect(rightsTitle(made)).toBe('What you may do');
    expect(bare(made).blocks.map(block => (block.type === 'listing' ? block.title : block.type))).toEqual([
      'lines',
      'Request to send'
    ]);
  });
});
