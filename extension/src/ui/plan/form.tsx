import React from 'react';

import type { PlaceName, PlanWish, Problem } from '../../api/types';
import type { PlanModel } from '../../model/plan';
import { faultAt } from '../../model/plan-card';
import { TIMEOUT } from '../../model/wish';
import { Inline } from '../card/inline';
import type { IKit } from '../kit';
import { Callers } from './callers';
import { Choices } from './choices';
import { Field } from './field';
import { Namespaces } from './namespaces';

interface IForm {
  kit: IKit;
  model: PlanModel;
  /** what the server said; shown, as a finding of the plan is, at the field that is meant */
  problem: Problem | null;
}

/** What is wished for. Enter plans; nothing is changed by it. */
export function Form({ kit, model, problem }: IForm): React.ReactElement {
  const { trans } = kit;
  const { wish } = model;
  const id = React.useId();
  const fault = (...fields: string[]): React.ReactNode => {
    const said = problem && fields.includes(problem.field) ? problem : null;
    const found = model.plan && !model.stale ? faultAt(model.plan, ...fields) : undefined;
    const text = said ? [said.what, said.saw].filter(Boolean).join(' ') : found?.text;
    return text ? <Inline text={text} /> : null;
  };
  const set = (change: Partial<PlanWish>): void => model.wishFor(change);
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    void model.make();
  };
  return (
    <form className="snb-form" onSubmit={submit} aria-label={trans.__('What to deploy, and where')}>
      <div className="snb-form-grid">
        <Field id={`${id}-ref`} label={trans.__('Model version')} fault={fault('ref')} hint={trans.__('as fraud@3')}>
          {props => <input {...props} required value={wish.ref} onChange={event => set({ ref: event.target.value })} />}
        </Field>
        <Field id={`${id}-to`} label={trans.__('Where')} fault={fault('to', 'place', 'namespace')}>
          {props => (
            <Namespaces
              {...props}
              kit={kit}
              places={model.session.places}
              place={wish.place}
              namespace={wish.to}
              onChoose={(place: PlaceName, to: string) => set({ place, to })}
            />
          )}
        </Field>
        <Field
          id={`${id}-name`}
          label={trans.__('Name')}
          fault={fault('name')}
          hint={trans.__('the model’s own if left out')}
        >
          {props => (
            <input
              {...props}
              value={wish.name ?? ''}
              maxLength={63}
              placeholder={wish.ref.split('@')[0] ?? ''}
              onChange={event => set({ name: event.target.value })}
            />
          )}
        </Field>
        <Callers
          id={`${id}-callers`}
          kit={kit}
          callers={wish.callers ?? []}
          fault={fault('callers', 'caller')}
          onChange={callers => set({ callers })}
        />
        <Field
          id={`${id}-timeout`}
          label={trans.__('Answers within')}
          fault={fault('timeout')}
          hint={trans.__('seconds')}
        >
          {props => (
            <input
              {...props}
              type="number"
              min={1}
              max={3600}
              required
              value={wish.timeout ?? TIMEOUT}
              onChange={event => set({ timeout: event.target.valueAsNumber || TIMEOUT })}
            />
          )}
        </Field>
      </div>
      <Choices kit={kit} model={model} fault={fault} />
      <div className="snb-buttons">
        <button
          type="submit"
          className={`snb-button ${model.plan && !model.stale ? '' : 'snb-main'}`}
          aria-disabled={model.busy !== null}
        >
          {model.plan ? trans.__('Plan again') : trans.__('Plan')}
        </button>
        <span className="snb-muted">{trans.__('Planning changes nothing.')}</span>
      </div>
    </form>
  );
}
