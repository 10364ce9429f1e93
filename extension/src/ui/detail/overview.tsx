import React from 'react';

import type { DeploymentDetail } from '../../api/types';
import { overview } from '../../model/detail';
import { Card } from '../card';
import { Strip } from '../card/strip';
import { Timeline } from '../card/timeline';
import type { IKit } from '../kit';
import { ProblemView } from '../problem';

/** How it is: its stages, the one sentence if it is stuck, what it is, and where it comes from. */
export function Overview({ kit, detail }: { kit: IKit; detail: DeploymentDetail }): React.ReactElement {
  const id = React.useId();
  const { timeline, problem, lineage } = detail;
  return (
    <>
      {(timeline.stages.length > 0 || problem) && (
        <section className={`snb-card snb-${detail.row.tone}`} aria-labelledby={`${id}-stages`}>
          <header className="snb-card-head">
            <h2 className="snb-card-title" id={`${id}-stages`}>
              {kit.trans.__('How far it is')}
            </h2>
          </header>
          <div className="snb-card-body">
            <Timeline kit={kit} block={timeline} />
            {problem && <ProblemView kit={kit} problem={problem} announce={false} />}
          </div>
        </section>
      )}
      <Card kit={kit} card={overview(detail)} />
      {lineage.links.length > 0 && (
        <section className="snb-card snb-neutral" aria-labelledby={`${id}-lineage`}>
          <header className="snb-card-head">
            <h2 className="snb-card-title" id={`${id}-lineage`}>
              {kit.trans.__('Lineage')}
            </h2>
            <span className="snb-muted">{kit.trans.__('each step opens in Lab')}</span>
          </header>
          <div className="snb-card-body">
            <Strip kit={kit} block={lineage} />
          </div>
        </section>
      )}
    </>
  );
}
