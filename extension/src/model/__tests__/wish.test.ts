import { describe, expect, it } from 'vitest';

import { place, space } from '../../testing/panel';
import { firstWish, tidy, wishOf, words } from '../wish';

const NOW = { ref: 'fraud@1', place: 'here', to: 'dev' } as const;

describe('a wish', () => {
  it('begins with the namespace that is shown, else with the first one of this machine', () => {
    const places = [place(space('team', 'protected-b', 'cluster')), place(space('dev', 'unclassified'))];
    expect(firstWish('fraud@1', places, null)).toEqual(NOW);
    expect(firstWish('fraud@1', places, space('team', 'protected-b', 'cluster'))).toMatchObject({
      place: 'cluster',
      to: 'team'
    });
    expect(firstWish('fraud@1', [], null)).toMatchObject({ place: 'here', to: '' });
  });

  it('is the same value however its defaults are written', () => {
    expect(tidy({ ...NOW, name: ' ', timeout: 60, callers: [], override: [], because: 'why' })).toEqual(NOW);
    expect(tidy({ ...NOW, override: ['SNB-231'], because: ' known ' })).toMatchObject({ because: 'known' });
  });
});

describe('a line of the grammar', () => {
  it('is the wish with that option', () => {
    expect(wishOf('%seldon plan fraud@1 --to dev --environment own', NOW)).toEqual({ ...NOW, environment: 'own' });
    expect(wishOf('seldon-nb deploy fraud@2 --to dev', NOW)).toEqual({ ...NOW, ref: 'fraud@2' });
    expect(wishOf("%seldon plan fraud@1 --to 'here/test' --caller a --caller b", NOW)).toEqual({
      ...NOW,
      to: 'test',
      callers: ['a', 'b']
    });
  });

  it.each([
    ['no plan', '%seldon log model --sample X.head()'],
    ['a plan of another model', '%seldon plan churn@1 --to dev'],
    ['what the wish says already', '%seldon plan fraud@1 --to dev'],
    ['a place-holder to fill in', '%seldon plan fraud@1 --to dev --image x:VERSION'],
    ['an option that a wish does not have', '%seldon deploy fraud@1 --secret s3'],
    ['an override, which needs a reason', '%seldon plan fraud@1 --override SNB-231 --because x'],
    ['Python', 'sn.plan("fraud@1", to="dev")'],
    ['an open quote', "%seldon plan 'fraud@1"]
  ])('is nothing to use at once where it is %s', (_why, line) => {
    expect(wishOf(line, NOW)).toBeNull();
  });

  it('is cut into words as a shell cuts it', () => {
    expect(words(`a 'b c' "d"e  f`)).toEqual(['a', 'b c', 'de', 'f']);
    expect(words("'")).toBeNull();
  });
});
