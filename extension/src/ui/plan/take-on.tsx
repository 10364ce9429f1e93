import React from 'react';

import type { PlanView } from '../../api/types';
import { mayTakeOn } from '../../model/plan-card';
import type { PlanModel } from '../../model/plan';
import type { IKit } from '../kit';

interface ITakeOn {
  kit: IKit;
  model: PlanModel;
  plan: PlanView;
}

/** Findings that may be taken on: chosen one by one, with one reason that is kept in the record. */
export function TakeOn({ kit, model, plan }: ITakeOn): React.ReactElement | null {
  const { trans } = kit;
  const id = React.useId();
  const may = mayTakeOn(plan);
  const [chosen, setChosen] = React.useState<readonly string[]>([]);
  const [because, setBecause] = React.useState(model.wish.because ?? '');
  const [missed, setMissed] = React.useState(false);
  if (!may.length) {
    return null;
  }
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    setMissed(!because.trim());
    if (because.trim() && chosen.length) {
      void model.make({ override: [...new Set([...(model.wish.override ?? []), ...chosen])], because });
    }
  };
  return (
    <form className="snb-take-on" onSubmit={submit}>
      <fieldset>
        <legend>{trans.__('Take on with a reason')}</legend>
        {may.map(({ code, text }) => (
          <label key={code} className="snb-check">
            <input
              type="checkbox"
              checked={chosen.includes(code)}
              onChange={event =>
                setChosen(event.target.checked ? [...chosen, code] : chosen.filter(one => one !== code))
              }
            />{' '}
            <strong>{code}</strong> <span className="snb-muted">{text.replace(/`/g, '')}</span>
          </label>
        ))}
        {chosen.length > 0 && (
          <>
            <label className="snb-field" htmlFor={`${id}-why`}>
              <span>{trans.__('Why, in one line; it is kept with your name')}</span>
              <input
                id={`${id}-why`}
                className="snb-input"
                value={because}
                maxLength={500}
                required
                aria-invalid={missed}
                aria-describedby={missed ? `${id}-missed` : undefined}
                onChange={event => setBecause(event.target.value)}
              />
            </label>
            {missed && (
              <p id={`${id}-missed`} className="snb-bad snb-fault" role="alert">
                {trans.__('A reason is needed.')}
              </p>
            )}
            <button type="submit" className="snb-button">
              {trans.__('Plan again with this')}
            </button>
          </>
        )}
      </fieldset>
    </form>
  );
}
