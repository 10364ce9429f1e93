import React from 'react';

import type { CardLine, CardLines } from '../../api/types';
import type { IKit, IReplan } from '../kit';
import { SIGNS, toneWord } from '../words';
import { Inline } from './inline';
import { Steps } from './steps';

interface ILines {
  kit: IKit;
  block: CardLines;
  replan?: IReplan | undefined;
}

/** Checked things: a sign and its word, a code, a sentence, and what to do about it. */
export function Lines({ kit, block, replan }: ILines): React.ReactElement | null {
  if (!block.lines.length) {
    return null;
  }
  return (
    <ul className="snb-lines">
      {block.lines.map((line, index) => (
        <Line key={index} kit={kit} line={line} replan={replan} />
      ))}
    </ul>
  );
}

function Line({ kit, line, replan }: { kit: IKit; line: CardLine; replan?: IReplan | undefined }): React.ReactElement {
  return (
    <li className={`snb-line snb-${line.tone}`}>
      <span className="snb-sign" aria-hidden="true">
        {SIGNS[line.tone]}
      </span>
      <div>
        <p>
          <span className="snb-hidden">{line.word || toneWord(line.tone, kit.trans)}: </span>
          {line.code && <strong className="snb-code">{line.code} </strong>}
          <Inline text={line.text} />
        </p>
        <Steps kit={kit} steps={line.steps} replan={replan} />
      </div>
    </li>
  );
}
