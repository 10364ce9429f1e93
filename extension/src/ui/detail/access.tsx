import React from 'react';

import type { DeploymentDetail } from '../../api/types';
import { Table } from '../card/table';
import type { IKit } from '../kit';
import { Empty } from '../standing';

/** Who may do what with it. */
export function Access({ kit, detail }: { kit: IKit; detail: DeploymentDetail }): React.ReactElement {
  const { trans } = kit;
  if (!detail.access.length) {
    return <Empty>{trans.__('Nobody is named: nobody may call it.')}</Empty>;
  }
  return (
    <Table
      block={{
        type: 'table',
        headers: [trans.__('Who'), trans.__('Kind'), trans.__('May')],
        rows: detail.access.map(({ name, kind, may }) => [name, kind, may.join(', ')]),
        caption: '',
        right: []
      }}
    />
  );
}
