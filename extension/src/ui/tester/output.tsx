import React from 'react';

import type { TestModels } from '../../model/test';
import type { IKit } from '../kit';
import { Tabs } from '../tabs';
import { AnswerTab } from './answer';
import { Snippet } from './snippet';
import type { Language } from './snippet';

export type Output = 'answer' | Language;

interface IOutputTabs {
  kit: IKit;
  id: string;
  models: TestModels;
  chosen: Output;
  onChoose: (output: Output) => void;
}

/** The answer, and the question in four languages. */
export function OutputTabs({ kit, id, models, chosen, onChoose }: IOutputTabs): React.ReactElement {
  const { trans } = kit;
  const titles: Readonly<Record<Output, string>> = {
    answer: trans.__('Answer'),
    json: trans.__('JSON'),
    curl: trans.__('curl'),
    python: trans.__('Python'),
    r: trans.__('R')
  };
  const tabs = Object.entries(titles).map(([one, label]) => ({ id: one, label }));
  return (
    <div className="snb-test-half">
      <Tabs id={id} label={trans.__('Answer')} tabs={tabs} chosen={chosen} onChoose={one => onChoose(one as Output)}>
        {chosen === 'answer' ? (
          <AnswerTab kit={kit} models={models} />
        ) : (
          <Snippet kit={kit} tester={models.tester} language={chosen} title={titles[chosen]} />
        )}
      </Tabs>
    </div>
  );
}
