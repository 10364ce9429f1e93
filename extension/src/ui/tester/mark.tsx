import React from 'react';

import type { IMark } from '../../model/draft';
import { Inline } from '../card/inline';
import type { IKit } from '../kit';
import { faultWord } from './words';

interface IMarkView {
  kit: IKit;
  id: string;
  mark: IMark;
  language: string;
}

/** What is wrong at an input, in one line below it. */
export function MarkView({ kit, id, mark, language }: IMarkView): React.ReactElement {
  const { problem, fault } = mark;
  const next = problem?.next[0];
  return (
    <p className="snb-test-mark" id={id}>
      <span aria-hidden="true">✕ </span>
      {fault && faultWord(fault, language, kit.trans)}
      {problem && (
        <>
          <Inline text={[problem.what, problem.saw, next?.say ?? ''].filter(Boolean).join(' ')} />{' '}
          <span className="snb-code">{problem.code}</span>
        </>
      )}
    </p>
  );
}
