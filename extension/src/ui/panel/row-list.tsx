import React from 'react';

import type { TranslationBundle } from '@jupyterlab/translation';

import type { Paged } from '../../model/paging';
import { Row } from './row';
import type { IRowView } from './row';
import { useCursor } from './use-cursor';
import { useNow, useSignals } from './use-signal';
import { useWindow } from './use-window';

/** Rows are so many times the size of their letters high. */
export const LINES: Readonly<Record<Density, number>> = { comfortable: 4, compact: 3.25 };
export type Density = 'comfortable' | 'compact';

interface IRowList<R> {
  trans: TranslationBundle;
  list: Paged<R>;
  /** what the list is of, for those who hear it */
  label: string;
  density: Density;
  keyOf: (row: R) => string;
  view: (row: R, now: number) => IRowView;
  onOpen: (row: R) => void;
  onDelete?: ((row: R) => void) | undefined;
  /** a letter was typed while the list had the focus */
  onType?: ((letter: string) => void) | undefined;
}

/** A list of any length: one stop for the Tab key, arrows between the rows, only what is in view is drawn and asked for. */
export function RowList<R>(props: IRowList<R>): React.ReactElement {
  const { trans, list, label, density, keyOf, view, onOpen } = props;
  useSignals(list.changed);
  const now = useNow();
  const total = list.total ?? 0;
  const port = useWindow(list, LINES[density]);
  const cursor = useCursor({ list, port, keyOf, onOpen, onDelete: props.onDelete, onType: props.onType });
  // While one scrolls, rows that stay in view are the same ones and are not drawn anew.
  const views = React.useMemo(() => {
    const made = new Map<R, IRowView>();
    return (row: R): IRowView => made.get(row) ?? (made.set(row, view(row, now)).get(row) as IRowView);
  }, [view, now]);
  const shown: number[] = [];
  for (let index = port.first; index <= port.last; index++) {
    shown.push(index);
  }
  // The row that has the focus stays in the page, or the focus would be lost with it.
  if (total > 0 && (cursor.index < port.first || cursor.index > port.last)) {
    shown.push(cursor.index);
  }
  const waiting = trans.__('Loading…');
  return (
    // eslint-disable-next-line jsx-a11y/interactive-supports-focus -- one of its rows always is the stop of the Tab key
    <div
      ref={port.ref}
      role="grid"
      className="snb-Rows"
      aria-label={label}
      aria-rowcount={list.more ? -1 : total}
      aria-busy={list.outdated}
      onScroll={port.onScroll}
      onKeyDown={cursor.onKeyDown}
    >
      <div role="rowgroup" className="snb-Rows-all" style={{ height: total * port.row }}>
        {shown.map(index => {
          const row = list.at(index);
          return (
            <Row
              key={index}
              index={index}
              view={row === undefined ? null : views(row)}
              top={index * port.row}
              height={port.row}
              active={index === cursor.index}
              selected={index === cursor.index && cursor.chosen}
              waiting={waiting}
              onChoose={cursor.choose}
              onOpen={cursor.open}
            />
          );
        })}
      </div>
    </div>
  );
}
