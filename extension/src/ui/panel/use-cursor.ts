import React from 'react';

import type { Paged } from '../../model/paging';
import type { IWindow } from './use-window';

/** JupyterLab's menus, while they are open. */
const MENU = 'body > .lm-Menu';

interface ICursorOptions<R> {
  list: Paged<R>;
  port: IWindow;
  keyOf: (row: R) => string;
  onOpen: (row: R) => void;
  onDelete?: ((row: R) => void) | undefined;
  onType?: ((letter: string) => void) | undefined;
}

export interface ICursor {
  index: number;
  /** whether a person has chosen the row, by pointer or key */
  chosen: boolean;
  choose(index: number): void;
  open(index: number): void;
  onKeyDown(event: React.KeyboardEvent): void;
}

/** Where one is in a list; it stays with its row when rows come and go. */
export function useCursor<R>(options: ICursorOptions<R>): ICursor {
  const { list, port } = options;
  const [place, setPlace] = React.useState({ index: 0, key: '', chosen: false });
  const wants = React.useRef(false);
  const held = place.key ? list.indexOf(place.key) : -1;
  const index = Math.max(0, Math.min(held >= 0 ? held : place.index, (list.total ?? 0) - 1));
  const latest = React.useRef(options);
  latest.current = options;

  const choose = React.useCallback((at: number) => {
    const row = latest.current.list.at(at);
    const key = row === undefined ? '' : latest.current.keyOf(row);
    setPlace(before =>
      before.index === at && before.key === key && before.chosen ? before : { index: at, key, chosen: true }
    );
  }, []);

  const open = React.useCallback((at: number) => {
    const row = latest.current.list.at(at);
    if (row !== undefined) {
      latest.current.onOpen(row);
    }
  }, []);

  React.useLayoutEffect(() => {
    const node = wants.current ? rowNode(port, index) : null; // after a jump it is drawn only by a later pass
    if (node) {
      wants.current = false;
      node.focus({ preventScroll: true });
    }
  });

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const to = target(event.key, index, (list.total ?? 0) - 1, port.fits);
    const inRow = event.target instanceof HTMLElement && event.target.getAttribute('role') === 'row';
    if (to !== null && !event.altKey && !event.metaKey) {
      wants.current = true;
      port.reveal(to);
      choose(to);
    } else if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      openMenu(rowNode(port, index));
    } else if (event.key === 'ArrowRight' && inRow) {
      rowNode(port, index)?.querySelector('button')?.focus();
    } else if (event.key === 'ArrowLeft' && !inRow) {
      rowNode(port, index)?.focus();
    } else if (!inRow || !inRowKey(event, index)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  /** Keys that mean something on a row, but not on the button in it. */
  const inRowKey = (event: React.KeyboardEvent, at: number): boolean => {
    const row = list.at(at);
    if (event.ctrlKey || event.altKey || event.metaKey || row === undefined) {
      return false;
    }
    if (event.key === 'Enter' || event.key === ' ') {
      options.onOpen(row);
    } else if (event.key === 'Delete' && options.onDelete) {
      options.onDelete(row);
    } else if (event.key.length === 1 && options.onType) {
      options.onType(event.key);
    } else {
      return false;
    }
    return true;
  };

  return { index, chosen: place.chosen, choose, open, onKeyDown };
}

function target(key: string, index: number, last: number, fits: number): number | null {
  const moves: Readonly<Record<string, number>> = {
    ArrowUp: index - 1,
    ArrowDown: index + 1,
    PageUp: index - fits,
    PageDown: index + fits,
    Home: 0,
    End: last
  };
  const to = moves[key];
  return to === undefined ? null : Math.max(0, Math.min(to, last));
}

function rowNode(port: IWindow, index: number): HTMLElement | null {
  return port.ref.current?.querySelector<HTMLElement>(`[role=row][data-index="${index}"]`) ?? null;
}

/** The menu of the row, as a pointer would open it; when it is closed, the row has the focus again. */
function openMenu(row: HTMLElement | null): void {
  if (!row) {
    return;
  }
  const box = row.getBoundingClientRect();
  const at = { clientX: box.left + Math.min(40, box.width / 2), clientY: box.top + box.height / 2 };
  row.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, ...at }));
  if (!document.querySelector(MENU)) {
    return;
  }
  const observer = new MutationObserver(() => {
    if (!document.querySelector(MENU)) {
      observer.disconnect();
      if (document.activeElement === document.body) {
        row.focus();
      }
    }
  });
  observer.observe(document.body, { childList: true });
}
