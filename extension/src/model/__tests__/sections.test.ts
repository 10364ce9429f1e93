import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Client } from '../../api/client';
import { SilenceError } from '../../api/request';
import type { ModelsPage } from '../../api/types';
import { FakeServer, FakeSession, model, row, rows, space } from '../../testing/panel';
import { Mine } from '../mine';
import { Sections } from '../sections';

describe('the sections', () => {
  let server: FakeServer;
  let session: FakeSession;
  let mine: Mine;
  let sections: Sections;
  const empty = { items: [], offset: 0, total: 0, problems: [], note: '' };
  const asked = {
    models: vi.fn<(filter: string, page: string) => Promise<ModelsPage>>(),
    runs: vi.fn(() => Promise.resolve(empty)),
    history: vi.fn(() => Promise.resolve(empty)),
    schedules: vi.fn(() => Promise.resolve(empty))
  };

  beforeEach(() => {
    vi.useFakeTimers();
    vi.clearAllMocks();
    server = new FakeServer(rows(250));
    const many = Array.from({ length: 150 }, (_, n) => model('fraud', 150 - n));
    asked.models.mockImplementation((_, page) => {
      const start = Number(page || 0);
      return Promise.resolve({
        items: many.slice(start, start + 100),
        next: start + 100 < 150 ? `${start + 100}` : ''
      });
    });
    session = new FakeSession({ ...server.client, ...asked } as unknown as Client);
    mine = new Mine(session);
    sections = new Sections(session, mine);
  });

  afterEach(() => {
    sections.dispose();
    mine.dispose();
    vi.useRealTimers();
  });

  const settle = (ms = 1000): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

  it('ask only while open, shown and answered', async () => {
    sections.want('deployments', true);
    await settle();
    expect(server.deployments).toHaveBeenCalledTimes(1);
    expect(asked.models).not.toHaveBeenCalled();
    session.shown = false;
    session.changed.emit();
    session.told.emit({ kind: 'deployment', act: 'reset', place: 'here' });
    await settle(600_000);
    expect(server.deployments).toHaveBeenCalledTimes(1);
    session.shown = true;
    session.standing = { kind: 'missing' };
    session.changed.emit();
    await settle(600_000);
    expect(server.deployments).toHaveBeenCalledTimes(1);
    session.standing = { kind: 'asking' };
    session.shown = true;
  });

  it('make one question of a pulse, whichever section is open', async () => {
    sections.want('deployments', true);
    sections.want('models', true);
    sections.want('history', true);
    await settle();
    sections.deployments.list.need(90, 120);
    await settle();
    vi.clearAllMocks();
    session.pulse.emit();
    await settle(50_000);
    expect(server.deployments).toHaveBeenCalledTimes(1);
    expect(asked.models).not.toHaveBeenCalled();
    expect(asked.history).not.toHaveBeenCalled();
    sections.want('deployments', false);
    session.pulse.emit();
    await settle();
    expect(server.deployments).toHaveBeenCalledTimes(2);
    expect(server.deployments.mock.lastCall?.[0]).toMatchObject({ limit: 1 });
  });

  it('ask anew where one looks, but models, which are everywhere the same', async () => {
    sections.want('deployments', true);
    sections.want('models', true);
    await settle();
    session.choose(space('claims', 'protected-b'));
    await settle();
    expect(server.deployments.mock.lastCall?.[0]).toMatchObject({ place: 'here', namespace: 'claims' });
    expect(asked.models).toHaveBeenCalledTimes(1);
  });

  it('tell the session of a server that does not answer', async () => {
    server.fails = new SilenceError('unreachable');
    sections.want('deployments', true);
    await settle();
    expect(session.lost).toHaveBeenCalled();
  });

  it('read models page after page, as far as they are looked at', async () => {
    sections.want('models', true);
    await settle();
    const { list } = sections.models;
    expect([list.total, list.more]).toEqual([101, true]);
    list.need(95, 100);
    await settle();
    expect([list.total, list.more]).toEqual([150, false]);
    expect(list.at(149)?.version).toBe(1);
    expect(asked.models.mock.calls.map(call => call[1])).toEqual(['', '100']);
  });

  it('let the status bar know what the panel knows', async () => {
    server.held = [row('a'), row('b', { state: 'stuck', tone: 'bad', word: 'Stuck' })];
    sections.want('deployments', true);
    await settle();
    expect(mine.total).toBe(2);
    expect(mine.worst?.name).toBe('b');
    expect(server.deployments).toHaveBeenCalledTimes(1);
    session.told.emit({
      kind: 'deployment',
      act: 'changed',
      place: 'here',
      namespace: 'dev',
      name: 'a',
      state: 'stuck'
    });
    expect(mine.rows.filter(one => one.state === 'stuck').length).toBe(2);
  });

  it('keep a filtered list from counting as all of one’s own', async () => {
    sections.want('deployments', true);
    await settle();
    sections.deployments.filter = 'model-0001';
    await settle();
    expect(sections.deployments.list.total).toBe(1);
    expect(mine.total).toBe(250);
  });
});
