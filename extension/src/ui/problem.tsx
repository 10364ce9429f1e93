import React from 'react';

import type { Problem } from '../api/types';
import { Inline } from './card/inline';
import { Steps } from './card/steps';
import type { IKit, IReplan } from './kit';
import { SIGNS, toneWord } from './words';

interface IProblemView {
  kit: IKit;
  problem: Problem;
  replan?: IReplan | undefined;
  retry?: (() => void) | undefined;
  /** whether it is said aloud when it appears; not where it was there from the start */
  announce?: boolean;
}

/** What happened to your thing → what we saw → what you can do now → who can help. */
export function ProblemView({ kit, problem, replan, retry, announce = true }: IProblemView): React.ReactElement {
  const { trans } = kit;
  return (
    <div className="snb-problem snb-bad" role={announce ? 'alert' : 'group'} aria-label={problem.what}>
      <p>
        <span className="snb-sign" aria-hidden="true">
          {SIGNS.bad}{' '}
        </span>
        <span className="snb-hidden">{toneWord('bad', trans)}: </span>
        <strong>
          <Inline text={problem.what} />
        </strong>{' '}
        <span className="snb-code">{problem.code}</span>
      </p>
      {problem.saw && (
        <p>
          <Inline text={problem.saw} />
        </p>
      )}
      <Steps kit={kit} steps={problem.next} replan={replan} />
      {problem.who && (
        <p className="snb-muted">
          <Inline text={problem.who} />
        </p>
      )}
      {retry && (
        <p>
          <button type="button" className="snb-button" onClick={retry}>
            {trans.__('Try again')}
          </button>
        </p>
      )}
    </div>
  );
}
