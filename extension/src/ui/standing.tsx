import React from 'react';

import type { Silence } from '../api/request';
import type { Trouble } from '../model/asked';
import type { IKit } from './kit';
import { ProblemView } from './problem';

/** Something is on its way; shown only if it takes long enough to be noticed. */
export function Waiting({ text }: { text: string }): React.ReactElement {
  return (
    <p className="snb-waiting snb-muted" role="status">
      <span className="snb-spin" aria-hidden="true" />
      {text}
    </p>
  );
}

/** Nothing is wrong, and nothing is there. */
export function Empty({ children }: { children: React.ReactNode }): React.ReactElement {
  return <p className="snb-empty snb-muted">{children}</p>;
}

/** Why there is no answer, and what to do about it. */
export function TroubleView({
  kit,
  trouble,
  retry
}: {
  kit: IKit;
  trouble: Trouble;
  retry?: () => void;
}): React.ReactElement {
  if (trouble.kind === 'problem') {
    return <ProblemView kit={kit} problem={trouble.problem} retry={retry} />;
  }
  return (
    <div className="snb-problem snb-warn" role="alert">
      <p>
        <span className="snb-sign" aria-hidden="true">
          !{' '}
        </span>
        {silenceText(kit, trouble.silence)}
      </p>
      {retry && trouble.silence !== 'missing' && (
        <p>
          <button type="button" className="snb-button" onClick={retry}>
            {kit.trans.__('Try again')}
          </button>
        </p>
      )}
    </div>
  );
}

function silenceText({ trans }: IKit, silence: Silence): string {
  switch (silence) {
    case 'missing':
      return trans.__('The server part of seldon_nb is not running here, so nothing can be shown or changed.');
    case 'signed-out':
      return trans.__('You are signed out. Sign in again in this browser, then come back to this tab.');
    case 'unreachable':
      return trans.__(
        'The Jupyter server does not answer. Nothing was changed from here; it is asked again when it is back.'
      );
  }
}
