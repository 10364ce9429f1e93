import React from 'react';

import type { PlaceName, PlaceView } from '../../api/types';
import type { IKit } from '../kit';
import type { IFieldProps } from './field';

interface INamespaces extends IFieldProps {
  kit: IKit;
  places: readonly PlaceView[];
  place: PlaceName;
  namespace: string;
  onChoose: (place: PlaceName, namespace: string) => void;
}

/** The namespaces of every place, with their classification; the one that is wished for is among them even if it cannot be seen. */
export function Namespaces({ kit, places, place, namespace, onChoose, ...props }: INamespaces): React.ReactElement {
  const known = places.some(one => one.name === place && one.namespaces.some(each => each.name === namespace));
  const choose = (event: React.ChangeEvent<HTMLSelectElement>): void => {
    const [to, name] = JSON.parse(event.target.value) as [PlaceName, string];
    onChoose(to, name);
  };
  return (
    <select {...props} required value={JSON.stringify([place, namespace])} onChange={choose}>
      {!known && (
        <option value={JSON.stringify([place, namespace])} disabled={!namespace}>
          {namespace || kit.trans.__('Choose a namespace')}
        </option>
      )}
      {places
        .filter(one => one.namespaces.length)
        .map(one => (
          <optgroup key={one.name} label={one.label}>
            {one.namespaces.map(each => (
              <option key={each.name} value={JSON.stringify([one.name, each.name])}>
                {`${each.name} · ${each.level.badge}`}
              </option>
            ))}
          </optgroup>
        ))}
    </select>
  );
}
