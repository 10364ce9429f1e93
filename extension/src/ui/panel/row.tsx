import React from 'react';

import type { Tone } from '../../api/types';
import { StateIcon } from './state-icon';

/** A part of the second line, with its whole text for those who point at the row or hear it. */
export interface IPart {
  short: string;
  whole: string;
}

/** What a row shows: a name, a state as icon and word, and a second line that answers the next question. */
export interface IRowView {
  name: string;
  tone: Tone;
  /** the form of the icon, where it says more than the tone */
  state?: string;
  word: string;
  /** the word is not of the state, and has no colour */
  quiet?: boolean;
  /** parts of the second line, the most useful first, as the last ones may find no room; empty ones are left out */
  parts: readonly (string | IPart)[];
  /** the second line tells of trouble */
  trouble?: boolean;
  /** attributes by which commands recognise the row */
  data: Readonly<Record<string, string>>;
  action?: { label: string; name: string; run: () => void } | undefined;
}

interface IRow {
  view: IRowView | null;
  index: number;
  top: number;
  height: number;
  /** where the Tab key stops, and what is selected */
  active: boolean;
  selected: boolean;
  waiting: string;
  onChoose: (index: number) => void;
  onOpen: (index: number) => void;
}

/** One row of a grid; one that is not loaded yet says so. */
export const Row = React.memo(function Row(props: IRow): React.ReactElement {
  const { view, index, top, height, active, selected, onChoose, onOpen } = props;
  const data = Object.fromEntries(Object.entries(view?.data ?? {}).map(([key, value]) => [`data-${key}`, value]));
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events -- the grid around it knows the keys of all rows
    <div
      role="row"
      aria-rowindex={index + 1}
      aria-selected={selected}
      tabIndex={active ? 0 : -1}
      className={`snb-Row snb-${view?.data['snb-kind'] ?? 'waiting'}-row${selected ? ' snb-mod-selected' : ''}`}
      style={{ top, height }}
      data-index={index}
      onMouseDown={() => onChoose(index)}
      onFocus={event => event.target === event.currentTarget && onChoose(index)}
      onClick={() => onOpen(index)}
      {...data}
    >
      {view ? <Cells {...props} view={view} /> : <WaitingCell waiting={props.waiting} />}
    </div>
  );
});

function Cells({ view, active }: IRow & { view: IRowView }): React.ReactElement {
  const second = line(view.parts, 'short');
  const whole = line(view.parts, 'whole');
  return (
    <>
      <div role="gridcell" className="snb-Row-line">
        <StateIcon tone={view.tone} state={view.state} />
        <span className="snb-Row-name" title={view.name}>
          {view.name}
        </span>
        <span className={`snb-Row-word snb-mod-${view.quiet ? 'neutral' : view.tone}`}>{view.word}</span>
      </div>
      <div
        role="gridcell"
        className={`snb-Row-second${view.trouble ? ' snb-mod-trouble' : ''}`}
        title={whole}
        aria-label={whole === second ? undefined : whole}
      >
        {second}
      </div>
      {view.action && (
        <div role="gridcell" className="snb-Row-actions">
          <button
            type="button"
            className="snb-Panel-button snb-mod-small"
            tabIndex={active ? 0 : -1}
            aria-label={view.action.name}
            onClick={event => {
              event.stopPropagation();
              view.action?.run();
            }}
          >
            {view.action.label}
          </button>
        </div>
      )}
    </>
  );
}

function line(parts: IRowView['parts'], form: keyof IPart): string {
  return parts
    .map(part => (typeof part === 'string' ? part : part[form]))
    .filter(Boolean)
    .join(' · ');
}

function WaitingCell({ waiting }: { waiting: string }): React.ReactElement {
  return (
    <div role="gridcell" className="snb-Row-waiting">
      <span className="snb-hidden">{waiting}</span>
    </div>
  );
}
