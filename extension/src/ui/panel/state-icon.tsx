import React from 'react';

import type { Tone } from '../../api/types';

const PATHS: Readonly<Record<Tone, string>> = {
  good: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zm-1.2 9.6L3.7 8l1.2-1.2 1.9 1.9 4.3-4.3 1.2 1.2z',
  warn: 'M8 1.2 15.4 14H.6zm-.9 4.3.2 4.2h1.4l.2-4.2zM8 10.6a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8z',
  bad: 'M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2zm.6 3.2L4.7 5.8 6.9 8l-2.2 2.2 1.1 1.1L8 9.1l2.2 2.2 1.1-1.1L9.1 8l2.2-2.2-1.1-1.1L8 6.9z',
  busy: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zm0 1.6v9.8a4.9 4.9 0 0 1 0-9.8z',
  neutral: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zm0 1.6a4.9 4.9 0 1 1 0 9.8 4.9 4.9 0 0 1 0-9.8z'
};

/** Things that have no state are recognised by a form of their own. */
const FORMS: Readonly<Record<string, string>> = {
  model: 'M8 1 2 4v8l6 3 6-3V4zm0 1.7L11.9 4.6 8 6.6 4.1 4.6zM3.5 5.9l3.8 1.9v5L3.5 10.9zm5.2 6.9v-5l3.8-1.9v5z',
  schedule:
    'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zm0 1.6a4.9 4.9 0 1 1 0 9.8 4.9 4.9 0 0 1 0-9.8zm-.7 1.6v3.8l2.9 1.8.7-1.2-2.2-1.3V4.7z'
};

interface IStateIcon {
  tone: Tone;
  state?: string | undefined;
}

/** A form per tone, so that colour is never the only sign; the word beside it is what is read aloud. */
export function StateIcon({ tone, state }: IStateIcon): React.ReactElement {
  return (
    <svg className={`snb-StateIcon snb-mod-${tone}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path fillRule="evenodd" d={FORMS[state ?? ''] ?? PATHS[tone]} />
    </svg>
  );
}
