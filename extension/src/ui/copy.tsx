import React from 'react';

import type { IKit } from './kit';

interface ICopy {
  kit: IKit;
  text: string;
  /** what is copied, for those who do not see where the button stands */
  what: string;
  label?: string;
}

/** A button that copies, and says so. */
export function Copy({ kit, text, what, label }: ICopy): React.ReactElement {
  const { trans } = kit;
  const [done, setDone] = React.useState(false);
  React.useEffect(() => {
    if (!done) {
      return;
    }
    const timer = window.setTimeout(() => setDone(false), 2000);
    return () => window.clearTimeout(timer);
  }, [done]);
  const said = label ?? trans.__('Copy');
  return (
    <button
      type="button"
      className="snb-button snb-quiet"
      aria-label={done ? trans.__('Copied: %1', what) : `${said}: ${what}`}
      onClick={() => {
        kit.copy(text);
        setDone(true);
      }}
    >
      <span aria-live="polite">{done ? trans.__('Copied') : said}</span>
    </button>
  );
}
