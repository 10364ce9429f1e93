import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { commandsPlugin } from './commands';
import { menusPlugin } from './menus';
import { panelPlugin } from './panel';
import { runningPlugin } from './running';
import { minePlugin, sessionPlugin } from './session';
import { statusPlugin } from './status';
import { tabsPlugin } from './tabs';
import { testerPlugin } from './tester';

/** All plugins of this extension. */
export const plugins: JupyterFrontEndPlugin<unknown>[] = [
  sessionPlugin,
  minePlugin,
  panelPlugin,
  statusPlugin,
  runningPlugin,
  testerPlugin,
  tabsPlugin,
  commandsPlugin,
  menusPlugin
];
