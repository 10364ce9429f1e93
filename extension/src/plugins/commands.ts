import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon, deleteIcon, offlineBoltIcon, runIcon, stopIcon } from '@jupyterlab/ui-components';

import type { ITarget } from '../api/client';
import type { DeploymentDetail } from '../api/types';
import { CommandIDs, ISession } from '../tokens';
import { DIGEST, RUN, TARGET, answers, given, runOf, schema, targetOf } from './arguments';

/** What an act needs. */
interface IHands {
  app: JupyterFrontEnd;
  session: ISession;
  trans: TranslationBundle;
  settings: ISettingRegistry | null;
}

/** The commands that change something, and those that copy; each takes arguments, or means the row that a menu was opened on. */
export const commandsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'seldon-nb-lab:commands',
  description: 'The commands that apply plans, delete deployments and stop runs.',
  autoStart: true,
  requires: [ISession],
  optional: [ITranslator, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    session: ISession,
    translator: ITranslator | null,
    settings: ISettingRegistry | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('seldon_nb_lab');
    const hands = { app, session, trans, settings };
    addApply(hands);
    addRemove(hands);
    addStop(hands);
    addPlace(hands);
    addCopy(hands, CommandIDs.copyPython, trans.__('Copy Python'), detail => detail.python);
    addCopy(hands, CommandIDs.copyShell, trans.__('Copy Shell'), detail => detail.shell);
    session.changed.connect(() => app.commands.notifyCommandChanged(), commandsPlugin);
  }
};

function addApply({ app, session, trans }: IHands): void {
  app.commands.addCommand(CommandIDs.apply, {
    label: trans.__('Apply the Plan'),
    caption: trans.__('Hand a plan over; its digest says all of it'),
    icon: runIcon,
    describedBy: schema(DIGEST, ['digest']),
    isEnabled: args => answers(session) && typeof args['digest'] === 'string',
    execute: async args => {
      const { digest = '' } = given(app, args, 'run');
      const run = await session.client.apply(digest);
      const { bookOf } = await import('../model/run');
      const { RunToast } = await import('./toast');
      const { place, namespace, deployment, id } = run.row;
      const target: ITarget = { place, namespace, name: deployment };
      const book = bookOf(session);
      new RunToast(book.take(target, id, run), book, trans, {
        show: () => void app.commands.execute(CommandIDs.openRun, { place, namespace, id }),
        test: () => void app.commands.execute(CommandIDs.test, { ...target })
      });
      return run;
    }
  });
}

function addRemove({ app, session, trans, settings }: IHands): void {
  app.commands.addCommand(CommandIDs.remove, {
    label: trans.__('Delete…'),
    caption: trans.__('Stop the deployment and forget it; its records stay'),
    icon: deleteIcon,
    describedBy: schema(TARGET),
    isEnabled: () => answers(session),
    execute: async args => {
      const target = targetOf(given(app, args, 'deployment'));
      if (!target) {
        return;
      }
      const named = `${target.namespace}/${target.name}`;
      if (!(await asksFirst(settings)) || (await isSure(trans, target.name, named))) {
        await told(trans, trans.__('%1 was not deleted.', named), async () => {
          const done = await session.client.deleteDeployment(target);
          Notification.success(done.text || trans.__('%1 was deleted.', named), { autoClose: 5000 });
        });
      }
    }
  });
}

/** Whether the person wants to be asked before something is deleted: yes, unless they said no. */
async function asksFirst(settings: ISettingRegistry | null): Promise<boolean> {
  try {
    return (await settings?.get('seldon-nb-lab:panel', 'confirmDelete'))?.composite !== false;
  } catch {
    return true;
  }
}

async function isSure(trans: TranslationBundle, name: string, named: string): Promise<boolean> {
  const asked = await showDialog({
    title: trans.__('Delete %1?', named),
    body: trans.__('Nobody can call it any more. Its revisions and records stay, and the model stays where it is.'),
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Delete %1', name) })],
    defaultButton: 0
  });
  return asked.button.accept;
}

function addPlace({ app, session, trans }: IHands): void {
  app.commands.addCommand(CommandIDs.place, {
    label: args =>
      args['act'] === 'down' ? trans.__('Stop This Machine’s Place') : trans.__('Start This Machine’s Place'),
    caption: trans.__('The gateway and the model servers that run on this machine'),
    icon: offlineBoltIcon,
    describedBy: schema({ act: { type: 'string', enum: ['up', 'down'], description: 'Start or stop' } }),
    isEnabled: () => answers(session) && session.places.some(place => place.name === 'here'),
    execute: async args => {
      const act = args['act'] === 'down' ? 'down' : 'up';
      const failed = act === 'up' ? trans.__('The place was not started.') : trans.__('The place was not stopped.');
      await told(trans, failed, async () => {
        const done = await session.client.act(act);
        Notification.success(done.text, { autoClose: 5000 });
        await session.refresh();
      });
    }
  });
}

function addStop({ app, session, trans }: IHands): void {
  app.commands.addCommand(CommandIDs.stopRun, {
    label: trans.__('Stop'),
    caption: trans.__('Stop the run; what serves goes on serving'),
    icon: stopIcon,
    describedBy: schema(RUN),
    isEnabled: () => answers(session),
    execute: async args => {
      const found = runOf(given(app, args, 'run'));
      if (found) {
        await told(trans, trans.__('The run was not stopped.'), async () => {
          await session.client.stop(found.where, found.id);
        });
      }
    }
  });
}

function addCopy(hands: IHands, id: string, label: string, textOf: (detail: DeploymentDetail) => string): void {
  const { app, session, trans } = hands;
  app.commands.addCommand(id, {
    label,
    caption: trans.__('Copy the lines that do the same from elsewhere'),
    icon: copyIcon,
    describedBy: schema(TARGET),
    isEnabled: () => answers(session),
    execute: async args => {
      const target = targetOf(given(app, args, 'deployment'));
      if (target) {
        await told(trans, trans.__('Nothing was copied.'), async () => {
          const { toClipboard } = await import('./tabs/lab');
          toClipboard(textOf(await session.client.deployment(target)));
          Notification.success(trans.__('Copied'), { autoClose: 2000 });
        });
      }
    }
  });
}

/** Do it; if that fails, say what was not done and why. */
async function told(trans: TranslationBundle, failed: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    const { troubleOf } = await import('../model/asked');
    const trouble = troubleOf(error);
    const why =
      trouble.kind === 'problem'
        ? `${trouble.problem.what} ${trouble.problem.code}`
        : trans.__('The Jupyter server does not answer.');
    Notification.error(`${failed} ${why}`, { autoClose: false });
  }
}
