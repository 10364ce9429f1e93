import { runningIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { ITarget } from '../../api/client';
import { bookOf } from '../../model/run';
import { CommandIDs } from '../../tokens';
import { argsOf, kitOf } from './lab';
import type { ILab } from './lab';
import type { IContent } from './tab';

const RunView = React.lazy(() => import('../../ui/run/view').then(module => ({ default: module.RunView })));

/** The tab of one run, wherever it is asked for. */
export const idOf = ({ place, namespace }: ITarget, id: string): string => `seldon-nb-run-${place}-${namespace}-${id}`;

/** A run's tab. */
export function runContent(lab: ILab, where: ITarget, id: string): IContent {
  const { commands } = lab.app;
  const { place, namespace } = where;
  const book = bookOf(lab.session);
  const run = book.take(where, id);
  const target = (): ITarget => ({ place, namespace, name: run.detail.value?.row.deployment ?? where.name });
  return {
    id: idOf(where, id),
    label: id,
    caption: lab.trans.__('Run %1', id),
    icon: runningIcon,
    args: () => ({ place, namespace, id }),
    render: () =>
      React.createElement(RunView, {
        kit: kitOf(lab),
        run,
        acts: {
          test: () => void commands.execute(CommandIDs.test, argsOf(target())),
          show: () => void commands.execute(CommandIDs.openDeployment, argsOf(target()))
        },
        plan: digest => void commands.execute(CommandIDs.plan, { digest })
      }),
    look: () => undefined, // a run is followed to its end, seen or not: its end is told
    dispose: () => book.release(run)
  };
}
