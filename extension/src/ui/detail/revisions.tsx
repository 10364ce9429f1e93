import React from 'react';

import type { DeploymentDetail } from '../../api/types';
import { Table } from '../card/table';
import type { IKit } from '../kit';
import { ProblemView } from '../problem';
import { Empty } from '../standing';
import { moment, shortDigest } from '../words';

/** Every apply, the newest first. */
export function Revisions({ kit, detail }: { kit: IKit; detail: DeploymentDetail }): React.ReactElement {
  const { trans, language } = kit;
  const rows = [...detail.revisions].sort((a, b) => b.number - a.number);
  if (detail.unread) {
    return <ProblemView kit={kit} problem={detail.unread} announce={false} />;
  }
  if (!rows.length) {
    return <Empty>{trans.__('No revision is recorded.')}</Empty>;
  }
  return (
    <Table
      block={{
        type: 'table',
        headers: [
          trans.__('Revision'),
          trans.__('Model'),
          trans.__('Applied by'),
          trans.__('When'),
          trans.__('Plan'),
          trans.__('State')
        ],
        rows: rows.map(one => [
          String(one.number),
          one.model,
          one.who,
          moment(one.at, language),
          one.digest && `\`${shortDigest(one.digest)}\``,
          one.live ? `✓ ${trans.__('lives')}` : trans.__('replaced')
        ]),
        caption: '',
        right: []
      }}
    />
  );
}
