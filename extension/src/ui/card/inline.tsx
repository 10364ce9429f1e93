import React from 'react';

/** A sentence; what stands between backticks is code. Text is text: nothing in it is ever markup. */
export function Inline({ text }: { text: string }): React.ReactElement {
  const parts = text.split(/`([^`\n]+)`/);
  return (
    <>
      {parts.map((part, index) =>
        index % 2 ? <code key={index}>{part}</code> : <React.Fragment key={index}>{part}</React.Fragment>
      )}
    </>
  );
}
