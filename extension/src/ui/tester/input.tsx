import React from 'react';

import type { TestModels } from '../../model/test';
import type { IKit } from '../kit';
import { Tabs } from '../tabs';
import { Actions } from './actions';
import { CasesTab } from './cases';
import { CompareTab } from './compare';
import { Form } from './form';
import { FrameTab } from './frame';
import { useModel } from './state';

interface IInputTabs {
  kit: IKit;
  id: string;
  models: TestModels;
  onAsked: () => void;
}

/** The ways to a question. When something in it is wrong, the form is shown and its first wrong input has the focus. */
export function InputTabs({ kit, id, models, onAsked }: IInputTabs): React.ReactElement {
  const { trans } = kit;
  const { form, attempt } = useModel(models.tester);
  const { sets } = useModel(models.cases);
  const [chosen, setChosen] = React.useState('form');
  const half = React.useRef<HTMLDivElement>(null);
  const led = React.useRef(attempt);
  React.useEffect(() => {
    if (attempt === led.current) {
      return;
    }
    led.current = attempt;
    setChosen('form');
    const frame = requestAnimationFrame(() => half.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
    return () => cancelAnimationFrame(frame);
  }, [attempt]);
  const tensors = (form?.tensors.length ?? 0) > 0;
  const tabs = [
    { id: 'form', label: trans.__('Form') },
    ...(tensors ? [] : [{ id: 'frame', label: trans.__('DataFrame of the kernel') }]),
    {
      id: 'cases',
      label: form?.keep && sets.length > 0 ? trans.__('Saved cases %1', String(sets.length)) : trans.__('Saved cases')
    },
    { id: 'compare', label: trans.__('Compare') }
  ];
  const actions = <Actions kit={kit} id={id} models={models} />;
  return (
    <div className="snb-test-half" ref={half}>
      <Tabs id={id} label={trans.__('Question')} tabs={tabs} chosen={chosen} onChoose={setChosen}>
        {chosen === 'form' && <Form kit={kit} id={id} models={models} actions={actions} />}
        {chosen === 'frame' && (
          <FrameTab kit={kit} id={id} models={models} actions={actions} onForm={() => setChosen('form')} />
        )}
        {chosen === 'cases' && <CasesTab kit={kit} models={models} />}
        {chosen === 'compare' && <CompareTab kit={kit} id={id} models={models} onAsked={onAsked} />}
      </Tabs>
    </div>
  );
}
