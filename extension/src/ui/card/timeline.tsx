import React from 'react';

import type { CardTimeline } from '../../api/types';
import type { IKit } from '../kit';
import { Station } from '../pictures';

interface ITimeline {
  kit: IKit;
  block: CardTimeline;
  /** what the stages are of */
  label?: string;
}

/** Stages in order, on one line; below each other where there is little room. */
export function Timeline({ kit, block, label }: ITimeline): React.ReactElement | null {
  const { stages } = block;
  if (!stages.length) {
    return null;
  }
  return (
    <ol className="snb-timeline" aria-label={label ?? kit.trans.__('Stages, in order')}>
      {stages.map((stage, index) => (
        <li key={index} className={`snb-${stage.tone}`} aria-current={stage.tone === 'busy' ? 'step' : undefined}>
          <Station
            tone={stage.tone}
            first={index === 0}
            last={index === stages.length - 1}
            reached={stage.tone !== 'neutral'}
            onward={(stages[index + 1]?.tone ?? 'neutral') !== 'neutral'}
            sign
          />
          <span>
            {stage.name}
            <span className="snb-hidden">: {stage.word}</span>
            {stage.note && <small>{stage.note}</small>}
          </span>
        </li>
      ))}
    </ol>
  );
}
