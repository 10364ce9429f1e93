/** Every question that the panel can ask, one method each, typed by the server's own schema. */

import type { ServerConnection } from '@jupyterlab/services';

import { request } from './request';
import type {
  AnswerView,
  CardView,
  CaseSets,
  Comparison,
  ComparisonView,
  DeploymentDetail,
  DeploymentsPage,
  Done,
  HistoryPage,
  Logs,
  ModelDetail,
  ModelsPage,
  Places,
  PlanView,
  PlanWish,
  Question,
  Replay,
  ReplayPart,
  RunDetail,
  RunsPage,
  SaveCases,
  SchedulesPage,
  Snippets,
  Status,
  TestForm
} from './types';

/** A deployment by place, namespace and name. */
export interface ITarget {
  place: 'here' | 'cluster';
  namespace: string;
  name: string;
}

/** What of a list is asked for. */
export interface IListing {
  place?: string;
  namespace?: string;
  /** `mine`, `shared`, or empty for both */
  whose?: string;
  filter?: string;
  sort?: string;
  order?: 'asc' | 'desc';
  offset?: number;
  limit?: number;
}

export class Client {
  /**
   * @param language - tells the language of the sentences wanted, asked anew for each request
   */
  constructor(
    readonly settings: ServerConnection.ISettings,
    private readonly _language: () => string
  ) {}

  status(signal?: AbortSignal): Promise<Status> {
    return this._get(['status'], {}, signal);
  }

  places(signal?: AbortSignal): Promise<Places> {
    return this._get(['places'], {}, signal);
  }

  /** Start or stop this machine's place. */
  act(act: 'up' | 'down'): Promise<Done> {
    return this._post(['places', 'here'], { act });
  }

  deployments(listing: IListing, signal?: AbortSignal): Promise<DeploymentsPage> {
    return this._get(['deployments'], { ...listing }, signal);
  }

  deployment(target: ITarget, signal?: AbortSignal): Promise<DeploymentDetail> {
    return this._get(['deployments', ...parts(target)], {}, signal);
  }

  deleteDeployment(target: ITarget): Promise<Done> {
    return request(this.settings, this._language(), ['deployments', ...parts(target)], { method: 'DELETE', body: {} });
  }

  /** What lives against what the revision that serves says. */
  drift(target: ITarget, signal?: AbortSignal): Promise<CardView> {
    return this._get(['deployments', ...parts(target), 'drift'], {}, signal);
  }

  logs(target: ITarget, lines: number, signal?: AbortSignal): Promise<Logs> {
    return this._get(['deployments', ...parts(target), 'logs'], { lines }, signal);
  }

  models(filter: string, page: string, limit: number, signal?: AbortSignal): Promise<ModelsPage> {
    return this._get(['models'], { filter, page, limit }, signal);
  }

  model(name: string, version: number, signal?: AbortSignal): Promise<ModelDetail> {
    return this._get(['models', name, String(version)], {}, signal);
  }

  plan(wish: PlanWish, signal?: AbortSignal): Promise<PlanView> {
    return this._post(['plans'], wish, signal);
  }

  /** A plan that was made before, also before Lab was reloaded. */
  planOf(digest: string, signal?: AbortSignal): Promise<PlanView> {
    return this._get(['plans', digest], {}, signal);
  }

  apply(digest: string): Promise<RunDetail> {
    return this._post(['plans', digest, 'apply'], {});
  }

  runs(listing: IListing, signal?: AbortSignal): Promise<RunsPage> {
    return this._get(['runs'], { ...listing }, signal);
  }

  run(target: ITarget, id: string, signal?: AbortSignal): Promise<RunDetail> {
    return this._get(['runs', target.place, target.namespace, id], {}, signal);
  }

  stop(target: ITarget, id: string): Promise<RunDetail> {
    return this._post(['runs', target.place, target.namespace, id, 'stop'], {});
  }

  schedules(listing: IListing, signal?: AbortSignal): Promise<SchedulesPage> {
    return this._get(['schedules'], { ...listing }, signal);
  }

  history(subject: string, listing: IListing, signal?: AbortSignal): Promise<HistoryPage> {
    return this._get(['history'], { subject, ...listing }, signal);
  }

  form(target: ITarget, predictor: string, signal?: AbortSignal): Promise<TestForm> {
    return this._get(['test', ...parts(target)], { predictor }, signal);
  }

  snippets(question: Question, signal?: AbortSignal): Promise<Snippets> {
    return this._post(['test', 'snippets'], question, signal);
  }

  ask(question: Question, signal?: AbortSignal): Promise<AnswerView> {
    return this._post(['test', 'ask'], question, signal);
  }

  compare(comparison: Comparison, signal?: AbortSignal): Promise<ComparisonView> {
    return this._post(['test', 'compare'], comparison, signal);
  }

  cases(model: string, signal?: AbortSignal): Promise<CaseSets> {
    return this._get(['cases'], { model }, signal);
  }

  saveCases(wish: SaveCases): Promise<CaseSets> {
    return this._post(['cases'], wish);
  }

  deleteCases(model: string, name: string): Promise<CaseSets> {
    return request(this.settings, this._language(), ['cases', model, name], { method: 'DELETE', body: {} });
  }

  replay(part: Replay, signal?: AbortSignal): Promise<ReplayPart> {
    return this._post(['cases', 'replay'], part, signal);
  }

  private _get<T>(
    path: readonly string[],
    query: Readonly<Record<string, string | number | undefined>>,
    signal?: AbortSignal
  ): Promise<T> {
    return request<T>(this.settings, this._language(), path, { query, ...(signal ? { signal } : {}) });
  }

  private _post<T>(path: readonly string[], body: unknown, signal?: AbortSignal): Promise<T> {
    return request<T>(this.settings, this._language(), path, { method: 'POST', body, ...(signal ? { signal } : {}) });
  }
}

function parts(target: ITarget): string[] {
  return [target.place, target.namespace, target.name];
}
