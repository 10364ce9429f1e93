import React from 'react';

import type { CaseSetView } from '../../api/types';
import type { TestModels } from '../../model/test';
import type { IKit } from '../kit';
import { moment } from '../words';
import { ReplayView } from './replay';
import { useModel } from './state';
import { TroubleView } from './trouble';

interface ICases {
  kit: IKit;
  models: TestModels;
}

/** The sets of cases of the model: replay one, delete one. */
export function CasesTab({ kit, models }: ICases): React.ReactElement {
  const { trans } = kit;
  const { form } = useModel(models.tester);
  const { sets, trouble, replay, busy } = useModel(models.cases);
  const [doomed, setDoomed] = React.useState('');
  const list = React.useRef<HTMLUListElement>(null);
  if (form?.keep === false) {
    return (
      <p className="snb-test-note">
        <span aria-hidden="true">· </span>
        {trans.__('There are no saved cases here: values of a protected deployment are kept nowhere.')}
      </p>
    );
  }
  if (sets.length === 0) {
    return (
      <div className="snb-test-empty">
        <p>{trans.__('No cases are saved for this model yet.')}</p>
        <p className="snb-muted">
          {trans.__(
            'Fill in the form, then choose “Save as case”. A set of cases is replayed here in one click, and later gates use it.'
          )}
        </p>
      </div>
    );
  }
  const remove = async (set: CaseSetView): Promise<void> => {
    await models.cases.remove(set);
    setDoomed('');
    list.current?.querySelector<HTMLElement>('button')?.focus();
  };
  return (
    <>
      <ul className="snb-test-sets" ref={list} aria-label={trans.__('Saved cases')}>
        {sets.map(set => (
          <li key={set.name}>
            <span className="snb-test-set">
              <strong>{set.name}</strong>
              <span className="snb-muted">{about(set, models.tester.language, kit)}</span>
            </span>
            {doomed === set.name ? (
              <Doom kit={kit} set={set} busy={busy} onKeep={() => setDoomed('')} onDelete={() => void remove(set)} />
            ) : (
              <span className="snb-test-buttons">
                <button
                  type="button"
                  className="snb-button"
                  aria-label={trans.__('Replay %1', set.name)}
                  disabled={replay?.phase === 'running'}
                  onClick={() => void models.cases.replay(set)}
                >
                  {trans.__('Replay')}
                </button>
                <button
                  type="button"
                  className="snb-button snb-quiet"
                  aria-label={trans.__('Delete %1', set.name)}
                  onClick={() => setDoomed(set.name)}
                >
                  {trans.__('Delete…')}
                </button>
              </span>
            )}
          </li>
        ))}
      </ul>
      {trouble && <TroubleView kit={kit} trouble={trouble} />}
      {replay && <ReplayView kit={kit} cases={models.cases} replay={replay} language={models.tester.language} />}
    </>
  );
}

interface IDoom {
  kit: IKit;
  set: CaseSetView;
  busy: boolean;
  onKeep: () => void;
  onDelete: () => void;
}

/** The question before a set is deleted; Escape keeps it. */
function Doom({ kit, set, busy, onKeep, onDelete }: IDoom): React.ReactElement {
  const { trans } = kit;
  const keep = React.useRef<HTMLButtonElement>(null);
  React.useEffect(() => keep.current?.focus(), []);
  const said = trans._n('Delete “%2” with its %1 row?', 'Delete “%2” with its %1 rows?', set.rows, set.name);
  const escape = (event: React.KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      onKeep();
    }
  };
  return (
    <span className="snb-test-buttons" role="group" aria-label={said}>
      <span>{said}</span>
      <button type="button" className="snb-button snb-danger" disabled={busy} onKeyDown={escape} onClick={onDelete}>
        {trans.__('Delete')}
      </button>
      <button type="button" className="snb-button" ref={keep} onKeyDown={escape} onClick={onKeep}>
        {trans.__('Keep')}
      </button>
    </span>
  );
}

function about(set: CaseSetView, language: string, { trans }: IKit): string {
  return [
    trans._n('%1 row', '%1 rows', set.rows),
    set.fromVersion && trans.__('answers of version %1', set.fromVersion),
    moment(set.createdAt, language),
    set.who
  ]
    .filter(Boolean)
    .join(' · ');
}
