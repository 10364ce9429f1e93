import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { AT_MOST_EVERY, COALESCE, PAGE, Paged } from '../paging';
import type { IPage } from '../paging';

interface IRow {
  id: number;
  text?: string;
}

class Source {
  rows: IRow[] = Array.from({ length: 450 }, (_, id) => ({ id }));
  fails: Error | null = null;
  takes = 10;
  asked: number[] = [];
  aborted: number[] = [];
  key = (row: IRow): string => `${row.id}`;
  passing = (error: unknown): boolean => (error as Error).message === 'away';

  read = async (offset: number, limit: number, signal: AbortSignal): Promise<IPage<IRow>> => {
    this.asked.push(offset);
    const answer = { items: this.rows.slice(offset, offset + limit), total: this.rows.length };
    await new Promise((resolve, reject) => {
      setTimeout(resolve, this.takes);
      signal.addEventListener('abort', () => {
        this.aborted.push(offset);
        reject(new DOMException('aborted', 'AbortError'));
      });
    });
    if (this.fails) {
      throw this.fails;
    }
    return answer;
  };
}

describe('a list that is read page by page', () => {
  let source: Source;
  let list: Paged<IRow>;

  beforeEach(() => {
    vi.useFakeTimers();
    source = new Source();
    list = new Paged(source);
  });

  afterEach(() => {
    list.dispose();
    vi.useRealTimers();
  });

  const settle = (ms = 2 * AT_MOST_EVERY): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

  it('asks nothing while it is not active', async () => {
    list.need(0, 20);
    list.touch();
    list.restart();
    list.glance();
    await settle(60_000);
    expect(source.asked).toEqual([]);
    expect(list.total).toBeNull();
  });

  it('reads the first page when it becomes active, and then those in view', async () => {
    list.active = true;
    await settle();
    expect(source.asked).toEqual([0]);
    expect(list.total).toBe(450);
    expect(list.at(99)).toEqual({ id: 99 });
    expect(list.at(100)).toBeUndefined();
    list.need(190, 210);
    await settle();
    expect(source.asked).toEqual([0, PAGE, 2 * PAGE]);
    expect(list.at(210)).toEqual({ id: 210 });
  });

  it('asks once for a scroll through many pages, and gives up pages that are out of view again', async () => {
    list.active = true;
    await settle();
    source.takes = 200;
    for (let first = 0; first < 400; first += 10) {
      list.need(first, first + 15);
    }
    await settle(65);
    expect(source.asked).toEqual([0, 3 * PAGE, 4 * PAGE]);
    list.need(150, 160);
    await settle();
    expect(source.aborted).toEqual([3 * PAGE, 4 * PAGE]);
    expect(list.at(150)).toEqual({ id: 150 });
  });

  it('answers many changes with one question', async () => {
    list.active = true;
    await settle();
    for (let n = 0; n < 50; n++) {
      list.touch();
    }
    await settle(COALESCE + 20);
    expect(source.asked).toEqual([0, 0]);
  });

  it('is not asked more often than it bears, and misses no change that came while an answer was on its way', async () => {
    list.active = true;
    await settle();
    for (let ms = 0; ms < 5000; ms += 20) {
      list.touch();
      await settle(20);
    }
    expect(source.asked.length).toBeLessThanOrEqual(1 + 5000 / AT_MOST_EVERY + 2);
    source.rows[0] = { id: 0, text: 'last' };
    list.touch();
    await settle();
    expect(list.at(0)).toEqual({ id: 0, text: 'last' });
  });

  it('tells of nothing if nothing is another', async () => {
    list.active = true;
    await settle();
    const told = vi.fn();
    list.changed.connect(told);
    list.touch();
    await settle();
    expect(told).not.toHaveBeenCalled();
  });

  it('changes a row in place at once, and takes one out', async () => {
    list.active = true;
    await settle();
    const told = vi.fn();
    list.changed.connect(told);
    expect(list.patch('7', { text: 'new' })).toBe(true);
    expect(list.at(7)).toEqual({ id: 7, text: 'new' });
    expect(told).toHaveBeenCalledTimes(1);
    expect(list.patch('300', { text: 'unseen' })).toBe(false);
    expect(list.remove('7')).toBe(true);
    expect(list.total).toBe(449);
    expect(list.indexOf('8')).toBe(7);
  });

  it('keeps what it shows until the answer to another question has come', async () => {
    list.active = true;
    await settle();
    source.rows = [{ id: 1000 }];
    list.restart();
    expect(list.outdated).toBe(true);
    expect(list.at(5)).toEqual({ id: 5 });
    await settle();
    expect(list.outdated).toBe(false);
    expect(list.total).toBe(1);
    expect(list.at(5)).toBeUndefined();
  });

  it('ignores the answer to a former question', async () => {
    list.active = true;
    await settle(5);
    source.rows = [{ id: 1 }];
    list.restart();
    await settle();
    expect(list.total).toBe(1);
    expect(source.aborted).toEqual([0]);
  });

  it('tries again by itself, less and less often, while the server is away', async () => {
    source.fails = new Error('away');
    list.active = true;
    await settle(60_000);
    expect(source.asked.length).toBeGreaterThan(4);
    expect(source.asked.length).toBeLessThan(8);
    expect(list.error).toBe(source.fails);
    for (let n = 0; n < 20; n++) {
      list.touch();
    }
    const before = source.asked.length;
    await settle(2000);
    expect(source.asked.length).toBe(before);
    source.fails = null;
    list.retry();
    await settle();
    expect(list.error).toBeNull();
    expect(list.total).toBe(450);
  });

  it('does not try again by itself what was refused', async () => {
    source.fails = new Error('refused');
    list.active = true;
    await settle(600_000);
    expect(source.asked).toEqual([0]);
  });

  it('stops asking when it is put aside, and asks for what changed meanwhile when it is taken up', async () => {
    list.active = true;
    await settle(5);
    list.active = false;
    await settle();
    expect(source.aborted).toEqual([0]);
    list.active = true;
    await settle();
    list.active = false;
    list.touch();
    source.rows[0] = { id: 0, text: 'meanwhile' };
    await settle(60_000);
    expect(list.at(0)).toEqual({ id: 0 });
    list.active = true;
    await settle();
    expect(list.at(0)).toEqual({ id: 0, text: 'meanwhile' });
  });
});
