import React from 'react';

import type { DeploymentDetail } from '../../api/types';
import { Copy } from '../copy';
import type { IKit } from '../kit';
import { SIGNS } from '../words';

interface IHead {
  kit: IKit;
  detail: DeploymentDetail;
  gone: boolean;
  remove: () => void;
}

/** Which deployment this is, how it is, and what can be done with it as a whole. */
export function Head({ kit, detail, gone, remove }: IHead): React.ReactElement {
  const { trans } = kit;
  const { row, mayDelete, whyNot } = detail;
  const why = React.useId();
  const tone = gone ? 'neutral' : row.tone;
  return (
    <header className={`snb-head snb-${tone}`}>
      <div className="snb-head-line">
        <h1 className="snb-head-title">{row.name}</h1>
        <span className="snb-muted">{[row.model, `${row.place} · ${row.namespace}`].join(' · ')}</span>
        <span className="snb-card-marks">
          <span className={row.level.protected ? 'snb-badge' : 'snb-badge snb-open'}>{row.level.badge}</span>
          <span className="snb-card-state" role="status">
            <span aria-hidden="true">{SIGNS[tone]} </span>
            {gone ? trans.__('Deleted') : row.word}
          </span>
        </span>
      </div>
      {gone && (
        <p className="snb-note">
          {trans.__(
            'This deployment was deleted. What was last known of it stays here until you close the tab; its records stay for good.'
          )}
        </p>
      )}
      <div className="snb-buttons">
        <Source kit={kit} detail={detail} />
        {!gone && (
          <button
            type="button"
            className="snb-button"
            aria-disabled={!mayDelete}
            aria-describedby={mayDelete ? undefined : why}
            onClick={() => (mayDelete ? remove() : undefined)}
          >
            {trans.__('Delete…')}
          </button>
        )}
        {!gone && !mayDelete && (
          <span id={why} className="snb-muted">
            {whyNot}
          </span>
        )}
      </div>
    </header>
  );
}

/** The lines that do the same from a notebook and from a shell. */
function Source({ kit, detail }: { kit: IKit; detail: DeploymentDetail }): React.ReactElement | null {
  const { trans } = kit;
  const { python, shell } = detail;
  if (!python && !shell) {
    return null;
  }
  return (
    <details className="snb-source">
      <summary>{trans.__('Show as Python / shell')}</summary>
      {python && <Line kit={kit} what={trans.__('Python')} text={python} />}
      {shell && <Line kit={kit} what={trans.__('Shell')} text={shell} />}
    </details>
  );
}

function Line({ kit, what, text }: { kit: IKit; what: string; text: string }): React.ReactElement {
  return (
    <div className="snb-command">
      <span className="snb-muted">{what}</span>
      <code>{text}</code>
      <span className="snb-command-acts">
        <Copy kit={kit} text={text} what={what} />
      </span>
    </div>
  );
}
