import React from 'react';

import type { TranslationBundle } from '@jupyterlab/translation';

import type { ModelRow } from '../../api/types';
import { CommandIDs } from '../../tokens';
import { Copy } from '../copy';
import type { IPanelContext } from './context';
import { Filter } from './filter';
import type { IRowView } from './row';
import { RowList } from './row-list';
import { ListStates } from './states';
import { useSignals } from './use-signal';
import { ago, liveAt } from './words';

const LOG = '%seldon log model --name fraud --sample X.head()';

/** Model versions, newest first, each with the way to deploy it. */
export function ModelsSection({ context }: { context: IPanelContext }): React.ReactElement {
  const { kit, sections, commands, density } = context;
  const { trans } = kit;
  const model = sections.models;
  useSignals(model.list.changed);
  const field = React.useRef<HTMLInputElement>(null);
  const empty = model.filter ? (
    <p className="snb-State-title">{trans.__('No model matches “%1”.', model.filter)}</p>
  ) : (
    <>
      <p className="snb-State-title">{trans.__('No model is logged yet.')}</p>
      <p>{trans.__('Log one in a notebook, and it appears here:')}</p>
      <p className="snb-State-command">
        <code>{LOG}</code> <Copy kit={kit} text={LOG} what={LOG} />
      </p>
    </>
  );
  return (
    <div className="snb-Section">
      <Filter
        ref={field}
        label={trans.__('Filter models')}
        hint={trans.__('Filter')}
        value={model.filter}
        onChange={value => {
          model.filter = value;
        }}
      />
      <ListStates kit={kit} list={model.list} empty={empty}>
        <RowList
          trans={trans}
          list={model.list}
          label={trans.__('Models')}
          density={density}
          keyOf={row => `${row.name}@${row.version}`}
          view={(row, now) =>
            modelView(row, now, trans, () => void commands.execute(CommandIDs.plan, { ref: row.ref }))
          }
          onOpen={row => void commands.execute(CommandIDs.openModel, { name: row.name, version: row.version })}
          onType={letter => {
            model.filter += letter;
            field.current?.focus();
          }}
        />
      </ListStates>
    </div>
  );
}

function modelView(row: ModelRow, now: number, trans: TranslationBundle, deploy: () => void): IRowView {
  return {
    name: row.name,
    tone: row.live.length > 0 ? 'good' : 'neutral',
    state: 'model',
    word: trans.__('v%1', row.version),
    quiet: true,
    parts: [
      row.aliases.join(', '),
      row.live.length > 0
        ? { short: trans.__('live: %1', liveAt(row)), whole: trans.__('live: %1', row.live.join(', ')) }
        : trans.__('not deployed'),
      ago(row.createdAt, now, trans),
      row.author,
      row.notebook
    ],
    data: { 'snb-kind': 'model', name: row.name, version: String(row.version), ref: row.ref },
    action: { label: trans.__('Deploy…'), name: trans.__('Deploy %1 version %2…', row.name, row.version), run: deploy }
  };
}
