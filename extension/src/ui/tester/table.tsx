import React from 'react';

import type { IKit } from '../kit';

const HEIGHT = 28;
const SIGHT = 12;
const MARGIN = 8;

interface IDataTable {
  kit: IKit;
  label: string;
  headers: readonly string[];
  count: number;
  /** what a row is called */
  name: (index: number) => string;
  /** texts of a row, one per header */
  cells: (index: number) => readonly string[];
  /** a sign and a word for rows that stand out */
  mark?: (index: number) => { sign: string; word: string } | null;
  current?: number;
  onRow?: (index: number) => void;
}

/** Rows of text. Of a long table only what is in sight is drawn; a screen reader is told how many there are. */
export function DataTable({
  kit,
  label,
  headers,
  count,
  name,
  cells,
  mark,
  current,
  onRow
}: IDataTable): React.ReactElement {
  const { trans } = kit;
  const [top, setTop] = React.useState(0);
  const long = count > SIGHT * 4;
  const first = long ? Math.min(Math.max(0, Math.floor(top / HEIGHT) - MARGIN), Math.max(0, count - SIGHT)) : 0;
  const last = long ? Math.min(count, first + SIGHT + 2 * MARGIN) : count;
  const width = headers.length + 1 + (mark ? 1 : 0);
  const gap = (rows: number): React.ReactNode =>
    rows > 0 && (
      <tr aria-hidden="true">
        <td colSpan={width} style={{ height: rows * HEIGHT, padding: 0, border: 0 }} />
      </tr>
    );
  return (
    // A long table is scrolled with the arrow keys, so it must be a stop of the Tab key.
    <div
      className={`snb-scroll snb-test-table${long ? ' snb-test-long' : ''}`}
      role="region"
      aria-label={label}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onScroll={event => long && setTop(event.currentTarget.scrollTop)}
    >
      <table className="snb-table" aria-rowcount={count + 1} aria-label={label}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">{trans.__('row')}</th>
            {headers.map((header, index) => (
              <th key={index} scope="col">
                {header}
              </th>
            ))}
            {mark && <th scope="col">{trans.__('verdict')}</th>}
          </tr>
        </thead>
        <tbody>
          {gap(first)}
          {Array.from({ length: last - first }, (_, offset) => {
            const index = first + offset;
            const found = mark?.(index);
            return (
              <tr key={index} aria-rowindex={index + 2} className={found ? 'snb-warn' : undefined}>
                <th scope="row">
                  {found && <span aria-hidden="true">{found.sign} </span>}
                  {onRow ? (
                    <button
                      type="button"
                      className="snb-link"
                      aria-label={trans.__('Show row %1', name(index))}
                      aria-current={index === current}
                      onClick={() => onRow(index)}
                    >
                      {name(index)}
                    </button>
                  ) : (
                    name(index)
                  )}
                </th>
                {cells(index).map((text, place) => (
                  <td key={place}>{text === '' ? <span className="snb-muted">—</span> : text}</td>
                ))}
                {mark && (
                  <td>
                    {found && (
                      <>
                        <span aria-hidden="true">{found.sign} </span>
                        {found.word}
                      </>
                    )}
                  </td>
                )}
              </tr>
            );
          })}
          {gap(count - last)}
        </tbody>
      </table>
    </div>
  );
}
