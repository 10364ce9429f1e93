import type { CommandRegistry } from '@lumino/commands';

import type { Sections } from '../../model/sections';
import type { IKit } from '../kit';
import type { Density } from './row-list';

/** What every part of the panel is handed. */
export interface IPanelContext {
  readonly kit: IKit;
  readonly sections: Sections;
  readonly commands: CommandRegistry;
  readonly density: Density;
}
