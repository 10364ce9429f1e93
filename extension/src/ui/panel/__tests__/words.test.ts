import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import { latency, liveAt } from '../words';

describe('the words of a row', () => {
  it.each([
    [['here/dev/fraud'], 'dev'],
    [['here/dev/fraud-2'], 'dev/fraud-2'],
    [['cluster/team-a/fraud', 'here/dev/other'], 'cluster/team-a, dev/other'],
    [[], '']
  ])('say where a version is live as short as it stays clear: %j', (live, said) => {
    expect(liveAt({ name: 'fraud', live })).toBe(said);
  });

  it('have a longer form of what is short', () => {
    const trans = nullTranslator.load('seldon_nb_lab');
    expect(latency(14, trans)).toEqual({ short: '14 ms', whole: 'p50 14 ms' });
    expect(latency(null, trans)).toBe('');
  });
});
