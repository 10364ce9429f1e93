import React from 'react';

import { MOST_VERSIONS } from '../../model/compare';
import type { TestModels } from '../../model/test';
import type { IKit } from '../kit';
import { KernelHead, KernelTroubleView } from './kernel';
import { useModel } from './state';
import { TroubleView } from './trouble';

interface ICompareTab {
  kit: IKit;
  id: string;
  models: TestModels;
  onAsked: () => void;
}

/** Whom else to ask: other versions of the model, and a model of the kernel. */
export function CompareTab({ kit, id, models, onAsked }: ICompareTab): React.ReactElement {
  const { trans } = kit;
  const { tester, kernel, compare } = models;
  const { form, draft } = useModel(tester);
  const { models: found } = useModel(kernel);
  const { versions, held, asking, trouble, kernelTrouble } = useModel(compare);
  React.useEffect(() => {
    kernel.watch();
    return () => kernel.unwatch();
  }, [kernel]);
  const choices = (found ?? []).flatMap(one => one.methods.map(method => ({ name: one.name, type: one.type, method })));
  const full = versions.length >= MOST_VERSIONS;
  const run = (): void => {
    onAsked();
    void compare.run();
  };
  return (
    <form
      noValidate
      onSubmit={event => {
        event.preventDefault();
        run();
      }}
    >
      <fieldset>
        <legend>{trans.__('Other versions, two at most')}</legend>
        {form?.versions.length === 0 && <p className="snb-muted">{trans.__('This model has no other version.')}</p>}
        <div className="snb-test-versions">
          {form?.versions.map(version => (
            <label key={version}>
              <input
                type="checkbox"
                checked={versions.includes(version)}
                disabled={full && !versions.includes(version)}
                onChange={() => compare.toggle(version)}
              />
              {trans.__('version %1', version)}
            </label>
          ))}
        </div>
      </fieldset>
      {draft.rows.length > 0 && (
        <fieldset>
          <legend>{trans.__('A model of the kernel')}</legend>
          <KernelHead kit={kit} kernel={kernel} />
          <KernelTroubleView kit={kit} kernel={kernel} trouble={kernelTrouble} />
          {found?.length === 0 && (
            <p className="snb-muted">
              {trans.__('The kernel holds no model with predict. Load one in a cell; it appears here by itself.')}
            </p>
          )}
          {choices.length > 0 && (
            <label htmlFor={`${id}-held`}>
              {trans.__('Model')}{' '}
              <select
                id={`${id}-held`}
                value={choices.findIndex(one => one.name === held?.name && one.method === held.method)}
                onChange={event => compare.choose(choices[Number(event.target.value)] ?? null)}
              >
                <option value={-1}>{trans.__('none')}</option>
                {choices.map((one, index) => (
                  <option key={index} value={index}>
                    {`${one.name}.${one.method} · ${one.type}`}
                  </option>
                ))}
              </select>
            </label>
          )}
        </fieldset>
      )}
      <p className="snb-muted">
        {draft.rows.length > 0
          ? trans._n(
              'They are asked with the row of the form.',
              'They are asked with the %1 rows of the form.',
              draft.rows.length
            )
          : trans.__('They are asked with the values of the form.')}
      </p>
      <div className="snb-test-actions">
        <button
          type="submit"
          className="snb-button snb-main"
          disabled={asking || (versions.length === 0 && !held)}
          aria-busy={asking}
        >
          {asking ? trans.__('Comparing…') : trans.__('Compare')}
        </button>
        {asking && (
          <button type="button" className="snb-button" onClick={() => compare.cancel()}>
            {trans.__('Stop waiting')}
          </button>
        )}
      </div>
      {trouble && <TroubleView kit={kit} trouble={trouble} />}
    </form>
  );
}
