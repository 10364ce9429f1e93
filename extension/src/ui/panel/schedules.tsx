import React from 'react';

import type { TranslationBundle } from '@jupyterlab/translation';

import type { ScheduleRow } from '../../api/types';
import { keyOfSchedule } from '../../model/lists';
import { Inline } from '../card/inline';
import type { IPanelContext } from './context';
import type { IRowView } from './row';
import { RowList } from './row-list';
import { ListStates } from './states';
import { useSignals } from './use-signal';
import { ago, coming } from './words';

/** Schedules of the cluster. */
export function SchedulesSection({ context }: { context: IPanelContext }): React.ReactElement {
  const { kit, sections, density } = context;
  const { trans } = kit;
  const { schedules } = sections;
  useSignals(schedules.list.changed);
  const empty = (
    <>
      <p className="snb-State-title">{trans.__('Nothing is scheduled.')}</p>
      {schedules.note && (
        <p>
          <Inline text={schedules.note} />
        </p>
      )}
    </>
  );
  return (
    <div className="snb-Section">
      <ListStates kit={kit} list={schedules.list} empty={empty}>
        <RowList
          trans={trans}
          list={schedules.list}
          label={trans.__('Schedules')}
          density={density}
          keyOf={keyOfSchedule}
          view={(row, now) => scheduleView(row, now, trans)}
          onOpen={() => undefined}
        />
      </ListStates>
    </div>
  );
}

function scheduleView(row: ScheduleRow, now: number, trans: TranslationBundle): IRowView {
  return {
    name: row.name,
    tone: row.suspended ? 'neutral' : 'good',
    state: 'schedule',
    word: row.suspended ? trans.__('Suspended') : trans.__('On'),
    parts: [
      row.suspended ? '' : coming(row.nextAt, now, trans),
      { short: row.when, whole: row.zone ? `${row.when} (${row.zone})` : row.when },
      row.namespace,
      row.lastAt ? trans.__('last run %1', ago(row.lastAt, now, trans)) : trans.__('never ran')
    ],
    data: { 'snb-kind': 'schedule', place: row.place, namespace: row.namespace, name: row.name }
  };
}
