// Generated from seldon_nb/lab/schema.py by `make lab-types`; not written by hand.

/** POST ``test/ask``: the answers as text and numbers, never as markup. */
export interface AnswerView {
  columns: string[];
  data: (string | number | boolean | null)[][];
  bars: BarView[][];
  tookMs: number;
  requests: number;
  model: string;
  notes: string[];
}

/** One bar: ``share`` of 0 to 1. */
export interface BarView {
  label: string;
  share: number;
  text: string;
}

/** POST ``plans/<digest>/apply``: nothing to choose; the digest is all. */
export interface ApplyWish {}

/** Who may do what with a deployment. */
export interface CallerView {
  name: string;
  kind: string;
  may: string[];
}

/** Bars below each other, as of the classes of an answer. */
export interface CardBars {
  type: 'bars';
  bars: BarView[];
  caption: string;
}

/** Label and value, one row each. */
export interface CardFacts {
  type: 'facts';
  rows: [string, string][];
}

/** One checked thing; ``word`` says the tone. */
export interface CardLine {
  tone: 'neutral' | 'good' | 'warn' | 'bad' | 'busy';
  word: string;
  text: string;
  code: string;
  steps: NextStep[];
}

/** What to do: a sentence, and at most one command, complete and ready to paste. */
export interface NextStep {
  say: string;
  command: string;
  kind: '' | 'magic' | 'python' | 'shell';
}

/** A list of checked things. */
export interface CardLines {
  type: 'lines';
  lines: CardLine[];
}

/** Preformatted text, folded under its title. */
export interface CardListing {
  type: 'listing';
  title: string;
  text: string;
  language: string;
  folded: boolean;
}

/** Meters below each other. */
export interface CardMeters {
  type: 'meters';
  meters: MeterView[];
  caption: string;
}

/** A part of a whole, now and afterwards, as shares of 0 to 1 (more, if it does not fit); ``text`` says the same in words. */
export interface MeterView {
  label: string;
  now: number;
  after: number;
  text: string;
  tone: 'neutral' | 'good' | 'warn' | 'bad' | 'busy';
}

/** Sparklines below each other. */
export interface CardSparklines {
  type: 'sparklines';
  lines: SparklineView[];
  caption: string;
}

/** A few values in the order of time, the last one being now; ``text`` says what it shows in words. */
export interface SparklineView {
  label: string;
  values: number[];
  text: string;
  tone: 'neutral' | 'good' | 'warn' | 'bad' | 'busy';
}

/** From a notebook to a deployment, in order. */
export interface CardStrip {
  type: 'strip';
  links: LinkView[];
}

/** One link of the lineage strip; ``open`` says what the panel can show of it, and ``ref`` which. */
export interface LinkView {
  kind: 'notebook' | 'run' | 'version' | 'workflow' | 'deployment';
  title: string;
  detail: string;
  open: '' | 'notebook' | 'model' | 'run' | 'deployment' | 'url';
  ref: string;
}

/** A table; ``right`` are the indices of the columns that are numbers. */
export interface CardTable {
  type: 'table';
  headers: string[];
  rows: string[][];
  caption: string;
  right: number[];
}

/** A paragraph; what stands between backticks is code. */
export interface CardText {
  type: 'text';
  text: string;
  strong: boolean;
}

/** Stages in order. */
export interface CardTimeline {
  type: 'timeline';
  stages: StageView[];
}

/** One stage: its name, its tone with the word for it, and a short note (``0.2 s``). */
export interface StageView {
  name: string;
  tone: 'neutral' | 'good' | 'warn' | 'bad' | 'busy';
  word: string;
  note: string;
}

/** One thing shown, described once; drawn by the one renderer of the panel. */
export interface CardView {
  kind: string;
  title: string;
  badge: string;
  tone: 'neutral' | 'good' | 'warn' | 'bad' | 'busy';
  state: string;
  blocks: (
    | CardText
    | CardFacts
    | CardTable
    | CardLines
    | CardListing
    | CardTimeline
    | CardMeters
    | CardSparklines
    | CardBars
    | CardStrip
  )[];
  steps: NextStep[];
  who: string;
  python: string;
  shell: string;
}

/** A named set of cases; its rows are read one part at a time. */
export interface CaseSetView {
  name: string;
  model: string;
  rows: number;
  createdAt: string;
  who: string;
  fromVersion: string;
}

