/** What a tab needs of Lab: gathered once, handed to each. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard } from '@jupyterlab/apputils';
import type { INotebookTracker } from '@jupyterlab/notebook';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';

import type { ITarget } from '../../api/client';
import type { LinkView } from '../../api/types';
import type { IKit } from '../../ui/kit';
import { CommandIDs } from '../../tokens';
import type { ISession, ITestView } from '../../tokens';

export interface ILab {
  readonly app: JupyterFrontEnd;
  readonly session: ISession;
  readonly trans: TranslationBundle;
  readonly translator: ITranslator;
  readonly testView: ITestView | null;
  readonly notebooks: INotebookTracker | null;
}

/** Put text on the clipboard, also where the page was not served over TLS. */
export function toClipboard(text: string): void {
  if (window.isSecureContext) {
    navigator.clipboard.writeText(text).catch(() => Clipboard.copyToSystem(text));
  } else {
    Clipboard.copyToSystem(text);
  }
}

/** What the views are handed. */
export function kitOf(lab: ILab): IKit {
  const { trans, translator, notebooks } = lab;
  return {
    trans,
    language: translator.languageCode,
    copy: toClipboard,
    get insert() {
      return notebooks?.currentWidget ? (command: string) => void insert(notebooks, command) : null;
    },
    follow: link => follow(lab, link)
  };
}

async function insert(notebooks: INotebookTracker, command: string): Promise<void> {
  const panel = notebooks.currentWidget;
  if (panel) {
    const { NotebookActions } = await import('@jupyterlab/notebook');
    NotebookActions.insertBelow(panel.content);
    panel.content.activeCell?.model.sharedModel.setSource(command);
    panel.activate();
  }
}

function follow({ app, trans }: ILab, link: LinkView): (() => void) | null {
  const run = (id: string, args: Record<string, string | number>) => () => {
    app.commands.execute(id, args).catch(async () => {
      const { Notification } = await import('@jupyterlab/apputils');
      Notification.warning(trans.__('“%1” cannot be opened from here.', link.title), { autoClose: 5000 });
    });
  };
  const parts = link.ref.split('/');
  switch (link.open) {
    case 'notebook':
      return run('docmanager:open', { path: link.ref.split('#')[0] ?? '' });
    case 'model': {
      const at = link.ref.lastIndexOf('@');
      const version = Number(link.ref.slice(at + 1));
      return at > 0 && Number.isInteger(version)
        ? run(CommandIDs.openModel, { name: link.ref.slice(0, at), version })
        : null;
    }
    case 'run':
      return parts.length === 3 ? run(CommandIDs.openRun, named(parts, 'id')) : null;
    case 'deployment':
      return parts.length === 3 ? run(CommandIDs.openDeployment, named(parts, 'name')) : null;
    case 'url':
      return /^https?:\/\//.test(link.ref) ? () => void window.open(link.ref, '_blank', 'noopener,noreferrer') : null;
    case '':
      return null;
  }
}

function named([place = '', namespace = '', last = '']: string[], key: string): Record<string, string> {
  return { place, namespace, [key]: last };
}

/** The arguments by which other commands know a deployment. */
export function argsOf({ place, namespace, name }: ITarget): Record<string, string> {
  return { place, namespace, name };
}
