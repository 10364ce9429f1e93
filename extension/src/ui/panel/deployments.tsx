import React from 'react';

import type { TranslationBundle } from '@jupyterlab/translation';

import type { DeploymentRow, Sort } from '../../api/types';
import { keyOf } from '../../model/deployments';
import type { DeploymentsModel } from '../../model/deployments';
import { CommandIDs } from '../../tokens';
import { Announcer } from './announcer';
import type { IPanelContext } from './context';
import { NothingDeployed } from './empty';
import { Filter } from './filter';
import type { IRowView } from './row';
import { RowList } from './row-list';
import { Silent } from './silent';
import { ListStates } from './states';
import { useSignals } from './use-signal';
import { Whose } from './whose';
import { ago, calls, expiry, latency, stageWord, stateWord, version } from './words';

/** Deployments: one's own or those shared with one, filtered and sorted by the server. */
export function DeploymentsSection({ context }: { context: IPanelContext }): React.ReactElement {
  const { kit, sections, commands, density } = context;
  const { trans } = kit;
  const model = sections.deployments;
  useSignals(model.changed, sections.session.changed);
  const field = React.useRef<HTMLInputElement>(null);
  const { namespace, places } = sections.session;
  const many = namespace === null && places.reduce((count, place) => count + place.namespaces.length, 0) > 1;
  // Of an empty list: the place that is looked at and cannot be seen.
  const unseen =
    model.list.total === 0 && !model.filter
      ? model.problems.find(problem => problem.place && problem.place === (namespace?.place ?? problem.place))
      : undefined;
  const run = (id: string, row: DeploymentRow): void => {
    void commands.execute(id, { place: row.place, namespace: row.namespace, name: row.name });
  };
  return (
    <div className="snb-Section">
      <Whose trans={trans} model={model} />
      <Filter
        ref={field}
        label={trans.__('Filter deployments')}
        hint={trans.__('Filter')}
        value={model.filter}
        onChange={value => {
          model.filter = value;
        }}
      >
        <SortBy trans={trans} model={model} />
      </Filter>
      <Silent kit={kit} problems={model.problems.filter(problem => problem !== unseen)} />
      <Announcer trans={trans} model={model} />
      <ListStates kit={kit} list={model.list} empty={<NothingDeployed context={context} unseen={unseen} />}>
        <RowList
          trans={trans}
          list={model.list}
          label={model.whose === 'mine' ? trans.__('My deployments') : trans.__('Deployments shared with me')}
          density={density}
          keyOf={keyOf}
          view={(row, now) => deploymentView(row, many, now, trans)}
          onOpen={row => run(CommandIDs.openDeployment, row)}
          onDelete={row => run(CommandIDs.remove, row)}
          onType={letter => {
            model.filter += letter;
            field.current?.focus();
          }}
        />
      </ListStates>
    </div>
  );
}

/** The second line answers the next question: why it is stuck, how far it is, or how it is used. */
function deploymentView(row: DeploymentRow, many: boolean, now: number, trans: TranslationBundle): IRowView {
  const stuck = row.tone === 'bad' || (row.tone === 'warn' && row.code !== '');
  const whose = row.mine ? '' : trans.__('of %1', row.owner);
  const served = { short: version(row.model, row.name), whole: row.model };
  const space = many ? row.namespace : '';
  const parts = stuck
    ? [row.code ? `${row.code} ${row.what}` : row.what, served, space, whose]
    : row.tone === 'busy'
      ? [
          row.stage && trans.__('at “%1”', stageWord(row.stage, trans)),
          served,
          space,
          whose,
          ago(row.appliedAt, now, trans)
        ]
      : [
          served,
          space,
          whose,
          expiry(row.expiresAt, now, trans),
          calls(row.calls, trans),
          latency(row.p50Ms, trans),
          ago(row.appliedAt, now, trans)
        ];
  return {
    name: row.name,
    tone: row.tone,
    word: stateWord(row, trans),
    parts,
    trouble: stuck,
    data: {
      'snb-kind': 'deployment',
      place: row.place,
      namespace: row.namespace,
      name: row.name,
      model: row.model,
      mine: String(row.mine)
    }
  };
}

/** What to sort by, and which way. */
function SortBy({ trans, model }: { trans: TranslationBundle; model: DeploymentsModel }): React.ReactElement {
  const names: Readonly<Record<Sort, string>> = {
    state: trans.__('State'),
    name: trans.__('Name'),
    age: trans.__('Age'),
    owner: trans.__('Owner'),
    calls: trans.__('Calls'),
    p50: trans.__('Latency')
  };
  const rising = model.order === 'asc';
  return (
    <>
      <select
        className="snb-Select"
        aria-label={trans.__('Sort by')}
        value={model.sort}
        onChange={event => model.arrange(event.target.value as Sort, model.order)}
      >
        {Object.entries(names).map(([sort, name]) => (
          <option key={sort} value={sort}>
            {name}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="snb-Panel-button snb-mod-icon"
        aria-label={rising ? trans.__('Ascending; change to descending') : trans.__('Descending; change to ascending')}
        title={rising ? trans.__('Ascending') : trans.__('Descending')}
        onClick={() => model.arrange(model.sort, rising ? 'desc' : 'asc')}
      >
        <span aria-hidden="true">{rising ? '↑' : '↓'}</span>
      </button>
    </>
  );
}
