import React from 'react';

import type { Paged } from '../../model/paging';

/** Rows drawn above and below what is in view, so that scrolling meets them ready. */
const BEYOND = 8;
/** What a row is high until it is known how large the letters are, in px. */
const ROW = 52;

export interface IWindow {
  /** Give this to the element that scrolls. */
  ref: React.RefObject<HTMLDivElement>;
  /** height of a row in px */
  row: number;
  first: number;
  /** the last one included; less than `first` if there are no rows */
  last: number;
  /** rows that fit the view */
  fits: number;
  /** bring a row into view */
  reveal(index: number): void;
  onScroll(): void;
}

/** Which rows of a long list are in view. A row is `lines` times the size of its letters high, so that larger letters have room. */
export function useWindow<R>(list: Paged<R>, lines: number): IWindow {
  const ref = React.useRef<HTMLDivElement>(null);
  const frame = React.useRef(0);
  const [size, setSize] = React.useState({ height: 0, row: ROW });
  const [top, setTop] = React.useState(0);
  const total = list.total ?? 0;
  const { height, row } = size;

  React.useLayoutEffect(() => {
    const node = ref.current;
    if (!node) {
      return;
    }
    const measure = (): void => {
      const letters = parseFloat(getComputedStyle(node).fontSize) || 13;
      const next = { height: node.clientHeight, row: Math.round(letters * lines) };
      setSize(before => (before.height === next.height && before.row === next.row ? before : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    return () => observer.disconnect();
  }, [lines]);

  React.useEffect(() => () => cancelAnimationFrame(frame.current), []);

  const onScroll = React.useCallback(() => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(() => setTop(ref.current?.scrollTop ?? 0));
  }, []);

  const reveal = React.useCallback(
    (index: number) => {
      const node = ref.current;
      if (!node) {
        return;
      }
      if (index * row < node.scrollTop) {
        node.scrollTop = index * row;
      } else if ((index + 1) * row > node.scrollTop + node.clientHeight) {
        node.scrollTop = (index + 1) * row - node.clientHeight;
      }
      setTop(node.scrollTop);
    },
    [row]
  );

  const fits = Math.max(1, Math.floor(height / row));
  const at = Math.min(Math.floor(top / row), Math.max(0, total - fits));
  const first = Math.max(0, at - BEYOND);
  const last = Math.min(total - 1, at + fits + BEYOND);
  React.useEffect(() => {
    list.need(first, Math.max(first, last));
  }, [list, first, last]);
  return { ref, row, first, last, fits, reveal, onScroll };
}
