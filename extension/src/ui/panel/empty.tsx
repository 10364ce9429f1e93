import React from 'react';

import type { Problem } from '../../api/types';
import { CommandIDs } from '../../tokens';
import { ProblemView } from '../problem';
import type { IPanelContext } from './context';

interface INothingDeployed {
  context: IPanelContext;
  /** why a place that is looked at cannot be seen */
  unseen?: Problem | undefined;
}

/** What an empty list of deployments says: that nothing matches, or how one gets there. */
export function NothingDeployed({ context, unseen }: INothingDeployed): React.ReactElement {
  const { kit, sections, commands } = context;
  const { trans } = kit;
  const { session, deployments } = sections;
  const other = deployments.whose === 'mine' ? deployments.shared : deployments.mine;
  if (deployments.filter) {
    return (
      <>
        <p className="snb-State-title">{trans.__('No deployment matches “%1”.', deployments.filter)}</p>
        <p>
          <button
            type="button"
            className="snb-Panel-button"
            onClick={() => {
              deployments.filter = '';
            }}
          >
            {trans.__('Show all')}
          </button>
        </p>
      </>
    );
  }
  if (unseen) {
    return (
      <>
        <p className="snb-State-title">
          {trans.__('What is deployed there is not for you to see, or cannot be seen now.')}
        </p>
        <ProblemView kit={kit} problem={unseen} announce={false} />
      </>
    );
  }
  if (deployments.whose === 'shared') {
    return (
      <>
        <p className="snb-State-title">{trans.__('Nobody shares a deployment with you here.')}</p>
        <p>{trans.__('What a colleague lets you call appears in this list by itself.')}</p>
      </>
    );
  }
  const here = session.namespace?.place !== 'cluster' && session.places.find(place => place.name === 'here');
  return (
    <>
      <p className="snb-State-title">{trans.__('You have nothing deployed here yet.')}</p>
      <p>
        {trans.__('Choose a model above and press Deploy: you see a plan first, and nothing happens before you agree.')}
      </p>
      {here && !here.running && commands.hasCommand(CommandIDs.place) && (
        <p>
          <button
            type="button"
            className="snb-Panel-button"
            onClick={() => void commands.execute(CommandIDs.place, { act: 'up' })}
          >
            {trans.__('Start the place on this machine')}
          </button>
        </p>
      )}
      {other ? (
        <p>{trans._n('%1 deployment is shared with you.', '%1 deployments are shared with you.', other)}</p>
      ) : null}
    </>
  );
}
