/** What jsdom lacks and JupyterLab's packages expect to find when they are loaded. */

import { cleanup } from '@testing-library/react';
import { afterEach } from 'vitest';

afterEach(cleanup);

class Observer {
  observe(): void {
    // nothing is laid out here, so nothing changes
  }
  unobserve(): void {
    // nothing was observed
  }
  disconnect(): void {
    // nothing was observed
  }
}

const media = (query: string): Partial<MediaQueryList> => ({
  matches: false,
  media: query,
  addEventListener: () => undefined,
  removeEventListener: () => undefined
});

const missing = { DragEvent: class extends MouseEvent {}, ResizeObserver: Observer, IntersectionObserver: Observer };

for (const [name, value] of Object.entries({ ...missing, matchMedia: media })) {
  if (typeof Reflect.get(window, name) === 'undefined') {
    Reflect.set(window, name, value);
    Reflect.set(globalThis, name, value);
  }
}
