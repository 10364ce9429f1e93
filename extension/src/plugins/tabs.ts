import { ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { codeCheckIcon, inspectorIcon, launchIcon, runIcon, runningIcon } from '@jupyterlab/ui-components';
import type { PlanWish } from '../api/types';
import { CommandIDs, ISession, ITestView } from '../tokens';
import { DIGEST, RUN, TARGET, VERSION, WISH, answers, given, runOf, schema, targetOf } from './arguments';
import type { IDetailContent } from './tabs/detail';
import type { ILab } from './tabs/lab';
import type { IContent, Tab } from './tabs/tab';

/** A kind of tab: how it is found, made anew, and restored. */
class Shelf {
  constructor(
    private readonly _app: JupyterFrontEnd,
    namespace: string,
    command: string,
    restorer: ILayoutRestorer | null
  ) {
    this._tracker = new WidgetTracker<Tab>({ namespace });
    void restorer?.restore(this._tracker, {
      command,
      args: tab => tab.content.args,
      name: tab => tab.id
    });
  }

  /** Bring a tab to the front; made if it is not there. */
  async open<C extends IContent>(id: string, make: () => C | Promise<C>): Promise<C> {
    const found = this._tracker.find(one => one.id === id);
    if (found) {
      this._app.shell.activateById(found.id);
      return found.content.shown as C;
    }
    const content = await make();
    const { tabOf } = await import('./tabs/tab');
    const tab = tabOf(content);
    this._app.shell.add(tab, 'main');
    await this._tracker.add(tab);
    tab.content.moved.connect(() => void this._tracker.save(tab), this);
    this._app.shell.activateById(tab.id);
    return content;
  }

  private readonly _tracker: WidgetTracker<Tab>;
}

/** Plans, deployments, model versions and runs in tabs of the main area; each is loaded when it is first opened. */
export const tabsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'seldon-nb-lab:tabs',
  description: 'The tabs of plans, deployments, model versions and runs.',
  autoStart: true,
  requires: [ISession],
  optional: [ITranslator, ILayoutRestorer, ITestView, INotebookTracker],
  activate: (
    app: JupyterFrontEnd,
    session: ISession,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    testView: ITestView | null,
    notebooks: INotebookTracker | null
  ): void => {
    const words = translator ?? nullTranslator;
    const trans = words.load('seldon_nb_lab');
    const lab: ILab = { app, session, trans, translator: words, testView, notebooks };
    addPlan(lab, new Shelf(app, 'seldon-nb-plans', CommandIDs.plan, restorer));
    addDeployment(lab, new Shelf(app, 'seldon-nb-deployments', CommandIDs.openDeployment, restorer));
    addModel(lab, new Shelf(app, 'seldon-nb-models', CommandIDs.openModel, restorer));
    addRun(lab, new Shelf(app, 'seldon-nb-runs', CommandIDs.openRun, restorer));
  }
};

function addPlan(lab: ILab, shelf: Shelf): void {
  const { app, session, trans } = lab;
  app.commands.addCommand(CommandIDs.plan, {
    label: args => ('ref' in args ? trans.__('Deploy a Model…') : trans.__('Deploy…')),
    caption: trans.__('Plan a deployment: what would be created, who could call it, what stands in the way'),
    icon: codeCheckIcon,
    describedBy: schema({
      ...WISH,
      ...DIGEST,
      tab: { type: 'string', description: 'The id of a tab that is restored' }
    }),
    isEnabled: () => answers(session),
    execute: async args => {
      const { ref = '', place, to, name, version, digest = '', tab, ...rest } = given(app, args, 'model');
      const { planContent } = await import('./tabs/plan');
      const row = 'ref' in args || 'digest' in args || !version ? ref : ref || `${name}@${version}`;
      const wish: Partial<PlanWish> = {
        ref: row,
        ...(place === 'here' || place === 'cluster' ? { place } : {}),
        to: to ?? rest.namespace ?? '',
        ...('ref' in args ? { name: name ?? '' } : {})
      };
      await shelf.open(tab ?? '', () => planContent(lab, digest, wish, tab));
    }
  });
}

function addDeployment(lab: ILab, shelf: Shelf): void {
  const { app, session, trans } = lab;
  const open = async (args: Parameters<typeof given>[1], part: string): Promise<void> => {
    const values = given(app, args, 'deployment');
    const target = targetOf(values);
    if (!target) {
      return;
    }
    const { detailContent } = await import('./tabs/detail');
    const asked = part || values['tab'] || '';
    const { place, namespace, name } = target;
    const content = await shelf.open<IDetailContent>(`seldon-nb-deployment-${place}-${namespace}-${name}`, () =>
      detailContent(lab, target, asked)
    );
    content.turn(asked);
  };
  app.commands.addCommand(CommandIDs.openDeployment, {
    label: trans.__('Show'),
    caption: trans.__('How the deployment is, its documents, who may call it, its revisions, logs and history'),
    icon: launchIcon,
    describedBy: schema({ ...TARGET, tab: { type: 'string', description: 'The part to show first' } }),
    isEnabled: () => answers(session),
    execute: args => open(args, '')
  });
  app.commands.addCommand(CommandIDs.test, {
    label: trans.__('Test'),
    caption: trans.__('Ask the deployment with values of your own'),
    icon: runIcon,
    describedBy: schema(TARGET),
    isEnabled: () => answers(session) && lab.testView !== null,
    execute: args => open(args, 'test')
  });
}

function addModel(lab: ILab, shelf: Shelf): void {
  const { app, session, trans } = lab;
  app.commands.addCommand(CommandIDs.openModel, {
    label: trans.__('Show'),
    caption: trans.__('What the model takes and answers, and where it comes from'),
    icon: inspectorIcon,
    describedBy: schema(VERSION),
    isEnabled: () => answers(session),
    execute: async args => {
      const { name = '', version = '' } = given(app, args, 'model');
      const number = Number(version);
      if (name && Number.isInteger(number) && version) {
        const { versionContent } = await import('./tabs/version');
        await shelf.open(`seldon-nb-model-${name}-${number}`, () => versionContent(lab, name, number));
      }
    }
  });
}

function addRun(lab: ILab, shelf: Shelf): void {
  const { app, session, trans } = lab;
  app.commands.addCommand(CommandIDs.openRun, {
    label: trans.__('Show'),
    caption: trans.__('How far the run is, and how it ended'),
    icon: runningIcon,
    describedBy: schema(RUN),
    isEnabled: () => answers(session),
    execute: async args => {
      const found = runOf(given(app, args, 'run'));
      if (found) {
        const { where, id } = found;
        const { runContent } = await import('./tabs/run');
        await shelf.open(`seldon-nb-run-${where.place}-${where.namespace}-${id}`, () => runContent(lab, where, id));
      }
    }
  });
}
