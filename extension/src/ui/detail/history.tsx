import React from 'react';

import type { DetailModel } from '../../model/detail';
import { Inline } from '../card/inline';
import { useChanges } from '../changes';
import type { IKit } from '../kit';
import { Empty, TroubleView, Waiting } from '../standing';
import { SIGNS, moment, toneWord } from '../words';

/** What was done to it, by whom: one sentence each, the newest first. */
export function History({ kit, model }: { kit: IKit; model: DetailModel }): React.ReactElement {
  const { trans, language } = kit;
  const { history } = model;
  useChanges(history.changed);
  React.useEffect(() => void history.ask(), [history]);
  const { value, trouble } = history;
  if (!value) {
    return trouble ? (
      <TroubleView kit={kit} trouble={trouble} retry={() => void history.ask()} />
    ) : (
      <Waiting text={trans.__('Reading the history…')} />
    );
  }
  return (
    <>
      {trouble && <TroubleView kit={kit} trouble={trouble} retry={() => void history.ask()} />}
      {!value.items.length && <Empty>{trans.__('Nothing is recorded of it.')}</Empty>}
      <ol className="snb-records">
        {value.items.map((row, index) => (
          <li key={index} className={`snb-line snb-${row.tone}`}>
            <span className="snb-sign" aria-hidden="true">
              {SIGNS[row.tone]}
            </span>
            <div>
              <span className="snb-hidden">{toneWord(row.tone, trans)}: </span>
              <time dateTime={row.at} className="snb-muted">
                {moment(row.at, language)}
              </time>{' '}
              <Inline text={row.text} />
            </div>
          </li>
        ))}
      </ol>
      {value.total > value.items.length && (
        <p className="snb-muted">
          {trans.__(
            'The newest %1 of %2 records; all of them stand in the panel’s History.',
            value.items.length,
            value.total
          )}
        </p>
      )}
    </>
  );
}
