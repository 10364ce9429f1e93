import React from 'react';

import type { TestModels } from '../../model/test';
import { EMPTY } from '../../model/values';
import type { IKit } from '../kit';
import { AskForm } from './ask';
import { Field } from './field';
import { RowBar } from './rows';
import { useModel } from './state';
import { Tensor } from './tensor';

interface IForm {
  kit: IKit;
  id: string;
  models: TestModels;
  actions: React.ReactNode;
}

/** The inputs of the model; Enter asks. */
export function Form({ kit, id, models, actions }: IForm): React.ReactElement {
  const { tester } = models;
  const { form, draft, at, marks } = useModel(tester);
  const row = draft.rows[at];
  return (
    <AskForm tester={tester} label={kit.trans.__('Question')}>
      {row && <RowBar kit={kit} tester={tester} />}
      {row && (
        <div className="snb-test-fields">
          {form?.fields.map((field, index) => (
            <Field
              key={`${at}:${field.name}`}
              kit={kit}
              id={`${id}-${index}`}
              field={field}
              cell={row[index] ?? EMPTY}
              language={tester.language}
              mark={marks.find(mark => mark.at === at && mark.field === field.name)}
              onCell={patch => tester.setCell(index, patch)}
              onLeave={() => tester.check(field.name)}
            />
          ))}
        </div>
      )}
      {draft.tensors.map((tensor, index) => (
        <Tensor
          key={tensor.view.name}
          kit={kit}
          id={`${id}-t${index}`}
          tester={tester}
          tensor={tensor}
          marks={marks.filter(mark => mark.field === tensor.view.name)}
        />
      ))}
      {actions}
    </AskForm>
  );
}
