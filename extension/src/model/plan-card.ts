/** What a plan tells, counted and sorted: how many checks passed, what may be taken on, and what the plan tab shows in a form of its own. Pure. */

import type { Block, CardView, FindingView, PlanView, RightView } from '../api/types';

/** How many checks passed, and how many findings warn or block. */
export function tally({ passed, findings }: PlanView): { good: number; warn: number; bad: number } {
  const count = (tone: FindingView['tone']): number => findings.filter(finding => finding.tone === tone).length;
  return { good: passed, warn: count('warn'), bad: count('bad') };
}

/** The findings that block and may be taken on with a reason that is kept. */
export function mayTakeOn(plan: PlanView): FindingView[] {
  return plan.findings.filter(finding => finding.blocks && finding.overridable);
}

/** The finding that blocks because of what was wished for in a field. */
export function faultAt(plan: PlanView, ...fields: string[]): FindingView | undefined {
  return plan.findings.find(finding => finding.blocks && finding.field && fields.includes(finding.field));
}

/** The card without what the plan tab shows in a better form below: rights as a table, documents, the difference, applying. */
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
  return { ...plan.card, blocks, steps: [] };
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
