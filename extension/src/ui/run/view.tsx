import React from 'react';

import type { RunModel } from '../../model/run';
import { useChanges } from '../changes';
import type { IKit } from '../kit';
import { moment, shortDigest } from '../words';
import { Progress } from './progress';
import type { IRunActs } from './progress';

interface IRunView {
  kit: IKit;
  run: RunModel;
  acts: IRunActs;
  /** show the plan that it carries out */
  plan: (digest: string) => void;
}

/** A run's tab. */
export function RunView({ kit, run, acts, plan }: IRunView): React.ReactElement {
  useChanges(run.changed);
  const id = React.useId();
  const { trans } = kit;
  const row = run.detail.value?.row;
  const name = row?.deployment || run.target.name || run.id;
  return (
    <div className="snb-page">
      <section className={`snb-card snb-${row?.tone ?? 'neutral'}`} aria-labelledby={id}>
        <header className="snb-card-head">
          <h2 className="snb-card-title" id={id} tabIndex={-1}>
            {row?.model ? trans.__('Deploying %1 as %2', row.model, `${run.target.namespace}/${name}`) : run.id}
          </h2>
        </header>
        <div className="snb-card-body">
          <Progress kit={kit} run={run} acts={acts} />
          {row && (
            <dl className="snb-facts">
              <dt>{trans.__('Run')}</dt>
              <dd>{row.id}</dd>
              {row.startedAt && (
                <>
                  <dt>{trans.__('Begun')}</dt>
                  <dd>{moment(row.startedAt, kit.language)}</dd>
                </>
              )}
              {row.finishedAt && (
                <>
                  <dt>{trans.__('Ended')}</dt>
                  <dd>{moment(row.finishedAt, kit.language)}</dd>
                </>
              )}
              {row.digest && (
                <>
                  <dt>{trans.__('Plan')}</dt>
                  <dd>
                    <button type="button" className="snb-link" onClick={() => plan(row.digest)}>
                      {shortDigest(row.digest)}
                    </button>
                  </dd>
                </>
              )}
            </dl>
          )}
        </div>
      </section>
    </div>
  );
}
