import React from 'react';

import type { TestForm } from '../../api/types';
import type { IKit } from '../kit';
import { badge } from '../panel/words';

interface IHeader {
  kit: IKit;
  id: string;
  form: TestForm;
}

/** What is tested, how its values are classified, and where they stay. */
export function Header({ kit, id, form }: IHeader): React.ReactElement {
  const { level } = form;
  return (
    <header className="snb-test-head">
      <h2 id={id}>
        {kit.trans.__('Test · %1', form.name)} <span className="snb-test-model">{form.model}</span>
      </h2>
      <span className={`snb-badge${level.protected ? ' snb-protected' : ''}`}>{badge(level, kit.trans)}</span>
      <p className="snb-muted">{form.notice}</p>
    </header>
  );
}
