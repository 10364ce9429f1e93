import React from 'react';

import type { Standing } from '../../tokens';
import { Copy } from '../copy';
import type { IKit } from '../kit';

const INSTALL = 'pip install "seldon_nb[lab]"';
const ENABLE = 'jupyter server extension enable seldon_nb.lab';
const UPGRADE = 'pip install --upgrade "seldon_nb[lab]"';

interface IStandingCard {
  kit: IKit;
  standing: Exclude<Standing, { kind: 'ready' }>;
  retry: () => void;
}

/** Why the panel has nothing to show, and what to do: in its place, never a dialog. */
export function StandingCard({ kit, standing, retry }: IStandingCard): React.ReactElement {
  const { trans } = kit;
  const again = (
    <button type="button" className="snb-Panel-button" onClick={retry}>
      {trans.__('Try again')}
    </button>
  );
  switch (standing.kind) {
    case 'asking':
      return (
        <p className="snb-Standing snb-mod-asking" role="status">
          {trans.__('Asking the server…')}
        </p>
      );
    case 'missing':
      return (
        <Card title={trans.__('The server part of this panel is missing.')}>
          <p>{trans.__('Install it in the environment that JupyterLab runs in, then restart JupyterLab:')}</p>
          <Command kit={kit} text={INSTALL} />
          <p>{trans.__('If it is installed, it may be switched off:')}</p>
          <Command kit={kit} text={ENABLE} />
          <p>{again}</p>
        </Card>
      );
    case 'other-version':
      return (
        <Card title={trans.__('This panel and its server part do not fit together.')}>
          <p>
            {trans.__(
              'The server part is version %1. Bring both to one version, restart JupyterLab, and reload this page:',
              standing.server
            )}
          </p>
          <Command kit={kit} text={UPGRADE} />
          <p>{again}</p>
        </Card>
      );
    case 'signed-out':
      return (
        <Card title={trans.__('You are signed out of Jupyter.')}>
          <p>{trans.__('Reload this page to sign in. Nothing that runs is touched by it.')}</p>
          <p>
            <button type="button" className="snb-Panel-button" onClick={() => window.location.reload()}>
              {trans.__('Reload the page')}
            </button>{' '}
            {again}
          </p>
        </Card>
      );
    case 'unreachable':
      return (
        <Card title={trans.__('The Jupyter server does not answer.')}>
          <p>{trans.__('It is asked again by itself. What runs keeps running meanwhile.')}</p>
          <p>{again}</p>
        </Card>
      );
  }
}

function Card({ title, children }: { title: string; children: React.ReactNode }): React.ReactElement {
  return (
    <div className="snb-Standing" role="alert">
      <p className="snb-State-title">{title}</p>
      {children}
    </div>
  );
}

function Command({ kit, text }: { kit: IKit; text: string }): React.ReactElement {
  return (
    <p className="snb-State-command">
      <code>{text}</code> <Copy kit={kit} text={text} what={text} />
    </p>
  );
}