/** GET ``cases?model=``. */
export interface CaseSets {
  items: CaseSetView[];
  total: number;
}

/** What is told on Jupyter's event bus, to everybody who listens there: names and phases, never a value. */
export interface Change {
  kind: 'deployment' | 'run' | 'model' | 'place';
  act: 'changed' | 'gone' | 'reset';
  place: 'here' | 'cluster';
  namespace?: string;
  name?: string;
  state?: string;
  model?: string;
  revision?: number;
  step?: string;
  version?: number;
}

/** Another version of the same model, or what the kernel answered. */
export interface CompareWith {
  version?: string;
  label?: string;
  answers?: Rows | null;
}

/** Rows as columns and values in their order; a missing value is null.  Dates are ISO 8601 text, binary is base64 text. */
export interface Rows {
  columns?: string[];
  data?: (string | number | boolean | null)[][];
}

/** Who answered: the deployment, another version (asked where it serves, or in a clean process), or the kernel. */
export interface ComparedColumn {
  label: string;
  how: string;
  tookMs: number | null;
  problem: Problem | null;
}
/**
 * An error: a code, what happened to your thing, what was seen, what to do, who can help.
 *
 * ``field`` names the input that is meant (a column of the model, an option of a plan), ``row`` its row from 0, where one is.
 * ``place`` is the place that is silent, in lists that several places give.
 */
export interface Problem {
  code: string;
  what: string;
  saw: string;
  next: NextStep[];
  who: string;
  field: string;
  row: number | null;
  place: string;
}

/** One row: an answer per column (its cells in the order of the outputs), and whether they differ beyond the tolerance. */
export interface ComparedRow {
  row: number;
  answers: (string | number | boolean | null)[][];
  differs: boolean;
}

/** POST ``test/compare``: the question, and whom else to ask. */
export interface Comparison {
  question: Question;
  others: CompareWith[];
  tolerance?: number;
}

/** What is asked of whom; never a URL.  Exactly one of ``rows`` and ``tensors`` holds something. */
export interface Question {
  place: 'here' | 'cluster';
  namespace: string;
  name: string;
  predictor?: string;
  rows?: Rows;
  tensors?: TensorValue[];
}

/** One tensor's values: flat, in row-major order, with the shape they have. */
export interface TensorValue {
  name: string;
  shape: number[];
  data: (number | boolean | string | null)[];
}

/** The answers side by side. */
export interface ComparisonView {
  outputs: string[];
  columns: ComparedColumn[];
  rows: ComparedRow[];
  differing: number;
  text: string;
}
/**
 * GET ``deployments/<place>/<namespace>/<name>``: all that the detail tab shows but drift, logs and history.
 *
 * ``unread`` says why the kept revisions could not be read; ``documents`` are then as far as the live object tells.
 */
export interface DeploymentDetail {
  row: DeploymentRow;
  card: CardView;
  timeline: CardTimeline;
  problem: Problem | null;
  documents: DocumentView[];
  diff: string;
  access: CallerView[];
  revisions: RevisionView[];
  unread: Problem | null;
  lineage: CardStrip;
  predictors: string[];
  mayDelete: boolean;
  whyNot: string;
  python: string;
  shell: string;
}

/** A row: name, version, state as a word and a tone, whose, since when, how it is used. */
export interface DeploymentRow {
  place: 'here' | 'cluster';
  namespace: string;
  name: string;
  model: string;
  revision: number;
  state: string;
  word: string;
  tone: 'neutral' | 'good' | 'warn' | 'bad' | 'busy';
  owner: string;
  mine: boolean;
  appliedAt: string;
  calls: number | null;
  p50Ms: number | null;
  expiresAt: string;
  level: Level;
  stage: string;
  code: string;
  what: string;
  url: string;
}

/** A classification: its stable word, and what the badge says in capitals; ``protected`` is true for what is unknown too. */
export interface Level {
  value: string;
  badge: string;
  protected: boolean;
}

/** A generated document as YAML. */
export interface DocumentView {
  name: string;
  yaml: string;
}

/** One apply, as the record tells it. */
export interface RevisionView {
  number: number;
  model: string;
  who: string;
  at: string;
  digest: string;
  live: boolean;
}

/** GET ``deployments``: rows from ``offset`` on of ``total`` that match; ``version`` grows with every change; ``problems`` say which place is silent. */
export interface DeploymentsPage {
  items: DeploymentRow[];
  offset: number;
  total: number;
  version: number;
  mine: number;
  shared: number;
  problems: Problem[];
}

