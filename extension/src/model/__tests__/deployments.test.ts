import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Change } from '../../api/types';
import { FakeServer, FakeSession, problem, row, rows, space } from '../../testing/panel';
import { DeploymentsModel } from '../deployments';

const change = (values: Partial<Change>): Change => ({
  kind: 'deployment',
  act: 'changed',
  place: 'here',
  namespace: 'dev',
  ...values
});

describe('the deployments', () => {
  let server: FakeServer;
  let session: FakeSession;
  let model: DeploymentsModel;

  beforeEach(async () => {
    vi.useFakeTimers();
    server = new FakeServer(rows(250));
    session = new FakeSession(server.client);
    model = new DeploymentsModel(session);
    model.list.active = true;
    await settle();
    server.deployments.mockClear();
  });

  afterEach(() => {
    model.dispose();
    vi.useRealTimers();
  });

  const settle = (ms = 1000): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
  const name = 'model-0003';

  it('are asked for as they are filtered and sorted, where one looks', async () => {
    session.namespace = space('dev', 'unclassified');
    model.whose = 'shared';
    model.arrange('calls', 'desc');
    model.filter = 'fr';
    model.filter = 'fra';
    await settle();
    expect(server.deployments.mock.lastCall?.[0]).toEqual({
      place: 'here',
      namespace: 'dev',
      whose: 'shared',
      filter: 'fra',
      sort: 'calls',
      order: 'desc',
      offset: 0,
      limit: 100
    });
  });

  it('wait for the end of typing before they are asked for', async () => {
    for (const text of ['m', 'mo', 'mod']) {
      model.filter = text;
      await settle(50);
    }
    expect(server.deployments).not.toHaveBeenCalled();
    await settle();
    expect(server.deployments).toHaveBeenCalledTimes(1);
  });

  it('show a new state at once, and what the event does not say with one question soon after', async () => {
    server.held[3] = row(name, { state: 'stuck', word: 'Stuck', tone: 'bad', code: 'SNB-204', what: 'No files.' });
    session.told.emit(change({ name, state: 'stuck', model: 'x@2', revision: 4, step: 'weights' }));
    expect(model.list.at(3)).toMatchObject({
      state: 'stuck',
      tone: 'bad',
      word: '',
      model: 'x@2',
      revision: 4,
      stage: 'weights'
    });
    await settle(150);
    expect(server.deployments).toHaveBeenCalledTimes(1);
    expect(model.list.at(3)).toMatchObject({ word: 'Stuck', code: 'SNB-204' });
  });

  it('ask once for many changes', async () => {
    for (let n = 0; n < 100; n++) {
      session.told.emit(change({ name: `new-${n}`, state: 'starting' }));
    }
    await settle(150);
    expect(server.deployments).toHaveBeenCalledTimes(1);
  });

  it('ask nothing for a change of another namespace than the one that is shown', async () => {
    session.namespace = space('other', 'unclassified');
    session.told.emit(change({ name, state: 'stuck' }));
    await settle();
    expect(server.deployments).not.toHaveBeenCalled();
  });

  it('drop a deployment that is gone', async () => {
    server.held.splice(3, 1);
    session.told.emit(change({ name, act: 'gone' }));
    expect(model.list.indexOf(`here/dev/${name}`)).toBe(-1);
    expect(model.list.total).toBe(249);
    await settle();
    expect(model.mine).toBe(249);
  });

  it('tell of new states of one’s own, once each', async () => {
    const moved = vi.fn();
    model.moved.connect(moved);
    server.held[3] = row(name, { state: 'stuck', word: 'Stuck' });
    session.told.emit(change({ name, state: 'stuck' }));
    await settle();
    session.told.emit(change({ act: 'reset' }));
    await settle();
    expect(moved).toHaveBeenCalledTimes(1);
    expect(moved.mock.calls[0]?.[1]).toMatchObject({ name, state: 'stuck' });
  });

  it('tell of nothing that is not one’s own', async () => {
    server.held[3] = row(name, { mine: false });
    session.told.emit(change({ act: 'reset' }));
    await settle();
    const moved = vi.fn();
    model.moved.connect(moved);
    session.told.emit(change({ name, state: 'stuck' }));
    await settle();
    expect(moved).not.toHaveBeenCalled();
  });

  it('count mine and shared, and keep a refusal as such', async () => {
    expect([model.mine, model.shared]).toEqual([250, 2]);
    server.fails = problem(403);
    session.told.emit(change({ act: 'reset' }));
    await settle(600_000);
    expect(model.list.error).toBe(server.fails);
    expect(server.deployments).toHaveBeenCalledTimes(1);
  });
});
