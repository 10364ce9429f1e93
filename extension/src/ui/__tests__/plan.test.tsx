import { act, render, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';

import type { Client } from '../../api/client';
import { ProblemError } from '../../api/request';
import { PlanModel } from '../../model/plan';
import { bookOf } from '../../model/run';
import { blocked, finding, kit, plan, problem, run, sessionWith } from '../../testing/cards';
import { PlanView } from '../plan/view';

const WISH = { ref: 'fraud@1', place: 'here', to: 'dev' } as const;

function shown(answers: Partial<Client>, apply = vi.fn()) {
  const session = sessionWith(answers);
  const model = new PlanModel(session, bookOf(session), WISH);
  const acts = { apply, test: vi.fn(), show: vi.fn() };
  render(<PlanView kit={kit()} model={model} acts={acts} />);
  return { session, model, acts };
}

describe('the tab of a plan', () => {
  it('is filled and sent by keyboard; the plan takes the focus and is told', async () => {
    const ask = vi.fn().mockResolvedValue(plan());
    shown({ plan: ask });
    const user = userEvent.setup();
    await user.type(screen.getByRole('textbox', { name: 'Name' }), 'second{Enter}');
    expect(ask).toHaveBeenCalledWith({ ...WISH, name: 'second' }, expect.anything());
    const heading = await screen.findByRole('heading', { name: 'Plan · deploy fraud@1 to dev' });
    await waitFor(() => expect(document.activeElement).toBe(heading));
    expect(screen.getByText('Plan ready: 11 checks passed, 1 warning.')).toBeTruthy();
  });

  it('chooses among the namespaces of every place, with their classification', async () => {
    const ask = vi.fn().mockResolvedValue(plan());
    const { model } = shown({ plan: ask });
    const where = screen.getByRole('combobox', { name: 'Where' });
    expect(within(where).getByRole('group', { name: 'This machine' })).toBeTruthy();
    await userEvent.selectOptions(where, 'claims · PROTECTED-B');
    expect(model.wish.to).toBe('claims');
  });

  it('takes callers as names with commas between them, as they are typed', async () => {
    const { model } = shown({});
    const field = screen.getByRole<HTMLInputElement>('textbox', { name: 'May call it' });
    await userEvent.type(field, 'ana, bo');
    expect(field.value).toBe('ana, bo');
    expect(model.wish.callers).toEqual(['ana', 'bo']);
  });

  it('shows what the server refuses at the field that is meant', async () => {
    const { model } = shown({ plan: vi.fn().mockRejectedValue(new ProblemError(problem({ field: 'name' }), 422)) });
    await act(() => model.make());
    const field = screen.getByRole('textbox', { name: 'Name' });
    expect(field.getAttribute('aria-invalid')).toBe('true');
    const said = document.getElementById(field.getAttribute('aria-describedby') ?? '');
    expect(said?.textContent).toBe('The server cannot read the model files. The files are at s3://models.');
  });

  it('offers what can be chosen there, folded, with what is chosen by itself', async () => {
    const ask = vi.fn().mockResolvedValue(plan());
    const { model } = shown({ plan: ask });
    const server = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Server', hidden: true });
    expect(server.closest('details')?.open).toBe(false);
    await userEvent.click(screen.getByText('More choices'));
    expect([...server.options].map(option => option.label)).toEqual([
      'chosen for me: MLServer (mlflow)',
      'MLServer (mlflow)',
      'MLServer (sklearn)',
      'TensorFlow Serving'
    ]);
    await userEvent.selectOptions(server, 'TensorFlow Serving');
    const protocol = screen.getByRole<HTMLSelectElement>('combobox', { name: 'Protocol' });
    expect([...protocol.options].map(option => option.label)).toEqual([
      'chosen for me: tensorflow',
      'tensorflow',
      'seldon'
    ]);
    await userEvent.selectOptions(protocol, 'seldon');
    await userEvent.type(screen.getByRole('textbox', { name: 'Image' }), 'own:1.2{Enter}');
    const wish = { ...WISH, server: 'tensorflow', protocol: 'seldon', image: 'own:1.2' };
    expect(ask).toHaveBeenCalledWith(wish, expect.anything());
    expect(screen.getByText('3 made')).toBeTruthy();
    await userEvent.selectOptions(server, 'MLServer (sklearn)');
    expect(model.wish.protocol).toBe(''); // which that server does not speak
  });

  it('unfolds its choices where one of them cannot be, and says why at its field', async () => {
    const findings = [finding('SNB-213', { field: 'server' })];
    const { model } = shown({ plan: vi.fn().mockResolvedValue(plan({ ok: false, findings })) });
    const server = screen.getByRole('combobox', { name: 'Server', hidden: true });
    await act(() => model.make({ server: 'triton' }));
    expect(server.closest('details')?.open).toBe(true);
    expect(server.getAttribute('aria-invalid')).toBe('true');
    const said = document.getElementById(server.getAttribute('aria-describedby') ?? '');
    expect(said?.textContent).toBe('What SNB-213 says.');
    expect(screen.getByRole<HTMLOptionElement>('option', { name: 'triton (not there)' }).selected).toBe(true);
    act(() => model.wishFor({ server: '' }));
    expect(server.getAttribute('aria-invalid')).toBe('false');
  });

  it('is applied with one button, and its stages take the place of the button', async () => {
    const apply = vi.fn().mockResolvedValue(run('succeeded'));
    const { model, acts } = shown({ plan: vi.fn().mockResolvedValue(plan()) }, apply);
    await act(() => model.make());
    await userEvent.click(screen.getByRole('button', { name: 'Apply' }));
    expect(apply).toHaveBeenCalledWith(plan().digest);
    expect(screen.getByRole('list', { name: 'Stages of the deployment' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Apply' })).toBeNull();
    expect(document.activeElement).toBe(screen.getByRole('heading', { name: 'Deploying dev/fraud' }));
    await userEvent.click(screen.getByRole('button', { name: 'Test it' }));
    expect(acts.test).toHaveBeenCalledWith({ place: 'here', namespace: 'dev', name: 'fraud' });
  });

  it('says beside the button why it cannot be applied', async () => {
    const apply = vi.fn();
    const { model } = shown({ plan: vi.fn().mockResolvedValue(blocked()) }, apply);
    await act(() => model.make());
    const button = screen.getByRole('button', { name: 'Apply' });
    expect(button.getAttribute('aria-disabled')).toBe('true');
    const why = document.getElementById(button.getAttribute('aria-describedby') ?? '');
    expect(why?.textContent).toBe('2 findings stop it: SNB-205, SNB-231.');
    await userEvent.click(button);
    expect(apply).not.toHaveBeenCalled();
  });

  it('cannot be applied while the form says something else', async () => {
    const { model } = shown({ plan: vi.fn().mockResolvedValue(plan()) });
    await act(() => model.make());
    await userEvent.type(screen.getByRole('textbox', { name: 'Name' }), 'x');
    expect(screen.getByText('The form says something else now: plan again first.')).toBeTruthy();
  });

  it('uses a fix that is an option of the plan at once', async () => {
    const ask = vi.fn().mockResolvedValue(plan());
    const { model } = shown({ plan: ask });
    await act(() => model.make());
    await userEvent.click(screen.getByRole('button', { name: /^Use this/ }));
    expect(ask).toHaveBeenLastCalledWith({ ...WISH, environment: 'own' }, expect.anything());
  });

  it('takes on a finding only with a reason', async () => {
    const ask = vi.fn().mockResolvedValue(blocked());
    const { model } = shown({ plan: ask });
    await act(() => model.make());
    expect(screen.getAllByRole('checkbox').length).toBe(1);
    await userEvent.click(screen.getByRole('checkbox', { name: /SNB-231/ }));
    const why = screen.getByRole('textbox', { name: /^Why/ });
    await userEvent.type(why, '   {Enter}');
    expect(ask).toHaveBeenCalledTimes(1);
    expect(screen.getByText('A reason is needed.')).toBeTruthy();
    await userEvent.type(why, 'asked the steward{Enter}');
    const wish = { ...WISH, override: ['SNB-231'], because: 'asked the steward' };
    expect(ask).toHaveBeenLastCalledWith(wish, expect.anything());
  });

  it('shows the rights as a table: yes or no in a word, and what to ask for', async () => {
    const rights = [
      { verb: 'list', resource: 'pods', allowed: false, text: 'See more', request: 'kind: Role' },
      { verb: 'create', resource: 'workflows.argoproj.io', allowed: true, text: 'Hand it over', request: '' }
    ];
    const { model } = shown({ plan: vi.fn().mockResolvedValue(plan({ rights })) });
    await act(() => model.make());
    const table = screen.getByRole('table', { name: 'What you may do there' });
    const cells = within(table)
      .getAllByRole('row')
      .map(line => line.textContent);
    expect(cells[1]).toContain('no');
    expect(cells[2]).toContain('yes');
    expect(within(table).getByRole('button', { name: 'Copy request: list pods' })).toBeTruthy();
  });
});
