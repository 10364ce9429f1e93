import { describe, expect, it } from 'vitest';

import plugins from '.';

describe('the plugins of this package', () => {
  it('have ids of this package, each once, and say what they are for', () => {
    const ids = plugins.map(plugin => plugin.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const plugin of plugins) {
      expect(plugin.id).toMatch(/^seldon-nb-lab:[a-z-]+$/);
      expect(plugin.description).toBeTruthy();
    }
  });
});
