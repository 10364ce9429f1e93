/** The question while it is being written: rows of cells, or tensors as grids. Pure; every change makes a new draft. */

import type { FieldView, Problem, Question, Rows, TensorValue, TensorView, TestForm } from '../api/types';
import { cellOf, EMPTY, mayMiss, numeric, parseCell } from './values';
import type { Fault, ICell, Parsed } from './values';

/** A tensor of which at most this many values can be written by hand. */
export const MOST_CELLS = 4096;

export interface ITensorDraft {
  readonly view: TensorView;
  /** `view.shape` with its free dimensions settled */
  readonly shape: readonly number[];
  /** what was typed, in row-major order; empty if there are more than {@link MOST_CELLS} */
  readonly cells: readonly string[];
}

export interface IDraft {
  readonly rows: readonly (readonly ICell[])[];
  readonly tensors: readonly ITensorDraft[];
}

/** Something at an input: why its text is no value, or what the server says of the value. `at` is a row, or a cell of a tensor. */
export interface IMark {
  readonly at: number;
  readonly field: string;
  readonly fault?: Fault;
  readonly problem?: Problem;
}

/** What a form begins with: one row of what is typical, where that is known. */
export function begin(form: TestForm, language: string): IDraft {
  return {
    rows: form.fields.length > 0 ? [form.fields.map(field => first(field, language))] : [],
    tensors: form.tensors.map(view =>
      sized(
        view,
        view.shape.map(side => (side < 0 ? 1 : side)),
        []
      )
    )
  };
}

/** The same form without any value. */
export function blank(form: TestForm, language: string): IDraft {
  const bare = form.fields.map(field => ({ ...field, typical: null }));
  return begin({ ...form, fields: bare }, language);
}

/** Values as a draft; columns that the model does not have are left out, those that are not given stay empty. */
export function fill(form: TestForm, rows: Rows, language: string): IDraft {
  const columns = rows.columns ?? [];
  const places = form.fields.map(field => columns.indexOf(field.name));
  const data = (rows.data ?? []).slice(0, form.mostRows);
  return {
    rows: data.map(row =>
      form.fields.map((field, index) => {
        const place = places[index] ?? -1;
        const value = place < 0 ? undefined : row[place];
        return value === undefined ? { text: '', missing: mayMiss(field) } : cellOf(field, value, language);
      })
    ),
    tensors: []
  };
}

/** The question that a draft asks, or the marks at what is no value yet. */
export function question(
  form: TestForm,
  draft: IDraft,
  language: string
): { readonly question: Question } | { readonly marks: readonly IMark[] } {
  const { place, namespace, name, predictor } = form;
  const whom = { place, namespace, name, predictor };
  if (form.tensors.length > 0) {
    const found = draft.tensors.map(tensor => tensorValue(tensor, language));
    const marks = found.flatMap(one => ('marks' in one ? one.marks : []));
    const tensors = found.flatMap(one => ('value' in one ? [one.value] : []));
    return marks.length > 0 ? { marks } : { question: { ...whom, tensors } };
  }
  const marks: IMark[] = [];
  const data = draft.rows.map((row, at) =>
    form.fields.map((field, index) => {
      const parsed = parseCell(field, row[index] ?? EMPTY, language);
      if ('fault' in parsed) {
        marks.push({ at, field: field.name, fault: parsed.fault });
        return null;
      }
      return parsed.value;
    })
  );
  return marks.length > 0
    ? { marks }
    : { question: { ...whom, rows: { columns: form.fields.map(field => field.name), data } } };
}

/** One cell of a row changed. */
export function withCell(draft: IDraft, at: number, index: number, patch: Partial<ICell>): IDraft {
  const rows = draft.rows.map((row, number) =>
    number === at ? row.map((cell, place) => (place === index ? { ...cell, ...patch } : cell)) : row
  );
  return { ...draft, rows };
}

/** Texts written into a tensor from a cell on, as lines of a spreadsheet: each line begins below the one before. */
export function withTexts(draft: IDraft, name: string, from: number, lines: readonly (readonly string[])[]): IDraft {
  const tensors = draft.tensors.map(tensor => {
    if (tensor.view.name !== name) {
      return tensor;
    }
    const width = tensor.shape.at(-1) ?? 1;
    const cells = [...tensor.cells];
    lines.forEach((line, row) =>
      line.forEach((text, column) => {
        const place = from + row * width + column;
        if ((from % width) + column < width && place < cells.length) {
          cells[place] = text.trim();
        }
      })
    );
    return { ...tensor, cells };
  });
  return { ...draft, tensors };
}

/** A free dimension of a tensor set to a length; what was written stays where the order keeps it. */
export function withSide(draft: IDraft, name: string, side: number, length: number): IDraft {
  const tensors = draft.tensors.map(tensor => {
    const shape = tensor.shape.map((old, index) => (index === side ? Math.max(1, Math.floor(length)) : old));
    return tensor.view.name === name ? sized(tensor.view, shape, tensor.cells) : tensor;
  });
  return { ...draft, tensors };
}

/** How many values a shape holds. */
export function count(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

function first(field: FieldView, language: string): ICell {
  return field.typical === null ? EMPTY : cellOf(field, field.typical, language);
}

function sized(view: TensorView, shape: readonly number[], old: readonly string[]): ITensorDraft {
  const size = count(shape);
  return { view, shape, cells: size > MOST_CELLS ? [] : Array.from({ length: size }, (_, index) => old[index] ?? '') };
}

function tensorValue(
  tensor: ITensorDraft,
  language: string
): { readonly value: TensorValue } | { readonly marks: readonly IMark[] } {
  const { name, dtype } = tensor.view;
  const marks: IMark[] = [];
  const data = tensor.cells.map((text, at) => {
    const parsed = element(dtype, text, language);
    if ('fault' in parsed) {
      marks.push({ at, field: name, fault: parsed.fault });
      return null;
    }
    return parsed.value;
  });
  if (tensor.cells.length === 0) {
    marks.push({ at: 0, field: name, fault: 'large' });
  }
  return marks.length > 0 ? { marks } : { value: { name, shape: [...tensor.shape], data } };
}

function element(dtype: string, text: string, language: string): Parsed {
  const kind = dtype.toLowerCase();
  if (kind.includes('str') || kind.includes('object') || kind.includes('bytes')) {
    return { value: text };
  }
  if (text.trim() === '') {
    return { fault: 'required' };
  }
  if (kind.includes('bool')) {
    const word = text.trim().toLowerCase();
    return /^(true|1)$/.test(word)
      ? { value: true }
      : /^(false|0)$/.test(word)
        ? { value: false }
        : { fault: 'boolean' };
  }
  return numeric(text.trim(), kind.includes('int'), language);
}
