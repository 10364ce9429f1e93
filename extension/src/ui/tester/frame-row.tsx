import React from 'react';

import type { TestForm } from '../../api/types';
import type { IFrame } from '../../model/kernel';
import { formatNumber, mayMiss } from '../../model/values';
import type { IKit } from '../kit';

interface IFrameRow {
  kit: IKit;
  group: string;
  frame: IFrame;
  form: TestForm;
  language: string;
  chosen: boolean;
  onChoose: () => void;
}

/** A table of the kernel, how large it is, and whether it has what the model needs. */
export function FrameRow({ kit, group, frame, form, language, chosen, onChoose }: IFrameRow): React.ReactElement {
  const { trans } = kit;
  const lacking = lacks(frame, form);
  return (
    <label className="snb-test-frame">
      <input type="radio" name={group} checked={chosen} onChange={onChoose} />
      <span>
        <code>{frame.name}</code>{' '}
        <span className="snb-muted">
          {trans._n('%2 row', '%2 rows', frame.rows, formatNumber(frame.rows, language, 12))}
          {' · '}
          {trans._n('%1 column', '%1 columns', frame.columns.length)}
        </span>
      </span>
      {lacking.length === 0 ? (
        <span className="snb-good">
          <span aria-hidden="true">✓ </span>
          {trans.__('has every column')}
        </span>
      ) : (
        <span className="snb-warn">
          <span aria-hidden="true">! </span>
          {trans.__('lacks %1', lacking.slice(0, 4).join(', ') + (lacking.length > 4 ? '…' : ''))}
        </span>
      )}
    </label>
  );
}

/** Does a table hold any input at all? */
export function usable(frame: IFrame, form: TestForm): boolean {
  return frame.rows > 0 && (frame.fits || form.fields.some(field => frame.columns.includes(field.name)));
}

/** The tables that have what the model needs come first; else the newest. */
export function ordered(frames: readonly IFrame[], form: TestForm): IFrame[] {
  return [...frames].sort((one, other) => rank(one, form) - rank(other, form));
}

function rank(frame: IFrame, form: TestForm): number {
  return lacks(frame, form).length === 0 ? 0 : usable(frame, form) ? 1 : 2;
}

function lacks(frame: IFrame, form: TestForm): string[] {
  const needed = frame.fits ? [] : form.fields.filter(field => !mayMiss(field));
  return needed.map(field => field.name).filter(name => !frame.columns.includes(name));
}
