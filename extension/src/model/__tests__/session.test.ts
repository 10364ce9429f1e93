import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { SilenceError } from '../../api/request';
import { FakeServer, place, space, status } from '../../testing/panel';
import { CHANGES, PULSE, Session } from '../session';
import type { IMemory } from '../session';

describe('the session', () => {
  let server: FakeServer;
  let memory: IMemory;
  let session: Session;

  beforeEach(() => {
    vi.useFakeTimers();
    server = new FakeServer();
    memory = { recall: vi.fn(() => Promise.resolve(null)), remember: vi.fn() };
    session = new Session(server.client, memory);
  });

  afterEach(() => {
    session.dispose();
    vi.useRealTimers();
  });

  const settle = (ms = 50): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

  it('asks nothing before somebody looks', async () => {
    await settle(10 * PULSE);
    expect(server.asked.status).not.toHaveBeenCalled();
    session.shown = true;
    await settle();
    expect(session.standing).toEqual({ kind: 'ready', status });
    expect(server.asked.status).toHaveBeenCalledTimes(1);
    expect(server.asked.places).toHaveBeenCalledTimes(1);
  });

  it('asks once for all who want to know at the same time', async () => {
    void session.refresh();
    void session.refresh();
    await settle();
    expect(server.asked.status).toHaveBeenCalledTimes(1);
  });

  it.each(['missing', 'signed-out', 'unreachable'] as const)('says that the server part is %s', async silence => {
    server.fails = new SilenceError(silence);
    await Promise.all([session.refresh(), settle()]);
    expect(session.standing).toEqual({ kind: silence });
  });

  it('refuses only another number of the contract, and says which version answers', async () => {
    server.status = { ...status, api: 2, version: '9.1' };
    await Promise.all([session.refresh(), settle()]);
    expect(session.standing).toEqual({ kind: 'other-version', server: '9.1' });
    expect(server.asked.places).not.toHaveBeenCalled();
    server.status = { ...status, version: '9.2' };
    await Promise.all([session.refresh(), settle()]);
    expect(session.standing.kind).toBe('ready');
  });

  it('looks for a server that is away, less and less often, and tells of one reset when it is back', async () => {
    session.shown = true;
    await settle();
    const told = vi.fn();
    session.told.connect(told);
    server.fails = new SilenceError('unreachable');
    session.lost();
    session.lost();
    expect(session.standing.kind).toBe('unreachable');
    await settle(5 * 60_000);
    expect(server.asked.status.mock.calls.length).toBeGreaterThan(5);
    expect(server.asked.status.mock.calls.length).toBeLessThan(13);
    expect(told).not.toHaveBeenCalled();
    server.fails = null;
    await settle(PULSE + 100);
    expect(session.standing.kind).toBe('ready');
    expect(told).toHaveBeenCalledTimes(1);
    expect(told.mock.calls[0]?.[1]).toMatchObject({ act: 'reset' });
  });

  it('does not look for the server while nobody looks at the panel', async () => {
    session.shown = true;
    await settle();
    session.shown = false;
    server.fails = new SilenceError('unreachable');
    session.lost();
    const before = server.asked.status.mock.calls.length;
    await settle(10 * PULSE);
    expect(server.asked.status).toHaveBeenCalledTimes(before);
    server.fails = null;
    session.shown = true;
    await settle();
    expect(session.standing.kind).toBe('ready');
  });

  it('tells of one reset when the panel is shown again', async () => {
    session.shown = true;
    await settle();
    const told = vi.fn();
    session.told.connect(told);
    session.shown = false;
    session.shown = false;
    session.shown = true;
    session.shown = true;
    await settle();
    expect(told).toHaveBeenCalledTimes(1);
    expect(server.asked.status).toHaveBeenCalledTimes(1);
  });

  it('has one pulse a minute while the panel is shown, none while it is not', async () => {
    const pulse = vi.fn();
    session.pulse.connect(pulse);
    session.shown = true;
    await settle(5 * PULSE + 1000);
    expect(pulse).toHaveBeenCalledTimes(5);
    session.shown = false;
    await settle(5 * PULSE);
    expect(pulse).toHaveBeenCalledTimes(5);
  });

  it('passes on our changes, and nothing else of the event bus', () => {
    const told = vi.fn();
    session.told.connect(told);
    session.hear({ schema_id: 'https://events.jupyter.org/contents', action: 'save' });
    session.hear({ schema_id: CHANGES, kind: 'run', act: 'changed', place: 'here' });
    expect(told).toHaveBeenCalledTimes(1);
    expect(told.mock.calls[0]?.[1]).toMatchObject({ kind: 'run' });
  });

  it('shows the highest classification in sight, and that of the namespace once one is chosen', async () => {
    const dev = space('dev', 'unclassified');
    server.places = [place(dev, space('claims', 'protected-b'), space('lab', 'protected-a'))];
    expect(session.level).toBeNull();
    await Promise.all([session.refresh(), settle()]);
    expect(session.level?.value).toBe('protected-b');
    session.choose(dev);
    expect(session.level?.value).toBe('unclassified');
    session.choose(null);
    expect(session.level?.value).toBe('protected-b');
  });

  it.each(['unknown', 'cosmic'])('takes a classification that it does not know (%s) for protected B', async value => {
    server.places = [place(space('a', 'protected-a'), space('b', value))];
    await Promise.all([session.refresh(), settle()]);
    expect(session.level?.value).toBe(value);
    server.places = [place(space('b', value), space('c', 'protected-b'))];
    await Promise.all([session.refresh(), settle()]);
    expect(session.level?.value).toBe(value);
    server.places = [place(space('b', value), space('c', 'secret'))];
    await Promise.all([session.refresh(), settle()]);
    expect(session.level?.value).toBe('secret');
  });

  it('comes back to the namespace that was chosen, unless it is gone', async () => {
    memory.recall = () => Promise.resolve({ place: 'here', namespace: 'claims' });
    server.places = [place(space('dev', 'unclassified'), space('claims', 'protected-b'))];
    await Promise.all([session.refresh(), settle()]);
    expect(session.namespace?.name).toBe('claims');
    server.places = [place(space('dev', 'unclassified'))];
    await Promise.all([session.refresh(), settle()]);
    expect(session.namespace).toBeNull();
  });

  it('remembers a choice, and tells of it once', () => {
    const changed = vi.fn();
    session.changed.connect(changed);
    session.choose(space('dev', 'unclassified'));
    session.choose(space('dev', 'unclassified'));
    expect(memory.remember).toHaveBeenCalledTimes(1);
    expect(changed).toHaveBeenCalledTimes(1);
  });
});
