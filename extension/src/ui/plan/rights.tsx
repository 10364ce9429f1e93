import React from 'react';

import type { PlanView } from '../../api/types';
import { rightsTitle } from '../../model/plan-card';
import { Inline } from '../card/inline';
import { Copy } from '../copy';
import type { IKit } from '../kit';

/** What the plan needs you to be allowed, verb by verb, as the platform answered. */
export function Rights({ kit, plan }: { kit: IKit; plan: PlanView }): React.ReactElement | null {
  const { trans } = kit;
  if (!plan.rights.length) {
    return null;
  }
  const title = rightsTitle(plan);
  return (
    <div className="snb-scroll">
      <table className="snb-table snb-rights">
        <caption>{title ? <Inline text={title} /> : trans.__('What you may do there')}</caption>
        <thead>
          <tr>
            <th scope="col">{trans.__('Right')}</th>
            <th scope="col">{trans.__('Yours')}</th>
            <th scope="col">{trans.__('What for')}</th>
          </tr>
        </thead>
        <tbody>
          {plan.rights.map((right, index) => (
            <tr key={index} className={right.allowed ? 'snb-good' : 'snb-bad'}>
              <th scope="row">
                <code title={`${right.verb} ${right.resource}`}>
                  {right.verb} {right.resource.split('.')[0]}
                </code>
              </th>
              <td className="snb-card-state">
                <span aria-hidden="true">{right.allowed ? '✓' : '✕'} </span>
                {right.allowed ? trans.__('yes') : trans.__('no')}
              </td>
              <td>
                <Inline text={right.text} />{' '}
                {!right.allowed && right.request && (
                  <Copy
                    kit={kit}
                    text={right.request}
                    what={`${right.verb} ${right.resource}`}
                    label={trans.__('Copy request')}
                  />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
