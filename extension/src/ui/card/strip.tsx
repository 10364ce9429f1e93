import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { CardStrip, LinkView } from '../../api/types';
import type { IKit } from '../kit';
import { Station } from '../pictures';

/** Where something comes from and where it went: each station opens what it means, if Lab can show it. */
export function Strip({ kit, block }: { kit: IKit; block: CardStrip }): React.ReactElement | null {
  const { trans } = kit;
  const { links } = block;
  if (!links.length) {
    return null;
  }
  return (
    <ol className="snb-timeline snb-strip" aria-label={trans.__('Where it comes from and where it went')}>
      {links.map((link, index) => (
        <li key={index} className="snb-busy">
          <Station
            tone="neutral"
            first={index === 0}
            last={index === links.length - 1}
            reached={Boolean(link.title)}
            onward={Boolean(links[index + 1]?.title)}
            sign={false}
          />
          <span>
            <small>{kindWord(link, trans)}</small>
            <Stop kit={kit} link={link} />
            {link.detail && <small>{link.detail}</small>}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Stop({ kit, link }: { kit: IKit; link: LinkView }): React.ReactElement {
  const open = link.title ? kit.follow(link) : null;
  if (!open) {
    return <b>{link.title || kit.trans.__('not known')}</b>;
  }
  return (
    <button type="button" className="snb-link" onClick={open}>
      {link.title}
    </button>
  );
}

function kindWord(link: LinkView, trans: TranslationBundle): string {
  switch (link.kind) {
    case 'notebook':
      return trans.__('Notebook');
    case 'run':
      return trans.__('Run');
    case 'version':
      return trans.__('Model version');
    case 'workflow':
      return trans.__('Workflow');
    case 'deployment':
      return trans.__('Deployment');
  }
}
