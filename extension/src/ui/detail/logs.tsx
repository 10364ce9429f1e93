import React from 'react';

import { LINES } from '../../model/detail';
import type { DetailModel } from '../../model/detail';
import { useChanges } from '../changes';
import { Copy } from '../copy';
import type { IKit } from '../kit';
import { Empty, TroubleView, Waiting } from '../standing';

/** The last lines that the servers wrote, asked for when somebody looks. */
export function Logs({ kit, model }: { kit: IKit; model: DetailModel }): React.ReactElement {
  const { trans } = kit;
  const { logs } = model;
  useChanges(logs.changed);
  React.useEffect(() => void logs.ask(), [logs]);
  const { value, trouble, asking } = logs;
  return (
    <>
      <div className="snb-buttons">
        <button type="button" className="snb-button" aria-disabled={asking} onClick={() => void logs.ask()}>
          {trans.__('Read again')}
        </button>
        {value && value.lines.length > 0 && (
          <>
            <Copy kit={kit} text={value.lines.join('\n')} what={trans.__('Logs')} />
            <span className="snb-muted">
              {trans._n('the last line', 'the last %1 lines', Math.min(value.lines.length, LINES))}
            </span>
          </>
        )}
      </div>
      {trouble && <TroubleView kit={kit} trouble={trouble} retry={() => void logs.ask()} />}
      {value?.note && <p className="snb-note">{value.note}</p>}
      {!value && !trouble && <Waiting text={trans.__('Reading the logs…')} />}
      {value && !value.lines.length && <Empty>{trans.__('Nothing was written yet.')}</Empty>}
      {value && value.lines.length > 0 && (
        // A long text is scrolled with the arrow keys, so it must be a stop of the Tab key.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre className="snb-pre snb-logs" tabIndex={0} role="region" aria-label={trans.__('Logs')}>
          {value.lines.join('\n')}
        </pre>
      )}
    </>
  );
}
