import type { ProfileFormat } from '../inspect/summary.ts';

/** The version of the schema below: raised when a key goes away or changes its meaning, not when one is added. */
export const DIFF_SCHEMA = 1;

/** Whether a difference changes what the profile says, or only how it is written down. */
export type Rank = 'semantic' | 'identity';

/** Every kind of difference by its stable name, the most important first. */
export const KINDS = {
  'sample-types': ['semantic', 'sample types'],
  'default-sample-type': ['semantic', 'the sample type that is shown first'],
  'sample-type-order': ['semantic', 'the order of the sample types'],
  totals: ['semantic', 'totals'],
  'samples-removed': ['semantic', 'samples that only A has'],
  'samples-added': ['semantic', 'samples that only B has'],
  'sample-values': ['semantic', 'samples with other values'],
  'sample-labels': ['semantic', 'samples with other labels or attributes'],
  'sample-links': ['semantic', 'samples with another link'],
  'sample-timestamps': ['semantic', 'samples with other timestamps'],
  'functions-removed': ['semantic', 'functions that only A has'],
  'functions-added': ['semantic', 'functions that only B has'],
  'functions-changed': ['semantic', 'functions that were changed'],
  'locations-removed': ['semantic', 'locations that only A has'],
  'locations-added': ['semantic', 'locations that only B has'],
  'locations-changed': ['semantic', 'locations that were changed'],
  'mappings-removed': ['semantic', 'mappings that only A has'],
  'mappings-added': ['semantic', 'mappings that only B has'],
  'mappings-changed': ['semantic', 'mappings that were changed'],
  times: ['semantic', 'times'],
  periods: ['semantic', 'periods'],
  'profile-attributes': ['semantic', 'attributes of profiles'],
  resources: ['semantic', 'resources'],
  scopes: ['semantic', 'scopes'],
  'names-not-utf8': ['semantic', 'names that are not UTF-8'],
  'sample-split': ['identity', 'samples of one stack and its labels that share their values in another way'],
  'sample-order': ['identity', 'the order of the samples'],
  'mapping-order': ['identity', 'the order of the mappings'],
  'label-order': ['identity', 'the order of the labels or attributes of samples'],
  ids: ['identity', 'ids'],
  'profile-ids': ['identity', 'profile ids'],
  'table-sizes': ['identity', 'sizes of tables: entries that are unused or stand there twice'],
  'table-order': ['identity', 'the order of tables'],
  'string-table': ['identity', 'the string table'],
  residual: ['identity', 'what is carried for the way back'],
  layout: ['identity', 'the layout of the bytes: field order, packing, unknown fields'],
} as const satisfies Record<string, readonly [Rank, string]>;

export type Kind = keyof typeof KINDS;

/** What two profiles differ in. docs/diff.md describes every key. */
export interface DiffResult {
  schema: typeof DIFF_SCHEMA;
  a: SideSummary;
  b: SideSummary;
  /** Whether there is no difference. */
  same: boolean;
  /** The most important first. */
  differences: Difference[];
}

export interface SideSummary {
  format: ProfileFormat;
  bytes: number;
  /** Compared was the file of the other format that this one was made from, which it proves to carry. */
  restored: boolean;
  samples: number;
}

export interface Difference {
  kind: Kind;
  rank: Rank;
  title: string;
  count: number;
  examples: Example[];
}

export interface Example {
  what: string;
  /** What A says; null where it says nothing. */
  a: string | null;
  b: string | null;
  /** How many differences are of this very sort. */
  count: number;
}

/** Collects differences: all are counted, the first few of each kind are kept. */
export class Findings {
  private readonly found = new Map<Kind, { count: number; examples: Map<number | string, Example> }>();

  constructor(private readonly examples: number) {}

  /** @param sort differences of one sort share an example, which is made only when it is kept */
  add(kind: Kind, sort: number | string, example: () => Omit<Example, 'count'>): void {
    let entry = this.found.get(kind);
    if (entry === undefined) {
      entry = { count: 0, examples: new Map() };
      this.found.set(kind, entry);
    }
    entry.count++;
    const known = entry.examples.get(sort);
    if (known !== undefined) known.count++;
    else if (entry.examples.size < this.examples) entry.examples.set(sort, { ...example(), count: 1 });
  }

  /** Adds a difference when the texts differ. */
  compare(kind: Kind, what: string, a: string | null, b: string | null): void {
    if (a !== b) this.add(kind, `${what}\n${a}\n${b}`, () => ({ what, a, b }));
  }

  has(...kinds: readonly Kind[]): boolean {
    return kinds.some((kind) => this.found.has(kind));
  }

  get size(): number {
    return this.found.size;
  }

  list(): Difference[] {
    return (Object.keys(KINDS) as Kind[]).flatMap((kind) => {
      const entry = this.found.get(kind);
      if (entry === undefined) return [];
      const [rank, title] = KINDS[kind];
      return [{ kind, rank, title, count: entry.count, examples: [...entry.examples.values()] }];
    });
  }
}
