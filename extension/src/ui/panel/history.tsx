import React from 'react';

import type { TranslationBundle } from '@jupyterlab/translation';

import type { HistoryRow } from '../../api/types';
import { keyOfRecord } from '../../model/lists';
import type { IPanelContext } from './context';
import type { IRowView } from './row';
import { RowList } from './row-list';
import { ListStates } from './states';
import { ago } from './words';

/** What was done, newest first, one sentence each. */
export function HistorySection({ context }: { context: IPanelContext }): React.ReactElement {
  const { kit, sections, density } = context;
  const { trans } = kit;
  const empty = (
    <>
      <p className="snb-State-title">{trans.__('Nothing is recorded yet.')}</p>
      <p>{trans.__('Each deployment, change and deletion leaves a line here: who, what and when, never a value.')}</p>
    </>
  );
  return (
    <div className="snb-Section">
      <ListStates kit={kit} list={sections.history.list} empty={empty}>
        <RowList
          trans={trans}
          list={sections.history.list}
          label={trans.__('History')}
          density={density}
          keyOf={keyOfRecord}
          view={(row, now) => recordView(row, now, trans)}
          onOpen={() => undefined}
        />
      </ListStates>
    </div>
  );
}

function recordView(row: HistoryRow, now: number, trans: TranslationBundle): IRowView {
  return {
    name: row.subject,
    tone: row.tone,
    word: ago(row.at, now, trans),
    quiet: true,
    parts: [row.text],
    data: { 'snb-kind': 'record', digest: row.digest }
  };
}
