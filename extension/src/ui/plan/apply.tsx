import React from 'react';

import type { ITarget } from '../../api/client';
import type { PlanView, RunDetail } from '../../api/types';
import type { PlanModel } from '../../model/plan';
import type { IKit } from '../kit';

/** What a plan's tab can do outside of itself. */
export interface IPlanActs {
  apply(digest: string): Promise<RunDetail>;
  test(target: ITarget): void;
  show(target: ITarget): void;
}

interface IApply {
  kit: IKit;
  model: PlanModel;
  plan: PlanView;
  acts: IPlanActs;
}

/** The button that hands the plan over; where it cannot be, the reason stands beside it. */
export function Apply({ kit, model, plan, acts }: IApply): React.ReactElement {
  const { trans } = kit;
  const id = React.useId();
  const why = reason(kit, model, plan);
  const applying = model.busy === 'applying';
  return (
    <div className="snb-buttons">
      <button
        type="button"
        className="snb-button snb-main"
        aria-disabled={Boolean(why) || applying}
        aria-describedby={why ? id : undefined}
        onClick={() => (why || applying ? undefined : void model.apply(digest => acts.apply(digest)))}
      >
        {applying ? trans.__('Handing it over…') : trans.__('Apply')}
      </button>
      {why && (
        <span id={id} className="snb-why">
          {why}
        </span>
      )}
    </div>
  );
}

function reason({ trans }: IKit, model: PlanModel, plan: PlanView): string {
  if (model.busy === 'making') {
    return trans.__('A new plan is being made.');
  }
  if (model.stale) {
    return trans.__('The form says something else now: plan again first.');
  }
  if (plan.whyNot) {
    return plan.whyNot;
  }
  return plan.ok ? '' : trans.__('Something above has to be settled first.');
}
