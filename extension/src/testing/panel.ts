/** A server that the lists of the panel can ask, and rows for it to answer with. */

import { Signal } from '@lumino/signaling';
import { vi } from 'vitest';

import type { Client, IListing } from '../api/client';
import { ProblemError } from '../api/request';
import type {
  Change,
  DeploymentRow,
  DeploymentsPage,
  Level,
  ModelRow,
  NamespaceView,
  PlaceView,
  Status
} from '../api/types';
import type { ISession, Standing } from '../tokens';

export const level = (value: string): Level => ({
  value,
  badge: value.toUpperCase(),
  protected: value !== 'unclassified'
});

export const status: Status = {
  api: 1,
  version: '0.1.0',
  language: 'en',
  identity: 'user-a',
  level: level('unclassified'),
  places: ['here']
};

export const space = (name: string, value: string, place: 'here' | 'cluster' = 'here'): NamespaceView => ({
  place,
  name,
  level: level(value)
});

export const place = (...namespaces: NamespaceView[]): PlaceView => ({
  name: namespaces[0]?.place ?? 'here',
  label: 'This machine',
  running: true,
  namespaces,
  problem: null,
  servers: [
    { value: 'mlflow', label: 'MLServer (mlflow)', protocols: ['v2'] },
    { value: 'sklearn', label: 'MLServer (sklearn)', protocols: ['v2'] },
    { value: 'tensorflow', label: 'TensorFlow Serving', protocols: ['tensorflow', 'seldon'] }
  ],
  identity: ''
});

export const row = (name: string, values: Partial<DeploymentRow> = {}): DeploymentRow => ({
  place: 'here',
  namespace: 'dev',
  name,
  model: `${name}@1`,
  revision: 1,
  state: 'answering',
  word: 'Answering',
  tone: 'good',
  owner: 'user-a',
  mine: true,
  appliedAt: '2026-01-01T00:00:00Z',
  calls: 3,
  p50Ms: 14,
  expiresAt: '',
  level: level('unclassified'),
  stage: '',
  code: '',
  what: '',
  url: '',
  ...values
});

export const rows = (count: number): DeploymentRow[] =>
  Array.from({ length: count }, (_, n) => row(`model-${String(n).padStart(4, '0')}`));

export const model = (name: string, version: number): ModelRow => ({
  name,
  version,
  ref: `${name}@${version}`,
  aliases: [],
  flavor: 'sklearn',
  author: 'user-a',
  notebook: '',
  createdAt: '',
  size: 1,
  level: level('unclassified'),
  live: []
});

export const problem = (status: number): ProblemError =>
  new ProblemError(
    { code: 'SNB-101', what: 'You may not.', saw: '', next: [], who: '', field: '', row: null, place: '' },
    status
  );

/** A server with these deployments; what it is asked is counted. */
export class FakeServer {
  constructor(public held: DeploymentRow[] = []) {}

  fails: unknown = null;
  places: PlaceView[] = [place(space('dev', 'unclassified'))];
  status: Status = status;
  /** how long an answer takes, in ms */
  takes = 10;

  readonly deployments = vi.fn(async (listing: IListing, signal?: AbortSignal): Promise<DeploymentsPage> => {
    const { offset = 0, limit = 50, filter = '' } = listing;
    const found = this.held.filter(one => one.name.includes(filter));
    await this._answer(signal);
    const items = found.slice(offset, offset + limit);
    return { items, offset, total: found.length, version: 1, mine: found.length, shared: 2, problems: [] };
  });

  readonly asked = {
    status: vi.fn(async () => {
      await this._answer();
      return this.status;
    }),
    places: vi.fn(async () => {
      await this._answer();
      return { items: this.places };
    })
  };

  get client(): Client {
    return { ...this.asked, deployments: this.deployments } as unknown as Client;
  }

  private async _answer(signal?: AbortSignal): Promise<void> {
    await new Promise((resolve, reject) => {
      setTimeout(resolve, this.takes);
      signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
    });
    if (this.fails !== null) {
      throw this.fails as Error;
    }
  }
}

/** A session that stands as it is told. */
export class FakeSession implements ISession {
  constructor(readonly client: Client) {}

  standing: Standing = { kind: 'ready', status };
  places: readonly PlaceView[] = [];
  namespace: NamespaceView | null = null;
  level: Level | null = null;
  shown = true;
  readonly changed: Signal<ISession, void> = new Signal<ISession, void>(this);
  readonly told: Signal<ISession, Change> = new Signal<ISession, Change>(this);
  readonly pulse: Signal<ISession, void> = new Signal<ISession, void>(this);
  readonly lost = vi.fn();
  readonly refresh = vi.fn(() => Promise.resolve());

  choose(namespace: NamespaceView | null): void {
    this.namespace = namespace;
    this.changed.emit();
  }
}
