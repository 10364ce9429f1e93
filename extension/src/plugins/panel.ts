import { ILabShell, ILayoutRestorer } from '@jupyterlab/application';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Clipboard, ICommandPalette } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { panelIcon } from '../icons';
import type { IChoices, PanelContent } from '../ui/panel/content';
import { PanelShell } from '../ui/panel/shell';
import type { IKit } from '../ui/kit';
import { CommandIDs, IMine, ISession } from '../tokens';
import { wordsOf } from './words';

const ID = 'seldon-nb-lab:panel';
/** Of the panel's widget: layouts and tests know it by this. */
const WIDGET = 'seldon-nb-panel';
/** After JupyterLab's own panels, before what has no rank. */
const RANK = 501;

const CHOICES: IChoices = {
  open: { models: true, deployments: true, workflows: false, schedules: false, history: false },
  density: 'comfortable'
};

/** The side panel. At start it is an empty shell: lists and their models come when it is first looked at. */
export const panelPlugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'The side panel with models, deployments, workflows, schedules and history.',
  autoStart: true,
  requires: [ISession, IMine],
  optional: [ITranslator, ILabShell, ILayoutRestorer, ISettingRegistry, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    session: ISession,
    mine: IMine,
    translator: ITranslator | null,
    labShell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    registry: ISettingRegistry | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = wordsOf(translator);
    const shell = new PanelShell(translator ?? nullTranslator);
    shell.id = WIDGET;
    shell.title.icon = panelIcon;
    shell.title.caption = trans.__('Models and deployments');
    shell.node.setAttribute('role', 'region');
    shell.node.setAttribute('aria-label', trans.__('Models and deployments'));

    const settings = registry?.load(ID).catch(() => null) ?? Promise.resolve(null);
    const language = (translator ?? nullTranslator).languageCode;
    const kit: IKit = { trans, language, copy: text => Clipboard.copyToSystem(text), insert: null, follow: () => null };
    let content: PanelContent | null = null;
    const fill = once(async () => {
      const [{ PanelContent }, kept] = await Promise.all([import('../ui/panel/content'), settings]);
      shell.recover();
      content = new PanelContent({
        shell,
        kit,
        session,
        mine,
        commands: app.commands,
        choices: choicesOf(kept),
        onOpen: open => void kept?.set('open', open)
      });
      kept?.changed.connect(changed => content?.choose(choicesOf(changed)));
    });
    const look = (): void => {
      const shown = shell.isVisible && document.visibilityState === 'visible';
      if (shown) {
        fill().catch(() => shell.fail(trans.__('The panel could not be loaded. Reload the page.')));
      }
      session.shown = shown;
    };
    shell.looked.connect(look);
    document.addEventListener('visibilitychange', look);

    addCommands(app, trans, () => content, labShell);
    const category = trans.__('Models and deployments');
    palette?.addItem({ command: CommandIDs.show, category });
    palette?.addItem({ command: CommandIDs.refresh, category });
    restorer?.add(shell, WIDGET);
    app.shell.add(shell, 'left', { rank: RANK, type: 'Models' });
  }
};

function addCommands(
  app: JupyterFrontEnd,
  trans: ReturnType<typeof wordsOf>,
  content: () => PanelContent | null,
  labShell: ILabShell | null
): void {
  app.commands.addCommand(CommandIDs.show, {
    label: trans.__('Show Models and Deployments'),
    caption: trans.__('Show the panel with models, deployments, workflows, schedules and history'),
    icon: panelIcon,
    describedBy: { args: { type: 'object', properties: {}, additionalProperties: false } },
    execute: () => {
      // Notebook 7 shows a side panel when its widget is activated; JupyterLab may have the whole side folded.
      labShell?.expandLeft();
      app.shell.activateById(WIDGET);
    }
  });
  app.commands.addCommand(CommandIDs.refresh, {
    label: trans.__('Refresh Models and Deployments'),
    caption: trans.__('Ask the server anew for all that the panel shows'),
    describedBy: { args: { type: 'object', properties: {}, additionalProperties: false } },
    execute: () => content()?.sections.refresh()
  });
}

function choicesOf(settings: ISettingRegistry.ISettings | null): IChoices {
  const { open, density } = (settings?.composite ?? {}) as { open?: Partial<IChoices['open']>; density?: string };
  return {
    open: { ...CHOICES.open, ...open },
    density: density === 'compact' ? 'compact' : CHOICES.density
  };
}

/** Do it once; again only if it failed. */
function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () =>
    (done ??= act().catch((error: unknown) => {
      done = null;
      throw error;
    }));
}
