import { atPath, PprofOtlpError } from '../errors.ts';
import { Reader, VARINT } from '../wire/reader.ts';
import { HAS_FILENAMES, HAS_FUNCTIONS, HAS_INLINE_FRAMES, HAS_LINE_NUMBERS, PprofData } from './data.ts';
import { FOREIGN, type Observations, observations, type Run } from './layout.ts';
import { References, resolve } from './resolve.ts';
import { SampleReader } from './sampleReader.ts';
import { LAST_FIELD, PROFILE } from './schema.ts';
import type { Warning } from './warnings.ts';
import { see, WireDecoder } from './wireDecoder.ts';

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

class Decoder extends WireDecoder {
  readonly data = new PprofData();
  readonly ids = new References();
  readonly runs: Run[] = [];
  readonly observed = observations();
  private readonly samples: SampleReader;
  /** Where in the message tree the reader is, for errors; empty where `record` tells it, since records are many. */
  private path = '';
  private hasTime = false;

  constructor(bytes: Uint8Array) {
    super(new Reader(bytes));
    this.samples = new SampleReader(this.r, this.data, this.ids, this.observed);
  }

  where(): string {
    return this.path || this.record() + this.samples.field;
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
    const whole = r.end;
    const observed = this.observed.Profile;
    while (r.pos < r.end) {
      const at = r.pos;
      this.path = 'profile';
      const tag = r.tag();
      this.run(tag >>> 3);
      // Spelled out only where it is needed: see `record`.
      this.path = '';
      this.samples.field = '';
      switch (tag) {
        case 10: // sample_type
          this.path = `sample_type[${data.sampleType.length}]`;
          data.sampleType.type.push(0);
          data.sampleType.unit.push(0);
          this.message(observed, PROFILE.sampleType, this.sampleType);
          break;
        case 18: {
          // sample
          const end = this.length(observed, PROFILE.sample);
          r.end = end;
          this.samples.sample();
          r.end = whole;
          break;
        }
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
}
