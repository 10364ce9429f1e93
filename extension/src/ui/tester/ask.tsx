import React from 'react';

import type { TesterModel } from '../../model/tester';

interface IAskForm {
  tester: TesterModel;
  label: string;
  children: React.ReactNode;
}

/** A form that asks: by its button, and by Enter in any of its inputs. */
export function AskForm({ tester, label, children }: IAskForm): React.ReactElement {
  const enter = (event: React.KeyboardEvent): void => {
    const { target } = event;
    if (
      event.key === 'Enter' &&
      !event.defaultPrevented &&
      (target instanceof HTMLInputElement || target instanceof HTMLSelectElement)
    ) {
      event.preventDefault();
      void tester.ask();
    }
  };
  return (
    // What a browser does by itself, JupyterLab's notebook keeps it from doing.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <form
      noValidate
      aria-label={label}
      onKeyDown={enter}
      onSubmit={event => {
        event.preventDefault();
        void tester.ask();
      }}
    >
      {children}
    </form>
  );
}
