import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRunningSessionManagers } from '@jupyterlab/running';
import type { IRunningSessions } from '@jupyterlab/running';
import { ITranslator } from '@jupyterlab/translation';

import type { DeploymentRow } from '../api/types';
import { panelIcon } from '../icons';
import { CommandIDs, IMine } from '../tokens';
import { stateWord, version } from '../ui/panel/words';
import { wordsOf } from './words';

/** One's own deployments among what runs: open one, or delete it after a question. */
export const runningPlugin: JupyterFrontEndPlugin<void> = {
  id: 'seldon-nb-lab:running',
  description: "One's own deployments among what runs: open one, or delete it after a question.",
  autoStart: true,
  requires: [IMine],
  optional: [IRunningSessionManagers, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    mine: IMine,
    managers: IRunningSessionManagers | null,
    translator: ITranslator | null
  ): void => {
    const trans = wordsOf(translator);
    const run = (id: string, { place, namespace, name }: DeploymentRow): Promise<unknown> =>
      app.commands.execute(id, { place, namespace, name });
    const item = (row: DeploymentRow): IRunningSessions.IRunningItem => ({
      icon: () => panelIcon,
      label: () => row.name,
      labelTitle: () => trans.__('%1 in %2: %3', version(row.model, ''), row.namespace, stateWord(row, trans)),
      detail: () => stateWord(row, trans),
      open: () => void run(CommandIDs.openDeployment, row),
      shutdown: () => void run(CommandIDs.remove, row)
    });
    managers?.add({
      name: trans.__('Deployments'),
      running: () => mine.rows.map(item),
      refreshRunning: () => void mine.refresh(),
      runningChanged: mine.changed,
      shutdownLabel: trans.__('Delete…'),
      shutdownAllLabel: trans.__('Delete All…'),
      shutdownAllConfirmationText: trans.__('You are asked about each of your deployments.'),
      // One question each: a deployment may be called by people who know nothing of this list.
      shutdownAll: () =>
        void mine.rows.reduce<Promise<unknown>>(
          (before, row) => before.then(() => run(CommandIDs.remove, row)),
          Promise.resolve()
        )
    });
  }
};
