import { launchIcon } from '@jupyterlab/ui-components';
import React from 'react';

import type { ITarget } from '../../api/client';
import { DetailModel, PARTS } from '../../model/detail';
import type { Part } from '../../model/detail';
import { CommandIDs } from '../../tokens';
import { argsOf, kitOf } from './lab';
import type { ILab } from './lab';
import type { IContent, TabBody } from './tab';

const DetailView = React.lazy(() => import('../../ui/detail/view').then(module => ({ default: module.DetailView })));

/** A deployment's tab; it can be turned to another of its parts. */
export interface IDetailContent extends IContent {
  turn(part: string): void;
}

/** The tab of one deployment, wherever it is asked for. */
export const idOf = ({ place, namespace, name }: ITarget): string =>
  `seldon-nb-deployment-${place}-${namespace}-${name}`;

export function detailContent(lab: ILab, target: ITarget, part: string): IDetailContent {
  const model = new DetailModel(lab.session, target);
  const { place, namespace, name } = target;
  let shown: Part = partOf(part) ?? 'overview';
  let body: TabBody | null = null;
  const turn = (to: string): void => {
    shown = partOf(to) ?? shown;
    body?.update();
    body?.tellMoved();
  };
  const render = (tab: TabBody): React.ReactElement => {
    body = tab;
    const { testView } = lab;
    return React.createElement(DetailView, {
      kit: kitOf(lab),
      model,
      part: shown,
      onPart: turn,
      test: testView && (() => testView.render(target, model.detail.value?.predictors[0] ?? 'default')),
      remove: () => void lab.app.commands.execute(CommandIDs.remove, argsOf(target))
    });
  };
  return {
    id: idOf(target),
    label: name,
    caption: `${name} · ${place} · ${namespace}`,
    icon: launchIcon,
    args: () => ({ place, namespace, name, tab: shown }),
    render,
    turn,
    look: looking => model.look(looking),
    dispose: () => model.dispose()
  };
}

function partOf(text: string): Part | undefined {
  return PARTS.find(part => part === text);
}
