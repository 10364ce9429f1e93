import React from 'react';

import type { CardListing } from '../../api/types';
import { Copy } from '../copy';
import type { IKit } from '../kit';

interface IListing {
  kit: IKit;
  block: CardListing;
}

/** Preformatted text, folded under its title, with a button that copies it. Drawn when it is opened. */
export function Listing({ kit, block }: IListing): React.ReactElement {
  const { trans } = kit;
  const [open, setOpen] = React.useState(!block.folded);
  const lines = React.useMemo(() => block.text.replace(/\n$/, '').split('\n'), [block.text]);
  return (
    <div className="snb-listing">
      <details open={open} onToggle={event => setOpen(event.currentTarget.open)}>
        <summary>
          {block.title} <span className="snb-muted">{trans._n('(%1 line)', '(%1 lines)', lines.length)}</span>
        </summary>
        {open && <Lined lines={lines} language={block.language} label={block.title} />}
      </details>
      <Copy kit={kit} text={block.text} what={block.title} />
    </div>
  );
}

function Lined({
  lines,
  language,
  label
}: {
  lines: readonly string[];
  language: string;
  label: string;
}): React.ReactElement {
  const Row = language === 'diff' ? DiffRow : language === 'yaml' ? YamlRow : PlainRow;
  return (
    // A long text is scrolled with the arrow keys, so it must be a stop of the Tab key.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre className="snb-pre" tabIndex={0} role="region" aria-label={label}>
      <code>
        {lines.map((line, index) => (
          <Row key={index} line={line} />
        ))}
      </code>
    </pre>
  );
}

function PlainRow({ line }: { line: string }): React.ReactElement {
  return <span className="snb-row">{line}</span>;
}

/** The sign is the line's own first character, so that colour is never the only one. */
function DiffRow({ line }: { line: string }): React.ReactElement {
  if (/^(---|\+\+\+|@@)/.test(line)) {
    return <span className="snb-row snb-diff-head">{line}</span>;
  }
  if (line.startsWith('+')) {
    return <ins className="snb-row">{line}</ins>;
  }
  return line.startsWith('-') ? <del className="snb-row">{line}</del> : <span className="snb-row">{line}</span>;
}

/** A key in a tone of its own; the rest as it is. */
function YamlRow({ line }: { line: string }): React.ReactElement {
  const found = /^([\s-]*)([^\s:#'"][^:#]*|"[^"]*"|'[^']*')(:)(?=\s|$)(.*)$/.exec(line);
  if (!found) {
    return <span className="snb-row">{line}</span>;
  }
  const [, space, key, colon, rest] = found;
  return (
    <span className="snb-row">
      {space}
      <span className="snb-key">{key}</span>
      {colon}
      {rest}
    </span>
  );
}
