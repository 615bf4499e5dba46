import { atPath, PprofOtlpError } from '../errors.ts';
import type { Int64Column } from '../wire/columns.ts';
import { Reader, VARINT, varintSize } from '../wire/reader.ts';
import { StringInterner } from '../wire/strings.ts';
import { Writer } from '../wire/writer.ts';
import { HAS_FILENAMES, HAS_FUNCTIONS, HAS_INLINE_FRAMES, HAS_LINE_NUMBERS, LabelCache, PprofData } from './data.ts';
import { FOREIGN, type Observations, type Observed, observations, type Run } from './layout.ts';
import { References, resolve } from './resolve.ts';
import { LAST_FIELD, type MessageName, PROFILE } from './schema.ts';
import type { Warning } from './warnings.ts';

/** A decoded pprof: its content, and what was seen of its layout. */
export interface Decoded {
  data: PprofData;
  bytes: Uint8Array;
  /** The top-level fields in file order. */
  runs: Run[];
  observed: Observations;
  warnings: Warning[];
}

/**
 * Decodes an uncompressed pprof (profile.proto).
 *
 * Throws PprofOtlpError `bad-input` with offset and message path for broken wire, and where a reference has no meaning:
 * see `resolve`. Unknown fields are stepped over; the layout keeps them.
 */
export function decode(bytes: Uint8Array): Decoded {
  const decoder = new Decoder(bytes);
  try {
    decoder.profile();
  } catch (error) {
    throw atPath(error, decoder.where());
  }
  const warnings = resolve(decoder.data, decoder.ids, bytes);
  return { data: decoder.data, bytes, runs: decoder.runs, observed: decoder.observed, warnings };
}

/** Stands in an index column for a number that no table can have as index; `resolve` refuses it. */
const NO_INDEX = -1;

class Decoder {
  readonly data = new PprofData();
  readonly ids = new References();
  readonly runs: Run[] = [];
  readonly observed = observations();
  private readonly r: Reader;
  /** Where in the message tree the reader is, for errors; in a sample only the field, since samples are many. */
  private path = '';
  private field = '';
  private hasTime = false;
  /** The distinct lists of location_id as they are packed: most of them are told from their bytes and never read. */
  private readonly stacks = new StringInterner();
  private readonly labels = new LabelCache(this.data.sample.label);
  /** location_id of one sample that is not one packed field, packed. */
  private readonly gathered = new Writer();

  constructor(bytes: Uint8Array) {
    this.r = new Reader(bytes);
  }

  where(): string {
    return this.path || this.record() + this.field;
  }

  /** The top-level field that is being read. */
  private record(): string {
    const { sampleType, sample, mapping, location, function: fn, strings } = this.data;
    const field = this.runs[this.runs.length - 1]?.field ?? 0;
    const names = ['profile', 'sample_type', 'sample', 'mapping', 'location', 'function', 'string_table'];
    const tables = [sampleType, sample, mapping, location, fn, strings];
    return field >= 1 && field < names.length ? `${names[field]}[${tables[field - 1].length}]` : 'profile';
  }

  profile(): void {
    const { data, r } = this;
    const observed = this.observed.Profile;
    while (r.pos < r.end) {
      const at = r.pos;
      this.path = 'profile';
      const tag = r.tag();
      this.run(tag >>> 3);
      // Spelled out only where it is needed: see `record`.
      this.path = '';
      this.field = '';
      switch (tag) {
        case 10: // sample_type
          this.path = `sample_type[${data.sampleType.length}]`;
          data.sampleType.type.push(0);
          data.sampleType.unit.push(0);
          this.message(observed, PROFILE.sampleType, this.sampleType);
          break;
        case 18: // sample
          this.message(observed, PROFILE.sample, this.sample);
          break;
        case 26: // mapping
          this.message(observed, PROFILE.mapping, this.mapping);
          break;
        case 34: // location
          this.message(observed, PROFILE.location, this.location);
          break;
        case 42: // function
          this.message(observed, PROFILE.function, this.function);
          break;
        case 50: {
          // string_table
          this.path = `string_table[${data.strings.length}]`;
          const end = this.length(observed, PROFILE.stringTable);
          data.strings.add(r.buf, r.pos, end);
          r.pos = end;
          break;
        }
        case 56: // drop_frames
          data.dropFrames = this.index();
          break;
        case 64: // keep_frames
          data.keepFrames = this.index();
          break;
        case 72: // time_nanos
          if (this.hasTime) {
            throw new PprofOtlpError(
              'bad-input',
              'a second time_nanos: two profiles were run together; give them one by one, or merge them with `go tool pprof -proto A B`',
              { stage: 'decode', offset: at, path: 'time_nanos' },
            );
          }
          this.hasTime = true;
          data.timeNanos = this.int64();
          break;
        case 80: // duration_nanos
          data.durationNanos = this.int64();
          break;
        case 90: // period_type
          this.path = 'period_type';
          data.periodType ??= { type: 0, unit: 0 };
          this.message(observed, PROFILE.periodType, this.periodType);
          break;
        case 96: // period
          data.period = this.int64();
          break;
        case 104: // comment
          data.comment.push(this.index());
          observed.unpacked[PROFILE.comment * 4 + 3]++;
          break;
        case 106: {
          // comment, packed
          this.path = 'comment';
          const end = this.length(observed, PROFILE.comment);
          const outer = r.end;
          r.end = end;
          while (r.pos < end) data.comment.push(this.index());
          r.end = outer;
          observed.packed[PROFILE.comment * 4 + Math.min(data.comment.length, 3)]++;
          break;
        }
        case 112: // default_sample_type
          data.defaultSampleType = this.index();
          break;
        case 120: // doc_url
          data.docUrl = this.index();
          break;
        default:
          this.unknown('Profile', tag, at);
      }
    }
  }

