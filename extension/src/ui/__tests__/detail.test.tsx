import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';

import type { Client } from '../../api/client';
import { ProblemError } from '../../api/request';
import { DetailModel } from '../../model/detail';
import type { Part } from '../../model/detail';
import { TARGET, card, detail, kit, problem, sessionWith } from '../../testing/cards';
import { DetailView } from '../detail/view';

function Held({ model, remove }: { model: DetailModel; remove: () => void }): React.ReactElement {
  const [part, setPart] = React.useState<Part>('overview');
  return (
    <DetailView kit={kit()} model={model} part={part} onPart={setPart} test={() => <p>the tester</p>} remove={remove} />
  );
}

async function shown(answers: Partial<Client>) {
  const session = sessionWith(answers);
  const model = new DetailModel(session, TARGET);
  const remove = vi.fn();
  render(<Held model={model} remove={remove} />);
  await act(async () => {
    model.look(true);
    await model.detail.ask();
  });
  return { session, model, remove };
}

describe("a deployment's tab", () => {
  it('has one stop for its tabs, and arrows between them', async () => {
    await shown({ deployment: vi.fn().mockResolvedValue(detail()) });
    const user = userEvent.setup();
    const tabs = screen.getAllByRole('tab');
    expect(tabs.map(tab => tab.textContent)).toEqual([
      'Overview',
      'Test',
      'Documents',
      'Access',
      'Revisions',
      'Logs',
      'History'
    ]);
    expect(tabs.filter(tab => tab.tabIndex === 0).length).toBe(1);
    tabs[0]?.focus();
    await user.keyboard('{ArrowRight}');
    expect(document.activeElement).toBe(tabs[1]);
    expect(screen.getByText('the tester')).toBeTruthy();
    await user.keyboard('{Home}{ArrowLeft}{ArrowLeft}{ArrowLeft}');
    expect(screen.getByRole('tabpanel', { name: 'Revisions' })).toBeTruthy();
    expect(screen.getByText('✓ lives')).toBeTruthy();
  });

  it('reads logs only when they are asked for, and shows them as text', async () => {
    const logs = vi.fn().mockResolvedValue({ lines: ['<script>x</script>'], note: 'Values were left out.' });
    await shown({ deployment: vi.fn().mockResolvedValue(detail()), logs });
    expect(logs).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('tab', { name: 'Logs' }));
    await waitFor(() => expect(screen.getByText('<script>x</script>')).toBeTruthy());
    expect(screen.getByText('Values were left out.')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Read again' }));
    expect(logs).toHaveBeenCalledTimes(2);
  });

  it('compares what lives with what was applied when its documents are looked at, and again when it is told anew', async () => {
    const same = card([{ type: 'text', text: 'Compared just now.', strong: false }], {
      kind: 'drift',
      title: 'The cluster runs exactly what revision 3 says',
      tone: 'good'
    });
    const other = card(
      [{ type: 'listing', title: 'What differs', text: '-replicas: 1\n+replicas: 5', language: 'diff', folded: false }],
      {
        kind: 'drift',
        title: '1 field differs from revision 3',
        steps: [{ say: 'Put it back:', command: '%seldon deploy fraud@3 --to dev', kind: 'magic' }]
      }
    );
    const drift = vi.fn().mockResolvedValueOnce(same).mockResolvedValue(other);
    const deployment = vi
      .fn()
      .mockResolvedValueOnce(detail())
      .mockResolvedValue(detail({ diff: '-a: 1\n+a: 2' }));
    const { session } = await shown({ deployment, drift });
    expect(drift).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('tab', { name: 'Documents' }));
    await waitFor(() => expect(screen.getByRole('heading', { name: same.title })).toBeTruthy());
    act(() =>
      session.told.emit({ kind: 'deployment', act: 'changed', place: 'here', namespace: 'dev', name: 'fraud' })
    );
    await waitFor(() => expect(screen.getByRole('heading', { name: other.title })).toBeTruthy());
    const parts = [...document.querySelectorAll('h2, summary')].map(one => one.textContent ?? '');
    const at = (text: string): number => parts.findIndex(part => part.includes(text));
    expect(at('What differs')).toBeGreaterThan(at(other.title));
    expect(at('SeldonDeployment')).toBeGreaterThan(at('What differs'));
    expect(at('What revision')).toBeGreaterThan(at('SeldonDeployment'));
    expect(screen.getByText('%seldon deploy fraud@3 --to dev')).toBeTruthy();
    expect(screen.getByText('+replicas: 5').tagName).toBe('INS');
    await userEvent.click(screen.getByRole('button', { name: 'Compare again' }));
    await waitFor(() => expect(screen.getAllByRole('status').map(one => one.textContent)).toContain(other.title));
    expect(drift.mock.calls.length).toBeGreaterThanOrEqual(3);
  });

  it('says which right is lacking where the kept revisions may not be read', async () => {
    const unread = problem({ what: 'You may not list them.' });
    await shown({ deployment: vi.fn().mockResolvedValue(detail({ revisions: [], unread })) });
    await userEvent.click(screen.getByRole('tab', { name: 'Revisions' }));
    expect(screen.getByText('You may not list them.')).toBeTruthy();
    expect(screen.queryByText('No revision is recorded.')).toBeNull();
  });

  it('says which right is lacking where what lives may not be read, and shows the documents all the same', async () => {
    const drift = vi.fn().mockRejectedValue(new ProblemError(problem({ what: 'You may not read it.' }), 403));
    await shown({ deployment: vi.fn().mockResolvedValue(detail()), drift });
    await userEvent.click(screen.getByRole('tab', { name: 'Documents' }));
    await waitFor(() => expect(screen.getByText('You may not read it.')).toBeTruthy());
    expect(screen.getByRole('region', { name: 'SeldonDeployment' })).toBeTruthy();
  });

  it('says calmly that the deployment was deleted', async () => {
    const { session } = await shown({ deployment: vi.fn().mockResolvedValue(detail()) });
    act(() => session.told.emit({ kind: 'deployment', act: 'gone', place: 'here', namespace: 'dev', name: 'fraud' }));
    expect(screen.getByText('Deleted')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Delete…' })).toBeNull();
    expect(screen.getByRole('heading', { name: 'fraud' })).toBeTruthy();
  });

  it('says beside the button why it cannot be deleted', async () => {
    const { remove } = await shown({
      deployment: vi.fn().mockResolvedValue(detail({ mayDelete: false, whyNot: 'Only its owner may.' }))
    });
    const button = screen.getByRole('button', { name: 'Delete…' });
    expect(document.getElementById(button.getAttribute('aria-describedby') ?? '')?.textContent).toBe(
      'Only its owner may.'
    );
    await userEvent.click(button);
    expect(remove).not.toHaveBeenCalled();
  });

  it('shows the one sentence of what is wrong, once', async () => {
    await shown({ deployment: vi.fn().mockResolvedValue(detail({ problem: problem() })) });
    expect(screen.getAllByText(problem().what).length).toBe(1);
  });
});
