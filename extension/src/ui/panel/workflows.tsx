import React from 'react';

import type { TranslationBundle } from '@jupyterlab/translation';

import type { RunRow } from '../../api/types';
import { keyOfRun } from '../../model/lists';
import { CommandIDs } from '../../tokens';
import type { IPanelContext } from './context';
import type { IRowView } from './row';
import { RowList } from './row-list';
import { ListStates } from './states';
import { ago } from './words';

/** Plans on their way, and where they ended. */
export function WorkflowsSection({ context }: { context: IPanelContext }): React.ReactElement {
  const { kit, sections, commands, density } = context;
  const { trans } = kit;
  const empty = (
    <>
      <p className="snb-State-title">{trans.__('Nothing was deployed from here yet.')}</p>
      <p>{trans.__('When you apply a plan, its steps are shown here, and stay.')}</p>
    </>
  );
  return (
    <div className="snb-Section">
      <ListStates kit={kit} list={sections.workflows.list} empty={empty}>
        <RowList
          trans={trans}
          list={sections.workflows.list}
          label={trans.__('Workflows')}
          density={density}
          keyOf={keyOfRun}
          view={(row, now) => runView(row, now, trans)}
          onOpen={row =>
            void commands.execute(CommandIDs.openRun, { place: row.place, namespace: row.namespace, id: row.id })
          }
        />
      </ListStates>
    </div>
  );
}

function runView(row: RunRow, now: number, trans: TranslationBundle): IRowView {
  const going = row.phase === 'running' || row.phase === 'waiting';
  const progress = going && row.of > 0 ? trans.__('%1 of %2', row.done, row.of) : '';
  return {
    name: trans.__('deploy %1', row.model),
    tone: row.tone,
    word: [row.word, progress].filter(Boolean).join(' · '),
    parts: [
      row.phase === 'failed' && (row.code || row.what) ? `${row.code} ${row.what}`.trim() : '',
      going && row.step ? trans.__('at “%1”', row.step) : '',
      `${row.deployment} → ${row.namespace}`,
      ago(going ? row.startedAt : row.finishedAt || row.startedAt, now, trans)
    ],
    trouble: row.phase === 'failed',
    data: {
      'snb-kind': 'run',
      place: row.place,
      namespace: row.namespace,
      name: row.deployment,
      id: row.id,
      digest: row.digest,
      phase: row.phase
    }
  };
}
