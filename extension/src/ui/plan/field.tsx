import React from 'react';

/** What an input is given so that its label, its hint and its fault are read with it. */
export interface IFieldProps {
  id: string;
  className: string;
  'aria-invalid': boolean;
  'aria-describedby': string | undefined;
}

interface IField {
  id: string;
  label: string;
  hint?: string;
  fault?: React.ReactNode;
  children: (props: IFieldProps) => React.ReactElement;
}

/** A label, an input, and below it what is wrong with what was typed, or a hint. */
export function Field({ id, label, hint, fault, children }: IField): React.ReactElement {
  const below = fault ?? hint;
  return (
    <div className="snb-field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        className: 'snb-input',
        'aria-invalid': Boolean(fault),
        'aria-describedby': below ? `${id}-below` : undefined
      })}
      {below && (
        <small id={`${id}-below`} className={fault ? 'snb-bad snb-fault' : 'snb-muted'}>
          {below}
        </small>
      )}
    </div>
  );
}
