/** The one place that asks the server. Everything else goes through {@link Client}. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import type { Problem } from './types';

/** Below the server's base URL. */
const ROOT = 'seldon-nb';

/** A refusal or a failure with the server's own words; foreseeable ones have a code. */
export class ProblemError extends Error {
  constructor(
    readonly problem: Problem,
    readonly status: number
  ) {
    super(`${problem.code} ${problem.what}`);
    this.name = 'ProblemError';
  }
}

/** Why the server did not answer as ours does: it is not there, of another version, or cannot be reached. */
export type Silence = 'missing' | 'unreachable' | 'signed-out';

/** No answer of ours came back. */
export class SilenceError extends Error {
  constructor(readonly silence: Silence) {
    super(silence);
    this.name = 'SilenceError';
  }
}

export interface IRequest {
  method?: 'GET' | 'POST' | 'DELETE';
  query?: Readonly<Record<string, string | number | undefined>>;
  body?: unknown;
  signal?: AbortSignal;
}

/**
 * Ask the server extension.
 *
 * @param path - segments below `/seldon-nb/`; each is encoded
 * @param language - of the sentences in the answer
 * @returns the answer, read as JSON
 * @throws {@link ProblemError} with the server's own words, {@link SilenceError} if no answer of ours came back
 */
export async function request<T>(
  settings: ServerConnection.ISettings,
  language: string,
  path: readonly string[],
  { method = 'GET', query = {}, body, signal }: IRequest = {}
): Promise<T> {
  const asked = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(asked.map(([key, value]): [string, string] => [key, String(value)])).toString();
  const url = URLExt.join(settings.baseUrl, ROOT, ...path.map(encodeURIComponent)) + (search ? `?${search}` : '');
  const init: RequestInit = {
    method,
    headers: { 'Content-Type': 'application/json', 'X-Seldon-NB': '1', 'X-Seldon-NB-Language': language },
    cache: 'no-store',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {})
  };
  let response: Response;
  try {
    response = await ServerConnection.makeRequest(url, init, settings);
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }
    throw new SilenceError('unreachable');
  }
  const found: unknown = await response.json().catch(() => undefined);
  if (response.ok && found !== undefined) {
    return found as T;
  }
  if (isProblem(found)) {
    throw new ProblemError(found, response.status);
  }
  if (response.status === 404) {
    throw new SilenceError('missing');
  }
  throw new SilenceError(response.status === 401 || response.status === 403 ? 'signed-out' : 'unreachable');
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'what' in value;
}
