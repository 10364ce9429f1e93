import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { act, fireEvent, render, screen, within } from '@testing-library/react';
import React from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import type { Client } from '../../../api/client';
import { Mine } from '../../../model/mine';
import { Sections } from '../../../model/sections';
import { FakeServer, FakeSession, level, model, place, problem, row, rows, space } from '../../../testing/panel';
import { CommandIDs } from '../../../tokens';
import type { Standing } from '../../../tokens';
import type { IPanelContext } from '../context';
import { DeploymentsSection } from '../deployments';
import { Header } from '../header';
import { ModelsSection } from '../models';

describe('the panel', () => {
  let server: FakeServer;
  let session: FakeSession;
  let sections: Sections;
  let context: IPanelContext;
  const ran = vi.fn();

  beforeEach(() => {
    vi.useFakeTimers();
    ran.mockClear();
    server = new FakeServer(rows(30));
    const models = (): Promise<unknown> => Promise.resolve({ items: [model('fraud', 13)], next: '' });
    session = new FakeSession({ ...server.client, models } as unknown as Client);
    sections = new Sections(session, new Mine(session));
    const commands = new CommandRegistry();
    for (const id of [CommandIDs.openDeployment, CommandIDs.remove, CommandIDs.plan, CommandIDs.place]) {
      commands.addCommand(id, { execute: args => void ran(id, args), describedBy: { args: {} } });
    }
    const trans = nullTranslator.load('seldon_nb_lab');
    const kit = { trans, language: 'en', copy: vi.fn(), insert: null, follow: () => null };
    context = { kit, sections, commands, density: 'comfortable' };
  });

  afterEach(() => {
    sections.dispose();
    vi.useRealTimers();
  });

  const settle = (ms = 500): Promise<void> => act(async () => void (await vi.advanceTimersByTimeAsync(ms)));

  async function deployments(): Promise<void> {
    render(<DeploymentsSection context={context} />);
    sections.want('deployments', true);
    await settle();
  }

  const focused = (): string | undefined => (document.activeElement as HTMLElement | null)?.dataset['name'];

  it('shows each deployment with a word for its state, and what comes next', async () => {
    server.held = [
      row('fraud', { calls: 412, model: 'fraud@12' }),
      row('churn', { state: 'stuck', tone: 'bad', word: 'Stuck', code: 'SNB-204', what: 'No files.' }),
      row('claims', { mine: false, owner: 'user-b' })
    ];
    await deployments();
    expect(screen.getByRole('grid', { name: 'My deployments' }).getAttribute('aria-rowcount')).toBe('3');
    const [fraud, churn, claims] = screen.getAllByRole('row');
    expect(fraud?.textContent).toMatch(/fraudAnsweringv12 · 412 calls · 14 ms/);
    const second = fraud?.querySelector('.snb-Row-second');
    expect(second?.getAttribute('title')).toMatch(/^fraud@12 · 412 calls · p50 14 ms · .* ago$/);
    expect(second?.getAttribute('aria-label')).toBe(second?.getAttribute('title'));
    expect(churn?.textContent).toContain('StuckSNB-204 No files.');
    expect(claims?.textContent).toContain('of user-b');
    expect(churn?.getAttribute('aria-rowindex')).toBe('2');
  });

  it('is walked through by keys alone', async () => {
    await deployments();
    const grid = screen.getByRole('grid');
    const stops = within(grid)
      .getAllByRole('row')
      .filter(one => one.tabIndex === 0);
    expect(stops.length).toBe(1);
    act(() => stops[0]?.focus());
    const press = async (key: string): Promise<void> => {
      fireEvent.keyDown(document.activeElement ?? grid, { key });
      await settle(50);
    };
    await press('ArrowDown');
    expect(focused()).toBe('model-0001');
    await press('End');
    expect(focused()).toBe('model-0029');
    await press('Home');
    await press('ArrowUp');
    expect(focused()).toBe('model-0000');
    await press('Enter');
    expect(ran).toHaveBeenCalledWith(CommandIDs.openDeployment, {
      place: 'here',
      namespace: 'dev',
      name: 'model-0000'
    });
    await press('Delete');
    expect(ran).toHaveBeenLastCalledWith(CommandIDs.remove, expect.objectContaining({ name: 'model-0000' }));
    await press('7');
    expect(document.activeElement).toBe(screen.getByLabelText('Filter deployments'));
    await settle();
    expect(screen.getAllByRole('row').map(one => one.dataset['name'])).toEqual([
      'model-0007',
      'model-0017',
      'model-0027'
    ]);
    fireEvent.keyDown(screen.getByLabelText('Filter deployments'), { key: 'Escape' });
    await settle();
    expect(sections.deployments.list.total).toBe(30);
  });

  it('keeps the selection with its row when others come and go', async () => {
    await deployments();
    fireEvent.mouseDown(screen.getByText('model-0004'));
    server.held = [row('a-new'), ...server.held];
    act(() => session.told.emit({ kind: 'deployment', act: 'reset', place: 'here' }));
    await settle();
    const selected = screen.getAllByRole('row').filter(one => one.getAttribute('aria-selected') === 'true');
    expect(selected.map(one => one.dataset['name'])).toEqual(['model-0004']);
    expect(selected[0]?.getAttribute('aria-rowindex')).toBe('6');
  });

  it('opens the context menu of a row by key', async () => {
    await deployments();
    const first = screen.getAllByRole('row')[0];
    const menu = vi.fn();
    first?.addEventListener('contextmenu', menu);
    act(() => first?.focus());
    fireEvent.keyDown(first as Element, { key: 'F10', shiftKey: true });
    fireEvent.keyDown(first as Element, { key: 'ContextMenu' });
    expect(menu).toHaveBeenCalledTimes(2);
  });

  it('says politely what became of one’s own deployments', async () => {
    await deployments();
    server.held[2] = row('model-0002', { state: 'stuck', word: 'Stuck', tone: 'bad' });
    act(() =>
      session.told.emit({
        kind: 'deployment',
        act: 'changed',
        place: 'here',
        namespace: 'dev',
        name: 'model-0002',
        state: 'stuck'
      })
    );
    await settle(2000);
    const said = screen.getAllByRole('status').map(one => one.textContent);
    expect(said).toContain('model-0002: Stuck');
  });

  it('says that one may not, and does not ask again by itself', async () => {
    server.fails = problem(403);
    await deployments();
    expect(screen.getByText('You may not see this list.')).toBeTruthy();
    expect(screen.getByText('SNB-101')).toBeTruthy();
    server.fails = null;
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await settle();
    expect(screen.getByRole('grid')).toBeTruthy();
  });

  it('keeps its rows when the server goes silent, and says that they may be old', async () => {
    await deployments();
    server.fails = problem(502);
    act(() => session.told.emit({ kind: 'deployment', act: 'reset', place: 'here' }));
    await settle();
    expect(screen.getByText(/This may be out of date/)).toBeTruthy();
    expect(screen.getByText('model-0001')).toBeTruthy();
  });

  it('draws what a model is called as text', async () => {
    server.held = [row('<img src=x onerror=alert(1)>', { what: '<b>x</b>', tone: 'bad' })];
    await deployments();
    expect(screen.getByText('<img src=x onerror=alert(1)>')).toBeTruthy();
    expect(document.querySelector('.snb-Row img, .snb-Row b')).toBeNull();
  });

  it('offers to deploy each model, by pointer and by key', async () => {
    render(<ModelsSection context={context} />);
    sections.want('models', true);
    await settle();
    const button = screen.getByRole('button', { name: 'Deploy fraud version 13…' });
    fireEvent.click(button);
    expect(ran).toHaveBeenCalledTimes(1);
    expect(ran).toHaveBeenCalledWith(CommandIDs.plan, { ref: 'fraud@13' });
    act(() => screen.getByRole('row').focus());
    fireEvent.keyDown(screen.getByRole('row'), { key: 'ArrowRight' });
    expect(document.activeElement).toBe(button);
    fireEvent.keyDown(button, { key: 'ArrowLeft' });
    expect(document.activeElement).toBe(screen.getByRole('row'));
  });
});