  private run(field: number): void {
    const known = field <= LAST_FIELD.Profile ? field : FOREIGN;
    const last = this.runs[this.runs.length - 1];
    if (last !== undefined && last.field === known) last.count++;
    else this.runs.push({ field: known, count: 1 });
  }

  /** Reads a message's length, then its fields up to that end. */
  private message(observed: Observed, field: number, fields: () => void): void {
    const { r } = this;
    const end = this.length(observed, field);
    const outer = r.end;
    r.end = end;
    fields.call(this);
    r.end = outer;
  }

  private length(observed: Observed, field: number): number {
    const { r } = this;
    const at = r.pos;
    const end = r.limit();
    const width = r.pos - at;
    if (width > 1 && width > varintSize(end - r.pos)) {
      observed.padded[field]++;
      observed.paddedWidth[field] = width;
    } else observed.minimal[field]++;
    return end;
  }

  private unknown(message: MessageName, tag: number, at: number): void {
    const { r } = this;
    if (tag >>> 3 <= LAST_FIELD[message]) {
      throw r.fail(
        `field ${tag >>> 3} of ${message} has wire type ${tag & 7}, which profile.proto does not give it`,
        at,
      );
    }
    r.skip(tag);
  }

  /** An index into string_table. */
  private index(): number {
    const { r } = this;
    r.varint();
    return r.hi === 0 && r.lo >= 0 ? r.lo : NO_INDEX;
  }

  private int64(): bigint {
    const { r } = this;
    r.varint();
    return BigInt.asIntN(64, (BigInt(r.hi >>> 0) << 32n) | BigInt(r.lo >>> 0));
  }

  private valueType(set: (field: number, index: number) => void): void {
    const { r } = this;
    const observed = this.observed.ValueType;
    let seen = 0;
    while (r.pos < r.end) {
      const at = r.pos;
      const tag = r.tag();
      seen = see(observed, tag, seen);
      if (tag !== 8 && tag !== 16) {
        this.unknown('ValueType', tag, at);
        continue;
      }
      const index = this.index();
      if (index === 0) observed.zeros[tag >>> 3]++;
      set(tag >>> 3, index);
    }
  }

  private sampleType(): void {
    const { type, unit } = this.data.sampleType;
    const row = type.length - 1;
    this.valueType((field, index) => {
      (field === 1 ? type : unit).array[row] = index;
    });
  }

  private periodType(): void {
    const periodType = this.data.periodType as { type: number; unit: number };
    this.valueType((field, index) => {
      if (field === 1) periodType.type = index;
      else periodType.unit = index;
    });
  }

