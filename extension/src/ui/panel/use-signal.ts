import type { ISignal } from '@lumino/signaling';
import React from 'react';

/** Draw anew whenever one of the signals tells of a change. */
export function useSignals(...signals: readonly ISignal<unknown, unknown>[]): void {
  const [, draw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    signals.forEach(signal => signal.connect(draw));
    draw(); // what changed before this was connected
    return () => signals.forEach(signal => void signal.disconnect(draw));
    // The models live as long as the panel: their signals are the same ones each time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
}

/** The time, in ms, moving on twice a minute so that ages do too. */
export function useNow(): number {
  const [now, setNow] = React.useState(() => Date.now());
  React.useEffect(() => {
    const timer = window.setInterval(() => {
      if (document.visibilityState === 'visible') {
        setNow(Date.now());
      }
    }, 30_000);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}
