import { Reader } from '../wire/reader.ts';
import { StringInterner } from '../wire/strings.ts';
import { Writer } from '../wire/writer.ts';
import { LabelCache, type PprofData } from './data.ts';
import type { Observations } from './layout.ts';
import type { References } from './resolve.ts';
import { see, WireDecoder } from './wireDecoder.ts';

/**
 * Reads samples. Of the stacks and labels that they repeat most are told from their bytes or from each other, and stand in
 * the columns once.
 */
export class SampleReader extends WireDecoder {
  /** The field that is being read, for errors. */
  field = '';
  /** The distinct lists of location_id as they are packed: most of them are told from their bytes and never read. */
  private readonly stacks = new StringInterner();
  private readonly labels: LabelCache;
  /** location_id of one sample that is not one packed field, packed. */
  private readonly gathered = new Writer();

  constructor(
    r: Reader,
    private readonly data: PprofData,
    private readonly ids: References,
    private readonly observations: Observations,
  ) {
    super(r);
    this.labels = new LabelCache(data.sample.label);
  }

  /** Reads the fields of a Sample, up to the end of the reader. */
  sample(): void {
    const { r, data } = this;
    const { sample } = data;
    const observed = this.observations.Sample;
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
        case 26: {
          // label
          const end = this.length(observed, 3);
          const outer = r.end;
          r.end = end;
          this.label();
          r.end = outer;
          break;
        }
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
    const observed = this.observations.Label;
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
}
