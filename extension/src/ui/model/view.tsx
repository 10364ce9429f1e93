import React from 'react';

import type { VersionModel } from '../../model/detail';
import { Card } from '../card';
import { Strip } from '../card/strip';
import { useChanges } from '../changes';
import type { IKit } from '../kit';
import { TroubleView, Waiting } from '../standing';

interface IVersionView {
  kit: IKit;
  model: VersionModel;
  /** begin a plan of this version */
  deploy: (ref: string) => void;
}

/** A model version's tab. */
export function VersionView({ kit, model, deploy }: IVersionView): React.ReactElement {
  useChanges(model.detail.changed);
  const { trans } = kit;
  const { value, trouble } = model.detail;
  if (!value) {
    return (
      <div className="snb-page">
        {trouble ? (
          <TroubleView kit={kit} trouble={trouble} retry={() => model.refresh()} />
        ) : (
          <Waiting text={trans.__('Reading the model…')} />
        )}
      </div>
    );
  }
  const { row, card, lineage, run } = value;
  const page = lineage.links.find(link => link.kind === 'run' && link.open === 'url');
  const open = page && kit.follow(page);
  return (
    <div className="snb-page">
      {trouble && <TroubleView kit={kit} trouble={trouble} retry={() => model.refresh()} />}
      <Card
        kit={kit}
        guarded={row.level.protected}
        card={{ ...card, blocks: card.blocks.filter(block => block.type !== 'strip') }}
      >
        <Strip kit={kit} block={lineage} />
        <div className="snb-buttons">
          <button type="button" className="snb-button snb-main" onClick={() => deploy(row.ref)}>
            {trans.__('Deploy…')}
          </button>
          {row.live.length > 0 && (
            <span className="snb-muted">{trans.__('Served now by %1', row.live.join(', '))}</span>
          )}
        </div>
      </Card>
      {run && (
        <Card kit={kit} card={run}>
          {open && (
            <div className="snb-buttons">
              <button type="button" className="snb-button" onClick={open}>
                {trans.__('Open in MLflow')}
              </button>
            </div>
          )}
        </Card>
      )}
    </div>
  );
}
