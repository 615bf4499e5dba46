import { PprofOtlpError } from '../../errors.ts';
import { concat } from '../../wire/bytes.ts';
import { Int32Column } from '../../wire/columns.ts';
import { FIXED64, LEN, type Reader, VARINT, varintSize } from '../../wire/reader.ts';
import { MESSAGES } from '../schema.ts';
import {
  ANY_VALUE,
  BOOL,
  ELEMENT,
  FORM,
  MESSAGE,
  NARROW,
  ONEOF,
  PACKABLE,
  REPEATED,
  severalBit,
  slotOf,
  TRAITS,
  WIRE_TYPE,
} from './shape.ts';

/** Deeper nesting of attribute values than any producer has. */
const MAX_DEPTH = 64;

/** A record's columns. Several records of a repeated field in a row, written alike, count as one. */
export const FIELD = 0;
/** One of FORM, or of ELEMENT where the field is 0. */
export const AS = 1;
/** The number of values; 0: all that are left. */
export const COUNT = 2;
/** Where the record starts and ends, with its tag; `more` starts with its first value. */
export const START = 3;
export const END = 4;
/** The least widths of tag, length and value, 4 bits each; 0 where there is none. */
export const WIDTHS = 5;
export const STRIDE = 6;

const NONE = -1;

class RecordStack {
  length = 0;
  array = new Int32Array(64 * STRIDE);

  /** Makes one more record and returns where it stands. */
  grow(): number {
    const at = this.length;
    this.length = at + STRIDE;
    if (this.length > this.array.length) {
      const larger = new Int32Array(2 * this.array.length);
      larger.set(this.array);
      this.array = larger;
    }
    return at;
  }
}

/**
 * Reads the records of one message at a time, not those of the messages in it.
 * Records stand on a stack, so that a walk through the tree makes no objects.
 */
export class Scan {
  readonly records = new RecordStack();
  /** Of the message scanned last: which fields count, as in layoutShape.ts. */
  key = 0;
  /** Of the message scanned last: whether canonical form writes its own records the same. */
  plain = true;
  /** Of the message scanned last: whether raw records are among its own. */
  hasRaw = false;
  private readonly row = new Int32Column();
  private first = 0;
  private lastField = 0;
  /** The fields met so far, as bits; what follows holds for them alone. */
  private seen = 0;
  /** Per field: the number of values of a repeated one, and where the record of another stands that counts so far. */
  private readonly total = new Int32Array(16);
  private readonly latest = new Int32Array(16);
  /** The member of the oneof that is set so far, and where its records begin. */
  private member = 0;
  private memberSince = 0;
  /** The width that a writer seems to fill up to, per slot: a record that fits two widths takes that of the one before. */
  private readonly tagWidth = new Uint8Array(TRAITS.length).fill(1);
  private readonly lengthWidth = new Uint8Array(TRAITS.length).fill(1);
  private readonly valueWidth = new Uint8Array(TRAITS.length).fill(1);
  private depth = 0;

  constructor(public reader: Reader) {}

  /** Pushes the records from `start` to `end`; `pieceEnds` says where the pieces of a merged message end. */
  protected scan(message: number, start: number, end: number, pieceEnds?: readonly number[]): void {
    const { reader } = this;
    this.first = this.records.length;
    this.lastField = 0;
    this.plain = true;
    this.member = 0;
    this.seen = 0;
    this.hasRaw = false;
    reader.pos = start;
    if (pieceEnds === undefined) this.readPiece(message, end);
    else
      pieceEnds.forEach((pieceEnd, i) => {
        if (i > 0) this.push(0, ELEMENT.piece, 0, reader.pos, 0);
        this.readPiece(message, pieceEnd);
      });
    reader.end = reader.buf.length;
    this.settle(message);
  }

  protected enter(message: number): void {
    if (message !== ANY_VALUE || ++this.depth <= MAX_DEPTH) return;
    throw new PprofOtlpError('limit', `attribute values are nested more than ${MAX_DEPTH} deep`, {
      stage: 'decode',
      offset: this.reader.pos,
    });
  }

  protected leave(message: number, first: number): void {
    this.records.length = first;
    if (message === ANY_VALUE) this.depth--;
  }

  /** The shape of the message whose records begin at `first`. */
  protected shapeOf(first: number): Int32Column {
    const { row, records } = this;
    const { array } = records;
    let widths = NARROW;
    row.length = 0;
    for (let at = first; at < records.length; at += STRIDE) {
      for (let kind = 0; kind < 3; kind++) {
        const shift = 4 * kind;
        const width = (array[at + WIDTHS] >> shift) & 15;
        if (width === 0 || width === ((widths >> shift) & 15)) continue;
        widths = (widths & ~(15 << shift)) | (width << shift);
        row.push(ELEMENT.tagWidth + kind);
        row.push(width);
      }
      const count = array[at + COUNT];
      row.push((array[at + FIELD] << 3) | (count === 0 ? array[at + AS] : array[at + AS] + 1));
      if (count !== 0) row.push(count);
    }
    return row;
  }