describe('the head of the panel', () => {
  const server = new FakeServer();
  const trans = nullTranslator.load('seldon_nb_lab');
  const kit = { trans, language: 'en', copy: vi.fn(), insert: null, follow: () => null };
  let session: FakeSession;

  function head(): void {
    const sections = new Sections(session, new Mine(session));
    const commands = new CommandRegistry();
    render(<Header context={{ kit, sections, commands, density: 'comfortable' }} />);
  }

  beforeEach(() => {
    session = new FakeSession(server.client);
  });

  it('shows a classification before anything is known, and takes it for protected', () => {
    session.standing = { kind: 'asking' };
    head();
    expect(screen.getByRole('status', { name: 'Classification: UNKNOWN — treated as Protected B' })).toBeTruthy();
  });

  it.each([
    ['protected-b', 'PROTECTED B / PROTÉGÉ B'],
    ['unclassified', 'UNCLASSIFIED / NON CLASSIFIÉ'],
    ['unknown', 'UNKNOWN — treated as Protected B'],
    ['cosmic', 'UNKNOWN — treated as Protected B']
  ])('says %s in words', (value, text) => {
    session.level = level(value);
    head();
    expect(screen.getByRole('status', { name: `Classification: ${text}` })).toBeTruthy();
    expect(screen.getByText('as user-a')).toBeTruthy();
  });

  it('switches between places and namespaces', () => {
    session.places = [place(space('dev', 'unclassified'), space('claims', 'protected-b'))];
    head();
    fireEvent.change(screen.getByLabelText('Place and namespace'), { target: { value: 'here/claims' } });
    expect(session.namespace?.name).toBe('claims');
    fireEvent.change(screen.getByLabelText('Place and namespace'), { target: { value: '' } });
    expect(session.namespace).toBeNull();
  });

  it('says how the server part is installed where it is missing', () => {
    session.standing = { kind: 'missing' };
    head();
    expect(screen.getByRole('alert').textContent).toContain('pip install "seldon_nb[lab]"');
  });

  it.each([
    { standing: { kind: 'other-version', server: '9.1' }, words: /version 9\.1/ },
    { standing: { kind: 'signed-out' }, words: /Reload this page/ },
    { standing: { kind: 'unreachable' }, words: /asked again by itself/ }
  ] satisfies { standing: Standing; words: RegExp }[])('says what to do: $standing.kind', ({ standing, words }) => {
    session.standing = standing;
    head();
    expect(screen.getByRole('alert').textContent).toMatch(words);
  });
});
