import { Int32Column, Int64Column } from '../wire/columns.ts';
import { Rows } from '../wire/rows.ts';
import { finishHash } from '../wire/slots.ts';
import { StringTable } from '../wire/strings.ts';

/**
 * A pprof Profile in columns, named as in profile.proto. Strings are indexes into `strings`.
 * References between tables are table indexes plus one, 0 for none; the ids stand beside.
 */
export class PprofData {
  strings = new StringTable();
  readonly sampleType = new ValueTypes();
  readonly sample = new Samples();
  readonly mapping = new Mappings();
  readonly location = new Locations();
  readonly function = new Functions();
  dropFrames = 0;
  keepFrames = 0;
  timeNanos = 0n;
  durationNanos = 0n;
  /** Absent when undefined; presence alone means nothing more than an empty one. */
  periodType: { type: number; unit: number } | undefined;
  period = 0n;
  readonly comment = new Int32Column();
  defaultSampleType = 0;
  docUrl = 0;
}

export class ValueTypes {
  readonly type = new Int32Column();
  readonly unit = new Int32Column();

  get length(): number {
    return this.type.length;
  }
}

/** Samples share their stacks and labels: a profile has many more samples than either. */
export class Samples {
  /** The row of `stacks` that holds each sample's locations. */
  stack = new Int32Column();
  /** Leaf first, as location table index plus one. */
  stacks = new Rows();
  /** One value a sample type, sample after sample. */
  readonly value = new Int64Column();
  /** The rows of `label` that hold each sample's labels. */
  labels = new Rows();
  label = new Labels();

  get length(): number {
    return this.stack.length;
  }

  /** How many labels of all samples are in a row for which this holds. */
  occurrences(test: (row: number) => boolean): number {
    const holds = new Uint8Array(this.label.length);
    let some = false;
    for (let row = 0; row < holds.length; row++) {
      if (!test(row)) continue;
      holds[row] = 1;
      some = true;
    }
    if (!some) return 0;
    let count = 0;
    const { array, length } = this.labels.values;
    for (let at = 0; at < length; at++) count += holds[array[at]];
    return count;
  }
}

export class Labels {
  readonly key = new Int32Column();
  readonly str = new Int32Column();
  readonly num = new Int64Column();
  readonly numUnit = new Int32Column();

  get length(): number {
    return this.key.length;
  }

  push(key: number, str: number, numLo: number, numHi: number, numUnit: number): number {
    this.key.push(key);
    this.str.push(str);
    this.num.push(numLo, numHi);
    this.numUnit.push(numUnit);
    return this.key.length - 1;
  }
}

/** How many labels are remembered. */
const REMEMBERED = 1 << 16;

/**
 * Gives a label the row of an equal one that it remembers, else a row of its own. Equal labels may so have several rows,
 * but those that samples repeat have one, at a cost and in memory that no profile can drive up.
 */
export class LabelCache {
  /** Row plus one, by hash. */
  private readonly rows = new Int32Array(REMEMBERED);

  constructor(private readonly table: Labels) {}

  row(key: number, str: number, numLo: number, numHi: number, numUnit: number): number {
    const { rows, table } = this;
    const mixed = Math.imul(key ^ (numUnit << 16), 0x9e3779b1) ^ Math.imul(str ^ numHi, 0x85ebca6b) ^ numLo;
    const slot = finishHash(mixed) & (REMEMBERED - 1);
    const known = rows[slot] - 1;
    if (
      known >= 0 &&
      table.num.lo[known] === numLo &&
      table.str.array[known] === str &&
      table.key.array[known] === key &&
      table.num.hiAt(known) === numHi &&
      table.numUnit.array[known] === numUnit
    )
      return known;
    const row = table.push(key, str, numLo, numHi, numUnit);
    rows[slot] = row + 1;
    return row;
  }
}

export const HAS_FUNCTIONS = 1;
export const HAS_FILENAMES = 2;
export const HAS_LINE_NUMBERS = 4;
export const HAS_INLINE_FRAMES = 8;

export class Mappings {
  readonly id = new Int64Column();
  readonly memoryStart = new Int64Column();
  readonly memoryLimit = new Int64Column();
  readonly fileOffset = new Int64Column();
  readonly filename = new Int32Column();
  readonly buildId = new Int32Column();
  /** The four has_* fields as bits. */
  readonly has = new Int32Column();

  get length(): number {
    return this.id.length;
  }
}

export class Locations {
  readonly id = new Int64Column();
  /** Mapping table index plus one. */
  readonly mapping = new Int32Column();
  readonly address = new Int64Column();
  readonly isFolded = new Int32Column();
  /** Where each location's lines begin; one more entry than there are locations. */
  readonly lineStart = new Int32Column();
  readonly line = new Lines();

  constructor() {
    this.lineStart.push(0);
  }

  get length(): number {
    return this.id.length;
  }
}

export class Lines {
  /** Function table index plus one. */
  readonly function = new Int32Column();
  readonly line = new Int64Column();
  readonly column = new Int64Column();

  get length(): number {
    return this.function.length;
  }
}

export class Functions {
  readonly id = new Int64Column();
  readonly name = new Int32Column();
  readonly systemName = new Int32Column();
  readonly filename = new Int32Column();
  readonly startLine = new Int64Column();

  get length(): number {
    return this.id.length;
  }
}
