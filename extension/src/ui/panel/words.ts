import type { TranslationBundle } from '@jupyterlab/translation';

import type { DeploymentRow, Level, ModelRow } from '../../api/types';
import { isUnknown } from '../../model/levels';
import type { IPart } from './row';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span of time in its largest unit. */
function span(ms: number, trans: TranslationBundle): string {
  if (ms < HOUR) {
    return trans.__('%1 min', Math.max(1, Math.floor(ms / MINUTE)));
  }
  return ms < DAY ? trans.__('%1 h', Math.floor(ms / HOUR)) : trans.__('%1 d', Math.floor(ms / DAY));
}

/** How long ago something was; empty if it is not known. */
export function ago(at: string, now: number, trans: TranslationBundle): string {
  const time = Date.parse(at);
  if (Number.isNaN(time)) {
    return '';
  }
  return now - time < MINUTE ? trans.__('just now') : trans.__('%1 ago', span(now - time, trans));
}

/** When something ends. */
export function expiry(at: string, now: number, trans: TranslationBundle): string {
  const time = Date.parse(at);
  if (Number.isNaN(time)) {
    return '';
  }
  return time <= now ? trans.__('expired') : trans.__('expires in %1', span(time - now, trans));
}

/** When something comes. */
export function coming(at: string, now: number, trans: TranslationBundle): string {
  const time = Date.parse(at);
  if (Number.isNaN(time)) {
    return '';
  }
  return time <= now ? trans.__('due now') : trans.__('next in %1', span(time - now, trans));
}

export function calls(count: number | null, trans: TranslationBundle): string {
  if (count === null) {
    return '';
  }
  return count === 0 ? trans.__('no calls yet') : trans._n('%1 call', '%1 calls', count);
}

export function latency(ms: number | null, trans: TranslationBundle): IPart | '' {
  return ms === null ? '' : { short: trans.__('%1 ms', ms), whole: trans.__('p50 %1 ms', ms) };
}

/** A version as short as it stays clear: `v12` of the model of the same name. */
export function version(model: string, name: string): string {
  const [of, number] = model.split('@');
  return of === name && number ? `v${number}` : model;
}

/** Where a version is live, without what goes without saying: this machine, and the model's own name. */
export function liveAt({ live, name }: Pick<ModelRow, 'live' | 'name'>): string {
  const short = (path: string): string => {
    const parts = path.split('/');
    const from = parts[0] === 'here' ? 1 : 0;
    return parts.slice(from, parts.at(-1) === name ? -1 : undefined).join('/') || path;
  };
  return live.map(short).join(', ');
}

/** The word for a state, where the server has not said it yet. */
export function stateWord(row: Pick<DeploymentRow, 'word' | 'state'>, trans: TranslationBundle): string {
  if (row.word) {
    return row.word;
  }
  switch (row.state) {
    case 'starting':
      return trans.__('Starting');
    case 'answering':
      return trans.__('Answering');
    case 'updating':
      return trans.__('Updating');
    case 'stuck':
      return trans.__('Stuck');
    case 'stopped':
      return trans.__('Stopped');
    case 'restoring':
      return trans.__('Coming back');
    default:
      return row.state;
  }
}

/** The stage that a start is at. */
export function stageWord(stage: string, trans: TranslationBundle): string {
  switch (stage) {
    case 'accepted':
      return trans.__('accepted');
    case 'placed':
      return trans.__('placed');
    case 'image':
      return trans.__('image');
    case 'weights':
      return trans.__('weights');
    case 'loaded':
      return trans.__('model loaded');
    case 'answering':
      return trans.__('answering');
    default:
      return stage;
  }
}

/** What the badge says: in both languages of the label, the reader's first. */
export function badge(level: Level, trans: TranslationBundle): string {
  if (isUnknown(level)) {
    return trans.__('UNKNOWN — treated as Protected B');
  }
  switch (level.value) {
    case 'unclassified':
      return trans.__('UNCLASSIFIED / NON CLASSIFIÉ');
    case 'protected-a':
      return trans.__('PROTECTED A / PROTÉGÉ A');
    case 'protected-b':
      return trans.__('PROTECTED B / PROTÉGÉ B');
    case 'protected-c':
      return trans.__('PROTECTED C / PROTÉGÉ C');
    case 'confidential':
      return trans.__('CONFIDENTIAL / CONFIDENTIEL');
    case 'top-secret':
      return trans.__('TOP SECRET / TRÈS SECRET');
    default:
      return level.badge;
  }
}
