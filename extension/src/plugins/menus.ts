import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../tokens';

/** Our commands in the palette and on the launcher; menus and context menus are declared in `schema/commands.json`. */
export const menusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'seldon-nb-lab:menus',
  description: 'The Seldon commands in the command palette and on the launcher.',
  autoStart: true,
  optional: [ITranslator, ICommandPalette, ILauncher],
  activate: (
    _app: JupyterFrontEnd,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null
  ): void => {
    const words = translator ?? nullTranslator;
    const trans = words.load('seldon_nb_lab');
    const labTrans = words.load('jupyterlab'); // the launcher's own section has the launcher's own name
    const category = trans.__('Models and deployments'); // one group with the panel's own commands
    palette?.addItem({ command: CommandIDs.plan, category, args: { ref: '' } });
    palette?.addItem({ command: CommandIDs.place, category, args: { act: 'up' } });
    palette?.addItem({ command: CommandIDs.place, category, args: { act: 'down' } });
    launcher?.add({ command: CommandIDs.plan, category: labTrans.__('Other'), rank: 10, args: { ref: '' } });
  }
};
