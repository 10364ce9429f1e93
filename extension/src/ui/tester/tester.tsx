import React from 'react';

import type { TestModels } from '../../model/test';
import type { IKit } from '../kit';
import { ProblemView } from '../problem';
import { Header } from './header';
import { InputTabs } from './input';
import { OutputTabs } from './output';
import type { Output } from './output';
import { Status } from './status';
import { useModel } from './state';
import { TroubleView } from './trouble';

interface ITester {
  kit: IKit;
  models: TestModels;
  /** what is shown below if the server's part is not there */
  fallback?: React.ReactNode;
}

/** The one view in which a deployment is tested, in a notebook and in the panel. */
export function Tester({ kit, models, fallback }: ITester): React.ReactElement {
  const { trans } = kit;
  const { tester, cases } = models;
  const { phase, failure, form, asking, forgotten } = useModel(tester);
  const comparing = useModel(models.compare).asking;
  const [output, setOutput] = React.useState<Output>('answer');
  const id = React.useId();
  React.useEffect(() => {
    void tester.load();
  }, [tester]);
  React.useEffect(() => {
    if (asking || comparing) {
      setOutput('answer');
    }
  }, [asking, comparing]);
  React.useEffect(() => {
    const touch = (): void => {
      if (document.visibilityState === 'visible') {
        tester.touch();
      }
    };
    document.addEventListener('visibilitychange', touch);
    return () => document.removeEventListener('visibilitychange', touch);
  }, [tester]);
  const escape = (event: React.KeyboardEvent): void => {
    if (event.key === 'Escape') {
      tester.clear();
      cases.clear();
    }
  };
  if (failure) {
    return (
      <div className="snb-tester">
        <TroubleView kit={kit} trouble={failure} retry={() => void tester.load()} />
        {fallback}
      </div>
    );
  }
  if (phase === 'loading' || !form) {
    return (
      <div className="snb-tester" aria-busy="true">
        <p className="snb-test-empty" role="status">
          {trans.__('Asking for the inputs of %1…', tester.target.name)}
        </p>
      </div>
    );
  }
  return (
    // Every key and press counts as use of the view; what they do is the business of what they meet.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className="snb-tester"
      onKeyDownCapture={() => tester.touch()}
      onPointerDownCapture={() => tester.touch()}
      onKeyDown={escape}
    >
      <section className="snb-test-card" aria-labelledby={`${id}-head`}>
        <Header kit={kit} id={`${id}-head`} form={form} />
        {form.problem && (
          <ProblemView kit={kit} problem={form.problem} retry={() => void tester.load()} announce={false} />
        )}
        {!form.answering && !form.problem && (
          <p className="snb-test-note">
            <span aria-hidden="true">○ </span>
            {trans.__('This deployment does not answer now. The snippets can be used when it does.')}
          </p>
        )}
        {forgotten && (
          <p className="snb-test-note" role="status">
            <span aria-hidden="true">· </span>
            {trans.__('The values were dropped: this view of a protected deployment was not used for 15 minutes.')}
          </p>
        )}
        <div className="snb-test-halves">
          <InputTabs kit={kit} id={`${id}-in`} models={models} onAsked={() => setOutput('answer')} />
          <OutputTabs kit={kit} id={`${id}-out`} models={models} chosen={output} onChoose={setOutput} />
        </div>
        <Status kit={kit} models={models} />
      </section>
    </div>
  );
}
