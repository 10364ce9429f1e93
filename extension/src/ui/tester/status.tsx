import React from 'react';

import type { TestModels } from '../../model/test';
import { formatNumber } from '../../model/values';
import type { IKit } from '../kit';
import { useModel } from './state';

interface IStatus {
  kit: IKit;
  models: TestModels;
}

/** What a screen reader says when something has happened; the same is seen where it happened. */
export function Status({ kit, models }: IStatus): React.ReactElement {
  const { trans } = kit;
  const { asking, answer, current, marks } = useModel(models.tester);
  const comparison = useModel(models.compare);
  const { saved } = useModel(models.cases);
  let said = '';
  if (asking || comparison.asking) {
    said = trans.__('Waiting for the answer…');
  } else if (marks.length > 0) {
    said = trans._n('%1 input needs attention.', '%1 inputs need attention.', marks.length);
  } else if (saved) {
    said = trans.__('The cases were saved as %1.', saved);
  } else if (comparison.view) {
    said = comparison.view.text;
  } else if (answer && current) {
    said = trans.__('%1 answered in %2 ms.', answer.model, formatNumber(answer.tookMs, models.tester.language));
  }
  return (
    <p className="snb-hidden" role="status" aria-live="polite">
      {said}
    </p>
  );
}
