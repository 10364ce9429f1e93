import React from 'react';

import type { TesterModel } from '../../model/tester';
import { visible } from '../../model/values';
import { Copy } from '../copy';
import type { IKit } from '../kit';
import { useModel } from './state';

export type Language = 'json' | 'curl' | 'python' | 'r';

interface ISnippet {
  kit: IKit;
  tester: TesterModel;
  language: Language;
  title: string;
}

/** The question in one language, in step with the form; it cannot be copied where the values are protected. */
export function Snippet({ kit, tester, language, title }: ISnippet): React.ReactElement {
  const { trans } = kit;
  const { snippets, open, form } = useModel(tester);
  const text = snippets?.[language] ?? '';
  if (!text) {
    const names = [...new Set(open.map(mark => mark.field))];
    return (
      <p className="snb-test-empty">
        {names.length > 0
          ? trans.__(
              'It is written here as soon as the question is whole. Still open: %1',
              names.slice(0, 6).join(', ')
            )
          : (snippets?.problems[0]?.what ?? trans.__('It is written here as soon as the question is whole.'))}
      </p>
    );
  }
  return (
    <div className="snb-test-snippet">
      {/* A long text is scrolled with the arrow keys, so it must be a stop of the Tab key. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className="snb-pre" tabIndex={0} role="region" aria-label={title}>
        <code>{visible(text)}</code>
      </pre>
      {form?.level.protected === true ? (
        <p className="snb-muted">
          {trans.__(
            'Not copied for you: it holds values of a protected deployment, and a clipboard is shared by all programs.'
          )}
        </p>
      ) : (
        <Copy kit={kit} text={text} what={title} />
      )}
      {snippets?.note && <p className="snb-muted">{snippets.note}</p>}
    </div>
  );
}