/** Something was done; ``text`` says it. */
export interface Done {
  text: string;
}
/**
 * One input of the model and how it is asked for.
 *
 * ``minimum``, ``maximum`` and ``typical`` are of the training data where they are known and may be shown; ``choices`` the categories that were seen.
 * ``accepts_missing`` is what the contract check saw, None if it was not tried.
 */
export interface FieldView {
  name: string;
  kind: 'integer' | 'number' | 'boolean' | 'category' | 'text' | 'date' | 'datetime' | 'binary' | 'other';
  type: string;
  required: boolean;
  acceptsMissing: boolean | null;
  minimum: number | null;
  maximum: number | null;
  typical: string | number | boolean | null;
  choices: string[];
  hint: string;
}

/** One rule's word on a plan; ``field`` names the part of the wish that it is about, where it is about one. */
export interface FindingView {
  code: string;
  tone: 'neutral' | 'good' | 'warn' | 'bad' | 'busy';
  text: string;
  blocks: boolean;
  overridable: boolean;
  field: string;
}

/** GET ``history``: newest first; ``whole`` says whether the chain of records holds, None if that was not asked for. */
export interface HistoryPage {
  items: HistoryRow[];
  offset: number;
  total: number;
  problems: Problem[];
  whole: boolean | null;
}

/** One record as a sentence. */
export interface HistoryRow {
  at: string;
  who: string;
  act: string;
  subject: string;
  result: string;
  tone: 'neutral' | 'good' | 'warn' | 'bad' | 'busy';
  text: string;
  digest: string;
}

/** GET ``deployments/…/logs``: last lines, without values; ``note`` says what was left out and why. */
export interface Logs {
  lines: string[];
  note: string;
}

/** GET ``models/<name>/<version>``; ``run`` is the run of MLflow that it came out of, None where it is not known. */
export interface ModelDetail {
  row: ModelRow;
  card: CardView;
  lineage: CardStrip;
  run: CardView | null;
}

/** A model version; ``live`` are the deployments that serve it. */
export interface ModelRow {
  name: string;
  version: number;
  ref: string;
  aliases: string[];
  flavor: string;
  author: string;
  notebook: string;
  createdAt: string;
  size: number;
  level: Level;
  live: string[];
}

/** GET ``models``: newest first; ``next`` is the token of the next page, empty at the end. */
export interface ModelsPage {
  items: ModelRow[];
  next: string;
}

/** A namespace of a place. */
export interface NamespaceView {
  place: 'here' | 'cluster';
  name: string;
  level: Level;
}

/** POST ``places/here``: start or stop this machine's place. */
export interface PlaceAct {
  act: 'up' | 'down';
}
/**
 * A place: its namespaces, or why they cannot be seen; ``running`` is false where it can be started.
 *
 * ``servers`` are those that can answer there, first the one that a plan chooses by itself.  ``identity`` is whom the place takes you for.
 */
export interface PlaceView {
  name: 'here' | 'cluster';
  label: string;
  running: boolean;
  namespaces: NamespaceView[];
  problem: Problem | null;
  servers: ServerView[];
  identity: string;
}

/** What can answer: its word for a plan (``sklearn``), its name for people, and the protocols that it speaks there, the best first. */
export interface ServerView {
  value: string;
  label: string;
  protocols: string[];
}

/** GET ``places``: what there is; a cluster that cannot be reached is a place with a problem. */
export interface Places {
  items: PlaceView[];
}
/**
 * A plan: the same value and digest as in Python.
 *
 * ``wish`` makes it again; ``server`` (its name for people) and ``protocol`` are what answers, chosen or not; ``passed`` counts the checks that found
 * nothing.
 */
export interface PlanView {
  digest: string;
  ok: boolean;
  ref: string;
  place: 'here' | 'cluster';
  namespace: string;
  deployment: string;
  update: boolean;
  level: Level;
  card: CardView;
  rights: RightView[];
  documents: DocumentView[];
  diff: string;
  whyNot: string;
  python: string;
  shell: string;
  wish: PlanWish | null;
  server: string;
  protocol: string;
  passed: number;
  findings: FindingView[];
}

/** One right that the plan needs: asked of the platform, yes or no, and who can give it. */
export interface RightView {
  verb: string;
  resource: string;
  allowed: boolean;
  text: string;
  request: string;
}

