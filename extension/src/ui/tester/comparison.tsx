import React from 'react';

import type { ComparisonView } from '../../api/types';
import { formatNumber, shown } from '../../model/values';
import type { IKit } from '../kit';
import { ProblemView } from '../problem';
import { DataTable } from './table';

interface IComparison {
  kit: IKit;
  view: ComparisonView;
  /** whether the question is still the one that was asked */
  current: boolean;
  language: string;
  onRow: (row: number) => void;
}

/** The answers side by side; rows that differ are marked by a sign and a word. */
export function Comparison({ kit, view, current, language, onRow }: IComparison): React.ReactElement {
  const { trans } = kit;
  const [only, setOnly] = React.useState(false);
  const rows = only ? view.rows.filter(row => row.differs) : view.rows;
  const single = view.outputs.length === 1;
  const headers = view.columns.flatMap(column =>
    single ? [column.label] : view.outputs.map(output => `${column.label} · ${output}`)
  );
  return (
    <section className="snb-test-comparison" aria-label={trans.__('Comparison')}>
      <p className={view.differing > 0 ? 'snb-warn' : 'snb-good'}>
        <span aria-hidden="true">{view.differing > 0 ? '≠ ' : '✓ '}</span>
        <strong>{view.text}</strong>
      </p>
      {!current && <p className="snb-muted">{trans.__('The question has changed since.')}</p>}
      <ul className="snb-test-asked">
        {view.columns.map((column, index) => (
          <li key={index}>
            <strong>{column.label}</strong>{' '}
            <span className="snb-muted">
              {[column.how, column.tookMs === null ? '' : trans.__('%1 ms', formatNumber(column.tookMs, language))]
                .filter(Boolean)
                .join(' · ')}
            </span>
            {column.problem && <ProblemView kit={kit} problem={column.problem} />}
          </li>
        ))}
      </ul>
      {view.rows.length > 1 && view.differing > 0 && (
        <label>
          <input type="checkbox" checked={only} onChange={event => setOnly(event.target.checked)} />
          {trans.__('only rows that differ')}
        </label>
      )}
      <DataTable
        kit={kit}
        label={trans.__('Answers side by side')}
        headers={headers}
        count={rows.length}
        name={index => String((rows[index]?.row ?? 0) + 1)}
        cells={index =>
          view.columns.flatMap((_, place) =>
            view.outputs.map((__, output) => shown(rows[index]?.answers[place]?.[output], language, 8))
          )
        }
        mark={index => (rows[index]?.differs ? { sign: '≠', word: trans.__('differs') } : null)}
        onRow={index => onRow(rows[index]?.row ?? 0)}
      />
    </section>
  );
}
