import React from 'react';

import { PARTS } from '../../model/detail';
import type { DetailModel, Part } from '../../model/detail';
import { useChanges } from '../changes';
import type { IKit } from '../kit';
import { TroubleView, Waiting } from '../standing';
import { Tabs } from '../tabs';
import { Access } from './access';
import { Documents } from './documents';
import { Head } from './head';
import { History } from './history';
import { Logs } from './logs';
import { Overview } from './overview';
import { Revisions } from './revisions';

interface IDetailView {
  kit: IKit;
  model: DetailModel;
  part: Part;
  onPart: (part: Part) => void;
  /** the tester, drawn by whoever provides it; null where nobody does */
  test: (() => React.ReactElement) | null;
  remove: () => void;
}

/** A deployment's tab. What was last known stays to be read when the deployment is gone. */
export function DetailView({ kit, model, part, onPart, test, remove }: IDetailView): React.ReactElement {
  useChanges(model.changed);
  const id = React.useId();
  const { trans } = kit;
  const { value: detail, trouble } = model.detail;
  const { gone } = model;
  if (!detail) {
    return (
      <div className="snb-page">
        {gone ? (
          <p role="status">{trans.__('This deployment was deleted.')}</p>
        ) : trouble ? (
          <TroubleView kit={kit} trouble={trouble} retry={() => model.refresh()} />
        ) : (
          <Waiting text={trans.__('Reading the deployment…')} />
        )}
      </div>
    );
  }
  const labels: Record<Part, string> = {
    overview: trans.__('Overview'),
    test: trans.__('Test'),
    documents: trans.__('Documents'),
    access: trans.__('Access'),
    revisions: trans.__('Revisions'),
    logs: trans.__('Logs'),
    history: trans.__('History')
  };
  const tabs = PARTS.filter(one => one !== 'test' || test).map(one => ({ id: one, label: labels[one] }));
  const shown = tabs.some(tab => tab.id === part) ? part : 'overview';
  return (
    <div className="snb-page snb-wide">
      <Head kit={kit} detail={detail} gone={gone} remove={remove} />
      {trouble && !gone && <TroubleView kit={kit} trouble={trouble} retry={() => model.refresh()} />}
      <Tabs id={id} label={detail.row.name} tabs={tabs} chosen={shown} onChoose={to => onPart(to as Part)}>
        {shown === 'overview' && <Overview kit={kit} detail={detail} />}
        {shown === 'test' && test?.()}
        {shown === 'documents' && <Documents kit={kit} detail={detail} model={model} />}
        {shown !== 'overview' && shown !== 'test' && shown !== 'documents' && (
          <div className="snb-card snb-neutral">
            <div className="snb-card-body">
              {shown === 'access' && <Access kit={kit} detail={detail} />}
              {shown === 'revisions' && <Revisions kit={kit} detail={detail} />}
              {shown === 'logs' && <Logs kit={kit} model={model} />}
              {shown === 'history' && <History kit={kit} model={model} />}
            </div>
          </div>
        )}
      </Tabs>
    </div>
  );
}
