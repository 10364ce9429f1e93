/** The one renderer of cards: a plan, an error, a model, a deployment look the same wherever they are shown. */

import React from 'react';

import type { Block, CardView } from '../api/types';
import { BlockView } from './card/blocks';
import { Inline } from './card/inline';
import { Steps } from './card/steps';
import type { IKit, IReplan } from './kit';
import { SIGNS } from './words';

interface ICard {
  kit: IKit;
  card: CardView;
  replan?: IReplan | undefined;
  /** whether its classification is a protected one; unknown counts as one */
  guarded?: boolean;
  /** receives the focus when a new card is shown */
  heading?: React.Ref<HTMLHeadingElement>;
  /** what stands right below one of the card's own blocks */
  below?: (block: Block) => React.ReactNode;
  /** what stands below all of them */
  children?: React.ReactNode;
  /** what stands at the very bottom, on a line of its own */
  footer?: React.ReactNode;
}

export function Card({
  kit,
  card,
  replan,
  guarded = true,
  heading,
  below,
  children,
  footer
}: ICard): React.ReactElement {
  const id = React.useId();
  return (
    <section className={`snb-card snb-${card.tone}`} aria-labelledby={id}>
      <header className="snb-card-head">
        <h2 id={id} className="snb-card-title" tabIndex={-1} ref={heading}>
          <Inline text={card.title} />
        </h2>
        <span className="snb-card-marks">
          {card.badge && <span className={guarded ? 'snb-badge' : 'snb-badge snb-open'}>{card.badge}</span>}
          {card.state && (
            <span className="snb-card-state">
              <span aria-hidden="true">{SIGNS[card.tone]} </span>
              {card.state}
            </span>
          )}
        </span>
      </header>
      <div className="snb-card-body">
        {card.blocks.map((block, index) => (
          <React.Fragment key={index}>
            <BlockView kit={kit} block={block} replan={replan} />
            {below?.(block)}
          </React.Fragment>
        ))}
        <Steps kit={kit} steps={card.steps} replan={replan} />
        {card.who && (
          <p className="snb-muted">
            <Inline text={card.who} />
          </p>
        )}
        {children}
      </div>
      {footer && <footer className="snb-card-foot">{footer}</footer>}
    </section>
  );
}
