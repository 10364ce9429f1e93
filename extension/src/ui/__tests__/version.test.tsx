import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React from 'react';
import { describe, expect, it, vi } from 'vitest';

import type { LinkView, ModelDetail } from '../../api/types';
import { VersionModel } from '../../model/detail';
import { card, kit, sessionWith } from '../../testing/cards';
import { level } from '../../testing/panel';
import type { IKit } from '../kit';
import { VersionView } from '../model/view';

const RUN: LinkView = {
  kind: 'run',
  title: 'bold-hen',
  detail: '',
  open: 'url',
  ref: 'https://mlflow.example/#/experiments/1/runs/ab'
};

function version(run: LinkView, told: boolean): ModelDetail {
  return {
    row: {
      name: 'fraud',
      version: 1,
      ref: 'fraud@1',
      aliases: [],
      flavor: 'sklearn',
      author: '',
      notebook: '',
      createdAt: '',
      size: 1,
      level: level('unclassified'),
      live: []
    },
    card: card([], { kind: 'model', title: 'fraud@1' }),
    lineage: { type: 'strip', links: [run] },
    run: told
      ? card([{ type: 'table', headers: ['Metric', 'Value'], rows: [['auc', '0.910']], caption: '', right: [1] }], {
          kind: 'run',
          title: 'MLflow run bold-hen'
        })
      : null
  };
}

async function shown(answer: ModelDetail, values: Partial<IKit> = {}): Promise<void> {
  const model = new VersionModel(sessionWith({ model: vi.fn().mockResolvedValue(answer) }), 'fraud', 1);
  await act(async () => {
    model.look(true);
    await model.detail.ask();
  });
  render(<VersionView kit={kit(values)} model={model} deploy={vi.fn()} />);
}

describe("a model version's tab", () => {
  it('tells the run that it came out of, and opens its page in MLflow', async () => {
    const open = vi.fn();
    await shown(version(RUN, true), { follow: link => (link.open === 'url' ? open : null) });
    expect(screen.getByRole('heading', { name: 'MLflow run bold-hen' })).toBeTruthy();
    expect(screen.getByText('0.910')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Open in MLflow' }));
    expect(open).toHaveBeenCalledTimes(1);
  });

  it('offers no page where MLflow has none, and no run where none is known', async () => {
    await shown(version({ ...RUN, open: '', ref: '' }, true));
    expect(screen.queryByRole('button', { name: 'Open in MLflow' })).toBeNull();
    expect(screen.getByRole('heading', { name: 'MLflow run bold-hen' })).toBeTruthy();
  });

  it('is whole without a run', async () => {
    await shown(version({ ...RUN, title: '', open: '', ref: '' }, false));
    expect(screen.getAllByRole('heading').map(one => one.textContent)).toEqual(['fraud@1']);
  });
});
