import React from 'react';

import type { Problem } from '../../api/types';
import { Inline } from '../card/inline';
import type { IKit } from '../kit';
import { ProblemView } from '../problem';

/** Places that are silent: one line each, with the reason folded below it. */
export function Silent({ kit, problems }: { kit: IKit; problems: readonly Problem[] }): React.ReactElement | null {
  if (problems.length === 0) {
    return null;
  }
  return (
    <div className="snb-Silent">
      {problems.map(problem => (
        <details key={`${problem.code} ${problem.what}`}>
          <summary>
            <span aria-hidden="true">! </span>
            <Inline text={problem.what} />
          </summary>
          <ProblemView kit={kit} problem={problem} announce={false} />
        </details>
      ))}
    </div>
  );
}
