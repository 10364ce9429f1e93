import { describe, expect, it } from 'vitest';

import type { ComparisonView } from '../../api/types';
import { FakeKernel, plain, server, target } from '../../testing/tester';
import { TestModels } from '../test';

const VIEW: ComparisonView = { outputs: ['fraud'], columns: [], rows: [], differing: 0, text: 'All rows are equal.' };

async function open() {
  const asked = server();
  const kernel = new FakeKernel();
  const models = new TestModels(asked.client, target, 'default', 'en', kernel);
  await models.tester.load();
  asked.compare.mockResolvedValue(VIEW);
  return { asked, kernel, models, compare: models.compare };
}

describe('a comparison', () => {
  it('is with two other versions at most', async () => {
    const { compare } = await open();
    for (const version of ['11', '13', '14', '13', '14']) {
      compare.toggle(version);
    }
    expect(compare.state.versions).toEqual(['11', '14']);
  });

  it('asks the kernel first, and sends what it answered', async () => {
    const { asked, kernel, compare } = await open();
    kernel.reply = () => Promise.resolve(plain({ columns: ['prediction'], data: [[0.9]], took_ms: 1 }));
    compare.toggle('13');
    compare.choose({ name: 'model', method: 'predict' });
    await compare.run();
    expect(kernel.expressions[0]).toContain(String.raw`\"data\":[[44,null,\"QC\"]]`);
    expect(asked.compare.mock.lastCall?.[0]).toMatchObject({
      question: { name: 'fraud' },
      others: [{ version: '13' }, { label: 'model.predict', answers: { columns: ['prediction'], data: [[0.9]] } }]
    });
    expect(compare.state).toMatchObject({ asking: false, view: VIEW, trouble: null });
  });

  it('says what the kernel could not do, and asks nobody else then', async () => {
    const { asked, kernel, compare } = await open();
    kernel.turn('busy');
    compare.choose({ name: 'model', method: 'predict' });
    await compare.run();
    expect(asked.compare).not.toHaveBeenCalled();
    expect(compare.state).toMatchObject({ asking: false, kernelTrouble: { kind: 'busy' } });
  });

  it('of a question that is not whole leads to the input', async () => {
    const { asked, models, compare } = await open();
    models.tester.setCell(0, { text: 'x' });
    compare.toggle('13');
    await compare.run();
    expect(asked.compare).not.toHaveBeenCalled();
    expect(models.tester.state.marks).toHaveLength(1);
  });

  it('is forgotten with the values', async () => {
    const { models, compare } = await open();
    compare.toggle('13');
    await compare.run();
    models.tester.forget();
    expect(compare.state.view).toBeNull();
  });
});
