import React from 'react';

interface IFilter {
  /** what is filtered, for those who hear it */
  label: string;
  hint: string;
  value: string;
  onChange: (value: string) => void;
  children?: React.ReactNode;
}

/** A field that filters a list; the arrow down goes to the list, Escape empties it. */
export const Filter = React.forwardRef<HTMLInputElement, IFilter>(function Filter(
  { label, hint, value, onChange, children },
  ref
): React.ReactElement {
  const onKeyDown = (event: React.KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Escape' && value) {
      onChange('');
    } else if (event.key === 'ArrowDown') {
      firstRow(event.currentTarget)?.focus();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="snb-Filter">
      <input
        ref={ref}
        type="search"
        className="snb-Filter-text"
        aria-label={label}
        placeholder={hint}
        value={value}
        spellCheck={false}
        autoComplete="off"
        onChange={event => onChange(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {children}
    </div>
  );
});

function firstRow(from: HTMLElement): HTMLElement | null {
  return from.closest('.snb-Section')?.querySelector<HTMLElement>('[role=row][tabindex="0"]') ?? null;
}
