import React from 'react';

import type { IMark, ITensorDraft } from '../../model/draft';
import { count } from '../../model/draft';
import type { TesterModel } from '../../model/tester';
import { parsePaste } from '../../model/values';
import type { IKit } from '../kit';
import { MarkView } from './mark';

interface ITensor {
  kit: IKit;
  id: string;
  tester: TesterModel;
  tensor: ITensorDraft;
  marks: readonly IMark[];
}

/** A tensor as a grid of its last two dimensions; the others are turned like pages. A spreadsheet's cells can be pasted into it. */
export function Tensor({ kit, id, tester, tensor, marks }: ITensor): React.ReactElement {
  const { trans } = kit;
  const { view, shape } = tensor;
  const [page, setPage] = React.useState(0);
  const size = (shape.at(-1) ?? 1) * (shape.at(-2) ?? 1);
  const pages = Math.max(1, count(shape) / size);
  const shownPage = Math.min(page, pages - 1);
  const mark = marks[0];
  return (
    <fieldset className="snb-test-tensor">
      <legend>
        {view.name} <span className="snb-muted">{`${view.dtype} [${shape.join(' × ')}]`}</span>
      </legend>
      <div className="snb-test-rows">
        {view.shape.map(
          (side, index) =>
            side < 0 && (
              <label key={index}>
                {trans.__('Length of dimension %1', String(index + 1))}{' '}
                <input
                  type="number"
                  min={1}
                  max={4096}
                  value={shape[index]}
                  onChange={event => tester.setSide(view.name, index, event.target.valueAsNumber || 1)}
                />
              </label>
            )
        )}
        {pages > 1 && tensor.cells.length > 0 && (
          <label>
            {trans.__('Slice (of %1)', String(pages))}{' '}
            <input
              type="number"
              min={1}
              max={pages}
              value={shownPage + 1}
              onChange={event => setPage(Math.min(Math.max((event.target.valueAsNumber || 1) - 1, 0), pages - 1))}
            />
          </label>
        )}
        <button
          type="button"
          className="snb-button snb-quiet"
          disabled={tensor.cells.length === 0}
          onClick={() => tester.setTexts(view.name, 0, zeros(shape))}
        >
          {trans.__('Fill with 0')}
        </button>
      </div>
      {tensor.cells.length === 0 ? (
        <p className="snb-muted">
          {trans.__(
            '%1 values are too many to be written by hand. Ask with them from Python: the tab Python shows how.',
            String(count(shape))
          )}
        </p>
      ) : (
        <Grid
          kit={kit}
          id={id}
          tensor={tensor}
          from={shownPage * size}
          invalid={new Set(marks.map(one => one.at))}
          onTexts={(at, lines) => tester.setTexts(view.name, at, lines)}
        />
      )}
      <p className="snb-muted" id={`${id}-about`}>
        {trans.__('Cells of a spreadsheet can be pasted here.')}
      </p>
      {mark && <MarkView kit={kit} id={`${id}-mark`} mark={mark} language={tester.language} />}
    </fieldset>
  );
}

interface IGrid {
  kit: IKit;
  id: string;
  tensor: ITensorDraft;
  from: number;
  invalid: ReadonlySet<number>;
  onTexts: (at: number, lines: string[][]) => void;
}

function Grid({ kit, id, tensor, from, invalid, onTexts }: IGrid): React.ReactElement {
  const { view, shape, cells } = tensor;
  const width = shape.at(-1) ?? 1;
  const rows = Array.from({ length: shape.at(-2) ?? 1 }, (_, row) => from + row * width);
  const paste = (event: React.ClipboardEvent, at: number): void => {
    const lines = parsePaste(event.clipboardData.getData('text/plain'));
    if (lines.length > 1 || (lines[0]?.length ?? 0) > 1) {
      event.preventDefault();
      onTexts(at, lines);
    }
  };
  return (
    <div className="snb-scroll snb-test-grid">
      <table>
        <tbody>
          {rows.map((start, row) => (
            <tr key={row}>
              {Array.from({ length: width }, (_, column) => (
                <td key={column}>
                  <input
                    type="text"
                    inputMode="decimal"
                    autoComplete="off"
                    size={6}
                    value={cells[start + column] ?? ''}
                    aria-label={kit.trans.__('%1, row %2, column %3', view.name, String(row + 1), String(column + 1))}
                    aria-invalid={invalid.has(start + column)}
                    aria-describedby={`${id}-about${invalid.size > 0 ? ` ${id}-mark` : ''}`}
                    onChange={event => onTexts(start + column, [[event.target.value]])}
                    onPaste={event => paste(event, start + column)}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function zeros(shape: readonly number[]): string[][] {
  const width = shape.at(-1) ?? 1;
  return Array.from({ length: count(shape) / width }, () => Array.from({ length: width }, () => '0'));
}
