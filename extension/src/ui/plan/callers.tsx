import React from 'react';

import type { IKit } from '../kit';
import { Field } from './field';

interface ICallers {
  id: string;
  kit: IKit;
  callers: readonly string[];
  fault: React.ReactNode;
  onChange: (callers: string[]) => void;
}

/** Names with commas between them. What is typed stays as it is typed until the field is left. */
export function Callers({ id, kit, callers, fault, onChange }: ICallers): React.ReactElement {
  const { trans } = kit;
  const written = callers.join(', ');
  const [text, setText] = React.useState(written);
  const [told, setTold] = React.useState(written);
  if (told !== written) {
    setTold(written);
    setText(written);
  }
  const type = (typed: string): void => {
    const names = typed.split(/[,;\s]+/).filter(Boolean);
    setText(typed);
    setTold(names.join(', '));
    onChange(names);
  };
  return (
    <Field id={id} label={trans.__('May call it')} fault={fault} hint={trans.__('names with commas; you always may')}>
      {props => (
        <input {...props} value={text} onChange={event => type(event.target.value)} onBlur={() => setText(written)} />
      )}
    </Field>
  );
}
