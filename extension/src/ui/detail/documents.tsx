import React from 'react';

import type { DeploymentDetail } from '../../api/types';
import { Listing } from '../card/listing';
import type { IKit } from '../kit';
import { Empty } from '../standing';

/** What was asked of the platform, as YAML, and what the revision that serves changed of the one before it. */
export function Documents({ kit, detail }: { kit: IKit; detail: DeploymentDetail }): React.ReactElement {
  const { trans } = kit;
  const { diff, documents, row } = detail;
  return (
    <>
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
      {documents.length === 0 && <Empty>{trans.__('There are no documents to show.')}</Empty>}
      {documents.map(({ name, yaml }, index) => (
        <Listing
          key={name}
          kit={kit}
          block={{
            type: 'listing',
            title: name,
            text: yaml,
            language: 'yaml',
            folded: index > 0 || Boolean(diff.trim())
          }}
        />
      ))}
    </>
  );
}
