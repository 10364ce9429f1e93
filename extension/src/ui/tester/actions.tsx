import React from 'react';

import type { TestModels } from '../../model/test';
import type { IKit } from '../kit';
import { SaveCase } from './save';
import { useModel } from './state';

interface IActions {
  kit: IKit;
  id: string;
  models: TestModels;
}

/** Ask, stop waiting, and keep the rows as a case. Stands in a form: `Ask` is what Enter does there. */
export function Actions({ kit, id, models }: IActions): React.ReactElement {
  const { trans } = kit;
  const { form, draft, asking } = useModel(models.tester);
  const { saved } = useModel(models.cases);
  const [saving, setSaving] = React.useState(false);
  const opener = React.useRef<HTMLButtonElement>(null);
  const many = draft.rows.length;
  const close = (): void => {
    setSaving(false);
    opener.current?.focus();
  };
  return (
    <>
      <div className="snb-test-actions">
        <button type="submit" className="snb-button snb-main" disabled={form?.answering !== true} aria-busy={asking}>
          {asking
            ? trans.__('Asking…')
            : many > 1
              ? trans._n('Ask with %1 row', 'Ask with %1 rows', many)
              : trans.__('Ask')}
        </button>
        {asking && (
          <button type="button" className="snb-button" onClick={() => models.tester.cancel()}>
            {trans.__('Stop waiting')}
          </button>
        )}
        {form?.keep === true && (
          <button
            type="button"
            className="snb-button"
            ref={opener}
            aria-expanded={saving}
            onClick={() => setSaving(!saving)}
          >
            {trans.__('Save as case')}
          </button>
        )}
        {form?.keep === false && (
          <span className="snb-muted">
            {trans.__('Not saved as a case: values of a protected deployment are kept nowhere.')}
          </span>
        )}
      </div>
      {saved && !saving && (
        <p className="snb-test-note snb-good">
          <span aria-hidden="true">✓ </span>
          {trans.__('The cases were saved as %1.', saved)}
        </p>
      )}
      {saving && <SaveCase kit={kit} id={id} models={models} onClose={close} />}
    </>
  );
}
