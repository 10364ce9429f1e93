import { codeCheckIcon } from '@jupyterlab/ui-components';
import { UUID } from '@lumino/coreutils';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import React from 'react';

import type { PlanWish, RunDetail } from '../../api/types';
import { PlanModel } from '../../model/plan';
import { bookOf } from '../../model/run';
import { chosen, firstWish } from '../../model/wish';
import { CommandIDs } from '../../tokens';
import { argsOf, kitOf } from './lab';
import type { ILab } from './lab';
import type { IContent, TabBody } from './tab';

const PlanView = React.lazy(() => import('../../ui/plan/view').then(module => ({ default: module.PlanView })));

/**
 * A plan's tab: of a digest, if the plan is kept, else of what is wished for.
 *
 * @param id - of the tab when it is restored: Lab puts back into its layout only what has the id that it had
 */
export function planContent(
  lab: ILab,
  digest: string,
  wish: Partial<PlanWish>,
  id = `seldon-nb-plan-${UUID.uuid4()}`
): IContent {
  const { session, trans } = lab;
  const { commands } = lab.app;
  const first = { ...firstWish(wish.ref ?? '', session.places, session.namespace), ...given(wish) };
  const model = new PlanModel(session, bookOf(session), first);
  const begin = async (): Promise<void> => {
    if (!session.places.length) {
      await session.refresh();
      model.wishFor({ ...firstWish(model.wish.ref, session.places, session.namespace), ...given(wish) });
    }
    if (!(digest && (await model.recall(digest))) && model.wish.ref && model.wish.to) {
      await model.make();
    }
  };
  let begun = false;
  let body: TabBody | null = null;
  model.changed.connect(() => body?.tellMoved(), model);
  return {
    id,
    label: wish.ref ? trans.__('Deploy %1', wish.ref) : trans.__('Deploy a model'),
    caption: trans.__('A plan: what would be deployed, and what that would do'),
    icon: codeCheckIcon,
    args: () => ({ ...restoring(model), tab: id }),
    render: tab => {
      body = tab;
      return React.createElement(PlanView, {
        kit: kitOf(lab),
        model,
        acts: {
          apply: made => commands.execute(CommandIDs.apply, { digest: made }) as Promise<RunDetail>,
          test: target => void commands.execute(CommandIDs.test, argsOf(target)),
          show: target => void commands.execute(CommandIDs.openDeployment, argsOf(target))
        }
      });
    },
    look: looking => {
      if (looking && !begun) {
        begun = true;
        void begin();
      }
    },
    dispose: () => model.dispose()
  };
}

function given(wish: Partial<PlanWish>): Partial<PlanWish> {
  return Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined && value !== ''));
}

/** The plan by its digest, and the wish in case the plan is not kept any more; a reason is not kept here. */
function restoring(model: PlanModel): ReadonlyPartialJSONObject {
  const { ref, place, to, name = '' } = model.wish;
  return {
    ...(model.plan && !model.stale ? { digest: model.plan.digest } : {}),
    ...chosen(model.wish),
    ref,
    place,
    to,
    name
  };
}
