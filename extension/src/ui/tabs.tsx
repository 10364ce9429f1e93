import React from 'react';

export interface ITab {
  id: string;
  label: string;
}

interface ITabs {
  /** distinct in the page: the ids of tabs and panels are made of it */
  id: string;
  label: string;
  tabs: readonly ITab[];
  chosen: string;
  onChoose: (id: string) => void;
  children: React.ReactNode;
}

const MOVES: Readonly<Record<string, (index: number, count: number) => number>> = {
  ArrowRight: (index, count) => (index + 1) % count,
  ArrowLeft: (index, count) => (index - 1 + count) % count,
  Home: () => 0,
  End: (_index, count) => count - 1
};

/** A row of tabs with the chosen one's content: one stop for the Tab key, arrows between the tabs. */
export function Tabs({ id, label, tabs, chosen, onChoose, children }: ITabs): React.ReactElement {
  const list = React.useRef<HTMLDivElement>(null);
  const move = (event: React.KeyboardEvent): void => {
    const to = MOVES[event.key]?.(
      tabs.findIndex(tab => tab.id === chosen),
      tabs.length
    );
    const tab = to === undefined ? undefined : tabs[to];
    if (to !== undefined && tab) {
      event.preventDefault();
      event.stopPropagation();
      onChoose(tab.id);
      list.current?.querySelectorAll<HTMLElement>('[role=tab]')[to]?.focus();
    }
  };
  return (
    <>
      <div className="snb-tabs" role="tablist" aria-label={label} ref={list}>
        {tabs.map(tab => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${id}-tab-${tab.id}`}
            className="snb-tab"
            aria-selected={tab.id === chosen}
            aria-controls={`${id}-panel`}
            tabIndex={tab.id === chosen ? 0 : -1}
            onClick={() => onChoose(tab.id)}
            onKeyDown={move}
          >
            {tab.label}
          </button>
        ))}
      </div>
      {/* Its text can be read on without anything in it that takes the focus: then it is a stop itself. */}
      <div
        className="snb-tabpanel"
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-tab-${chosen}`}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
      >
        {children}
      </div>
    </>
  );
}
