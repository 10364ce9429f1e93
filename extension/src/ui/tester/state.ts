import type { ISignal } from '@lumino/signaling';
import React from 'react';

interface IModel<S> {
  readonly state: S;
  readonly changed: ISignal<unknown, void>;
}

/** The state of a model, drawn anew when it changes. */
export function useModel<S>(model: IModel<S>): S {
  const subscribe = React.useCallback(
    (tell: () => void) => {
      const owner = {};
      model.changed.connect(tell, owner);
      return () => void model.changed.disconnect(tell, owner);
    },
    [model]
  );
  return React.useSyncExternalStore(subscribe, () => model.state);
}
