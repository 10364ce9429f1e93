/** What the commands of ours take, and how it is read from a row of the panel where nothing was given. */

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { ReadonlyJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { ITarget } from '../api/client';
import type { ISession } from '../tokens';

type Args = ReadonlyPartialJSONObject;
/** What a command was given, as texts. */
export type Values = Readonly<Record<string, string>>;

const text = (description: string): ReadonlyJSONObject => ({ type: 'string', description });
const PLACE = { type: 'string', enum: ['here', 'cluster'], description: 'This machine or the cluster' };

/** The schema of a command's arguments. */
export function schema(
  properties: Record<string, ReadonlyJSONObject>,
  required: string[] = []
): { args: ReadonlyJSONObject } {
  return { args: { type: 'object', properties, ...(required.length ? { required } : {}) } };
}

export const TARGET = { place: PLACE, namespace: text('The namespace'), name: text('The deployment') };
export const RUN = { place: PLACE, namespace: text('The namespace'), id: text('The run') };
export const VERSION = { name: text('The model'), version: { type: 'integer', description: 'Its version' } };
export const DIGEST = { digest: text('The digest of a plan') };
export const WISH = {
  ref: text('A model version, as fraud@3; empty to choose in the form'),
  place: PLACE,
  to: text('The namespace'),
  name: text('The deployment'),
  server: text('What answers, as sklearn; empty to leave it to the plan'),
  protocol: text('What it speaks, as v2; empty for what it speaks best'),
  image: text('The image of the server, by version or digest'),
  environment: text('“own” for the packages that the model was logged with')
};

/** Rows of the panel that commands recognise. */
export const ROWS = {
  model: '.snb-model-row',
  deployment: '.snb-deployment-row',
  run: '.snb-run-row'
} as const;

/** The values that were given; else those of the row that the context menu was opened on. */
export function given(app: JupyterFrontEnd, args: Args, row: keyof typeof ROWS): Values {
  if (Object.keys(args).some(key => key in WISH || key in RUN || key in VERSION || key === 'digest')) {
    return Object.fromEntries(Object.entries(args).map(([key, value]) => [key, asText(value)]));
  }
  const node = app.contextMenuHitTest(one => one.matches(ROWS[row]));
  return Object.fromEntries(Object.entries(node?.dataset ?? {}).map(([key, value]) => [key, value ?? '']));
}

function asText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The deployment that is meant; null if none is. */
export function targetOf(values: Values): ITarget | null {
  const { place, namespace = '', name = '' } = values;
  return (place === 'here' || place === 'cluster') && namespace && name ? { place, namespace, name } : null;
}

/** Where a run is, with its id; null if none is meant. */
export function runOf(values: Values): { where: ITarget; id: string } | null {
  const { place, namespace = '', id = '', name = '' } = values;
  return (place === 'here' || place === 'cluster') && id ? { where: { place, namespace, name }, id } : null;
}

/** Nothing is offered where there is nobody to ask. */
export function answers({ standing }: ISession): boolean {
  return standing.kind !== 'missing' && standing.kind !== 'other-version';
}
