import type { CheckReport, Fidelity, FormatName, Report, Summary } from '../../src/index.ts';
import type { Grain } from './worker/callTree.ts';

/**
 * What the page asks of its worker. Answers come in the order of the questions. The page asks for one part of a file
 * after the other, so that what the user asks for in between need not wait for all of them.
 */
export type Question =
  | { kind: 'open'; file: File; read: ReadOptions }
  | { kind: 'graph'; choice: GraphChoice; width: number }
  /** Of the graph of this number; of another there is no answer. */
  | { kind: 'view'; graph: number; focus: number; width: number }
  | { kind: 'check' }
  | { kind: 'search'; text: string }
  | { kind: 'translate'; target: Target; fidelity: Fidelity };

/** What the worker tells the page. */
export type Answer =
  | { kind: 'step'; step: Step; done?: number; of?: number }
  | { kind: 'summary'; summary: Summary; scopes: string[] }
  | { kind: 'graph'; graph: Graph; view: TreeView; rows: FunctionRow[] }
  | { kind: 'view'; view: TreeView }
  | { kind: 'matches'; matches: Matches }
  | { kind: 'findings'; report: CheckReport }
  | { kind: 'translation'; translation: Translation }
  | { kind: 'failed'; step: Step; line: string };

/** What opening a file takes, in this order. */
export const STEPS = ['read', 'decompress', 'inspect', 'graph', 'check', 'translate'] as const;
export type Step = (typeof STEPS)[number] | 'search';

/** What a file is taken for; told by its content where nothing is said. */
export interface ReadOptions {
  from?: FormatName;
  otlpVersion?: string;
}

export interface GraphChoice {
  /** Index of the sample type in the summary. Null: the default one, or the first that has values if that has none. */
  sampleType: number | null;
  /** Index of the scope; all when there is none. */
  scope: number | null;
  grain: Grain;
}

export interface Graph {
  number: number;
  choice: GraphChoice;
  type: string;
  unit: string;
  total: bigint;
  nodes: number;
  functions: number;
  /** Left out of the graph, for no width shows them. */
  negative: { stacks: number; total: bigint };
}

/** The part of a call tree that can be seen. */
export interface TreeView {
  focus: number;
  /** How many frames too narrow to be seen it leaves out, not counting what is below these. */
  hidden: number;
  nodes: TreeNode[];
}

export interface TreeNode {
  /** Its number in the whole tree. */
  node: number;
  /** Its parent's place in this list, -1 for the root. */
  parent: number;
  function: number;
  name: string;
  /** `file:line` or an address. */
  place: string;
  /** How many places it stands for; `place` is the one with most. */
  places: number;
  isInlined: boolean;
  /** `total`, near enough to draw. */
  size: number;
  total: bigint;
  self: bigint;
}

export interface FunctionRow {
  function: number;
  name: string;
  file: string;
  self: bigint;
  total: bigint;
}

export interface Matches {
  text: string;
  functions: number[];
  /** What lies on stacks with a match. */
  total: bigint;
  rows: FunctionRow[];
}

/** What to translate into; `default` is what the command line does without options. */
export type Target = 'default' | 'split' | 'merge' | 'otlp' | 'otlp-json' | 'otlp-jsonl';

export interface Translation {
  target: Target;
  fidelity: Fidelity;
  /** The targets that this file has, with what each gives. */
  targets: { target: Target; label: string }[];
  files: { name: string; blob: Blob; report: Report }[];
}
