import React from 'react';

import type { FieldView } from '../../api/types';
import type { IMark } from '../../model/draft';
import { decimalComma, isLocalTime, isOutside, mayMiss, parseNumber } from '../../model/values';
import type { ICell } from '../../model/values';
import type { IKit } from '../kit';
import { Choice } from './choice';
import { MarkView } from './mark';
import { rangeWord } from './words';

export interface IInput {
  id: string;
  text: string;
  disabled: boolean;
  invalid: boolean;
  describedBy: string;
  onText: (text: string) => void;
  onLeave: () => void;
}

interface IField {
  kit: IKit;
  id: string;
  field: FieldView;
  cell: ICell;
  language: string;
  mark: IMark | undefined;
  onCell: (patch: Partial<ICell>) => void;
  onLeave: () => void;
}

/** One input of the model: its label, its input, what it was trained on, and what is wrong with it. */
export function Field({ kit, id, field, cell, language, mark, onCell, onLeave }: IField): React.ReactElement {
  const { trans } = kit;
  const outside = !mark && isOutside(field, cell, language);
  const ranged = field.minimum !== null && field.maximum !== null; // then a hint says the same in words
  const input: IInput = {
    id,
    text: cell.missing ? '' : cell.text,
    disabled: cell.missing,
    invalid: mark !== undefined,
    describedBy: `${id}-about${mark ? ` ${id}-mark` : outside ? ` ${id}-outside` : ''}`,
    onText: text => onCell({ text }),
    onLeave
  };
  return (
    <div className={`snb-test-field${mark ? ' snb-bad' : outside ? ' snb-warn' : ''}`}>
      <label htmlFor={id}>{field.name}</label>
      <span className="snb-test-control">
        <Control kit={kit} field={field} input={input} language={language} />
        {mayMiss(field) && (
          <label className="snb-test-missing">
            <input
              type="checkbox"
              checked={cell.missing}
              onChange={event => onCell({ missing: event.target.checked })}
            />
            <span aria-hidden="true">{trans.__('missing')}</span>
            <span className="snb-hidden">{trans.__('%1 is missing', field.name)}</span>
          </label>
        )}
      </span>
      <span className="snb-test-about" id={`${id}-about`}>
        <span className="snb-muted">{rangeWord(field, language, trans)}</span>
        {field.hint && <span className={ranged ? 'snb-hidden' : 'snb-muted'}>{field.hint}</span>}
      </span>
      {outside && (
        <p className="snb-test-outside" id={`${id}-outside`}>
          <span aria-hidden="true">! </span>
          {trans.__('outside of what it was trained on')}
        </p>
      )}
      {mark && <MarkView kit={kit} id={`${id}-mark`} mark={mark} language={language} />}
    </div>
  );
}

interface IControl {
  kit: IKit;
  field: FieldView;
  input: IInput;
  language: string;
}

function Control({ kit, field, input, language }: IControl): React.ReactElement {
  const { trans } = kit;
  const common = {
    id: input.id,
    disabled: input.disabled,
    'aria-invalid': input.invalid,
    'aria-describedby': input.describedBy,
    'aria-required': !mayMiss(field),
    onBlur: (event: React.FocusEvent) => {
      if (!asks(event.relatedTarget)) {
        input.onLeave();
      }
    }
  };
  switch (field.kind) {
    case 'boolean':
      return (
        <select {...common} value={input.text} onChange={event => input.onText(event.target.value)}>
          <option value="">{trans.__('choose…')}</option>
          <option value="true">{trans.__('yes')}</option>
          <option value="false">{trans.__('no')}</option>
        </select>
      );
    case 'category':
      return <Choice kit={kit} field={field} input={input} common={common} />;
    default:
      return (
        <input
          {...common}
          {...KINDS[field.kind]?.(input.text)}
          value={input.text}
          autoComplete="off"
          spellCheck={false}
          onChange={event => input.onText(event.target.value)}
          onKeyDown={field.kind === 'integer' ? event => step(event, input, language) : undefined}
        />
      );
  }
}

/** The button that asks checks everything itself; a message that came before its click would move it away from under the pointer. */
function asks(node: EventTarget | null): boolean {
  return node instanceof HTMLButtonElement && node.type === 'submit';
}

const KINDS: Partial<Record<FieldView['kind'], (text: string) => React.InputHTMLAttributes<HTMLInputElement>>> = {
  integer: () => ({ type: 'text', inputMode: 'numeric' }),
  number: () => ({ type: 'text', inputMode: 'decimal' }),
  date: () => ({ type: 'date' }),
  datetime: text => (text === '' || isLocalTime(text) ? { type: 'datetime-local', step: 1 } : { type: 'text' })
};

/** The arrow keys count, as in a native number input; that one would not take a decimal comma or a space between thousands. */
function step(event: React.KeyboardEvent, input: IInput, language: string): void {
  const by = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
  const value = parseNumber(input.text || '0', language);
  if (by && value !== null && Number.isSafeInteger(value)) {
    event.preventDefault();
    const text = String(value + by);
    input.onText(decimalComma(language) ? text.replace('.', ',') : text);
  }
}
