import { describe, expect, it } from 'vitest';

import { form } from '../../testing/tester';
import { begin, blank, fill, question, withCell, withSide, withTexts } from '../draft';

const tensorForm = form({ fields: [], tensors: [{ name: 'x', dtype: 'float32', shape: [-1, 2] }] });

describe('rows', () => {
  it('begin with what is typical, and blank without', () => {
    expect(begin(form(), 'en').rows.map(row => row.map(cell => cell.text))).toEqual([['44', '', 'QC']]);
    expect(blank(form(), 'en').rows.map(row => row.map(cell => cell.text))).toEqual([['', '', '']]);
  });

  it('are filled by name, in any order, without what the model does not have, and no more than may be asked', () => {
    const some = form({ mostRows: 1 });
    const draft = fill(
      some,
      {
        columns: ['id', 'region', 'age'],
        data: [
          [1, 'ON', 30],
          [2, 'QC', 31]
        ]
      },
      'en'
    );
    expect(question(some, draft, 'en')).toMatchObject({
      question: { rows: { columns: ['age', 'income', 'region'], data: [[30, null, 'ON']] } }
    });
  });

  it('mark each cell that is no value', () => {
    const draft = withCell(begin(form(), 'en'), 0, 0, { text: '4x' });
    expect(question(form(), withCell(draft, 0, 2, { text: '' }), 'en')).toEqual({
      marks: [
        { at: 0, field: 'age', fault: 'integer' },
        { at: 0, field: 'region', fault: 'required' }
      ]
    });
  });
});

describe('a tensor', () => {
  it('has a free dimension of 1 until it is set', () => {
    const draft = withSide(begin(tensorForm, 'en'), 'x', 0, 2);
    expect(draft.tensors[0]?.shape).toEqual([2, 2]);
    expect(draft.tensors[0]?.cells).toHaveLength(4);
  });

  it('takes the cells of a spreadsheet where they were pasted, and nothing beyond its edges', () => {
    const draft = withSide(begin(tensorForm, 'en'), 'x', 0, 2);
    const pasted = withTexts(draft, 'x', 0, [
      ['1', '2', '9'],
      ['3', '0,5'],
      ['7', '8']
    ]);
    expect(question(tensorForm, pasted, 'fr')).toMatchObject({
      question: { tensors: [{ name: 'x', shape: [2, 2], data: [1, 2, 3, 0.5] }] }
    });
  });

  it('marks the cells that are no value', () => {
    const draft = withTexts(begin(tensorForm, 'en'), 'x', 0, [['1', 'z']]);
    expect(question(tensorForm, draft, 'en')).toEqual({ marks: [{ at: 1, field: 'x', fault: 'number' }] });
  });

  it('is not written by hand when it is too large', () => {
    const draft = withSide(begin(tensorForm, 'en'), 'x', 0, 5000);
    expect(draft.tensors[0]?.cells).toEqual([]);
    expect(question(tensorForm, draft, 'en')).toEqual({ marks: [{ at: 0, field: 'x', fault: 'large' }] });
  });
});
