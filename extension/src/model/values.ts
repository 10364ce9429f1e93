/** What a person types, and what the model is sent: one cell at a time. Pure. */

import type { FieldView, Scalar } from '../api/types';

/** One input: its text as typed, or that the value is missing on purpose. */
export interface ICell {
  readonly text: string;
  readonly missing: boolean;
}

/** Why a text is no value of its field; the words for it are the view's. */
export type Fault = 'required' | 'number' | 'integer' | 'large' | 'date' | 'datetime' | 'base64' | 'boolean' | 'choice';

export type Parsed = { readonly value: Scalar } | { readonly fault: Fault };

export const EMPTY: ICell = { text: '', missing: false };

const SPACES = /[\s\u00a0\u2009\u202f]/g;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const GROUPED = /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2})(:(\d{2})(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/;

/** Does this language write a decimal comma? */
export function decimalComma(language: string): boolean {
  return new Intl.NumberFormat(locale(language)).format(0.5).includes(',');
}

/** A number as people write it: spaces between thousands; in French a decimal comma or point, in English commas between thousands. */
export function parseNumber(text: string, language: string): number | null {
  const plain = text.replace(SPACES, '').replace('\u2212', '-');
  let point = plain;
  if (decimalComma(language)) {
    point = plain.includes('.') ? plain : plain.replace(',', '.');
  } else if (GROUPED.test(plain)) {
    point = plain.replaceAll(',', '');
  }
  if (!NUMBER.test(point)) {
    return null;
  }
  const value = Number(point);
  return Number.isFinite(value) ? value : null;
}

/** May this field be left without a value? */
export function mayMiss(field: FieldView): boolean {
  return field.acceptsMissing ?? !field.required;
}

/** The value of a cell, or why it has none. An empty input counts as missing where a value may be missing, and as text in a text field. */
export function parseCell(field: FieldView, cell: ICell, language: string): Parsed {
  const text = cell.text.trim();
  const isText = field.kind === 'text' || field.kind === 'other';
  if (cell.missing || (text === '' && !(isText && field.required))) {
    return mayMiss(field) ? { value: null } : { fault: 'required' };
  }
  switch (field.kind) {
    case 'integer':
    case 'number':
      return numeric(text, field.kind === 'integer', language);
    case 'boolean':
      return text === 'true' ? { value: true } : text === 'false' ? { value: false } : { fault: 'boolean' };
    case 'date':
      return isDate(text) ? { value: text } : { fault: 'date' };
    case 'datetime':
      return instant(text);
    case 'binary':
      return isBase64(text) ? { value: text } : { fault: 'base64' };
    case 'category':
      return { value: cell.text };
    default:
      return { value: cell.text };
  }
}

/** A number from text; `whole` allows no fraction, and nothing that JavaScript could not hold exactly. */
export function numeric(text: string, whole: boolean, language: string): Parsed {
  const value = parseNumber(text, language);
  if (value === null) {
    return { fault: whole ? 'integer' : 'number' };
  }
  if (whole && !Number.isInteger(value)) {
    return { fault: 'integer' };
  }
  return whole && !Number.isSafeInteger(value) ? { fault: 'large' } : { value };
}

/** The cell that shows a value, so that {@link parseCell} gives the value back. */
export function cellOf(field: FieldView, value: Scalar, language: string): ICell {
  if (value === null) {
    return { text: '', missing: mayMiss(field) };
  }
  if (typeof value === 'number') {
    const text = String(value);
    return { text: decimalComma(language) ? text.replace('.', ',') : text, missing: false };
  }
  if (typeof value === 'string' && field.kind === 'date') {
    return { text: value.slice(0, 10), missing: false };
  }
  return {
    text: typeof value === 'string' && field.kind === 'datetime' ? value.replace(' ', 'T') : String(value),
    missing: false
  };
}

/** Is the value of a cell outside of what the model was trained on? Not an error: a remark. */
export function isOutside(field: FieldView, cell: ICell, language: string): boolean {
  const parsed = parseCell(field, cell, language);
  if (!('value' in parsed) || parsed.value === null) {
    return false;
  }
  if (typeof parsed.value === 'number') {
    return (
      (field.minimum !== null && parsed.value < field.minimum) ||
      (field.maximum !== null && parsed.value > field.maximum)
    );
  }
  return field.kind === 'category' && field.choices.length > 0 && !field.choices.includes(String(parsed.value));
}

/** A number for reading, in the person's language. */
export function formatNumber(value: number, language: string, digits = 6): string {
  return new Intl.NumberFormat(locale(language), { maximumSignificantDigits: digits }).format(value);
}

/** Any value for reading, in one line: text stays text, with what cannot be seen made visible. A missing value is an empty text. */
export function shown(value: Scalar | undefined, language: string, digits = 6): string {
  if (value === null || value === undefined) {
    return '';
  }
  if (typeof value === 'number') {
    return formatNumber(value, language, digits);
  }
  return visible(String(value)).replaceAll('\n', '␊').replaceAll('\t', '␉');
}

/** Control characters as their pictures, and what turns the direction of a text as its number: a text shows what it holds. */
export function visible(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b-\u001f]/g, found => String.fromCharCode(0x2400 + found.charCodeAt(0)))
    .replace(/\u007f/g, '\u2421')
    .replace(/[\u0080-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, found => {
      return `<U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`;
    });
}

/** What a spreadsheet puts on the clipboard: lines of cells. */
export function parsePaste(text: string): string[][] {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');
  return lines.map(line => line.split(line.includes('\t') ? '\t' : ';'));
}

/** Can a `datetime-local` input show this text? */
export function isLocalTime(text: string): boolean {
  const found = TIME.exec(text);
  return found !== null && found[7] === undefined && text.includes('T') && (found[6] ?? '').length <= 4;
}

function isDate(text: string): boolean {
  const found = DATE.exec(text);
  if (!found) {
    return false;
  }
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.getUTCDate() === Number(found[3]);
}

function instant(text: string): Parsed {
  const found = TIME.exec(text);
  if (
    !found ||
    !isDate(found[1] ?? '') ||
    Number(found[2]) > 23 ||
    Number(found[3]) > 59 ||
    Number(found[5] ?? 0) > 59
  ) {
    return { fault: 'datetime' };
  }
  const seconds = found[4] ?? ':00';
  return { value: `${found[1]}T${found[2]}:${found[3]}${seconds}${found[7] ?? ''}` };
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function locale(language: string): string {
  return language.startsWith('fr') ? 'fr-CA' : 'en-CA';
}