  /** The pieces of a singular message, from the record at `at` on, as one; undefined when it is a single record. */
  protected pieces(at: number, end: number): { bytes: Uint8Array; ends: number[] } | undefined {
    const { reader, records } = this;
    const { array } = records;
    const parts: Uint8Array[] = [];
    for (let other = at; other < end; other += STRIDE) {
      if (array[other + FIELD] !== array[at + FIELD]) continue;
      reader.pos = array[other + START];
      reader.tag();
      reader.limit();
      parts.push(reader.buf.subarray(reader.pos, array[other + END]));
    }
    if (parts.length === 1) return undefined;
    let length = 0;
    const ends = parts.map((part) => {
      length += part.length;
      return length;
    });
    return { bytes: concat(parts), ends };
  }

  private readPiece(message: number, end: number): void {
    const { reader } = this;
    reader.end = end;
    while (reader.pos < end) {
      const start = reader.pos;
      const tag = reader.tag();
      const field = tag >>> 3;
      const traits = field < 16 ? TRAITS[slotOf(message, field)] : 0;
      if (traits === 0) {
        reader.skip(tag);
        this.push(0, ELEMENT.raw, 0, start, 0);
        continue;
      }
      const slot = slotOf(message, field);
      const bit = 1 << field;
      if ((this.seen & bit) === 0) {
        this.seen |= bit;
        this.total[field] = 0;
        this.latest[field] = NONE;
      }
      const tagWidth = this.fit(this.tagWidth, slot, reader.pos - start, 1);
      const wire = tag & 7;
      if (wire === (traits & WIRE_TYPE)) {
        if (traits & REPEATED) this.readRepeated(slot, traits, start, tagWidth);
        else this.readSingular(slot, traits, start, tagWidth);
      } else if (traits & PACKABLE && wire === LEN) this.readPacked(slot, traits, start, tagWidth);
      else throw reader.fail(`field ${field} of ${MESSAGES[message]} cannot have wire type ${wire}`, start);
    }
  }

  private readRepeated(slot: number, traits: number, start: number, tagWidth: number): void {
    const { reader, records } = this;
    const field = slot & 15;
    const widths = tagWidth | this.readValue(slot, traits);
    if (traits & PACKABLE) {
      this.total[field]++;
      this.plain = false;
    }
    const last = records.length - STRIDE;
    const { array } = records;
    if (
      last >= this.first &&
      array[last + FIELD] === field &&
      array[last + AS] === FORM.all &&
      array[last + WIDTHS] === widths
    ) {
      array[last + COUNT]++;
      array[last + END] = reader.pos;
    } else this.push(field, FORM.all, 1, start, widths);
  }

  private readSingular(slot: number, traits: number, start: number, tagWidth: number): void {
    const { reader, records } = this;
    const field = slot & 15;
    const widths = tagWidth | this.readValue(slot, traits);
    const isZero = reader.lo === 0 && reader.hi === 0;
    if (traits & ONEOF && this.member !== field) this.setMember(field);
    if (!(traits & MESSAGE)) {
      if (this.latest[field] !== NONE) this.override(this.latest[field]);
      this.latest[field] = records.length;
    }
    if (traits & BOOL && (reader.hi !== 0 || reader.lo >>> 0 > 1)) this.push(field, FORM.replaced, 0, start, 0);
    else if (isZero && !(traits & (ONEOF | MESSAGE))) this.push(field, FORM.zero, 0, start, widths);
    else this.push(field, FORM.all, 0, start, widths);
  }

  /** Steps over a value and returns its widths. The number or the length is left in the reader. */
  private readValue(slot: number, traits: number): number {
    const { reader } = this;
    const start = reader.pos;
    switch (traits & WIRE_TYPE) {
      case VARINT:
        reader.varint();
        return this.fit(this.valueWidth, slot, reader.pos - start, this.leastWidth(start)) << 8;
      case FIXED64:
        reader.fixed64();
        return 0;
      default: {
        const end = reader.limit();
        const { pos } = reader;
        reader.pos = end;
        return this.fit(this.lengthWidth, slot, pos - start, varintSize(end - pos)) << 4;
      }
    }
  }

