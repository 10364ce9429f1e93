/** What is wished for in a plan, and the lines of the grammar that say the same. */

import type { NamespaceView, PlaceView, PlanWish } from '../api/types';

export const TIMEOUT = 60;
/** What a plan chooses by itself unless it is told. */
export const CHOICES = ['server', 'protocol', 'image', 'environment'] as const;

/** The choices that were made. */
export function chosen(wish: PlanWish): Partial<Record<(typeof CHOICES)[number], string>> {
  return Object.fromEntries(CHOICES.flatMap(name => (wish[name]?.trim() ? [[name, wish[name].trim()]] : [])));
}

/** What a wish begins with: the namespace that is shown, else the first one of this machine. */
export function firstWish(ref: string, places: readonly PlaceView[], shown: NamespaceView | null): PlanWish {
  const here = places.find(place => place.name === 'here') ?? places[0];
  const first = shown ?? here?.namespaces[0];
  return { ref, place: first?.place ?? here?.name ?? 'here', to: first?.name ?? '' };
}

/** A wish without what is at its default, so that equal wishes are equal values. */
export function tidy(wish: PlanWish): PlanWish {
  const { ref, place, to, timeout, callers, override, because, ...texts } = wish;
  const kept = Object.entries(texts).filter(([, value]) => typeof value === 'string' && value.trim());
  return {
    ref: ref.trim(),
    place,
    to: to.trim(),
    ...(Object.fromEntries(kept.map(([name, value]) => [name, String(value).trim()])) as Partial<PlanWish>),
    ...(callers?.length ? { callers } : {}),
    ...(timeout && timeout !== TIMEOUT ? { timeout } : {}),
    ...(override?.length ? { override, because: because?.trim() ?? '' } : {})
  };
}

/** Words of a line as a shell separates them; null where a quote is left open. */
export function words(line: string): string[] | null {
  const found: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (const sign of line) {
    if (quote) {
      if (sign === quote) {
        quote = '';
      } else {
        word = (word ?? '') + sign;
      }
    } else if (sign === "'" || sign === '"') {
      quote = sign;
      word ??= '';
    } else if (/\s/.test(sign)) {
      if (word !== null) {
        found.push(word);
      }
      word = null;
    } else {
      word = (word ?? '') + sign;
    }
  }
  if (word !== null) {
    found.push(word);
  }
  return quote ? null : found;
}

/** A place-holder that somebody must fill in: nothing to use as it is. */
const BLANK = /[A-Z]{4,}|…|<|>/;

/**
 * The wish that a line of the grammar means, on top of the one at hand; null where it is no plan of the same model, or says more than a wish can.
 *
 * `%seldon plan fraud@3 --to dev --name fraud-2` → the wish with that name.
 */
export function wishOf(line: string, now: PlanWish): PlanWish | null {
  const [head, verb, ref, ...rest] = words(line) ?? [];
  if ((head !== '%seldon' && head !== 'seldon-nb') || (verb !== 'plan' && verb !== 'deploy')) {
    return null;
  }
  if (!ref || ref.startsWith('--') || ref.split('@')[0] !== now.ref.split('@')[0]) {
    return null;
  }
  const wish: PlanWish = { ...now, ref };
  for (let index = 0; index < rest.length; index += 2) {
    const value = rest[index + 1];
    if (value === undefined || BLANK.test(value) || !option(wish, rest[index] ?? '', value, now)) {
      return null;
    }
  }
  const same = JSON.stringify(tidy(wish)) === JSON.stringify(tidy(now));
  return same ? null : tidy(wish);
}

function option(wish: PlanWish, name: string, value: string, now: PlanWish): boolean {
  const choice = CHOICES.find(one => name === `--${one}`);
  if (choice) {
    wish[choice] = value;
    return true;
  }
  switch (name) {
    case '--to': {
      const here = /^(here|cluster)\/(.+)$/.exec(value);
      wish.place = here ? (here[1] as PlanWish['place']) : now.place;
      wish.to = here?.[2] ?? value;
      return true;
    }
    case '--name':
      wish.name = value;
      return true;
    case '--caller':
      wish.callers = [...(wish.callers ?? []).filter(caller => caller !== value), value];
      return true;
    case '--timeout':
      wish.timeout = Number(value);
      return Number.isInteger(wish.timeout) && wish.timeout > 0;
    default:
      return false; // an override needs a reason, which only its person can give
  }
}
