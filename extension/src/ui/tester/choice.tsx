import React from 'react';

import type { FieldView } from '../../api/types';
import type { IKit } from '../kit';
import type { IInput } from './field';

interface IChoice {
  kit: IKit;
  field: FieldView;
  input: IInput;
  common: React.AriaAttributes & { id: string; disabled: boolean; onBlur: (event: React.FocusEvent) => void };
}

/** No category is called so: it opens the input for another one. */
const OTHER = '\u0000other';

/** The categories that were seen, and a way to write another one. */
export function Choice({ kit, field, input, common }: IChoice): React.ReactElement {
  const { trans } = kit;
  const unknown = input.text !== '' && !field.choices.includes(input.text);
  const [other, setOther] = React.useState(unknown || field.choices.length === 0);
  const written = React.useRef<HTMLInputElement>(null);
  const open = other || unknown;
  if (field.choices.length === 0) {
    return (
      <input
        {...common}
        type="text"
        value={input.text}
        autoComplete="off"
        onChange={event => input.onText(event.target.value)}
      />
    );
  }
  return (
    <span className="snb-test-choice">
      <select
        {...common}
        value={open ? OTHER : input.text}
        onChange={event => {
          const chosen = event.target.value;
          setOther(chosen === OTHER);
          input.onText(chosen === OTHER ? '' : chosen);
          if (chosen === OTHER) {
            requestAnimationFrame(() => written.current?.focus());
          }
        }}
      >
        <option value="">{trans.__('choose…')}</option>
        {field.choices.map(choice => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
        <option value={OTHER}>{trans.__('other…')}</option>
      </select>
      {open && (
        <input
          type="text"
          ref={written}
          disabled={input.disabled}
          value={input.text}
          autoComplete="off"
          aria-label={trans.__('%1, another category', field.name)}
          aria-invalid={input.invalid}
          aria-describedby={input.describedBy}
          onChange={event => {
            setOther(true);
            input.onText(event.target.value);
          }}
          onBlur={common.onBlur}
        />
      )}
    </span>
  );
}
