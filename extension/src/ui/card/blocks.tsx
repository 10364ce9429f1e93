import React from 'react';

import type { Block, CardText } from '../../api/types';
import type { IKit, IReplan } from '../kit';
import { Inline } from './inline';
import { Lines } from './lines';
import { Listing } from './listing';
import { Bars, Meters, Sparklines } from './measures';
import { Strip } from './strip';
import { Facts, Table } from './table';
import { Timeline } from './timeline';

interface IBlockView {
  kit: IKit;
  block: Block;
  replan?: IReplan | undefined;
}

/** One block of a card. */
export function BlockView({ kit, block, replan }: IBlockView): React.ReactElement | null {
  switch (block.type) {
    case 'text':
      return <Paragraphs block={block} />;
    case 'facts':
      return <Facts block={block} />;
    case 'table':
      return <Table block={block} />;
    case 'lines':
      return <Lines kit={kit} block={block} replan={replan} />;
    case 'listing':
      return <Listing kit={kit} block={block} />;
    case 'timeline':
      return <Timeline kit={kit} block={block} />;
    case 'meters':
      return <Meters kit={kit} block={block} />;
    case 'sparklines':
      return <Sparklines kit={kit} block={block} />;
    case 'bars':
      return <Bars kit={kit} block={block} />;
    case 'strip':
      return <Strip kit={kit} block={block} />;
  }
}

function Paragraphs({ block }: { block: CardText }): React.ReactElement {
  return (
    <div>
      {block.text.split('\n').map((line, index) => (
        <p key={index}>{block.strong ? <strong>{<Inline text={line} />}</strong> : <Inline text={line} />}</p>
      ))}
    </div>
  );
}
