import React from 'react';

import type { CardTimeline } from '../../api/types';
import { ended } from '../../model/run';
import type { RunModel } from '../../model/run';
import { Timeline } from '../card/timeline';
import { useChanges } from '../changes';
import type { IKit } from '../kit';
import { ProblemView } from '../problem';
import { TroubleView, Waiting } from '../standing';
import { SIGNS } from '../words';

/** What can be done about a run and what it made. */
export interface IRunActs {
  test(): void;
  show(): void;
}

interface IProgress {
  kit: IKit;
  run: RunModel;
  acts: IRunActs;
}

/** A plan on its way: its stages as they are reached, and how it ended. */
export function Progress({ kit, run, acts }: IProgress): React.ReactElement {
  useChanges(run.changed);
  const { trans } = kit;
  const { value, trouble } = run.detail;
  if (!value) {
    return trouble ? (
      <TroubleView kit={kit} trouble={trouble} retry={() => run.refresh()} />
    ) : (
      <Waiting text={trans.__('Asking how far it is…')} />
    );
  }
  const { row } = value;
  const over = ended(value);
  return (
    <div className={`snb-progress snb-${row.tone}`}>
      <p className="snb-progress-state" role="status">
        <span className="snb-sign" aria-hidden="true">
          {SIGNS[row.tone]}{' '}
        </span>
        <strong>{row.phase === 'succeeded' ? trans.__('Answering') : row.word}</strong>
        {!over && row.step ? ` · ${row.step}` : ''}
        {!over && row.of ? ` · ${trans.__('%1 of %2', row.done, row.of)}` : ''}
      </p>
      <Line kit={kit} block={value.steps} label={trans.__('Steps of the workflow')} />
      <Line kit={kit} block={value.timeline} label={trans.__('Stages of the deployment')} />
      {value.problem && <ProblemView kit={kit} problem={value.problem} />}
      {!value.problem && row.phase === 'failed' && row.what && <p>{row.what}</p>}
      {trouble && !over && <TroubleView kit={kit} trouble={trouble} retry={() => run.refresh()} />}
      {run.stopping && run.stopping !== 'asked' && <TroubleView kit={kit} trouble={run.stopping} />}
      <div className="snb-buttons">
        {row.phase === 'succeeded' && (
          <button type="button" className="snb-button snb-main" onClick={() => acts.test()}>
            {trans.__('Test it')}
          </button>
        )}
        {over && row.phase !== 'stopped' && (
          <button type="button" className="snb-button" onClick={() => acts.show()}>
            {trans.__('Show the deployment')}
          </button>
        )}
        {!over && value.mayStop && <Stop kit={kit} run={run} />}
        {!over && (
          <span className="snb-muted">
            {trans.__('You may close this tab: it goes on, and you are told how it ends.')}
          </span>
        )}
      </div>
    </div>
  );
}

function Line({ kit, block, label }: { kit: IKit; block: CardTimeline; label: string }): React.ReactElement | null {
  return block.stages.length ? (
    <div>
      <p className="snb-muted" aria-hidden="true">
        {label}
      </p>
      <Timeline kit={kit} block={block} label={label} />
    </div>
  ) : null;
}

function Stop({ kit, run }: { kit: IKit; run: RunModel }): React.ReactElement {
  const asked = run.stopping === 'asked';
  return (
    <button
      type="button"
      className="snb-button"
      aria-disabled={asked}
      onClick={() => (asked ? undefined : void run.stop())}
    >
      {asked ? kit.trans.__('Stopping…') : kit.trans.__('Stop')}
    </button>
  );
}
