import React from 'react';

import type { CasesModel, IReplay } from '../../model/cases';
import { shown } from '../../model/values';
import type { IKit } from '../kit';
import { DataTable } from './table';
import { TroubleView } from './trouble';

interface IReplayView {
  kit: IKit;
  cases: CasesModel;
  replay: IReplay;
  language: string;
}

/** A replay on its way and what it found: the same, or which rows differ. */
export function ReplayView({ kit, cases, replay, language }: IReplayView): React.ReactElement {
  const { trans } = kit;
  const { name, phase, done, total, differing, outputs } = replay;
  const wrong = differing.length;
  const verdict =
    wrong > 0 ? trans._n('%1 differs', '%1 differ', wrong) : phase === 'done' ? trans.__('all the same') : '';
  const headers = outputs.flatMap(output => [trans.__('%1, saved', output), trans.__('%1, now', output)]);
  return (
    <section className="snb-test-replay" aria-label={trans.__('Replay of %1', name)}>
      <div className="snb-test-actions">
        <progress
          max={Math.max(total, 1)}
          value={done}
          aria-label={trans.__('Replay of %1', name)}
          aria-valuetext={trans.__('%1 of %2', String(done), String(total))}
        />
        <span role="status">
          {phase === 'stopped'
            ? trans.__('Stopped after %1 of %2.', String(done), String(total))
            : trans.__('%1 of %2', String(done), String(total))}
          {verdict && (
            <span className={wrong > 0 ? 'snb-warn' : 'snb-good'}>
              {' · '}
              <span aria-hidden="true">{wrong > 0 ? '≠ ' : '✓ '}</span>
              {verdict}
            </span>
          )}
        </span>
        {phase === 'running' && (
          <button type="button" className="snb-button" onClick={() => cases.stop()}>
            {trans.__('Stop')}
          </button>
        )}
      </div>
      {replay.trouble && <TroubleView kit={kit} trouble={replay.trouble} />}
      {wrong > 0 && (
        <DataTable
          kit={kit}
          label={trans.__('Rows of %1 that differ', name)}
          headers={headers}
          count={wrong}
          name={index => String((differing[index]?.row ?? 0) + 1)}
          cells={index => {
            const row = differing[index];
            return outputs.flatMap((_, place) => [
              shown(row?.expected[place], language, 10),
              shown(row?.got[place], language, 10)
            ]);
          }}
        />
      )}
    </section>
  );
}