  private readPacked(slot: number, traits: number, start: number, tagWidth: number): void {
    const { reader } = this;
    const field = slot & 15;
    const lengthAt = reader.pos;
    const end = reader.limit();
    const { pos } = reader;
    const widths = tagWidth | (this.fit(this.lengthWidth, slot, pos - lengthAt, varintSize(end - pos)) << 4);
    if (pos === end) this.push(field, FORM.zero, 0, start, widths);
    else if ((traits & WIRE_TYPE) === VARINT) this.readVarints(slot, end, start, widths);
    else {
      if ((end - pos) % 8 !== 0) throw reader.fail('truncated inside a fixed64', end);
      reader.pos = end;
      this.total[field] += (end - pos) / 8;
      this.push(field, FORM.packed, (end - pos) / 8, start, widths);
    }
  }

  /** The values of a packed record up to `end`: a record for each run of one width. */
  private readVarints(slot: number, end: number, start: number, widths: number): void {
    const { reader, valueWidth } = this;
    const { buf } = reader;
    const field = slot & 15;
    const outer = reader.end;
    let as: number = FORM.packed;
    let from = start;
    let fixed = widths;
    let current = 0;
    let count = 0;
    reader.end = end;
    while (reader.pos < end) {
      const at = reader.pos;
      let width = 1;
      if (buf[at] < 0x80 && valueWidth[slot] === 1) reader.pos++;
      else {
        reader.varint();
        width = this.fit(valueWidth, slot, reader.pos - at, this.leastWidth(at));
      }
      if (width !== current && count > 0) {
        const next = reader.pos;
        reader.pos = at;
        this.push(field, as, count, from, fixed | (current << 8));
        reader.pos = next;
        this.total[field] += count;
        as = FORM.more;
        from = at;
        fixed = 0;
        count = 0;
      }
      current = width;
      count++;
    }
    this.push(field, as, count, from, fixed | (current << 8));
    this.total[field] += count;
    reader.end = outer;
  }

  /** The bytes that the varint needs that was just read from `start` on; of a padded one it counts only that they are fewer. */
  private leastWidth(start: number): number {
    const { buf, pos } = this.reader;
    return buf[pos - 1] === 0 ? 1 : pos - start;
  }

  /** A least width that explains this one, if possible that of the record before. */
  private fit(widths: Uint8Array, slot: number, width: number, needed: number): number {
    const usual = widths[slot];
    if (usual === 1 && width === needed) return 1;
    this.plain = false;
    if ((usual > needed ? usual : needed) === width) return usual;
    const least = width > needed ? width : 1;
    widths[slot] = least;
    return least;
  }

  private setMember(field: number): void {
    const { records, memberSince } = this;
    for (let at = memberSince; this.member !== 0 && at < records.length; at += STRIDE)
      if (records.array[at + FIELD] === this.member) this.override(at);
    this.latest.fill(NONE);
    this.member = field;
    this.memberSince = records.length;
  }

  private override(at: number): void {
    const { array } = this.records;
    this.plain = false;
    array[at + FIELD] = 0;
    array[at + AS] = ELEMENT.raw;
    array[at + COUNT] = 0;
    array[at + WIDTHS] = 0;
  }

  private push(field: number, as: number, count: number, start: number, widths: number): void {
    const { records } = this;
    if (field <= this.lastField || as > FORM.packed) this.plain = false;
    this.lastField = field;
    const at = records.grow();
    const { array } = records;
    array[at + FIELD] = field;
    array[at + AS] = as;
    array[at + COUNT] = count;
    array[at + START] = start;
    array[at + END] = this.reader.pos;
    array[at + WIDTHS] = widths;
  }

  /** What only the end of a message tells: which run of a field is its last, and which empty records say nothing. */
  private settle(message: number): void {
    const { total, records } = this;
    const { array } = records;
    let key = 0;
    let zeros = 0;
    this.hasRaw = false;
    for (let at = records.length - STRIDE; at >= this.first; at -= STRIDE) {
      const field = array[at + FIELD];
      const bit = 1 << field;
      if (array[at + AS] === FORM.zero && field !== 0) {
        if (total[field] > 0 || (zeros & bit) !== 0) this.override(at);
        zeros |= bit;
      } else if (field !== 0) {
        if (array[at + AS] === FORM.replaced) this.hasRaw = true;
        if ((key & bit) === 0 && TRAITS[slotOf(message, field)] & REPEATED) array[at + COUNT] = 0;
        key |= bit;
        if (total[field] > 1) key |= severalBit(field);
      }
      if (array[at + FIELD] === 0 && array[at + AS] === ELEMENT.raw) this.hasRaw = true;
    }
    this.key = key;
  }
}
