import React from 'react';

import type { IFieldProps } from './field';

interface ISelect extends IFieldProps {
  value: string;
  /** what it is if nothing is chosen */
  none: string;
  options: readonly { value: string; label: string }[];
  /** what stands there if the value is none of the options */
  other: string;
  onChoose: (value: string) => void;
}

/** A choice that need not be made. What is chosen already is among the options even if it cannot be had. */
export function Select({ value, none, options, other, onChoose, ...props }: ISelect): React.ReactElement {
  const known = !value || options.some(option => option.value === value);
  return (
    <select {...props} value={value} onChange={event => onChoose(event.target.value)}>
      <option value="">{none}</option>
      {!known && <option value={value}>{other}</option>}
      {options.map(option => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
