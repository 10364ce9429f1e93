import React from 'react';

import type { TranslationBundle } from '@jupyterlab/translation';

import type { DeploymentsModel, IMove } from '../../model/deployments';
import { stateWord } from './words';

/** Changes that come together are said together, after this time in ms. */
const GATHER = 1000;

interface IAnnouncer {
  trans: TranslationBundle;
  model: DeploymentsModel;
}

/** Says aloud what became of one's own deployments, politely. */
export function Announcer({ trans, model }: IAnnouncer): React.ReactElement {
  const [said, say] = React.useState('');
  React.useEffect(() => {
    const moves = new Map<string, IMove>();
    let timer: number | undefined;
    const tell = (): void => {
      timer = undefined;
      say([...moves.values()].map(move => trans.__('%1: %2', move.name, stateWord(move, trans))).join('; '));
      moves.clear();
    };
    const onMoved = (_: DeploymentsModel, move: IMove): void => {
      moves.set(move.name, move);
      timer ??= window.setTimeout(tell, GATHER);
    };
    model.moved.connect(onMoved);
    return () => {
      window.clearTimeout(timer);
      model.moved.disconnect(onMoved);
    };
  }, [model, trans]);
  return (
    <div className="snb-hidden" role="status" aria-live="polite">
      {said}
    </div>
  );
}
