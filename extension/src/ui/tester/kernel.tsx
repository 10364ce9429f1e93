import React from 'react';

import type { KernelModel, KernelTrouble } from '../../model/kernel';
import type { IKit } from '../kit';
import { ProblemView } from '../problem';
import { useModel } from './state';
import { kernelWord, standingWord } from './words';

interface IKernel {
  kit: IKit;
  kernel: KernelModel;
}

/** Which kernel is meant, how it is, and a button that reads it again. */
export function KernelHead({ kit, kernel }: IKernel): React.ReactElement {
  const { trans } = kit;
  const { name, standing, reading } = useModel(kernel);
  const { sign, word } = standingWord(standing, trans);
  return (
    <div className="snb-test-kernel">
      <span>{name ? trans.__('Kernel of %1', name) : trans.__('No notebook is open')}</span>
      {name && (
        <span className="snb-muted" role="status">
          <span aria-hidden="true">{reading ? '◐' : sign} </span>
          {reading ? trans.__('reading…') : word}
        </span>
      )}
      <button
        type="button"
        className="snb-button snb-quiet"
        disabled={reading || standing === 'none'}
        onClick={() => void kernel.look()}
      >
        {trans.__('Read again')}
      </button>
    </div>
  );
}

/** Why the kernel gives no answer: what just failed, else why it could not be read. */
export function KernelTroubleView({
  kit,
  kernel,
  trouble
}: IKernel & { trouble: KernelTrouble | null }): React.ReactElement | null {
  const state = useModel(kernel);
  const said = trouble ?? state.trouble;
  if (!said) {
    return null;
  }
  if (said.kind === 'problem') {
    return <ProblemView kit={kit} problem={said.problem} />;
  }
  return (
    <p className="snb-test-note" role="status">
      <span aria-hidden="true">! </span>
      {kernelWord(said, kit.trans)}
    </p>
  );
}
