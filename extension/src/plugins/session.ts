import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator } from '@jupyterlab/translation';

// Other plugins need these at start, and they are small.
/* eslint-disable jupyter/prefer-lazy-imports */
import { Client } from '../api/client';
import { Mine } from '../model/mine';
import { Session } from '../model/session';
/* eslint-enable jupyter/prefer-lazy-imports */
import type { IMemory, IRemembered } from '../model/session';
import { IMine, ISession } from '../tokens';
import { languageOf } from './words';

const KEPT = 'seldon-nb-lab:namespace';

/** The connection to the server part. It asks nothing before somebody looks. */
export const sessionPlugin: JupyterFrontEndPlugin<ISession> = {
  id: 'seldon-nb-lab:session',
  description: 'The connection to the server part: standing, places, namespace, classification and changes.',
  autoStart: true,
  provides: ISession,
  optional: [ITranslator, IStateDB],
  activate: (app: JupyterFrontEnd, translator: ITranslator | null, state: IStateDB | null): ISession => {
    const { serviceManager } = app;
    const client = new Client(serviceManager.serverSettings, () => languageOf(translator));
    const session = new Session(client, memoryIn(state));
    serviceManager.events.stream.connect((_, event) => session.hear(event), session);
    serviceManager.connectionFailure.connect(() => session.lost(), session);
    return session;
  }
};

/** One's own deployments in few words, for the status bar and the list of what runs. */
export const minePlugin: JupyterFrontEndPlugin<IMine> = {
  id: 'seldon-nb-lab:mine',
  description: "One's own deployments in few words, for the status bar and the list of what runs.",
  autoStart: true,
  provides: IMine,
  requires: [ISession],
  activate: (_: JupyterFrontEnd, session: ISession): IMine => new Mine(session)
};

/** Where the chosen namespace is kept. */
function memoryIn(state: IStateDB | null): IMemory {
  return {
    recall: async () => {
      const kept: unknown = await state?.fetch(KEPT);
      return isRemembered(kept) ? kept : null;
    },
    remember: what => {
      void (what ? state?.save(KEPT, { ...what }) : state?.remove(KEPT))?.catch(() => undefined);
    }
  };
}

function isRemembered(value: unknown): value is IRemembered {
  return typeof value === 'object' && value !== null && 'place' in value && 'namespace' in value;
}
