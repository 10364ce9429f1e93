import { ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { codeCheckIcon, inspectorIcon, launchIcon, runIcon, runningIcon } from '@jupyterlab/ui-components';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject as Args } from '@lumino/coreutils';

import type { PlanWish } from '../api/types';
import { CHOICES } from '../model/wish';
import { CommandIDs, ISession, ITestView } from '../tokens';
import { DIGEST, RUN, TARGET, VERSION, WISH, answers, given, runOf, schema, targetOf } from './arguments';
import type { ROWS, Values } from './arguments';
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
    for (const { id, takes, row, may, open, ...looks } of openers(lab, restorer)) {
      app.commands.addCommand(id, {
        ...looks,
        describedBy: schema(takes),
        isEnabled: () => answers(session) && (may?.() ?? true),
        execute: args => open(given(app, args, row), args)
      });
    }
  }
};

/** A command that opens a tab. */
interface IOpener {
  id: string;
  label: string | ((args: Args) => string);
  caption: string;
  icon: LabIcon;
  takes: Parameters<typeof schema>[0];
  /** the row that is meant where nothing is given */
  row: keyof typeof ROWS;
  /** whether there is somebody to draw it */
  may?: () => boolean;
  open(values: Values, args: Args): Promise<void>;
}

function openers(lab: ILab, restorer: ILayoutRestorer | null): IOpener[] {
  const { app, trans } = lab;
  const plans = new Shelf(app, 'seldon-nb-plans', CommandIDs.plan, restorer);
  const deployments = new Shelf(app, 'seldon-nb-deployments', CommandIDs.openDeployment, restorer);
  const models = new Shelf(app, 'seldon-nb-models', CommandIDs.openModel, restorer);
  const runs = new Shelf(app, 'seldon-nb-runs', CommandIDs.openRun, restorer);
  return [
    {
      id: CommandIDs.plan,
      label: args => ('ref' in args ? trans.__('Deploy a Model…') : trans.__('Deploy…')),
      caption: trans.__('Plan a deployment: what would be created, who could call it, what stands in the way'),
      icon: codeCheckIcon,
      takes: { ...WISH, ...DIGEST, tab: { type: 'string', description: 'The id of a tab that is restored' } },
      row: 'model',
      open: (values, args) => openPlan(lab, plans, values, args)
    },
    {
      id: CommandIDs.openDeployment,
      label: trans.__('Show'),
      caption: trans.__('How the deployment is, its documents, who may call it, its revisions, logs and history'),
      icon: launchIcon,
      takes: { ...TARGET, tab: { type: 'string', description: 'The part to show first' } },
      row: 'deployment',
      open: values => openDeployment(lab, deployments, values, values['tab'] ?? '')
    },
    {
      id: CommandIDs.test,
      label: trans.__('Test'),
      caption: trans.__('Ask the deployment with values of your own'),
      icon: runIcon,
      takes: TARGET,
      row: 'deployment',
      may: () => lab.testView !== null,
      open: values => openDeployment(lab, deployments, values, 'test')
    },
    {
      id: CommandIDs.openModel,
      label: trans.__('Show'),
      caption: trans.__('What the model takes and answers, and where it comes from'),
      icon: inspectorIcon,
      takes: VERSION,
      row: 'model',
      open: values => openModel(lab, models, values)
    },
    {
      id: CommandIDs.openRun,
      label: trans.__('Show'),
      caption: trans.__('How far the run is, and how it ended'),
      icon: runningIcon,
      takes: RUN,
      row: 'run',
      open: values => openRun(lab, runs, values)
    }
  ];
}

async function openPlan(lab: ILab, shelf: Shelf, values: Values, args: Args): Promise<void> {
  const { ref = '', place, to, name, version, namespace, digest = '', tab } = values;
  const { planContent } = await import('./tabs/plan');
  const row = 'ref' in args || 'digest' in args || !version ? ref : ref || `${name}@${version}`;
  const chosen = CHOICES.map((choice): [string, string] => [choice, values[choice] ?? '']);
  const wish: Partial<PlanWish> = {
    ...Object.fromEntries(chosen),
    ref: row,
    ...(place === 'here' || place === 'cluster' ? { place } : {}),
    to: to ?? namespace ?? '',
    ...('ref' in args ? { name: name ?? '' } : {})
  };
  await shelf.open(tab ?? '', () => planContent(lab, digest, wish, tab));
}

async function openDeployment(lab: ILab, shelf: Shelf, values: Values, part: string): Promise<void> {
  const target = targetOf(values);
  if (target) {
    const { detailContent, idOf } = await import('./tabs/detail');
    const content = await shelf.open<IDetailContent>(idOf(target), () => detailContent(lab, target, part));
    content.turn(part);
  }
}

async function openModel(lab: ILab, shelf: Shelf, { name = '', version = '' }: Values): Promise<void> {
  const number = Number(version);
  if (name && Number.isInteger(number) && version) {
    const { idOf, versionContent } = await import('./tabs/version');
    await shelf.open(idOf(name, number), () => versionContent(lab, name, number));
  }
}

async function openRun(lab: ILab, shelf: Shelf, values: Values): Promise<void> {
  const found = runOf(values);
  if (found) {
    const { where, id } = found;
    const { idOf, runContent } = await import('./tabs/run');
    await shelf.open(idOf(where, id), () => runContent(lab, where, id));
  }
}
