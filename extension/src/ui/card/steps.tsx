import React from 'react';

import type { NextStep } from '../../api/types';
import { Copy } from '../copy';
import type { IKit, IReplan } from '../kit';
import { Inline } from './inline';
import { Listing } from './listing';

interface ISteps {
  kit: IKit;
  steps: readonly NextStep[];
  replan?: IReplan | undefined;
}

/** What to do now: sentences with a command each, ready to copy, to put into the notebook, or to use at once. */
export function Steps({ kit, steps, replan }: ISteps): React.ReactElement | null {
  const { trans } = kit;
  if (!steps.length) {
    return null;
  }
  return (
    <ul className="snb-steps" aria-label={trans.__('What you can do now')}>
      {steps.map((step, index) => (
        <li key={index}>
          {step.say && <Say kit={kit} text={step.say} />}
          {step.command && <Command kit={kit} step={step} replan={replan} />}
        </li>
      ))}
    </ul>
  );
}

/** A sentence; what stands on the lines below it is to be sent to somebody as it is. */
function Say({ kit, text }: { kit: IKit; text: string }): React.ReactElement {
  const [sentence = '', ...lines] = text.split('\n');
  return (
    <>
      <p>
        <Inline text={sentence} />
      </p>
      {lines.length > 0 && (
        <Listing
          kit={kit}
          block={{
            type: 'listing',
            title: kit.trans.__('Request to send'),
            text: lines.join('\n'),
            language: 'yaml',
            folded: true
          }}
        />
      )}
    </>
  );
}

function Command({
  kit,
  step,
  replan
}: {
  kit: IKit;
  step: NextStep;
  replan?: IReplan | undefined;
}): React.ReactElement {
  const { trans } = kit;
  const { insert } = kit;
  const wish = replan?.recognise(step.command) ?? null;
  return (
    <div className="snb-command">
      <code>{step.command}</code>
      <span className="snb-command-acts">
        {wish && (
          <button
            type="button"
            className="snb-button"
            aria-label={trans.__('Use this: %1', step.command)}
            onClick={() => replan?.use(wish)}
          >
            {trans.__('Use this')}
          </button>
        )}
        {insert && step.kind !== 'shell' && (
          <button
            type="button"
            className="snb-button snb-quiet"
            aria-label={trans.__('Put into the notebook: %1', step.command)}
            onClick={() => insert(step.command)}
          >
            {trans.__('Into notebook')}
          </button>
        )}
        <Copy kit={kit} text={step.command} what={step.command} />
      </span>
    </div>
  );
}
