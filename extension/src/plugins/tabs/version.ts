import { inspectorIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { VersionModel } from '../../model/detail';
import { CommandIDs } from '../../tokens';
import { kitOf } from './lab';
import type { ILab } from './lab';
import type { IContent } from './tab';

const VersionView = React.lazy(() => import('../../ui/model/view').then(module => ({ default: module.VersionView })));

/** The tab of one version, wherever it is asked for. */
export const idOf = (name: string, version: number): string => `seldon-nb-model-${name}-${version}`;

/** A model version's tab. */
export function versionContent(lab: ILab, name: string, version: number): IContent {
  const model = new VersionModel(lab.session, name, version);
  return {
    id: idOf(name, version),
    label: `${name}@${version}`,
    caption: lab.trans.__('Model version %1', `${name}@${version}`),
    icon: inspectorIcon,
    args: () => ({ name, version }),
    render: () =>
      React.createElement(VersionView, {
        kit: kitOf(lab),
        model,
        deploy: ref => void lab.app.commands.execute(CommandIDs.plan, { ref })
      }),
    look: looking => model.look(looking),
    dispose: () => model.dispose()
  };
}