  private sample(): void {
    const { r, data } = this;
    const { sample } = data;
    const observed = this.observed.Sample;
    const { value } = sample;
    const firstValue = value.length;
    let seen = 0;
    let locations = 0;
    let values = 0;
    // Where the only packed location_id is; what is not written like this is gathered.
    let packedAt = -1;
    let packedEnd = 0;
    let isGathered = false;
    while (r.pos < r.end) {
      const at = r.pos;
      const tag = r.tag();
      seen = see(observed, tag, seen);
      switch (tag) {
        case 8: // location_id
          this.field = '.location_id';
          if (packedAt >= 0 && !isGathered) this.gather(packedAt, packedEnd);
          isGathered = true;
          r.varint();
          this.gathered.varint(r.lo, r.hi);
          locations++;
          break;
        case 10: {
          // location_id, packed
          this.field = '.location_id';
          const end = this.length(observed, 1);
          if (packedAt < 0 && !isGathered) {
            packedAt = r.pos;
            packedEnd = end;
            r.pos = end;
            break;
          }
          if (!isGathered) this.gather(packedAt, packedEnd);
          isGathered = true;
          observed.packed[4 + Math.min(this.gather(r.pos, end), 3)]++;
          r.pos = end;
          break;
        }
        case 16: // value
          this.field = '.value';
          r.varint();
          value.push(r.lo, r.hi);
          values++;
          break;
        case 18: {
          // value, packed
          this.field = '.value';
          const first = value.length;
          r.packed(this.length(observed, 2), value);
          observed.packed[8 + Math.min(value.length - first, 3)]++;
          break;
        }
        case 26: // label
          this.message(observed, 3, this.label);
          break;
        default:
          this.field = '';
          this.unknown('Sample', tag, at);
      }
    }
    if (locations > 0) observed.unpacked[4 + Math.min(locations, 3)]++;
    if (values > 0) observed.unpacked[8 + Math.min(values, 3)]++;
    const stack = isGathered ? this.gatheredStack() : this.stack(r, Math.max(packedAt, 0), packedEnd);
    if (packedAt >= 0 && !isGathered) {
      const { offsets } = sample.stacks;
      observed.packed[4 + Math.min(offsets.array[stack + 1] - offsets.array[stack], 3)]++;
    }
    sample.stack.push(stack);
    this.ids.valueCount(value.length - firstValue);
    sample.labels.close();
  }

  /** The row of the stack whose packed location_id are the bytes from `start` to `end`. */
  private stack(r: Reader, start: number, end: number): number {
    const known = this.stacks.table.length;
    const row = this.stacks.intern(r.buf, start, end);
    if (row < known) return row;
    const { location } = this.ids;
    const after = r.pos;
    this.field = '.location_id';
    r.pos = start;
    r.packed(end, location);
    r.pos = after;
    this.data.sample.stacks.offsets.push(location.length);
    return row;
  }

  private gatheredStack(): number {
    // The buffer is used again.
    const bytes = this.gathered.finish().slice();
    this.gathered.pos = 0;
    return this.stack(new Reader(bytes), 0, bytes.length);
  }

  /** Adds the location_id that are packed from `start` to `end` to those of a sample that has more; returns how many. */
  private gather(start: number, end: number): number {
    const { r, gathered } = this;
    const outer = r.end;
    const after = r.pos;
    r.pos = start;
    r.end = end;
    let count = 0;
    for (; r.pos < end; count++) {
      r.varint();
      gathered.varint(r.lo, r.hi);
    }
    r.end = outer;
    r.pos = after;
    return count;
  }

  private label(): void {
    const { r } = this;
    const observed = this.observed.Label;
    this.field = '.label';
    let seen = 0;
    let key = 0;
    let str = 0;
    let numUnit = 0;
    let numLo = 0;
    let numHi = 0;
    while (r.pos < r.end) {
      const at = r.pos;
      const tag = r.tag();
      seen = see(observed, tag, seen);
      switch (tag) {
        case 8: // key
          key = this.index();
          if (key === 0) observed.zeros[1]++;
          break;
        case 16: // str
          str = this.index();
          if (str === 0) observed.zeros[2]++;
          break;
        case 24: // num
          r.varint();
          numLo = r.lo;
          numHi = r.hi;
          if (numLo === 0 && numHi === 0) observed.zeros[3]++;
          break;
        case 32: // num_unit
          numUnit = this.index();
          if (numUnit === 0) observed.zeros[4]++;
          break;
        default:
          this.unknown('Label', tag, at);
      }
    }
    this.data.sample.labels.values.push(this.labels.row(key, str, numLo, numHi, numUnit));
  }

