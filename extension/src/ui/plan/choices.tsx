import React from 'react';

import type { PlanWish, ServerView } from '../../api/types';
import type { PlanModel } from '../../model/plan';
import { CHOICES, chosen } from '../../model/wish';
import type { IKit } from '../kit';
import { Field } from './field';
import { Select } from './select';

interface IChoices {
  kit: IKit;
  model: PlanModel;
  /** what is wrong with a field */
  fault: (field: string) => React.ReactNode;
}

/** What a plan chooses by itself, unless one wants it otherwise: folded until something is chosen, or wrong. */
export function Choices({ kit, model, fault }: IChoices): React.ReactElement {
  const { trans } = kit;
  const id = React.useId();
  const { wish } = model;
  const made = Object.keys(chosen(wish)).length;
  const faulty = CHOICES.some(name => fault(name) !== null);
  const [open, setOpen] = React.useState(made > 0);
  React.useEffect(() => {
    if (faulty) {
      setOpen(true);
    }
  }, [faulty]);
  const set = (change: Partial<PlanWish>): void => model.wishFor(change);
  const servers = model.session.places.find(place => place.name === wish.place)?.servers ?? [];
  const server = servers.find(one => one.value === wish.server);
  const spoken = server ? server.protocols : [...new Set(servers.flatMap(one => one.protocols))];
  const itself = byItself(model, servers);
  const unless = (what: string): string => (what ? trans.__('chosen for me: %1', what) : trans.__('chosen for me'));
  return (
    <details className="snb-more" open={open} onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>
        {trans.__('More choices')}{' '}
        {made > 0 && <span className="snb-muted">{trans._n('%1 made', '%1 made', made)}</span>}
      </summary>
      <div className="snb-form-grid">
        <Field
          id={`${id}-server`}
          label={trans.__('Server')}
          fault={fault('server')}
          hint={trans.__('the program that loads the model and answers')}
        >
          {props => (
            <Select
              {...props}
              value={wish.server ?? ''}
              none={unless(itself.server)}
              options={servers.map(({ value, label }) => ({ value, label }))}
              other={trans.__('%1 (not there)', wish.server ?? '')}
              onChoose={value => set({ server: value, ...(speaks(servers, value, wish) ? {} : { protocol: '' }) })}
            />
          )}
        </Field>
        <Field
          id={`${id}-protocol`}
          label={trans.__('Protocol')}
          fault={fault('protocol')}
          hint={trans.__('the form in which it is asked and answers')}
        >
          {props => (
            <Select
              {...props}
              value={wish.protocol ?? ''}
              none={unless(itself.protocol)}
              options={spoken.map(value => ({ value, label: value }))}
              other={trans.__('%1 (not there)', wish.protocol ?? '')}
              onChoose={protocol => set({ protocol })}
            />
          )}
        </Field>
        <Field
          id={`${id}-image`}
          label={trans.__('Image')}
          fault={fault('image')}
          hint={trans.__('of the server, with its version or digest; one of your own if no server is chosen')}
        >
          {props => (
            <input
              {...props}
              value={wish.image ?? ''}
              maxLength={512}
              spellCheck={false}
              placeholder={trans.__('chosen for me')}
              onChange={event => set({ image: event.target.value })}
            />
          )}
        </Field>
        <Field
          id={`${id}-environment`}
          label={trans.__('Packages')}
          fault={fault('environment')}
          hint={trans.__('the versions of the libraries that the model runs with')}
        >
          {props => (
            <Select
              {...props}
              value={wish.environment ?? ''}
              none={trans.__('the server’s, if they fit')}
              options={[{ value: 'own', label: trans.__('the model’s own (starts slower)') }]}
              other={wish.environment ?? ''}
              onChoose={environment => set({ environment })}
            />
          )}
        </Field>
      </div>
    </details>
  );
}

/** What a plan takes by itself: what it took, if there is one of this wish; else what it would, where that is known. */
function byItself(
  { plan, stale, wish }: PlanModel,
  servers: readonly ServerView[]
): { server: string; protocol: string } {
  if (plan?.server && !stale) {
    return plan;
  }
  const first = wish.image || wish.protocol ? undefined : servers[0];
  const server = servers.find(one => one.value === wish.server) ?? first;
  return { server: first?.label ?? '', protocol: server?.protocols[0] ?? '' };
}

function speaks(servers: readonly ServerView[], value: string, { protocol }: PlanWish): boolean {
  const server = servers.find(one => one.value === value);
  return !protocol || !server || server.protocols.includes(protocol);
}
