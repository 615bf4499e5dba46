import { Misfit } from '../errors.ts';
import { RowInterner } from '../wire/rows.ts';

/**
 * Table facts: what the canonical way back from the model would get wrong about a pprof's tables.
 * All of it speaks of first use, walking samples in order, never of dictionary indexes, so it holds
 * after a processor reordered, de-duplicated or merged the dictionary.
 */
export interface Facts {
  /** Whether locations were first used root to leaf, as Node's encoders number them, rather than leaf to root. */
  rootFirst: boolean;
  /** Which walk names strings in the order of the string table. */
  stringWalk: StringWalk;
  /** Whether functions were first used mapping by mapping, as `pprof -symbolize` adds them, rather than location by location. */
  functionsByMapping: boolean;
  mapping: TableFacts;
  location: TableFacts;
  function: TableFacts;
  /** Names that are not UTF-8, which stand with U+FFFD in OTLP. */
  rawNames: Uint8Array[];
  /** Entries that no sample leads to, by table, in table order. */
  unusedMappings: UnusedMapping[];
  unusedFunctions: UnusedFunction[];
  unusedLocations: UnusedLocation[];
  /** Where the order of a sample's labels is not what the samples before it let expect. */
  labelOrder: LabelOrder[];
  /** See `encodeOrder`. */
  stringOrder: number[];
  /** Instead of `stringOrder` where the strings have no order at all; see `encodeScattered`. */
  scatteredStrings: Uint8Array;
  unusedStrings: Uint8Array[];
}

export const BYTE_ORDER = 0;
export const SAMPLE_ORDER = 1;
/** BYTE_ORDER: as the strings are referred to in the file's bytes. SAMPLE_ORDER: sample by sample, root first, new functions, then labels. */
export type StringWalk = typeof BYTE_ORDER | typeof SAMPLE_ORDER;

export interface TableFacts {
  /** Model entries that the table holds more than once, with how often. */
  copies: { entry: number; count: number }[];
  /** Which copy each reference to such an entry takes, as runs: references as predicted, then one that is not. */
  choices: { asPredicted: number; copy: number }[];
  /** See `encodeOrder`. */
  order: number[];
  /** Ids that do not follow the one before by one, as runs: ids that do, then a step. */
  ids: { asPredicted: number; step: bigint }[];
}

export interface UnusedMapping {
  memoryStart: bigint;
  memoryLimit: bigint;
  fileOffset: bigint;
  filename: Uint8Array;
  buildId: Uint8Array;
  has: number;
}

export interface UnusedFunction {
  name: Uint8Array;
  systemName: Uint8Array;
  filename: Uint8Array;
  startLine: bigint;
}

export interface UnusedLocation {
  /** Table index plus one. */
  mapping: number;
  address: bigint;
  isFolded: boolean;
  /** `function` is a table index plus one. */
  lines: { function: number; line: bigint; column: bigint }[];
}

export interface LabelOrder {
  asPredicted: number;
  /** For each label of the sample, its place in key order. */
  order: number[];
}

const noTableFacts = (): TableFacts => ({ copies: [], choices: [], order: [], ids: [] });

/** What holds without a residual. */
export const noFacts = (): Facts => ({
  rootFirst: false,
  stringWalk: BYTE_ORDER,
  functionsByMapping: false,
  mapping: noTableFacts(),
  location: noTableFacts(),
  function: noTableFacts(),
  rawNames: [],
  unusedMappings: [],
  unusedFunctions: [],
  unusedLocations: [],
  labelOrder: [],
  stringOrder: [],
  scatteredStrings: new Uint8Array(0),
  unusedStrings: [],
});

/**
 * Chooses among equal entries of a table. Both directions run it over the same references:
 * the copy taken last after the same neighbour is predicted, else a new copy while there is one, else the last.
 */
export class CopyPredictor {
  private readonly counts = new Map<number, number>();
  private readonly seen = new Map<number, number>();
  private readonly last = new Map<number, number>();
  private readonly lastAfter = new Map<string, number>();

  /** `withNone`: references may also name nothing, which is copy 0 of the zero entry. */
  constructor(copies: TableFacts['copies'], withNone: boolean) {
    for (const { entry, count } of copies) this.counts.set(entry, count);
    if (withNone) this.seen.set(0, 1);
  }

  has(entry: number): boolean {
    return this.counts.size > 0 && this.counts.has(entry);
  }

  predict(entry: number, after: number): number {
    const known = this.lastAfter.get(`${entry} ${after}`);
    if (known !== undefined) return known;
    const seen = this.seen.get(entry) ?? 0;
    return seen < (this.counts.get(entry) as number) ? seen : (this.last.get(entry) ?? 0);
  }

  /** Copies are numbered in the order in which they are first taken. */
  take(entry: number, after: number, copy: number): void {
    const seen = this.seen.get(entry) ?? 0;
    if (copy > seen || copy >= (this.counts.get(entry) as number))
      throw new Misfit('a reference names a copy that is not there');
    if (copy === seen) this.seen.set(entry, seen + 1);
    this.last.set(entry, copy);
    this.lastAfter.set(`${entry} ${after}`, copy);
  }
}

const RECENT = 4;

/**
 * Predicts the order of a sample's labels: that of the last sample with the same keys, at first the order of the keys.
 */
export class LabelOrderPredictor {
  private readonly keySets = new RowInterner();
  private readonly orders: (readonly number[] | undefined)[] = [];
  private current = 0;
  /** The key sets that were met last: samples have few. */
  private readonly recent: number[] = [];
  private turn = 0;

  /** Whether key order is predicted for whatever keys. */
  get knowsNone(): boolean {
    return this.orders.length === 0;
  }

  /** The order for labels whose keys have these ranks, ascending; undefined for key order. */
  predict(ranks: ArrayLike<number>, count: number): readonly number[] | undefined {
    const { keySets, recent } = this;
    for (let i = 0; i < recent.length; i++) {
      if (!keySets.equals(recent[i], ranks, 0, count)) continue;
      this.current = recent[i];
      return this.orders[this.current];
    }
    this.current = keySets.intern(ranks, 0, count);
    recent[this.turn] = this.current;
    this.turn = (this.turn + 1) % RECENT;
    return this.orders[this.current];
  }

  /** The order of the sample that was asked for last. */
  take(order: readonly number[]): void {
    this.orders[this.current] = order;
  }
}
