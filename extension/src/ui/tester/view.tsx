import React from 'react';

import type { Client, ITarget } from '../../api/client';
import type { IKernelHost } from '../../model/kernel';
import { TestModels } from '../../model/test';
import type { IKit } from '../kit';
import { Tester } from './tester';

/** Keeps what was typed while the view is not drawn, as when a notebook scrolls; whoever owns it disposes of it. */
export interface ITestHolder {
  models: TestModels | null;
}

interface IView {
  kit: IKit;
  client: Client;
  language: string;
  target: ITarget;
  predictor: string;
  host: () => IKernelHost;
  holder?: ITestHolder;
  fallback?: React.ReactNode;
}

/** The test view with all it stands on; the part of it that is loaded when the first one is drawn. */
export default function View(props: IView): React.ReactElement | null {
  const { place, namespace, name } = props.target;
  return <Kept key={`${place}/${namespace}/${name}/${props.predictor}`} {...props} />;
}

function Kept({ kit, client, language, target, predictor, host, holder, fallback }: IView): React.ReactElement {
  const [models] = React.useState(() => {
    const kept = holder?.models;
    return kept && !kept.isDisposed ? kept : new TestModels(client, target, predictor, language, host());
  });
  React.useEffect(() => {
    if (holder) {
      holder.models = models;
      return;
    }
    return () => models.dispose();
  }, [holder, models]);
  return <Tester kit={kit} models={models} fallback={fallback} />;
}