  private mapping(): void {
    const { r } = this;
    const { mapping } = this.data;
    const observed = this.observed.Mapping;
    const row = mapping.length;
    this.path = `mapping[${row}]`;
    const numbers = [mapping.id, mapping.memoryStart, mapping.memoryLimit, mapping.fileOffset];
    for (const column of numbers) column.push(0, 0);
    mapping.filename.push(0);
    mapping.buildId.push(0);
    mapping.has.push(0);
    let seen = 0;
    while (r.pos < r.end) {
      const at = r.pos;
      const tag = r.tag();
      seen = see(observed, tag, seen);
      const field = tag >>> 3;
      if (field > LAST_FIELD.Mapping || (tag & 7) !== VARINT) {
        this.unknown('Mapping', tag, at);
        continue;
      }
      if (field <= 4) this.int64Into(numbers[field - 1], row, observed, field);
      else if (field <= 6) {
        const index = this.index();
        if (index === 0) observed.zeros[field]++;
        (field === 5 ? mapping.filename : mapping.buildId).array[row] = index;
      } else {
        const bit = [HAS_FUNCTIONS, HAS_FILENAMES, HAS_LINE_NUMBERS, HAS_INLINE_FRAMES][field - 7];
        mapping.has.array[row] = this.bool(observed, field)
          ? mapping.has.array[row] | bit
          : mapping.has.array[row] & ~bit;
      }
    }
  }

  private location(): void {
    const { r } = this;
    const { location } = this.data;
    const observed = this.observed.Location;
    const row = location.length;
    this.path = `location[${row}]`;
    location.id.push(0, 0);
    this.ids.mapping.push(0, 0);
    location.mapping.push(0);
    location.address.push(0, 0);
    location.isFolded.push(0);
    let seen = 0;
    while (r.pos < r.end) {
      const at = r.pos;
      const tag = r.tag();
      seen = see(observed, tag, seen);
      switch (tag) {
        case 8: // id
          this.int64Into(location.id, row, observed, 1);
          break;
        case 16: // mapping_id
          this.int64Into(this.ids.mapping, row, observed, 2);
          break;
        case 24: // address
          this.int64Into(location.address, row, observed, 3);
          break;
        case 34: // line
          this.path = `location[${row}].line`;
          this.message(observed, 4, this.line);
          this.path = `location[${row}]`;
          break;
        case 40: // is_folded
          location.isFolded.array[row] = this.bool(observed, 5) ? 1 : 0;
          break;
        default:
          this.unknown('Location', tag, at);
      }
    }
    location.lineStart.push(location.line.length);
  }

  private line(): void {
    const { r } = this;
    const { line } = this.data.location;
    const observed = this.observed.Line;
    const row = line.length;
    this.ids.function.push(0, 0);
    line.function.push(0);
    line.line.push(0, 0);
    line.column.push(0, 0);
    let seen = 0;
    while (r.pos < r.end) {
      const at = r.pos;
      const tag = r.tag();
      seen = see(observed, tag, seen);
      switch (tag) {
        case 8: // function_id
          this.int64Into(this.ids.function, row, observed, 1);
          break;
        case 16: // line
          this.int64Into(line.line, row, observed, 2);
          break;
        case 24: // column
          this.int64Into(line.column, row, observed, 3);
          break;
        default:
          this.unknown('Line', tag, at);
      }
    }
  }

  private function(): void {
    const { r } = this;
    const fn = this.data.function;
    const observed = this.observed.Function;
    const row = fn.length;
    this.path = `function[${row}]`;
    fn.id.push(0, 0);
    fn.name.push(0);
    fn.systemName.push(0);
    fn.filename.push(0);
    fn.startLine.push(0, 0);
    let seen = 0;
    while (r.pos < r.end) {
      const at = r.pos;
      const tag = r.tag();
      seen = see(observed, tag, seen);
      const field = tag >>> 3;
      if (field > LAST_FIELD.Function || (tag & 7) !== VARINT) {
        this.unknown('Function', tag, at);
        continue;
      }
      if (field === 1) this.int64Into(fn.id, row, observed, 1);
      else if (field === 5) this.int64Into(fn.startLine, row, observed, 5);
      else {
        const index = this.index();
        if (index === 0) observed.zeros[field]++;
        [fn.name, fn.systemName, fn.filename][field - 2].array[row] = index;
      }
    }
  }

  private int64Into(column: Int64Column, row: number, observed: Observed, field: number): void {
    const { r } = this;
    r.varint();
    if (r.lo === 0 && r.hi === 0) observed.zeros[field]++;
    column.set(row, r.lo, r.hi);
  }

  private bool(observed: Observed, field: number): boolean {
    const { r } = this;
    r.varint();
    const value = r.lo !== 0 || r.hi !== 0;
    if (!value) observed.zeros[field]++;
    return value;
  }
}

/** Notes which fields came before this one in its message; returns the fields seen so far. */
function see(observed: Observed, tag: number, seen: number): number {
  const field = tag >>> 3;
  if (field > 15) return seen;
  observed.before[field] |= seen;
  return seen | (1 << field);
}
