/**
 * Small pictures as inline SVG, drawn from numbers, shares and tones: the same as `seldon_nb/cards/pictures.py` draws in a notebook.
 *
 * No text of anybody's is drawn. The words stand beside each picture and say all that it says, so the picture is hidden from screen readers.
 */

import React from 'react';

import type { Tone } from '../api/types';
import { SIGNS } from './words';

/** This value and the last five. */
export const MOST_VALUES = 6;
const WIDTH = 96;
const HEIGHT = 22;
const EDGE = 4;

export type Point = readonly [number, number];

/** Where the last values stand in a field of 96 × 22, the lowest at the bottom, the newest at the right; in the middle if all are the same. */
export function points(values: readonly number[]): Point[] {
  const drawn = values.filter(Number.isFinite).slice(-MOST_VALUES);
  const low = Math.min(...drawn);
  const span = Math.max(...drawn) - low;
  const stride = (WIDTH - 2 * EDGE) / (MOST_VALUES - 1);
  const first = MOST_VALUES - drawn.length;
  return drawn.map((value, index): Point => {
    const share = span > 0 ? value / span - low / span : 0.5;
    return [EDGE + stride * (first + index), HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE)];
  });
}

/** The last six values as a line with small dots, the newest with a large one. */
export function Sparkline({ values }: { values: readonly number[] }): React.ReactElement {
  const places = points(values);
  const last = places.length - 1;
  return (
    <svg className="snb-spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" focusable="false">
      {last > 0 && <polyline points={places.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')} />}
      {places.map(([x, y], index) => (
        <circle
          key={index}
          className={index === last ? 'snb-now' : undefined}
          cx={x}
          cy={y}
          r={index === last ? 3 : 1.6}
        />
      ))}
    </svg>
  );
}

function percent(share: number): number {
  return Number.isFinite(share) ? Math.max(0, Math.min(1, share)) * 100 : share > 0 ? 100 : 0;
}

/** What is used now and what comes in addition; what is given back looks free. */
export function Meter({ now, after }: { now: number; after: number }): React.ReactElement {
  const kept = percent(Math.min(now, after));
  const end = percent(after);
  return (
    <svg className="snb-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect className="snb-used" width={kept} height="8" />
      {end > kept && <rect className="snb-more" x={kept} width={end - kept} height="8" />}
    </svg>
  );
}

/** A share of 0 to 1 as a bar over its whole. */
export function Bar({ share }: { share: number }): React.ReactElement {
  return (
    <svg className="snb-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect className="snb-used" width={percent(share)} height="8" />
    </svg>
  );
}

interface IStation {
  tone: Tone;
  first: boolean;
  last: boolean;
  /** false draws the sign and the way to it hollow: not there yet, or not known */
  reached: boolean;
  /** the next station is reached too: the way to it is drawn full */
  onward: boolean;
  /** the tone's sign in it; a plain dot if false */
  sign: boolean;
}

/** One station of a line of stations of equal width: the way before it, a round sign, the way behind it. */
export function Station({ tone, first, last, reached, onward, sign }: IStation): React.ReactElement {
  const state = reached ? 'snb-on' : 'snb-off';
  return (
    <svg className="snb-station" width="100%" height="22" aria-hidden="true" focusable="false">
      {!first && <line className={state} x1="0" x2="50%" y1="11" y2="11" />}
      {!last && <line className={onward ? state : 'snb-off'} x1="50%" x2="100%" y1="11" y2="11" />}
      <circle className={state} cx="50%" cy="11" r={sign ? 9 : 5} />
      {sign && reached && (
        <text x="50%" y="15" textAnchor="middle">
          {SIGNS[tone]}
        </text>
      )}
    </svg>
  );
}
