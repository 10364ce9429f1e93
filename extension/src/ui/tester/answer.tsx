import React from 'react';

import type { AnswerView, BarView } from '../../api/types';
import type { TestModels } from '../../model/test';
import { formatNumber, shown, visible } from '../../model/values';
import type { IKit } from '../kit';
import { Bar } from '../pictures';
import { Comparison } from './comparison';
import { useModel } from './state';
import { DataTable } from './table';
import { TroubleView } from './trouble';

interface IAnswerTab {
  kit: IKit;
  models: TestModels;
}

/** What came back: the answer, the comparison, or why there is none. */
export function AnswerTab({ kit, models }: IAnswerTab): React.ReactElement {
  const { trans } = kit;
  const { tester, compare } = models;
  const { answer, current, at, asking, trouble, stamp } = useModel(tester);
  const comparison = useModel(compare);
  const nothing = !answer && !comparison.view && !trouble;
  return (
    <div aria-busy={asking || comparison.asking}>
      {trouble && <TroubleView kit={kit} trouble={trouble} retry={() => void tester.ask()} />}
      {nothing && (
        <p className="snb-test-empty">
          {asking || comparison.asking
            ? trans.__('Waiting for the answer…')
            : trans.__('The answer appears here. Press Enter in the form, or Ask.')}
        </p>
      )}
      {answer && (current || !comparison.view) && (
        <Answer
          kit={kit}
          answer={answer}
          current={current}
          at={at}
          language={tester.language}
          onRow={row => tester.go(row)}
        />
      )}
      {comparison.view && (
        <Comparison
          kit={kit}
          view={comparison.view}
          current={comparison.stamp === stamp}
          language={tester.language}
          onRow={row => tester.go(row)}
        />
      )}
    </div>
  );
}

interface IAnswer {
  kit: IKit;
  answer: AnswerView;
  current: boolean;
  at: number;
  language: string;
  onRow: (row: number) => void;
}

function Answer({ kit, answer, current, at, language, onRow }: IAnswer): React.ReactElement {
  const { trans } = kit;
  const many = answer.data.length;
  const row = Math.min(at, Math.max(many - 1, 0));
  const facts = [
    trans.__('%1 ms', formatNumber(answer.tookMs, language)),
    answer.model,
    answer.requests > 1 ? trans._n('%1 request', '%1 requests', answer.requests) : ''
  ];
  return (
    <section className={`snb-test-answer${current ? '' : ' snb-test-old'}`} aria-label={trans.__('Answer')}>
      {!current && (
        <p className="snb-test-note">
          <span aria-hidden="true">◷ </span>
          {trans.__('The question has changed since: this is the answer to the former one.')}
        </p>
      )}
      <Bars bars={answer.bars[row] ?? []} label={many > 1 ? trans.__('Row %1', String(row + 1)) : ''} />
      {(many > 1 || !answer.bars[row]?.length) && (
        <DataTable
          kit={kit}
          label={trans.__('Answers')}
          headers={answer.columns.map(visible)}
          count={many}
          name={index => String(index + 1)}
          cells={index => answer.data[index]?.map(value => shown(value, language)) ?? []}
          current={row}
          {...(many > 1 ? { onRow } : {})}
        />
      )}
      <p className="snb-muted">{facts.filter(Boolean).join(' · ')}</p>
      {answer.notes.map((note, index) => (
        <p key={index} className="snb-muted">
          {visible(note)}
        </p>
      ))}
    </section>
  );
}

/** The classes of an answer with their shares; names are the model's own text. */
function Bars({ bars, label }: { bars: readonly BarView[]; label: string }): React.ReactElement | null {
  if (bars.length === 0) {
    return null;
  }
  const highest = Math.max(...bars.map(bar => bar.share));
  return (
    <div className="snb-test-bars">
      {label && <p className="snb-muted">{label}</p>}
      <ul>
        {bars.map((bar, index) => (
          <li key={index} className={bar.share === highest ? 'snb-test-top' : undefined}>
            <span>{visible(bar.label)}</span>
            <Bar share={bar.share} />
            <span>{visible(bar.text)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
