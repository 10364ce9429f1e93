import React from 'react';

import type { TranslationBundle } from '@jupyterlab/translation';

import type { NamespaceView, PlaceView } from '../../api/types';
import { CommandIDs } from '../../tokens';
import type { ISession } from '../../tokens';
import type { IPanelContext } from './context';
import { StandingCard } from './standing';
import { useSignals } from './use-signal';
import { badge } from './words';

/** What always is in sight: the classification, who you are, where you look; and what is wrong with the server, if something is. */
export function Header({ context }: { context: IPanelContext }): React.ReactElement {
  const { kit, sections, commands } = context;
  const { session } = sections;
  useSignals(session.changed);
  const { standing } = session;
  // Whoever looks at a cluster's namespace does not miss this machine.
  const here = session.namespace?.place !== 'cluster' && session.places.find(place => place.name === 'here');
  return (
    <div className="snb-Header">
      <Badge trans={kit.trans} session={session} />
      {(standing.kind === 'ready' || session.places.length > 0) && (
        <div className="snb-Where">
          <Switcher trans={kit.trans} session={session} />
          <Refresh context={context} />
        </div>
      )}
      {here && !here.running && !here.problem && commands.hasCommand(CommandIDs.place) && (
        <p className="snb-Where-note">
          <span>{kit.trans.__('The place on this machine is not started.')}</span>{' '}
          <button
            type="button"
            className="snb-Panel-button"
            onClick={() => void commands.execute(CommandIDs.place, { act: 'up' })}
          >
            {kit.trans.__('Start')}
          </button>
        </p>
      )}
      {standing.kind !== 'ready' && (
        <StandingCard kit={kit} standing={standing} retry={() => void sections.refresh()} />
      )}
    </div>
  );
}

/** The classification in words, in both languages of the label; always there, also before anything is known. */
function Badge({ trans, session }: { trans: TranslationBundle; session: ISession }): React.ReactElement {
  const { level, standing } = session;
  const who = standing.kind === 'ready' ? whoOf(session) || standing.status.identity : '';
  const asking = standing.kind === 'asking';
  const text = level ? badge(level, trans) : trans.__('UNKNOWN — treated as Protected B');
  const grade = level && !level.protected ? 'snb-mod-open' : 'snb-mod-protected';
  return (
    <div className={`snb-Badge ${asking ? 'snb-mod-asking' : grade}`}>
      <span role="status" aria-label={trans.__('Classification: %1', text)}>
        <span className="snb-Badge-text" aria-hidden="true">
          {text}
        </span>
      </span>
      {who && (
        <span className="snb-Badge-who" title={who}>
          {trans.__('as %1', who)}
        </span>
      )}
    </div>
  );
}

/** Whom the place that is looked at takes one for; of several, what the cluster says: on this machine everybody is `you`. */
function whoOf(session: ISession): string {
  const looked = session.places.filter(place => place.name === (session.namespace?.place ?? place.name));
  return (looked.find(place => place.name === 'cluster') ?? looked[0])?.identity ?? '';
}

function Switcher({ trans, session }: { trans: TranslationBundle; session: ISession }): React.ReactElement {
  const value = session.namespace ? valueOf(session.namespace) : '';
  return (
    <select
      className="snb-Select snb-Where-select"
      aria-label={trans.__('Place and namespace')}
      value={value}
      onChange={event => {
        const all = session.places.flatMap(place => place.namespaces);
        session.choose(all.find(one => valueOf(one) === event.target.value) ?? null);
      }}
    >
      <option value="">{trans.__('All places and namespaces')}</option>
      {session.places.map(place => (
        <optgroup key={place.name} label={place.label}>
          {place.namespaces.map(one => (
            <option key={one.name} value={valueOf(one)}>
              {`${one.name} · ${one.level.badge}`}
            </option>
          ))}
          {place.namespaces.length === 0 && <option disabled>{emptyPlace(place, trans)}</option>}
        </optgroup>
      ))}
    </select>
  );
}

function emptyPlace(place: PlaceView, trans: TranslationBundle): string {
  if (place.problem) {
    return `${place.problem.code} ${place.problem.what}`;
  }
  return place.running ? trans.__('no namespaces') : trans.__('not started');
}

function valueOf(namespace: NamespaceView): string {
  return `${namespace.place}/${namespace.name}`;
}

function Refresh({ context }: { context: IPanelContext }): React.ReactElement {
  const { kit, sections } = context;
  const [busy, setBusy] = React.useState(false);
  const label = kit.trans.__('Refresh');
  return (
    <button
      type="button"
      className={`snb-Panel-button snb-mod-icon${busy ? ' snb-mod-busy' : ''}`}
      aria-label={label}
      title={label}
      aria-disabled={busy}
      onClick={() => {
        if (!busy) {
          setBusy(true);
          void sections.refresh().finally(() => setBusy(false));
        }
      }}
    >
      <svg viewBox="0 0 16 16" className="snb-Refresh" aria-hidden="true" focusable="false">
        <path d="M8 2.2a5.8 5.8 0 0 1 4.3 1.9L14 2.4v4.4H9.6l1.7-1.7a4.4 4.4 0 1 0 1 4.3l1.4.5A5.8 5.8 0 1 1 8 2.2z" />
      </svg>
    </button>
  );
}
