import { Int32Column, Int64Column } from '../wire/columns.ts';
import { Rows } from '../wire/rows.ts';
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

export class Samples {
  /** Leaf first, as location table index plus one. */
  readonly location = new Rows();
  /** One value a sample type, sample after sample. */
  readonly value = new Int64Column();
  /** Where each sample's labels begin; one more entry than there are samples. */
  readonly labelStart = new Int32Column();
  readonly label = new Labels();

  constructor() {
    this.labelStart.push(0);
  }

  get length(): number {
    return this.location.length;
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
