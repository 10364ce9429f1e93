import React from 'react';

import type { TranslationBundle } from '@jupyterlab/translation';

import { troubleOf } from '../../model/asked';
import type { Trouble } from '../../model/asked';
import type { Paged } from '../../model/paging';
import type { IKit } from '../kit';
import { ProblemView } from '../problem';
import { useSignals } from './use-signal';

interface IListStates<R> {
  kit: IKit;
  list: Paged<R>;
  /** what an empty list says */
  empty: React.ReactNode;
  children: React.ReactNode;
}

/** A list in whichever state it is: not answered yet, refused, failed, empty, or there. */
export function ListStates<R>({ kit, list, empty, children }: IListStates<R>): React.ReactElement {
  useSignals(list.changed);
  const trouble = list.error === null ? null : troubleOf(list.error);
  if (trouble && !list.total) {
    return <Refused kit={kit} trouble={trouble} retry={() => list.retry()} />;
  }
  if (list.total === null) {
    return <Loading trans={kit.trans} />;
  }
  return (
    <>
      {trouble && <Stale kit={kit} trouble={trouble} retry={() => list.retry()} />}
      {list.total === 0 ? <Empty>{empty}</Empty> : children}
    </>
  );
}

/** Why there is nothing. In a low section it scrolls, so the keyboard must be able to get there. */
function Empty({ children }: { children: React.ReactNode }): React.ReactElement {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls is reachable, as WCAG 2.1.1 asks
    <div className="snb-State" tabIndex={0}>
      {children}
    </div>
  );
}

/** Rows as they will stand, without their words. */
function Loading({ trans }: { trans: TranslationBundle }): React.ReactElement {
  return (
    <div className="snb-Loading" role="status">
      <span className="snb-hidden">{trans.__('Loading…')}</span>
      {[0, 1, 2].map(row => (
        <div key={row} className="snb-Loading-row" aria-hidden="true" />
      ))}
    </div>
  );
}

interface ITroubleView {
  kit: IKit;
  trouble: Trouble;
  retry: () => void;
}

function Refused({ kit, trouble, retry }: ITroubleView): React.ReactElement {
  const { trans } = kit;
  if (trouble.kind === 'silent') {
    return (
      <div className="snb-State" role="alert">
        <p>{trans.__('The server did not answer. It is asked again by itself.')}</p>
        <Again trans={trans} retry={retry} />
      </div>
    );
  }
  const refused = trouble.status === 401 || trouble.status === 403;
  return (
    <div className="snb-State">
      {refused && <p className="snb-State-title">{trans.__('You may not see this list.')}</p>}
      <ProblemView kit={kit} problem={trouble.problem} retry={retry} />
    </div>
  );
}

function Stale({ kit, trouble, retry }: ITroubleView): React.ReactElement {
  const { trans } = kit;
  const why =
    trouble.kind === 'problem'
      ? `${trouble.problem.what} ${trouble.problem.code}`
      : trans.__('The server did not answer.');
  return (
    <div className="snb-Stale" role="status">
      <span>{trans.__('This may be out of date. %1', why)}</span> <Again trans={trans} retry={retry} />
    </div>
  );
}

function Again({ trans, retry }: { trans: TranslationBundle; retry: () => void }): React.ReactElement {
  return (
    <button type="button" className="snb-Panel-button" onClick={retry}>
      {trans.__('Try again')}
    </button>
  );
}
