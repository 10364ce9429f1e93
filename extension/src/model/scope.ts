/** What every list of the panel has in common: where it looks, and when it tries again by itself. */

import { ProblemError, SilenceError } from '../api/request';
import type { ISession } from '../tokens';

/** The place and namespace that are shown; empty for all. */
export function where(session: ISession): { place: string; namespace: string } {
  return { place: session.namespace?.place ?? '', namespace: session.namespace?.name ?? '' };
}

/** Whether a failure may pass by itself: the server is away or out of breath. A refusal stays one until somebody does something. */
export function passing(error: unknown): boolean {
  if (error instanceof ProblemError) {
    return error.status >= 500 || error.status === 429;
  }
  return error instanceof SilenceError && error.silence === 'unreachable';
}
