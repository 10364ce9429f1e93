/** What a plan's card tells, read by code: how many checks passed, what blocks, and what the plan tab shows in a form of its own. Pure. */

import type { Block, CardLine, CardView, NextStep, PlanView, RightView } from '../api/types';

/** A finding that blocks. */
export interface IBlocking {
  code: string;
  text: string;
  /** it may be taken on with a reason that is kept */
  overridable: boolean;
}

/** How many checks passed, and how many findings warn or block. */
export function tally(plan: PlanView): { good: number; warn: number; bad: number } {
  const lines = findings(plan);
  const passed = lines.find(line => line.tone === 'good' && !line.code);
  const count = Number(/\d+/.exec(passed?.text ?? '')?.[0] ?? 0);
  return {
    good: count,
    warn: lines.filter(line => line.tone === 'warn').length,
    bad: lines.filter(line => line.tone === 'bad').length
  };
}

/** The findings that block, and which of them may be taken on. */
export function blocking(plan: PlanView): IBlocking[] {
  return plan.ok
    ? []
    : findings(plan)
        .filter(line => line.tone === 'bad' && line.code)
        .map(line => ({
          code: line.code,
          text: line.text,
          overridable: line.steps.some(step => offersOverride(step, line.code))
        }));
}

/** The card without what the plan tab shows in a better form below: rights as a table, documents, the difference, taking on, applying. */
export function bare(plan: PlanView): CardView {
  const shown = new Set([plan.diff, ...plan.documents.map(one => one.yaml), ...plan.rights.map(one => one.request)]);
  const names = new Set(plan.documents.map(one => one.name));
  const blocks = plan.card.blocks.filter((block, index, all) => {
    if (block.type === 'listing') {
      return !shown.has(block.text) && !names.has(block.title) && !(block.language === 'diff' && plan.diff);
    }
    const title = block.type === 'text' && block.strong && isRights(all[index + 1], plan.rights);
    return !title && !isRights(block, plan.rights);
  });
  return { ...plan.card, blocks: blocks.map(withoutOverrides), steps: [] };
}

function withoutOverrides(block: Block): Block {
  if (block.type !== 'lines') {
    return block;
  }
  const kept = (line: CardLine): CardLine => ({
    ...line,
    steps: line.steps.filter(step => !(line.tone === 'bad' && offersOverride(step, line.code)))
  });
  return { ...block, lines: block.lines.map(kept) };
}

function offersOverride(step: NextStep, code: string): boolean {
  return `${step.say} ${step.command}`.includes(`--override ${code}`);
}

/** The sentence above the rights, where the card has one. */
export function rightsTitle(plan: PlanView): string {
  const { blocks } = plan.card;
  const at = blocks.findIndex(block => isRights(block, plan.rights));
  const title = blocks[at - 1];
  return title?.type === 'text' ? title.text : '';
}

function isRights(block: Block | undefined, rights: readonly RightView[]): boolean {
  return (
    block?.type === 'lines' &&
    rights.length > 0 &&
    block.lines.length === rights.length &&
    block.lines.every((line, index) =>
      line.text.includes(`${rights[index]?.verb} ${rights[index]?.resource.split('.')[0]}`)
    )
  );
}

function findings(plan: PlanView): CardLine[] {
  const found = plan.card.blocks.find(block => block.type === 'lines' && !isRights(block, plan.rights));
  return found?.type === 'lines' ? found.lines : [];
}
