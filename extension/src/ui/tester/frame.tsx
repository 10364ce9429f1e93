import React from 'react';

import type { IFrame } from '../../model/kernel';
import { KernelError, kernelTroubleOf } from '../../model/kernel';
import type { KernelTrouble } from '../../model/kernel';
import type { TestModels } from '../../model/test';
import type { IKit } from '../kit';
import { AskForm } from './ask';
import { KernelHead, KernelTroubleView } from './kernel';
import { FrameRow, ordered, usable } from './frame-row';
import { useModel } from './state';

interface IFrameTab {
  kit: IKit;
  id: string;
  models: TestModels;
  actions: React.ReactNode;
  onForm: () => void;
}

/** The DataFrames of the kernel, and the rows of one of them as the question. */
export function FrameTab({ kit, id, models, actions, onForm }: IFrameTab): React.ReactElement {
  const { trans } = kit;
  const { kernel, tester } = models;
  const { frames: found, reading, standing } = useModel(kernel);
  const { form, draft } = useModel(tester);
  const frames = React.useMemo(() => (found && form ? ordered(found, form) : null), [found, form]);
  const [chosen, setChosen] = React.useState('');
  const [most, setMost] = React.useState(100);
  const [taken, setTaken] = React.useState('');
  const [trouble, setTrouble] = React.useState<KernelTrouble | null>(null);
  React.useEffect(() => {
    kernel.watch();
    return () => kernel.unwatch();
  }, [kernel]);
  const frame = frames?.find(one => one.name === chosen) ?? frames?.[0];
  const limit = Math.min(form?.mostRows ?? 1, Math.max(frame?.rows ?? 1, 1));
  const use = async (one: IFrame): Promise<void> => {
    setTrouble(null);
    try {
      tester.take(await kernel.rows(one, Math.min(most, limit)));
      setTaken(one.name);
    } catch (error) {
      setTrouble(error instanceof KernelError ? error.trouble : kernelTroubleOf(error));
    }
  };
  return (
    <AskForm tester={tester} label={trans.__('DataFrame of the kernel')}>
      <KernelHead kit={kit} kernel={kernel} />
      <KernelTroubleView kit={kit} kernel={kernel} trouble={trouble} />
      {frames?.length === 0 && (
        <p className="snb-muted">
          {trans.__('The kernel holds no DataFrame yet. Make one in a cell; it appears here by itself.')}
        </p>
      )}
      {frames && form && frame && (
        <>
          <fieldset className="snb-test-frames">
            <legend className="snb-hidden">{trans.__('DataFrame')}</legend>
            {frames.map(one => (
              <FrameRow
                key={one.name}
                kit={kit}
                group={`${id}-frame`}
                frame={one}
                form={form}
                language={tester.language}
                chosen={one === frame}
                onChoose={() => setChosen(one.name)}
              />
            ))}
          </fieldset>
          <div className="snb-test-actions">
            <label>
              {trans.__('Rows')}{' '}
              <input
                type="number"
                min={1}
                max={limit}
                value={Math.min(most, limit)}
                onChange={event => setMost(event.target.valueAsNumber || 1)}
              />
            </label>
            <button
              type="button"
              className="snb-button"
              disabled={reading || standing !== 'idle' || !usable(frame, form)}
              onClick={() => void use(frame)}
            >
              {trans.__('Use these rows')}
            </button>
          </div>
        </>
      )}
      {taken && draft.rows.length > 0 && (
        <p role="status">
          <span aria-hidden="true">✓ </span>
          {trans._n('%1 row of %2 is in the form.', '%1 rows of %2 are in the form.', draft.rows.length, taken)}{' '}
          <button type="button" className="snb-link" onClick={onForm}>
            {trans.__('Show them')}
          </button>
        </p>
      )}
      {actions}
    </AskForm>
  );
}
