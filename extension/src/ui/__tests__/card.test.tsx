import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';

import type { Block } from '../../api/types';
import { FINDINGS, card, kit, problem, stages } from '../../testing/cards';
import { Card } from '../card';
import { MOST_VALUES, points } from '../pictures';
import { ProblemView } from '../problem';

const EVIL = '<img src=x onerror=alert(1)> `<b>code</b>`';

const EVERY: Block[] = [
  { type: 'text', text: EVIL, strong: true },
  { type: 'facts', rows: [[EVIL, EVIL]] },
  { type: 'table', headers: ['a', 'b'], rows: [[EVIL, '1']], caption: EVIL, right: [1] },
  { type: 'lines', lines: [{ tone: 'bad', word: 'problem', text: EVIL, code: 'SNB-1', steps: problem().next }] },
  { type: 'listing', title: EVIL, text: EVIL, language: 'yaml', folded: false },
  { type: 'timeline', stages: [{ name: EVIL, tone: 'busy', word: EVIL, note: EVIL }] },
  { type: 'meters', meters: [{ label: EVIL, now: 0.5, after: 2, text: EVIL, tone: 'bad' }], caption: EVIL },
  { type: 'sparklines', lines: [{ label: EVIL, values: [1, 2], text: EVIL, tone: 'good' }], caption: EVIL },
  { type: 'bars', bars: [{ label: EVIL, share: Number.NaN, text: EVIL }], caption: EVIL },
  { type: 'strip', links: [{ kind: 'notebook', title: EVIL, detail: EVIL, open: '', ref: '' }] }
];

describe('a card', () => {
  it('shows every kind of block, and text as text', () => {
    const { container } = render(<Card kit={kit()} card={card(EVERY, { title: EVIL, state: EVIL, who: EVIL })} />);
    expect(container.querySelector('img, b:not(.snb-strip b)')).toBeNull();
    expect(container.textContent.split('<img src=x onerror=alert(1)>').length).toBeGreaterThan(15);
    expect(screen.getAllByText('<b>code</b>', { selector: 'code' }).length).toBeGreaterThan(5);
  });

  it('is a region named by its heading, and says its state with a word', () => {
    render(<Card kit={kit()} card={card([])} />);
    const region = screen.getByRole('region', { name: 'Plan · deploy fraud@1 to dev' });
    expect(within(region).getByText('Ready, with warnings')).toBeTruthy();
    expect(within(region).getByRole('heading', { level: 2 })).toBeTruthy();
  });

  it('says the tone of each line in a word', () => {
    render(<Card kit={kit()} card={card([FINDINGS])} />);
    expect(screen.getByText('warning:')).toBeTruthy();
    expect(screen.getByText('SNB-118')).toBeTruthy();
  });

  it('marks added and removed lines by more than colour', () => {
    const diff = '--- live\n+++ plan\n@@ -1 +1 @@\n-a: 1\n+a: 2\n b: 3\n';
    const { container } = render(
      <Card
        kit={kit()}
        card={card([{ type: 'listing', title: 'What changes', text: diff, language: 'diff', folded: false }])}
      />
    );
    expect(container.querySelector('del')?.textContent).toBe('-a: 1');
    expect(container.querySelector('ins')?.textContent).toBe('+a: 2');
    expect(container.querySelectorAll('ins, del').length).toBe(2);
  });

  it('draws a folded listing only when it is opened, and copies it whole', async () => {
    const copy = vi.fn();
    const listing: Block = {
      type: 'listing',
      title: 'Workflow',
      text: 'kind: Workflow\n',
      language: 'yaml',
      folded: true
    };
    const { container } = render(<Card kit={kit({ copy })} card={card([listing])} />);
    expect(container.querySelector('pre')).toBeNull();
    await userEvent.click(screen.getByRole('button', { name: 'Copy: Workflow' }));
    expect(copy).toHaveBeenCalledWith('kind: Workflow\n');
    expect(screen.getByText('Copied')).toBeTruthy();
  });

  it('tells the stages in order, with the word of each and the one that goes on', () => {
    render(<Card kit={kit()} card={card([stages('good', 'busy', 'neutral')])} />);
    const list = screen.getByRole('list', { name: 'Stages, in order' });
    const items = within(list).getAllByRole('listitem');
    expect(items.map(item => item.textContent)).toEqual([
      '✓stage 1: word of good1 s',
      '◐stage 2: word of busy1 s',
      'stage 3: word of neutral1 s'
    ]);
    expect(items[1]?.getAttribute('aria-current')).toBe('step');
  });

  it('opens what a station of the lineage means, where Lab can show it', async () => {
    const open = vi.fn();
    const strip: Block = {
      type: 'strip',
      links: [
        { kind: 'notebook', title: 'a.ipynb', detail: '', open: 'notebook', ref: 'a.ipynb' },
        { kind: 'run', title: '', detail: '', open: '', ref: '' }
      ]
    };
    render(<Card kit={kit({ follow: link => (link.open ? open : null) })} card={card([strip])} />);
    await userEvent.click(screen.getByRole('button', { name: 'a.ipynb' }));
    expect(open).toHaveBeenCalledOnce();
    expect(screen.getByText('not known')).toBeTruthy();
  });
});

describe('a problem', () => {
  it('says what, what was seen, what to do and who can help; its command is copied or put into the notebook', async () => {
    const copy = vi.fn();
    const insert = vi.fn();
    render(<ProblemView kit={kit({ copy, insert })} problem={problem()} />);
    const alert = screen.getByRole('alert');
    for (const text of ['The server cannot read the model files.', 'SNB-204', 'Your platform team can help.']) {
      expect(within(alert).getByText(text)).toBeTruthy();
    }
    const command = problem().next[0]?.command ?? '';
    await userEvent.click(screen.getByRole('button', { name: `Copy: ${command}` }));
    await userEvent.click(screen.getByRole('button', { name: `Put into the notebook: ${command}` }));
    expect(copy).toHaveBeenCalledWith(command);
    expect(insert).toHaveBeenCalledWith(command);
  });
});

describe('the line of former values', () => {
  it('has the newest at the right and stays in its field', () => {
    expect(points([])).toEqual([]);
    expect(points([3]).map(([x, y]) => [x, y])).toEqual([[92, 11]]);
    const many = points([9, 9, 9, 1, 2, 3, 4, 5, Number.NaN, 6]);
    expect(many.length).toBe(MOST_VALUES);
    expect(many.at(-1)).toEqual([92, 4]);
    expect(points([1e308, -1e308]).every(([, y]) => y >= 4 && y <= 18)).toBe(true);
  });
});
