import React from 'react';

import type { TesterModel } from '../../model/tester';
import type { IKit } from '../kit';
import { useModel } from './state';

interface IRows {
  kit: IKit;
  tester: TesterModel;
}

/** Which row the form shows, more rows, and rows that were logged with the model. */
export function RowBar({ kit, tester }: IRows): React.ReactElement {
  const { trans } = kit;
  const { form, draft, at, marks } = useModel(tester);
  const many = draft.rows.length;
  const sample = form?.sample ?? null;
  const columns = form?.fields.map(field => field.name) ?? [];
  const pick = (chosen: string): void => {
    const data = sample && (chosen === 'all' ? sample : sample.slice(Number(chosen), Number(chosen) + 1));
    if (data) {
      tester.take({ columns, data });
    }
  };
  const marked = new Set(marks.map(mark => mark.at)).size;
  return (
    <div className="snb-test-rows">
      {many > 1 && (
        <span className="snb-test-pager" role="group" aria-label={trans.__('Rows')}>
          <button
            type="button"
            className="snb-button snb-quiet"
            aria-label={trans.__('Row before')}
            disabled={at === 0}
            onClick={() => tester.go(at - 1)}
          >
            ‹
          </button>
          <span>{trans.__('Row %1 of %2', String(at + 1), String(many))}</span>
          <button
            type="button"
            className="snb-button snb-quiet"
            aria-label={trans.__('Next row')}
            disabled={at === many - 1}
            onClick={() => tester.go(at + 1)}
          >
            ›
          </button>
          {marked > 1 && (
            <span className="snb-test-outside">{trans._n('%1 row to mend', '%1 rows to mend', marked)}</span>
          )}
        </span>
      )}
      <button
        type="button"
        className="snb-button snb-quiet"
        disabled={many >= (form?.mostRows ?? 0)}
        onClick={() => tester.addRow()}
      >
        {trans.__('Add row')}
      </button>
      {many > 1 && (
        <button type="button" className="snb-button snb-quiet" onClick={() => tester.removeRow()}>
          {trans.__('Remove row')}
        </button>
      )}
      {sample && sample.length > 0 && (
        <select
          className="snb-test-sample"
          aria-label={trans.__('Use a sample row')}
          value=""
          onChange={event => pick(event.target.value)}
        >
          <option value="">{trans.__('Sample row…')}</option>
          {sample.slice(0, 50).map((_, index) => (
            <option key={index} value={index}>
              {trans.__('Row %1 of the sample', String(index + 1))}
            </option>
          ))}
          {sample.length > 1 && (
            <option value="all">
              {trans._n('The whole sample (%1 row)', 'The whole sample (%1 rows)', sample.length)}
            </option>
          )}
        </select>
      )}
      {!sample && form?.whyNoSample && <span className="snb-muted snb-test-why">{form.whyNoSample}</span>}
    </div>
  );
}
