import React from 'react';

import type { PlanView } from '../../api/types';
import { bare } from '../../model/plan-card';
import type { PlanModel } from '../../model/plan';
import type { RunModel } from '../../model/run';
import { wishOf } from '../../model/wish';
import { Card } from '../card';
import { Listing } from '../card/listing';
import { Copy } from '../copy';
import type { IKit, IReplan } from '../kit';
import { Progress } from '../run/progress';
import { shortDigest } from '../words';
import { Apply } from './apply';
import type { IPlanActs } from './apply';
import { Rights } from './rights';
import { TakeOn } from './take-on';

interface IPlanCard {
  kit: IKit;
  model: PlanModel;
  plan: PlanView;
  acts: IPlanActs;
  heading: React.Ref<HTMLHeadingElement>;
}

/** The plan itself: first in words, then what was found, rights, what changes, the documents; and the button that applies it. */
export function PlanCard({ kit, model, plan, acts, heading }: IPlanCard): React.ReactElement {
  const { trans } = kit;
  const { run } = model;
  const card = React.useMemo(() => bare(plan), [plan]);
  const found = card.blocks.find(block => block.type === 'lines');
  const replan: IReplan = { recognise: command => wishOf(command, model.wish), use: wish => void model.make(wish) };
  return (
    <>
      {run && <Carrying kit={kit} run={run} plan={plan} acts={acts} />}
      <Card
        kit={kit}
        card={card}
        guarded={plan.level.protected}
        replan={replan}
        heading={heading}
        below={block => block === found && !run && <TakeOn key={plan.digest} kit={kit} model={model} plan={plan} />}
        footer={
          <Foot kit={kit} plan={plan}>
            {!run && <Apply kit={kit} model={model} plan={plan} acts={acts} />}
          </Foot>
        }
      >
        <Rights kit={kit} plan={plan} />
        {plan.update && plan.diff.trim() && (
          <Listing
            kit={kit}
            block={{
              type: 'listing',
              title: trans.__('What changes'),
              text: plan.diff,
              language: 'diff',
              folded: plan.diff.split('\n').length > 30
            }}
          />
        )}
        {plan.documents.map(({ name, yaml }) => (
          <Listing
            key={name}
            kit={kit}
            block={{ type: 'listing', title: name, text: yaml, language: 'yaml', folded: true }}
          />
        ))}
      </Card>
    </>
  );
}

/** The plan on its way. It takes the focus when it begins, for the button that began it is gone. */
function Carrying({
  kit,
  run,
  plan,
  acts
}: {
  kit: IKit;
  run: RunModel;
  plan: PlanView;
  acts: IPlanActs;
}): React.ReactElement {
  const { trans } = kit;
  const id = React.useId();
  const heading = React.useRef<HTMLHeadingElement>(null);
  React.useEffect(() => heading.current?.focus(), [run]);
  const target = { place: plan.place, namespace: plan.namespace, name: plan.deployment };
  return (
    <section className="snb-card snb-neutral" aria-labelledby={id}>
      <header className="snb-card-head">
        <h2 id={id} className="snb-card-title" tabIndex={-1} ref={heading}>
          {trans.__('Deploying %1', `${plan.namespace}/${plan.deployment}`)}
        </h2>
      </header>
      <div className="snb-card-body">
        <Progress kit={kit} run={run} acts={{ test: () => acts.test(target), show: () => acts.show(target) }} />
      </div>
    </section>
  );
}

function Foot({ kit, plan, children }: { kit: IKit; plan: PlanView; children: React.ReactNode }): React.ReactElement {
  const { trans } = kit;
  return (
    <>
      {children}
      <div className="snb-foot-line snb-foot-end">
        <span className="snb-muted">
          {trans.__('Digest')} <code title={plan.digest}>{shortDigest(plan.digest)}</code>
        </span>
        <Copy kit={kit} text={plan.digest} what={trans.__('Digest')} label={trans.__('Copy digest')} />
        {plan.python && (
          <Copy kit={kit} text={plan.python} what={trans.__('Python')} label={trans.__('Copy as Python')} />
        )}
        {plan.shell && <Copy kit={kit} text={plan.shell} what={trans.__('Shell')} label={trans.__('Copy as shell')} />}
      </div>
    </>
  );
}
