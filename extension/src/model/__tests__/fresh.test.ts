import { describe, expect, it, vi } from 'vitest';

import { Fresh } from '../fresh';

describe('what is looked at', () => {
  it('is asked for when it is first seen, and then only when it may be another', () => {
    const ask = vi.fn();
    const fresh = new Fresh(ask);
    fresh.age();
    expect(ask).not.toHaveBeenCalled();
    fresh.look(true);
    fresh.look(false);
    fresh.look(true);
    expect(ask).toHaveBeenCalledTimes(1);
    fresh.age();
    expect(ask).toHaveBeenCalledTimes(2);
    fresh.look(false);
    fresh.age();
    fresh.age();
    expect(ask).toHaveBeenCalledTimes(2);
    fresh.look(true);
    expect(ask).toHaveBeenCalledTimes(3);
  });
});
