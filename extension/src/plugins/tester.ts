import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Clipboard } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import React from 'react';

import type { IKernelHost } from '../model/kernel';
import { ISession, ITestView } from '../tokens';
import type { IKit } from '../ui/kit';
import { kernelOf, latestKernel } from './tester-kernel';
import { TestOutput } from './tester-output';

/** What `dep.widget()` displays: names only, `{v, place, namespace, deployment, predictor}`. */
export const TEST_MIME = 'application/vnd.seldon-nb.test+json';
/** Before HTML, which is what is shown where this extension is not. */
const RANK = 40;

const View = React.lazy(() => import('../ui/tester/view'));

/** The test view, for the panel's Test tab and for outputs of notebooks. */
export const testerPlugin: JupyterFrontEndPlugin<ITestView> = {
  id: 'seldon-nb-lab:tester',
  description: 'The view in which a deployment is tested, in notebooks and in the panel.',
  autoStart: true,
  provides: ITestView,
  requires: [ISession],
  optional: [INotebookTracker, IRenderMimeRegistry, ITranslator],
  activate: (
    _app: JupyterFrontEnd,
    session: ISession,
    notebooks: INotebookTracker | null,
    rendermime: IRenderMimeRegistry | null,
    translator: ITranslator | null
  ): ITestView => {
    const { languageCode } = translator ?? nullTranslator;
    const trans = (translator ?? nullTranslator).load('seldon_nb_lab');
    const kit: IKit = { trans, copy: text => Clipboard.copyToSystem(text), insert: null, follow: () => null };
    const common = { kit, client: session.client, language: languageCode };
    rendermime?.addFactory(
      {
        safe: true,
        mimeTypes: [TEST_MIME],
        defaultRank: RANK,
        createRenderer: options =>
          new TestOutput(options.mimeType, rendermime, trans, (target, predictor, holder, node, fallback) =>
            React.createElement(View, {
              ...common,
              target,
              predictor,
              holder,
              host: () => around(notebooks, node) ?? latestKernel(notebooks),
              fallback
            })
          )
      },
      RANK
    );
    return {
      render: (target, predictor) =>
        React.createElement(
          React.Suspense,
          { fallback: null },
          React.createElement(View, { ...common, target, predictor, host: () => latestKernel(notebooks) })
        )
    };
  }
};

/** The kernel of the notebook that a node stands in. */
function around(notebooks: INotebookTracker | null, node: Node): IKernelHost | null {
  const panel = notebooks?.find(one => one.node.contains(node));
  return panel ? kernelOf(panel) : null;
}
