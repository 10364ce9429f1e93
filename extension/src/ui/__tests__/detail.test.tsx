import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';

import type { Client } from '../../api/client';
import { DetailModel } from '../../model/detail';
import type { Part } from '../../model/detail';
import { TARGET, detail, kit, problem, sessionWith } from '../../testing/cards';
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
