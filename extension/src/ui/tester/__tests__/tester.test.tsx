import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';

import { SilenceError } from '../../../api/request';
import type { Replay, TestForm } from '../../../api/types';
import { TestModels } from '../../../model/test';
import {
  answer,
  FakeKernel,
  field,
  form,
  guarded,
  kit,
  plain,
  problem,
  refused,
  server,
  target
} from '../../../testing/tester';
import { Tester } from '../tester';

function draw(given: TestForm = form(), language = 'en') {
  const asked = server(given);
  const kernel = new FakeKernel();
  const models = new TestModels(asked.client, target, 'default', language, kernel);
  const hands = kit();
  const drawn = render(<Tester kit={hands} models={models} fallback={<p>the saved picture</p>} />);
  return { asked, kernel, models, hands, drawn, user: userEvent.setup() };
}

const input = (name: string): Promise<HTMLElement> => screen.findByLabelText(name);
/** What a screen reader says after the name and the value. */
const about = (node: HTMLElement): string =>
  (node.getAttribute('aria-describedby') ?? '')
    .split(' ')
    .map(id => document.getElementById(id)?.textContent ?? '')
    .join(' ');
const tab = (name: string): HTMLElement => screen.getByRole('tab', { name });

describe('the form', () => {
  it('has an input of its kind for every field, with what it was trained on', async () => {
    draw(form({ fields: [...form().fields, field('opened', 'date'), field('active', 'boolean')] }));
    const age = await input('age');
    expect(about(age)).toBe('18 – 97');
    expect(age).toHaveProperty('inputMode', 'numeric');
    expect(screen.getByLabelText('opened')).toHaveProperty('type', 'date');
    expect(screen.getByLabelText('active').tagName).toBe('SELECT');
    expect(within(screen.getByLabelText('region')).getAllByRole('option')).toHaveLength(4);
    expect(screen.getByRole('heading')).toHaveProperty('textContent', 'Test · fraud fraud@12');
    expect(screen.getByText('UNCLASSIFIED / NON CLASSIFIÉ')).toBeTruthy();
  });

  it('remarks in words that a value is outside of what was trained on, which is no error', async () => {
    const { user } = draw();
    const age = await input('age');
    await user.clear(age);
    await user.type(age, '7');
    expect(age.getAttribute('aria-invalid')).toBe('false');
    expect(about(age)).toMatch(/outside of what it was trained on/);
  });

  it('asks with Enter, and the answer is said', async () => {
    const { user, asked } = draw();
    await user.type(await input('age'), '{Enter}');
    expect(asked.ask).toHaveBeenCalledOnce();
    await waitFor(() => expect(screen.getByText('fraud@12 answered in 14 ms.').getAttribute('role')).toBe('status'));
  });

  it('says at the input what is wrong, goes there, and lets Escape take it away', async () => {
    const { user, asked } = draw();
    await user.type(await input('age'), 'x');
    await user.click(screen.getByRole('button', { name: 'Ask' }));
    const age = screen.getByLabelText('age');
    await waitFor(() => expect(document.activeElement).toBe(age));
    expect(age.getAttribute('aria-invalid')).toBe('true');
    expect(about(age)).toMatch(/A whole number is needed here\./);
    expect(asked.ask).not.toHaveBeenCalled();
    await user.keyboard('{Escape}');
    expect(age.getAttribute('aria-invalid')).toBe('false');
  });

  it('shows a refusal of the server at the input that it names', async () => {
    const { user, asked } = draw();
    asked.ask.mockImplementation(() => refused({ what: '`region` does not know XX.', field: 'region', row: 0 }));
    await user.type(await input('age'), '{Enter}');
    await waitFor(() => expect(about(screen.getByLabelText('region'))).toMatch(/region does not know XX\. SNB-361/));
  });

  it('takes a category that was not seen, and a value that is missing', async () => {
    const { user, models } = draw();
    await user.selectOptions(await input('region'), 'other…');
    await user.type(screen.getByLabelText('region, another category'), 'YT');
    await user.type(screen.getByLabelText('income'), '5');
    await user.click(screen.getByRole('checkbox', { name: /income is missing/ }));
    expect(models.tester.question()?.rows?.data).toEqual([[44, null, 'YT']]);
    expect(screen.getByLabelText('income')).toHaveProperty('disabled', true);
  });

  it('reads a decimal comma in French', async () => {
    const { user, models } = draw(form(), 'fr_CA');
    await user.type(await input('income'), '52 300,5');
    expect(models.tester.question()?.rows?.data).toEqual([[44, 52300.5, 'QC']]);
  });

  it('counts with the arrow keys in whole numbers', async () => {
    const { user, models } = draw();
    await user.type(await input('age'), '{ArrowUp}{ArrowUp}{ArrowDown}');
    expect(models.tester.question()?.rows?.data?.[0]?.[0]).toBe(45);
  });

  it('has several rows, and takes sample rows', async () => {
    const { user, models } = draw();
    await input('age');
    await user.click(screen.getByRole('button', { name: 'Add row' }));
    expect(screen.getByText('Row 2 of 2')).toBeTruthy();
    await user.selectOptions(screen.getByLabelText('Use a sample row'), 'Row 1 of the sample');
    expect(models.tester.question()?.rows?.data).toEqual([[51, 41000.5, 'ON']]);
  });

  it('takes the cells of a spreadsheet into a tensor', async () => {
    const { models } = draw(form({ fields: [], tensors: [{ name: 'x', dtype: 'float32', shape: [-1, 2] }] }));
    const cell = await screen.findByLabelText('x, row 1, column 1');
    fireEvent.change(screen.getByLabelText(/Length of dimension 1/), { target: { value: '2' } });
    fireEvent.paste(cell, { clipboardData: { getData: () => '1\t2\n3\t4\n' } });
    expect(models.tester.question()?.tensors).toEqual([{ name: 'x', shape: [2, 2], data: [1, 2, 3, 4] }]);
  });
});

