import type { TranslationBundle } from '@jupyterlab/translation';

import type { Tone } from '../api/types';

/** The sign of a tone; a word stands beside it always. */
export const SIGNS: Readonly<Record<Tone, string>> = { neutral: '·', good: '✓', warn: '!', bad: '✕', busy: '◐' };

/** What the sign says, for those who do not see it. */
export function toneWord(tone: Tone, trans: TranslationBundle): string {
  switch (tone) {
    case 'good':
      return trans.__('fine');
    case 'warn':
      return trans.__('warning');
    case 'bad':
      return trans.__('problem');
    case 'busy':
      return trans.__('in progress');
    case 'neutral':
      return trans.__('note');
  }
}

/** A digest as people compare it: as long as cards and Python show it. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

/** A time in the reader's own zone and manner; the text itself if it is no time. */
export function moment(at: string, language: string | undefined): string {
  const time = new Date(at);
  if (!at || Number.isNaN(time.getTime())) {
    return at;
  }
  const near = Math.abs(Date.now() - time.getTime()) < 300 * 24 * 3600 * 1000;
  return new Intl.DateTimeFormat(language?.replace('_', '-'), {
    day: 'numeric',
    month: 'short',
    ...(near ? {} : { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit'
  }).format(time);
}

/** How many checks passed, and what was found beside them, as one line for those who hear it. */
export function counted(good: number, warn: number, bad: number, trans: TranslationBundle): string {
  const parts = [trans._n('%1 check passed', '%1 checks passed', good)];
  if (warn) {
    parts.push(trans._n('%1 warning', '%1 warnings', warn));
  }
  if (bad) {
    parts.push(trans._n('%1 problem', '%1 problems', bad));
  }
  return parts.join(', ');
}
