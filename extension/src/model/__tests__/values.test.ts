import { describe, expect, it } from 'vitest';

import type { FieldView } from '../../api/types';
import { cellOf, isLocalTime, isOutside, mayMiss, parseCell, parseNumber, parsePaste, shown, visible } from '../values';

function field(kind: FieldView['kind'], more: Partial<FieldView> = {}): FieldView {
  return {
    name: 'x',
    kind,
    type: kind,
    required: true,
    acceptsMissing: null,
    minimum: null,
    maximum: null,
    typical: null,
    choices: [],
    hint: '',
    ...more
  };
}

const typed = (text: string) => ({ text, missing: false });

describe('a number', () => {
  it.each([
    ['52 300,5', 'fr_CA', 52300.5],
    ['52\u202f300,5', 'fr_CA', 52300.5],
    ['0,5', 'fr', 0.5],
    ['0.5', 'fr', 0.5],
    ['1,234', 'fr', 1.234],
    ['1,234', 'en', 1234],
    ['1,234,567.5', 'en', 1234567.5],
    ['\u22123', 'en', -3],
    ['.5', 'en', 0.5],
    ['1e-3', 'en', 0.001]
  ])('is read as it is written in its language: %s in %s', (text, language, value) => {
    expect(parseNumber(text, language)).toBe(value);
  });

  it.each([
    ['0,5', 'en'],
    ['1,23,4', 'en'],
    ['1.234,5', 'fr'],
    ['4x', 'en'],
    ['', 'en'],
    ['nan', 'en'],
    ['1e999', 'en'],
    ['0x10', 'en']
  ])('is refused rather than guessed: %s in %s', (text, language) => {
    expect(parseNumber(text, language)).toBeNull();
  });
});

describe('a cell', () => {
  it('is a whole number that JavaScript holds exactly', () => {
    expect(parseCell(field('integer'), typed(' 44 '), 'en')).toEqual({ value: 44 });
    expect(parseCell(field('integer'), typed('44,0'), 'fr')).toEqual({ value: 44 });
    expect(parseCell(field('integer'), typed('44.5'), 'en')).toEqual({ fault: 'integer' });
    expect(parseCell(field('integer'), typed('9007199254740993'), 'en')).toEqual({ fault: 'large' });
  });

  it('is a day that there is', () => {
    expect(parseCell(field('date'), typed('2028-02-29'), 'en')).toEqual({ value: '2028-02-29' });
    expect(parseCell(field('date'), typed('2026-02-29'), 'en')).toEqual({ fault: 'date' });
    expect(parseCell(field('date'), typed('02/03/2026'), 'en')).toEqual({ fault: 'date' });
  });

  it('is an instant with seconds, with the zone that was written', () => {
    expect(parseCell(field('datetime'), typed('2026-11-02T14:30'), 'en')).toEqual({ value: '2026-11-02T14:30:00' });
    expect(parseCell(field('datetime'), typed('2026-11-02 14:30:05.25Z'), 'en')).toEqual({
      value: '2026-11-02T14:30:05.25Z'
    });
    expect(parseCell(field('datetime'), typed('2026-11-02T24:30'), 'en')).toEqual({ fault: 'datetime' });
    expect(isLocalTime('2026-11-02T14:30')).toBe(true);
    expect(isLocalTime('2026-11-02T14:30Z')).toBe(false);
  });

  it('is missing where it may be, by the box or by being empty', () => {
    const free = field('number', { required: false });
    expect(parseCell(free, { text: '3', missing: true }, 'en')).toEqual({ value: null });
    expect(parseCell(free, typed(''), 'en')).toEqual({ value: null });
    expect(parseCell(field('number'), typed(''), 'en')).toEqual({ fault: 'required' });
    expect(parseCell(field('text'), typed(''), 'en')).toEqual({ value: '' });
  });

  it('may be missing as the contract check saw, else as the signature says', () => {
    expect(mayMiss(field('number', { acceptsMissing: true }))).toBe(true);
    expect(mayMiss(field('number', { required: false, acceptsMissing: false }))).toBe(false);
    expect(mayMiss(field('number', { required: false }))).toBe(true);
  });

  it('keeps the blanks of a text and of a category', () => {
    expect(parseCell(field('text'), typed(' a '), 'en')).toEqual({ value: ' a ' });
    expect(parseCell(field('category', { choices: ['a'] }), typed('b'), 'en')).toEqual({ value: 'b' });
  });

  it('is yes, no, or base64 text', () => {
    expect(parseCell(field('boolean'), typed('false'), 'en')).toEqual({ value: false });
    expect(parseCell(field('boolean'), typed('maybe'), 'en')).toEqual({ fault: 'boolean' });
    expect(parseCell(field('binary'), typed('aGk='), 'en')).toEqual({ value: 'aGk=' });
    expect(parseCell(field('binary'), typed('a k'), 'en')).toEqual({ fault: 'base64' });
  });

  it.each([
    [field('number'), 52300.5],
    [field('integer'), -4],
    [field('date'), '2026-11-02'],
    [field('datetime'), '2026-11-02T14:30:00'],
    [field('boolean'), true],
    [field('text'), 'é'],
    [field('number', { required: false }), null]
  ])('gives the value back that it was made of', (one, value) => {
    for (const language of ['en', 'fr']) {
      expect(parseCell(one, cellOf(one, value, language), language)).toEqual({ value });
    }
  });

  it('says when it is outside of what was trained on', () => {
    const age = field('integer', { minimum: 18, maximum: 97 });
    expect(isOutside(age, typed('17'), 'en')).toBe(true);
    expect(isOutside(age, typed('18'), 'en')).toBe(false);
    expect(isOutside(age, typed('x'), 'en')).toBe(false);
    expect(isOutside(field('category', { choices: ['QC'] }), typed('ON'), 'en')).toBe(true);
  });
});

describe('text for reading', () => {
  it('shows what cannot be seen, and leaves markup as the characters it is', () => {
    expect(visible('a\u001b[31mred\u0007')).toBe('a␛[31mred␇');
    expect(visible('\u202egnp.exe')).toBe('<U+202E>gnp.exe');
    expect(shown('a\nb', 'en')).toBe('a␊b');
    expect(shown('<img onerror=alert(1)>', 'en')).toBe('<img onerror=alert(1)>');
  });

  it('writes numbers as the language does', () => {
    expect(shown(1234.5, 'en')).toBe('1,234.5');
    expect(shown(1234.5, 'fr')).toMatch(/^1\s234,5$/);
    expect(shown(null, 'en')).toBe('');
    expect(shown(false, 'en')).toBe('false');
  });

  it('takes the lines and cells of a spreadsheet', () => {
    expect(parsePaste('1\t2\r\n3\t4\r\n')).toEqual([
      ['1', '2'],
      ['3', '4']
    ]);
    expect(parsePaste('0,5;1')).toEqual([['0,5', '1']]);
  });
});
