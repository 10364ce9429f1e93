/** Plans, runs and deployments as the server tells them, and what a view is handed. */

import { nullTranslator } from '@jupyterlab/translation';
import { vi } from 'vitest';

import type { Client, ITarget } from '../api/client';
import type {
  Block,
  CardTimeline,
  CardView,
  DeploymentDetail,
  FindingView,
  PlanView,
  Problem,
  RunDetail,
  Tone
} from '../api/types';
import type { IKit } from '../ui/kit';
import { FakeSession, level, place, row, space } from './panel';

export const TARGET: ITarget = { place: 'here', namespace: 'dev', name: 'fraud' };

export const kit = (values: Partial<IKit> = {}): IKit => ({
  trans: nullTranslator.load('seldon_nb_lab'),
  language: 'en',
  copy: vi.fn(),
  insert: null,
  follow: () => null,
  ...values
});

/** A session whose client answers only what is given here. */
export function sessionWith(answers: Partial<Client>): FakeSession {
  const session = new FakeSession(answers as Client);
  session.places = [place(space('dev', 'unclassified'), space('claims', 'protected-b'))];
  return session;
}

export const card = (blocks: Block[], values: Partial<CardView> = {}): CardView => ({
  kind: 'plan',
  title: 'Plan · deploy fraud@1 to dev',
  badge: 'UNCLASSIFIED',
  tone: 'warn',
  state: 'Ready, with warnings',
  blocks,
  steps: [],
  who: '',
  python: '',
  shell: '',
  ...values
});

export const stages = (...tones: Tone[]): CardTimeline => ({
  type: 'timeline',
  stages: tones.map((tone, index) => ({ name: `stage ${index + 1}`, tone, word: `word of ${tone}`, note: '1 s' }))
});

export const problem = (values: Partial<Problem> = {}): Problem => ({
  code: 'SNB-204',
  what: 'The server cannot read the model files.',
  saw: 'The files are at `s3://models`.',
  next: [{ say: 'Use another secret:', command: '%seldon deploy fraud@1 --secret s3', kind: 'magic' }],
  who: 'Your platform team can help.',
  field: '',
  row: null,
  place: '',
  ...values
});

export const FINDINGS: Block = {
  type: 'lines',
  lines: [
    { tone: 'good', word: 'fine', text: '11 checks passed.', code: '', steps: [] },
    {
      tone: 'warn',
      word: 'warning',
      text: '`age` is an integer column.',
      code: 'SNB-118',
      steps: [
        { say: 'Use its own packages:', command: '%seldon plan fraud@1 --to dev --environment own', kind: 'magic' }
      ]
    }
  ]
};

export const finding = (code: string, values: Partial<FindingView> = {}): FindingView => ({
  code,
  tone: 'bad',
  text: `What ${code} says.`,
  blocks: true,
  overridable: false,
  field: '',
  ...values
});

export const plan = (values: Partial<PlanView> = {}): PlanView => ({
  digest: 'sha256:0123456789abcdef0123456789abcdef',
  ok: true,
  ref: 'fraud@1',
  place: 'here',
  namespace: 'dev',
  deployment: 'fraud',
  update: false,
  level: level('unclassified'),
  card: card([{ type: 'text', text: 'Will create `dev/fraud`.', strong: false }, FINDINGS]),
  rights: [],
  documents: [{ name: 'SeldonDeployment', yaml: 'kind: SeldonDeployment\n' }],
  diff: '',
  whyNot: '',
  python: 'sn.deploy("fraud@1", to="dev")',
  shell: 'seldon-nb deploy fraud@1 --to dev',
  wish: null,
  server: 'MLServer (mlflow)',
  protocol: 'v2',
  passed: 11,
  findings: [finding('SNB-118', { tone: 'warn', blocks: false })],
  ...values
});

/** A plan that two findings block, one of which may be taken on. */
export const blocked = (): PlanView => {
  const lines = FINDINGS.type === 'lines' ? FINDINGS.lines : [];
  const bad = { tone: 'bad' as const, word: 'problem' };
  return plan({
    digest: 'sha256:blocked',
    ok: false,
    whyNot: '2 findings stop it: SNB-205, SNB-231.',
    findings: [finding('SNB-205', { field: 'name' }), finding('SNB-231', { overridable: true }), ...plan().findings],
    card: card([
      {
        type: 'lines',
        lines: [
          ...lines,
          { ...bad, text: 'The name cannot be used.', code: 'SNB-205', steps: [] },
          { ...bad, text: 'Nothing is known of `data`.', code: 'SNB-231', steps: [] }
        ]
      }
    ])
  });
};

export const run = (phase: RunDetail['row']['phase'], values: Partial<RunDetail> = {}): RunDetail => ({
  row: {
    id: 'snb-fraud-0123',
    place: 'here',
    namespace: 'dev',
    deployment: 'fraud',
    model: 'fraud@1',
    phase,
    word: phase,
    tone: phase === 'failed' ? 'bad' : phase === 'succeeded' ? 'good' : 'busy',
    step: phase === 'running' ? 'deploy' : '',
    done: 2,
    of: 5,
    startedAt: '2026-01-01T00:00:00Z',
    finishedAt: '',
    code: '',
    what: '',
    digest: plan().digest
  },
  steps: stages('good', 'busy'),
  timeline: stages('good', 'good', 'busy', 'neutral'),
  problem: null,
  mayStop: phase === 'running',
  ...values
});

export const detail = (values: Partial<DeploymentDetail> = {}): DeploymentDetail => ({
  row: row('fraud', { revision: 2 }),
  card: card([stages('good', 'good'), { type: 'facts', rows: [['Revision', '2']] }], {
    kind: 'deployment',
    title: 'dev/fraud · fraud@1'
  }),
  timeline: stages('good', 'good'),
  problem: null,
  documents: [{ name: 'SeldonDeployment', yaml: 'kind: SeldonDeployment\n' }],
  diff: '',
  access: [{ name: 'user-a', kind: 'owner', may: ['see', 'predict'] }],
  revisions: [
    { number: 1, model: 'fraud@1', who: 'user-a', at: '2026-01-01T00:00:00Z', digest: 'sha256:one', live: false },
    { number: 2, model: 'fraud@1', who: 'user-a', at: '2026-01-02T00:00:00Z', digest: 'sha256:two', live: true }
  ],
  lineage: {
    type: 'strip',
    links: [
      { kind: 'notebook', title: 'fraud.ipynb', detail: '', open: 'notebook', ref: 'fraud.ipynb' },
      { kind: 'deployment', title: 'dev/fraud', detail: '', open: '', ref: '' }
    ]
  },
  predictors: ['default'],
  unread: null,
  mayDelete: true,
  whyNot: '',
  python: 'sn.deployment("dev/fraud")',
  shell: 'seldon-nb show dev/fraud',
  ...values
});
