import type { ISignal } from '@lumino/signaling';
import React from 'react';

/** Draw anew whenever a model tells of a change. */
export function useChanges<T, U>(signal: ISignal<T, U>): void {
  const [, draw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    const owner = { changed: () => draw() };
    signal.connect(owner.changed, owner);
    draw(); // what changed between drawing and connecting
    return () => {
      signal.disconnect(owner.changed, owner);
    };
  }, [signal]);
}
