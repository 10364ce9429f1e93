/** What the plugins of this package give each other, and other extensions. No logic. */

import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { ReactElement } from 'react';

import type { Client, ITarget } from './api/client';
import type { Change, DeploymentRow, Level, NamespaceView, PlaceView, Problem, Status } from './api/types';

export type { ITarget } from './api/client';

/** Ids of our commands; other extensions may run them. */
export namespace CommandIDs {
  /** Show the panel. */
  export const show = 'seldon-nb:show';
  /** A plan card in a tab; `{ref, place?, to?, name?}`, or `{digest}` for one that was made. */
  export const plan = 'seldon-nb:plan';
  /** Apply a plan: `{digest}`. */
  export const apply = 'seldon-nb:apply';
  /** A deployment's tab; `{place, namespace, name, tab?}`. */
  export const openDeployment = 'seldon-nb:open-deployment';
  /** A model version's tab; `{name, version}`. */
  export const openModel = 'seldon-nb:open-model';
  /** A run's tab; `{place, namespace, id}`. */
  export const openRun = 'seldon-nb:open-run';
  /** A deployment's tab at its Test; `{place, namespace, name}`. */
  export const test = 'seldon-nb:test';
  /** Delete a deployment, after a question; `{place, namespace, name}`. */
  export const remove = 'seldon-nb:delete';
  /** Copy what does the same from a notebook; `{place, namespace, name}`. */
  export const copyPython = 'seldon-nb:copy-python';
  /** Copy what does the same from a shell; `{place, namespace, name}`. */
  export const copyShell = 'seldon-nb:copy-shell';
  /** Stop a run; `{place, namespace, id}`. */
  export const stopRun = 'seldon-nb:stop-run';
  /** Start or stop this machine's place; `{act: 'up' | 'down'}`. */
  export const place = 'seldon-nb:place';
  /** Ask everything anew. */
  export const refresh = 'seldon-nb:refresh';
}

/** How the server stands towards this panel. */
export type Standing =
  | { kind: 'asking' }
  | { kind: 'ready'; status: Status }
  | { kind: 'missing' }
  | { kind: 'other-version'; server: string }
  | { kind: 'unreachable' }
  | { kind: 'signed-out' };

/** Who asks, where, in which language: one per Lab, shared by everything of ours. */
export interface ISession {
  readonly client: Client;
  readonly standing: Standing;
  readonly places: readonly PlaceView[];
  /** The namespace that the panel shows; null for all. */
  readonly namespace: NamespaceView | null;
  /** The classification that the badge shows: of the namespace, else the highest in sight; unknown counts as protected. */
  readonly level: Level | null;
  /** Standing, places, namespace or level changed. */
  readonly changed: ISignal<ISession, void>;
  /** The server told of a change, or (`reset`) may have missed some. */
  readonly told: ISignal<ISession, Change>;
  /** Once a minute while `shown` and the server answers: the one question that may be asked then. */
  readonly pulse: ISignal<ISession, void>;
  /** Whether somebody looks at the panel; lists ask nothing otherwise. The panel sets it. */
  shown: boolean;
  choose(namespace: NamespaceView | null): void;
  /** Ask standing and places anew; resolves when known. */
  refresh(): Promise<void>;
  /** Somebody got no answer: the session looks for the server, and tells of a reset when it is back. */
  lost(): void;
}

export const ISession = new Token<ISession>(
  'seldon-nb-lab:ISession',
  'The connection of the panel to its server: standing, places, namespace, classification and changes.'
);

/** The deployments of one's own in few words, for what stands outside of the panel. */
export interface IMine {
  /** Those that need somebody most first, at most a page. */
  readonly rows: readonly DeploymentRow[];
  /** How many there are; null until somebody asked. */
  readonly total: number | null;
  /** The one that needs somebody most; null where nothing is deployed. */
  readonly worst: DeploymentRow | null;
  readonly changed: ISignal<IMine, void>;
  /** Ask; never rejects. */
  refresh(): Promise<void>;
  /** Rows that the panel was answered; `whole` if they are all of one's own, from the top. */
  see(rows: readonly DeploymentRow[], whole: boolean, total: number): void;
}

export const IMine = new Token<IMine>('seldon-nb-lab:IMine', "The deployments of one's own, told in few words.");

/** Draws the test view of a deployment; the panel's Test tab and the notebook's widget are this one view. */
export interface ITestView {
  /** The view, loaded when it is first drawn. */
  render(target: ITarget, predictor: string): ReactElement;
}

export const ITestView = new Token<ITestView>(
  'seldon-nb-lab:ITestView',
  'The one view in which a deployment is tested.'
);

/** Shows a problem where the person is: the plugins agree on one way. */
export interface ITrouble {
  problem: Problem;
  retry?: () => void;
}
