import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import React from 'react';

import type { ITarget } from '../tokens';
import type { ITestHolder } from '../ui/tester/view';

/** Draws the view for a target; `fallback` is shown below what it says if the server's part is not there. */
export type Draw = (
  target: ITarget,
  predictor: string,
  holder: ITestHolder,
  node: HTMLElement,
  fallback: React.ReactNode
) => React.ReactElement;

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Whom an output names; null if it was made by something else, or changed by hand. */
export function readTarget(data: unknown): { target: ITarget; predictor: string } | null {
  if (typeof data !== 'object' || data === null) {
    return null;
  }
  const { v, place, namespace, deployment, predictor = 'default' } = data as Record<string, unknown>;
  const named = [namespace, deployment, predictor].every(one => typeof one === 'string' && NAME.test(one));
  if (v !== 1 || (place !== 'here' && place !== 'cluster') || !named) {
    return null;
  }
  return { target: { place, namespace: String(namespace), name: String(deployment) }, predictor: String(predictor) };
}

/** An output of `dep.widget()`. It reads names from the notebook and writes nothing to it; what is typed lives as long as this output. */
export class TestOutput extends ReactWidget implements IRenderMime.IRenderer {
  constructor(
    private readonly _mimeType: string,
    private readonly _rendermime: IRenderMimeRegistry,
    private readonly _trans: TranslationBundle,
    private readonly _draw: Draw
  ) {
    super();
    this.addClass('snb-test-output');
    // Keys belong to the inputs here: the notebook would take `b` or Enter on a button for a command.
    this.node.setAttribute('data-lm-suppress-shortcuts', 'true');
  }

  renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this._model = model;
    this.update();
    return Promise.resolve();
  }

  override dispose(): void {
    if (!this.isDisposed) {
      super.dispose();
      this._holder.models?.dispose();
    }
  }

  protected render(): React.ReactElement | null {
    const model = this._model;
    if (!model) {
      return null;
    }
    const still = <Static rendermime={this._rendermime} model={model} />;
    const found = readTarget(model.data[this._mimeType]);
    if (!found) {
      return (
        <>
          <p className="snb-muted">{this._trans.__('This output names no deployment that could be tested.')}</p>
          {still}
        </>
      );
    }
    return (
      <React.Suspense fallback={null}>
        {this._draw(found.target, found.predictor, this._holder, this.node, still)}
      </React.Suspense>
    );
  }

  private _model: IRenderMime.IMimeModel | null = null;
  private readonly _holder: ITestHolder = { models: null };
}

/** The picture that was saved in the notebook, cleaned as any HTML of a notebook is. */
function Static({
  rendermime,
  model
}: {
  rendermime: IRenderMimeRegistry;
  model: IRenderMime.IMimeModel;
}): React.ReactElement {
  const place = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    const node = place.current;
    if (!node || typeof model.data['text/html'] === 'undefined') {
      return;
    }
    const widget = rendermime.createRenderer('text/html');
    void widget.renderModel(model);
    Widget.attach(widget, node);
    return () => widget.dispose();
  }, [rendermime, model]);
  return <div ref={place} />;
}
