import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import React from 'react';

import { CommandIDs, IMine } from '../tokens';
import { StateIcon } from '../ui/panel/state-icon';
import { stateWord } from '../ui/panel/words';
import { wordsOf } from './words';

/** How long after JupyterLab is there the status bar may ask at the latest, in ms. */
const PATIENCE = 5000;

/** One's own deployments in the status bar: how many, and the worst state in words. */
export const statusPlugin: JupyterFrontEndPlugin<void> = {
  id: 'seldon-nb-lab:status',
  description: "One's own deployments in the status bar: how many, and the worst state in words.",
  autoStart: true,
  requires: [IMine],
  optional: [IStatusBar, ITranslator],
  activate: (app: JupyterFrontEnd, mine: IMine, bar: IStatusBar | null, translator: ITranslator | null): void => {
    if (!bar) {
      return;
    }
    const trans = wordsOf(translator);
    const active = new Signal<IMine, void>(mine);
    mine.changed.connect(() => active.emit());
    bar.registerStatusItem('seldon-nb-lab:status', {
      item: ReactWidget.create(
        <UseSignal signal={mine.changed}>
          {() => <Status mine={mine} trans={trans} show={() => void app.commands.execute(CommandIDs.show)} />}
        </UseSignal>
      ),
      align: 'left',
      rank: 50,
      isActive: () => (mine.total ?? 0) > 0,
      activeStateChanged: active
    });
    void app.restored.then(() => whenIdle(() => mine.total === null && void mine.refresh()));
  }
};

interface IStatus {
  mine: IMine;
  trans: TranslationBundle;
  show: () => void;
}

function Status({ mine, trans, show }: IStatus): React.ReactElement | null {
  const { total, worst } = mine;
  if (!total || !worst) {
    return null;
  }
  const count = trans._n('%1 deployment', '%1 deployments', total);
  const alike = mine.rows.filter(row => row.state === worst.state).length;
  const text =
    alike === total
      ? trans.__('%1 · %2', count, stateWord(worst, trans))
      : trans.__('%1 · %2: %3', count, stateWord(worst, trans), alike);
  return (
    <button type="button" className="snb-StatusItem" title={trans.__('Show Models and Deployments')} onClick={show}>
      <StateIcon tone={worst.tone} /> {text}
    </button>
  );
}

function whenIdle(act: () => void): void {
  if ('requestIdleCallback' in window) {
    window.requestIdleCallback(act, { timeout: PATIENCE });
  } else {
    globalThis.setTimeout(act, PATIENCE);
  }
}