/** POST ``plans``: the same options as ``seldon-nb plan``. */
export interface PlanWish {
  ref: string;
  place: 'here' | 'cluster';
  to: string;
  name?: string;
  server?: string;
  protocol?: string;
  image?: string;
  environment?: string;
  callers?: string[];
  timeout?: number;
  override?: string[];
  because?: string;
}

/** POST ``cases/replay``: rows ``start`` to ``stop`` of a set, asked again. */
export interface Replay {
  place: 'here' | 'cluster';
  namespace: string;
  name: string;
  predictor?: string;
  model: string;
  cases: string;
  start?: number;
  stop?: number;
  tolerance?: number;
}

/** One part of a replay. */
export interface ReplayPart {
  start: number;
  stop: number;
  total: number;
  same: number;
  differing: ReplayedRow[];
  outputs: string[];
  tookMs: number;
}

/** A row whose answer is another than the one that was saved. */
export interface ReplayedRow {
  row: number;
  expected: (string | number | boolean | null)[];
  got: (string | number | boolean | null)[];
}

/** GET ``runs/<place>/<namespace>/<id>``: the steps, the six stages, and the one sentence if it failed. */
export interface RunDetail {
  row: RunRow;
  steps: CardTimeline;
  timeline: CardTimeline;
  problem: Problem | null;
  mayStop: boolean;
}

/** A plan on its way, or where it ended. */
export interface RunRow {
  id: string;
  place: 'here' | 'cluster';
  namespace: string;
  deployment: string;
  model: string;
  phase: 'waiting' | 'running' | 'succeeded' | 'failed' | 'stopped';
  word: string;
  tone: 'neutral' | 'good' | 'warn' | 'bad' | 'busy';
  step: string;
  done: number;
  of: number;
  startedAt: string;
  finishedAt: string;
  code: string;
  what: string;
  digest: string;
}

/** GET ``runs``: newest first. */
export interface RunsPage {
  items: RunRow[];
  offset: number;
  total: number;
  problems: Problem[];
}

/** POST ``cases``: keep the question's rows with the answers that are right for them. */
export interface SaveCases {
  question: Question;
  name: string;
  replace?: boolean;
}

/** A schedule of the cluster. */
export interface ScheduleRow {
  place: 'here' | 'cluster';
  namespace: string;
  name: string;
  when: string;
  zone: string;
  nextAt: string;
  suspended: boolean;
  lastAt: string;
}

/** GET ``schedules``; ``note`` says how one gets there if there is none. */
export interface SchedulesPage {
  items: ScheduleRow[];
  offset: number;
  total: number;
  note: string;
  problems: Problem[];
}

/** POST ``test/snippets``: the same question in four languages; ``problems`` say what does not fit, field by field (nothing is sent). */
export interface Snippets {
  json: string;
  curl: string;
  python: string;
  r: string;
  problems: Problem[];
  note: string;
}

/** GET ``status``: who you are, where you are, which version answers.  Starts nothing and asks no cluster. */
export interface Status {
  api: number;
  version: string;
  language: string;
  identity: string;
  level: Level;
  places: ('here' | 'cluster')[];
}

/** One tensor: ``-1`` is a free dimension. */
export interface TensorView {
  name: string;
  dtype: string;
  shape: number[];
}
/**
 * GET ``test/<place>/<namespace>/<name>``: what to draw.
 *
 * ``sample`` has the columns of ``fields`` in order; it is None, with ``why_no_sample``, where classification forbids rows or none were logged.
 * ``keep`` is false where values may not be saved (a protected deployment): no cases, no defaults from former answers.
 */
export interface TestForm {
  place: 'here' | 'cluster';
  namespace: string;
  name: string;
  predictor: string;
  model: string;
  level: Level;
  keep: boolean;
  notice: string;
  answering: boolean;
  problem: Problem | null;
  fields: FieldView[];
  tensors: TensorView[];
  outputs: string[];
  sample: (string | number | boolean | null)[][] | null;
  whyNoSample: string;
  versions: string[];
  cases: CaseSetView[];
  mostRows: number;
}

export type Block = CardView['blocks'][number];
export type PlaceName = PlaceView['name'];
export type Scalar = string | number | boolean | null;
export type Sort = 'name' | 'state' | 'age' | 'owner' | 'calls' | 'p50';
export type Tone = CardView['tone'];
