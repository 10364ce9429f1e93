import React from 'react';

import type { DeploymentDetail } from '../../api/types';
import type { DetailModel } from '../../model/detail';
import { Card } from '../card';
import { Listing } from '../card/listing';
import { useChanges } from '../changes';
import type { IKit } from '../kit';
import { Empty, TroubleView, Waiting } from '../standing';

interface IDocuments {
  kit: IKit;
  detail: DeploymentDetail;
  model: DetailModel;
}

/** Whether what lives is what was applied; then what was applied, as YAML; then what the last apply changed of the one before it. */
export function Documents({ kit, detail, model }: IDocuments): React.ReactElement {
  const { trans } = kit;
  const { diff, documents, row } = detail;
  return (
    <div className="snb-stack">
      <Drift kit={kit} detail={detail} model={model} />
      <div className="snb-card snb-neutral">
        <div className="snb-card-body">
          {documents.length === 0 && <Empty>{trans.__('There are no documents to show.')}</Empty>}
          {documents.map(({ name, yaml }, index) => (
            <Listing
              key={name}
              kit={kit}
              block={{ type: 'listing', title: name, text: yaml, language: 'yaml', folded: index > 0 }}
            />
          ))}
          {diff.trim() && (
            <Listing
              kit={kit}
              block={{
                type: 'listing',
                title: trans.__('What revision %1 changed', row.revision),
                text: diff,
                language: 'diff',
                folded: false
              }}
            />
          )}
        </div>
      </div>
    </div>
  );
}

/** Compared when somebody looks here, and again whenever the deployment is told anew. */
function Drift({ kit, detail, model }: IDocuments): React.ReactElement {
  const { trans } = kit;
  const { drift, gone } = model;
  useChanges(drift.changed);
  React.useEffect(() => {
    if (!gone) {
      void drift.ask();
    }
  }, [drift, detail, gone]);
  const { value, trouble } = drift;
  const [again, setAgain] = React.useState(false);
  const compare = (): void => {
    setAgain(false);
    void drift.ask().then(() => setAgain(true));
  };
  return (
    <div>
      <p className="snb-hidden" role="status">
        {again && value ? value.title : ''}
      </p>
      {trouble && !gone && <TroubleView kit={kit} trouble={trouble} retry={() => void drift.ask()} />}
      {!value && !trouble && <Waiting text={trans.__('Comparing what runs with what was applied…')} />}
      {value && !trouble && (
        <Card kit={kit} card={value}>
          <div className="snb-buttons">
            <button type="button" className="snb-button" onClick={compare}>
              {trans.__('Compare again')}
            </button>
          </div>
        </Card>
      )}
    </div>
  );
}
