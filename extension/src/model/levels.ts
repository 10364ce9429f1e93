/** Classifications, ordered as the server orders them. */

import type { Level, PlaceView } from '../api/types';

const ORDER = ['unclassified', 'protected-a', 'protected-b', 'protected-c', 'confidential', 'secret', 'top-secret'];

/** What nobody classified, and what this panel does not know, is acted upon as Protected B. */
export const UNKNOWN = 'unknown';

/** Position in the order; higher is more sensitive. */
function rank(level: Level): number {
  const position = ORDER.indexOf(level.value);
  return position < 0 ? ORDER.indexOf('protected-b') : position;
}

/** Whether nobody classified it. */
export function isUnknown(level: Level): boolean {
  return !ORDER.includes(level.value);
}

/** The most sensitive of the levels; among equals the unknown one, as it has to be cleared up. Null if there is none. */
export function highest(levels: readonly Level[]): Level | null {
  return levels.reduce<Level | null>((most, level) => {
    if (most === null || rank(level) > rank(most) || (rank(level) === rank(most) && isUnknown(level))) {
      return level;
    }
    return most;
  }, null);
}

/** The levels of all namespaces in sight. */
export function inSight(places: readonly PlaceView[]): Level[] {
  return places.flatMap(place => place.namespaces.map(namespace => namespace.level));
}
