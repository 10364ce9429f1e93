import type { TranslationBundle } from '@jupyterlab/translation';

import type { LinkView, PlanWish } from '../api/types';

/** What every view of ours is handed: words, and what it can do outside of itself. */
export interface IKit {
  readonly trans: TranslationBundle;
  /** the language that times are written in, as `fr` or `fr-CA`; the browser's if left out */
  readonly language?: string;
  /** Put text on the clipboard. */
  copy(text: string): void;
  /** Put a command into a new cell of the notebook in front; null where there is none. */
  readonly insert: ((command: string) => void) | null;
  /** Show what a link of the lineage means; null where nothing can be shown. */
  follow(link: LinkView): (() => void) | null;
}

/** Whether a command is an option of the plan at hand, and how the plan is made with it. */
export type Recognise = (command: string) => PlanWish | null;

/** What a view does about the steps of a plan's findings. */
export interface IReplan {
  readonly recognise: Recognise;
  readonly use: (wish: PlanWish) => void;
}