describe('an answer', () => {
  it('is text, whatever it holds', async () => {
    const { user, asked, drawn } = draw();
    const evil = '<img src=x onerror=alert(1)>\u001b[31m`code`';
    asked.ask.mockResolvedValue(
      answer({
        columns: ['<b>label</b>'],
        data: [[evil], [evil]],
        bars: [[{ label: evil, share: 1, text: '1.0' }]],
        notes: [evil]
      })
    );
    await user.type(await input('age'), '{Enter}');
    const shown = '<img src=x onerror=alert(1)>␛[31m`code`';
    await waitFor(() => expect(screen.getAllByText(shown)).toHaveLength(4));
    expect(screen.getByRole('columnheader', { name: '<b>label</b>' })).toBeTruthy();
    expect(drawn.container.querySelector('img, b')).toBeNull();
  });

  it('of many rows is drawn only where it is looked at, and counted whole', async () => {
    const { user, asked } = draw();
    asked.ask.mockResolvedValue(answer({ data: Array.from({ length: 1000 }, (_, row) => [row]) }));
    await user.type(await input('age'), '{Enter}');
    const table = await screen.findByRole('table', { name: 'Answers' });
    expect(table.getAttribute('aria-rowcount')).toBe('1001');
    expect(within(table).getAllByRole('row').length).toBeLessThan(60);
    expect(within(table).getByRole('button', { name: 'Show row 1' })).toBeTruthy();
  });

  it('shows trouble that belongs to no input for itself, with a way on', async () => {
    const { user, asked } = draw();
    asked.ask.mockImplementationOnce(() => refused({ what: 'fraud does not answer.' }));
    await user.type(await input('age'), '{Enter}');
    expect((await screen.findByRole('alert')).textContent).toContain('fraud does not answer.');
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  });
});

describe('the snippets', () => {
  it('are in step with the input and can be copied', async () => {
    const { user, hands } = draw();
    const age = await input('age');
    await user.click(tab('R'));
    await user.clear(age);
    await user.type(age, '61');
    await waitFor(() => expect(screen.getByRole('region', { name: 'R' }).textContent).toContain('61'));
    await user.click(screen.getByRole('button', { name: 'Copy: R' }));
    expect(hands.copied).toEqual([expect.stringContaining('61')]);
  });

  it('name what is still open', async () => {
    const { user } = draw();
    await user.clear(await input('age'));
    await user.click(tab('curl'));
    expect(await screen.findByText(/Still open: age/)).toBeTruthy();
  });
});

