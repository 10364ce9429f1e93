import React from 'react';

import type { TestModels } from '../../model/test';
import type { IKit } from '../kit';
import { useModel } from './state';
import { TroubleView } from './trouble';

interface ISaveCase {
  kit: IKit;
  id: string;
  models: TestModels;
  onClose: () => void;
}

/** A name for the rows that are shown; an existing name is only replaced when that was said. */
export function SaveCase({ kit, id, models, onClose }: ISaveCase): React.ReactElement {
  const { trans } = kit;
  const { cases, tester } = models;
  const { sets, busy, trouble } = useModel(cases);
  const [name, setName] = React.useState('');
  const input = React.useRef<HTMLInputElement>(null);
  const exists = sets.some(set => set.name === name.trim());
  React.useEffect(() => {
    input.current?.focus();
    return () => cases.clear();
  }, [cases]);
  const save = async (): Promise<void> => {
    const question = name.trim() ? tester.question() : null;
    if (question && (await cases.save(question, name.trim(), exists))) {
      onClose();
    }
  };
  return (
    <div className="snb-test-save" role="group" aria-label={trans.__('Save as case')}>
      <label htmlFor={`${id}-case`}>{trans.__('Name of the set of cases')}</label>
      <input
        id={`${id}-case`}
        ref={input}
        type="text"
        value={name}
        maxLength={64}
        autoComplete="off"
        aria-describedby={`${id}-case-about`}
        onChange={event => setName(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter') {
            event.preventDefault(); // the form around it would ask
            void save();
          } else if (event.key === 'Escape') {
            event.stopPropagation();
            onClose();
          }
        }}
      />
      <button
        type="button"
        className="snb-button"
        disabled={busy || !name.trim()}
        aria-busy={busy}
        onClick={() => void save()}
      >
        {exists ? trans.__('Replace') : trans.__('Save')}
      </button>
      <button type="button" className="snb-button snb-quiet" onClick={onClose}>
        {trans.__('Cancel')}
      </button>
      <p className="snb-muted" id={`${id}-case-about`}>
        {exists
          ? trans.__('A set has this name: it would be replaced.')
          : trans.__('The rows are kept with the answers of the version that serves now.')}
      </p>
      {trouble && <TroubleView kit={kit} trouble={trouble} />}
    </div>
  );
}
