import React from 'react';

import type { TranslationBundle } from '@jupyterlab/translation';

import type { DeploymentsModel, Whose as WhoseName } from '../../model/deployments';
import { useSignals } from './use-signal';

interface IWhose {
  trans: TranslationBundle;
  model: DeploymentsModel;
}

/** Mine, or shared with me; with how many there are of each. */
export function Whose({ trans, model }: IWhose): React.ReactElement {
  useSignals(model.changed);
  const choices: readonly [WhoseName, string, number | null][] = [
    ['mine', trans.__('Mine'), model.mine],
    ['shared', trans.__('Shared with me'), model.shared]
  ];
  return (
    <div className="snb-Whose" role="group" aria-label={trans.__('Whose deployments')}>
      {choices.map(([whose, label, count]) => (
        <button
          key={whose}
          type="button"
          className="snb-Whose-choice"
          aria-pressed={model.whose === whose}
          onClick={() => {
            model.whose = whose;
          }}
        >
          {label}
          {count !== null && <span className="snb-Whose-count"> {count.toLocaleString()}</span>}
        </button>
      ))}
    </div>
  );
}