describe('a protected deployment', () => {
  it('keeps nothing: no cases, no sample, no copy, and says why', async () => {
    const { user } = draw(guarded);
    expect(await screen.findByText('Rows of a protected model are not shown.')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Save as case' })).toBeNull();
    await user.click(tab('JSON'));
    await screen.findByRole('region', { name: 'JSON' });
    expect(screen.queryByRole('button', { name: /Copy/ })).toBeNull();
    await user.click(tab('Saved cases'));
    expect(screen.getByText(/values of a protected deployment are kept nowhere/)).toBeTruthy();
  });

  it('leaves nothing in the browser', async () => {
    const { user } = draw(guarded);
    await user.type(await input('age'), '1{Enter}');
    expect(JSON.stringify({ ...localStorage })).toBe('{}');
    expect(JSON.stringify({ ...sessionStorage })).toBe('{}');
  });

  it('says that its values were dropped', async () => {
    const { models } = draw(guarded);
    await input('age');
    act(() => models.tester.forget());
    expect(screen.getByText(/The values were dropped/)).toBeTruthy();
  });
});

describe('the kernel', () => {
  it('gives its rows to the form', async () => {
    const { user, kernel, models } = draw();
    kernel.reply = expression =>
      Promise.resolve(
        plain(
          expression.includes('frames')
            ? { frames: [{ name: 'X', kind: 'frame', rows: 3, columns: ['age', 'region'], fits: false }] }
            : expression.includes('models')
              ? { models: [] }
              : { columns: ['age', 'region'], data: [[30, 'ON']], total: 3 }
        )
      );
    await input('age');
    await user.click(tab('DataFrame of the kernel'));
    expect(await screen.findByText('has every column')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Use these rows' }));
    await waitFor(() => expect(models.tester.question()?.rows?.data).toEqual([[30, null, 'ON']]));
  });

  it('that is busy is said to be busy, and the form works', async () => {
    const { user, kernel } = draw();
    kernel.turn('busy');
    await input('age');
    await user.click(tab('DataFrame of the kernel'));
    expect(await screen.findByText(/The kernel is busy/)).toBeTruthy();
    await user.click(tab('Form'));
    expect(screen.getByLabelText('age')).toBeTruthy();
  });
});

describe('saved cases', () => {
  it('are saved under a name and replayed with progress', async () => {
    const { user, asked } = draw();
    asked.saveCases.mockResolvedValue({ items: form().cases, total: 1 });
    await input('age');
    await user.click(screen.getByRole('button', { name: 'Save as case' }));
    await user.type(screen.getByLabelText('Name of the set of cases'), 'my cases{Enter}');
    await waitFor(() => expect(asked.saveCases.mock.lastCall?.[0]).toMatchObject({ name: 'my cases', replace: false }));
    expect(asked.ask).not.toHaveBeenCalled();
    asked.replay.mockImplementation(({ start = 0 }: Replay) => {
      const differing = start === 0 ? [{ row: 3, expected: ['fraud'], got: ['not'] }] : [];
      return Promise.resolve({
        start,
        stop: Math.min(start + 50, 120),
        total: 120,
        same: 49,
        differing,
        outputs: ['label'],
        tookMs: 1
      });
    });
    await user.click(tab('Saved cases 1'));
    await user.click(screen.getByRole('button', { name: 'Replay edge' }));
    await waitFor(() => expect(screen.getByRole('progressbar')).toHaveProperty('value', 120));
    expect(screen.getByText(/1 differs/)).toBeTruthy();
    expect(screen.getByRole('rowheader', { name: '4' })).toBeTruthy();
  });

  it('are deleted only after a question', async () => {
    const { user, asked } = draw();
    asked.deleteCases.mockResolvedValue({ items: [], total: 0 });
    await input('age');
    await user.click(tab('Saved cases 1'));
    await user.click(screen.getByRole('button', { name: 'Delete edge' }));
    expect(document.activeElement?.textContent).toBe('Keep');
    await user.keyboard('{Escape}');
    expect(asked.deleteCases).not.toHaveBeenCalled();
    await user.click(screen.getByRole('button', { name: 'Delete edge' }));
    await user.click(screen.getByRole('button', { name: 'Delete' }));
    expect(await screen.findByText('No cases are saved for this model yet.')).toBeTruthy();
  });
});

describe('a comparison', () => {
  it('marks differing rows by a sign and a word, and can show these alone', async () => {
    const { user, asked } = draw();
    const row = (at: number, differs: boolean) => ({ row: at, answers: [[0.92], [differs ? 0.9 : 0.92]], differs });
    const column = (label: string) => ({ label, how: 'served', tookMs: 14, problem: null });
    asked.compare.mockResolvedValue({
      outputs: ['fraud'],
      columns: [column('fraud@12'), { ...column('fraud@13'), problem: problem({ what: 'fraud@13 is asleep.' }) }],
      rows: [row(0, false), row(1, true)],
      differing: 1,
      text: '1 of 2 rows differs by more than 1e-6.'
    });
    await input('age');
    await user.click(tab('Compare'));
    await user.click(screen.getByRole('checkbox', { name: 'version 13' }));
    await user.click(screen.getByRole('button', { name: 'Compare' }));
    const table = await screen.findByRole('table', { name: 'Answers side by side' });
    expect(within(table).getAllByRole('row')).toHaveLength(3);
    expect(within(table).getByText('differs')).toBeTruthy();
    expect(screen.getByText('fraud@13 is asleep.')).toBeTruthy();
    await user.click(screen.getByRole('checkbox', { name: 'only rows that differ' }));
    expect(within(table).getAllByRole('row')).toHaveLength(2);
  });
});

describe('the view', () => {
  it('says that the server part is missing, and keeps the saved picture', async () => {
    const asked = server();
    asked.form.mockRejectedValueOnce(new SilenceError('missing'));
    const models = new TestModels(asked.client, target, 'default', 'en', new FakeKernel());
    render(<Tester kit={kit()} models={models} fallback={<p>the saved picture</p>} />);
    expect(await screen.findByText('The server part of seldon_nb is not running here.')).toBeTruthy();
    expect(screen.getByText('the saved picture')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByLabelText('age')).toBeTruthy();
    expect(screen.queryByText('the saved picture')).toBeNull();
  });

  it('can be read while a deployment does not answer', async () => {
    draw(form({ answering: false }));
    await input('age');
    expect(screen.getByRole('button', { name: 'Ask' })).toHaveProperty('disabled', true);
    expect(screen.getByText(/does not answer now/)).toBeTruthy();
  });

  it('turns its tabs by arrow keys', async () => {
    const { user } = draw();
    await input('age');
    act(() => tab('Form').focus());
    await user.keyboard('{ArrowRight}');
    expect(tab('DataFrame of the kernel').getAttribute('aria-selected')).toBe('true');
    expect(vi.isFakeTimers()).toBe(false);
  });
});
