import React from 'react';

import type { Trouble } from '../../model/asked';
import type { IKit } from '../kit';
import { ProblemView } from '../problem';
import { silenceWord } from './words';

interface ITroubleView {
  kit: IKit;
  trouble: Trouble;
  retry?: (() => void) | undefined;
}

/** Why there is no answer: in the server's words, or in ours if it has none. */
export function TroubleView({ kit, trouble, retry }: ITroubleView): React.ReactElement {
  if (trouble.kind === 'problem') {
    return <ProblemView kit={kit} problem={trouble.problem} retry={retry} />;
  }
  const { what, next } = silenceWord(trouble.silence, kit.trans);
  return (
    <div className="snb-test-silence" role="alert">
      <p>
        <span aria-hidden="true">! </span>
        <strong>{what}</strong>
      </p>
      <p>{next}</p>
      {retry && (
        <button type="button" className="snb-button" onClick={retry}>
          {kit.trans.__('Try again')}
        </button>
      )}
    </div>
  );
}
