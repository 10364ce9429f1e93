import React from 'react';

import type { CardFacts, CardTable } from '../../api/types';
import { Inline } from './inline';

/** Label and value, one row each. */
export function Facts({ block }: { block: CardFacts }): React.ReactElement | null {
  if (!block.rows.length) {
    return null;
  }
  return (
    <dl className="snb-facts">
      {block.rows.map(([label, value], index) => (
        <React.Fragment key={index}>
          <dt>
            <Inline text={label} />
          </dt>
          <dd>
            <Inline text={value} />
          </dd>
        </React.Fragment>
      ))}
    </dl>
  );
}

/** A table whose first column names its rows. */
export function Table({ block }: { block: CardTable }): React.ReactElement {
  const right = new Set(block.right);
  const kind = (index: number): string | undefined => (right.has(index) ? 'snb-right' : undefined);
  return (
    <div className="snb-scroll">
      <table className="snb-table">
        {block.caption && (
          <caption>
            <Inline text={block.caption} />
          </caption>
        )}
        <thead>
          <tr>
            {block.headers.map((header, index) => (
              <th key={index} scope="col" className={kind(index)}>
                <Inline text={header} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {block.rows.map((row, number) => (
            <tr key={number}>
              {row.map((cell, index) =>
                index ? (
                  <td key={index} className={kind(index)}>
                    <Inline text={cell} />
                  </td>
                ) : (
                  <th key={index} scope="row" className={kind(index)}>
                    <Inline text={cell} />
                  </th>
                )
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
