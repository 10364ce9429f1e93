import React from 'react';

import type { PlanModel } from '../../model/plan';
import { tally } from '../../model/plan-card';
import { useChanges } from '../changes';
import type { IKit } from '../kit';
import { TroubleView, Waiting } from '../standing';
import { counted } from '../words';
import type { IPlanActs } from './apply';
import { PlanCard } from './card';
import { Form } from './form';

interface IPlanView {
  kit: IKit;
  model: PlanModel;
  acts: IPlanActs;
}

/** A plan's tab: what is wished for, what it would do, and, once it is applied, how far it is. */
export function PlanView({ kit, model, acts }: IPlanView): React.ReactElement {
  useChanges(model.changed);
  useChanges(model.session.changed);
  const { trans } = kit;
  const { plan, busy, trouble } = model;
  const heading = React.useRef<HTMLHeadingElement>(null);
  const [said, setSaid] = React.useState('');
  React.useEffect(() => {
    if (busy === null && plan && model.takeNews()) {
      const { good, warn, bad } = tally(plan);
      const found = counted(good, warn, bad, trans);
      setSaid(plan.ok ? trans.__('Plan ready: %1.', found) : trans.__('Plan blocked: %1.', found));
      heading.current?.focus();
    }
  }, [busy, model, plan, trans]);
  const field = trouble?.kind === 'problem' ? trouble.problem : null;
  return (
    <div className="snb-page">
      <Form kit={kit} model={model} problem={field} />
      <div className="snb-hidden" role="status">
        {said}
      </div>
      {trouble && <TroubleView kit={kit} trouble={trouble} retry={() => void model.make()} />}
      {busy === 'making' && <Waiting text={trans.__('Making the plan: it is checked, and nothing is changed…')} />}
      {plan && (
        <div className={busy === 'making' || model.stale ? 'snb-stack snb-old' : 'snb-stack'}>
          <PlanCard kit={kit} model={model} plan={plan} acts={acts} heading={heading} />
        </div>
      )}
    </div>
  );
}
