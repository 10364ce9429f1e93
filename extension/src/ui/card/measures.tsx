import React from 'react';

import type { CardBars, CardMeters, CardSparklines, Tone } from '../../api/types';
import type { IKit } from '../kit';
import { Bar, Meter, Sparkline } from '../pictures';
import { SIGNS, toneWord } from '../words';
import { Inline } from './inline';

interface IRow {
  tone: Tone;
  label: string;
  picture: React.ReactElement;
  text: string;
}

/** Rows of a label, a picture, and the words that say the same. */
function Measures({
  kit,
  kind,
  caption,
  rows
}: {
  kit: IKit;
  kind: string;
  caption: string;
  rows: readonly IRow[];
}): React.ReactElement {
  return (
    <div className={`snb-measures snb-${kind}`}>
      {caption && (
        <p className="snb-muted">
          <Inline text={caption} />
        </p>
      )}
      <ul>
        {rows.map(({ tone, label, picture, text }, index) => (
          <li key={index} className={`snb-${tone}`}>
            <span className="snb-muted">
              <Inline text={label} />
            </span>
            {picture}
            <span>
              {tone !== 'neutral' && (
                <>
                  <span className="snb-sign" aria-hidden="true">
                    {SIGNS[tone]}{' '}
                  </span>
                  <span className="snb-hidden">{toneWord(tone, kit.trans)}: </span>
                </>
              )}
              <Inline text={text} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Parts of wholes, now and afterwards. */
export function Meters({ kit, block }: { kit: IKit; block: CardMeters }): React.ReactElement {
  const rows = block.meters.map(one => ({ ...one, picture: <Meter now={one.now} after={one.after} /> }));
  return <Measures kit={kit} kind="meters" caption={block.caption} rows={rows} />;
}

/** Numbers, each with the line of its former values. */
export function Sparklines({ kit, block }: { kit: IKit; block: CardSparklines }): React.ReactElement {
  const rows = block.lines.map(one => ({ ...one, picture: <Sparkline values={one.values} /> }));
  return <Measures kit={kit} kind="sparks" caption={block.caption} rows={rows} />;
}

/** Parts of one whole below each other, as the classes of an answer. */
export function Bars({ kit, block }: { kit: IKit; block: CardBars }): React.ReactElement {
  const rows = block.bars.map(one => ({ ...one, tone: 'neutral' as const, picture: <Bar share={one.share} /> }));
  return <Measures kit={kit} kind="bars" caption={block.caption} rows={rows} />;
}
