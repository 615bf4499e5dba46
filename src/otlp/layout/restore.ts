import { Misfit } from '../../errors.ts';
import { Int32Column } from '../../wire/columns.ts';
import { FIXED64, LEN, Reader, VARINT, varintSize } from '../../wire/reader.ts';
import { Writer } from '../../wire/writer.ts';
import {
  BOOL,
  CHILD,
  ELEMENT,
  FIELDS_OF_KEY,
  FORM,
  hasOperand,
  MESSAGE,
  NARROW,
  ONEOF,
  PACKABLE,
  REPEATED,
  Shapes,
  severalBit,
  slotOf,
  TRAITS,
  WIRE_TYPE,
} from './shape.ts';

/** Attribute values nest to 64 levels, with two messages around each at the most. */
const MAX_DEPTH = 256;
const FIELDS = 16;
const LAST_ELEMENT = 127;
/** No message has so many values. */
const ALL = 0x7fffffff;

/** The pieces of singular messages that are still to be written, by field, the last one first. */
type Pieces = Uint8Array[][];

/** Least widths go as one number, see NARROW. */
const tagWidthOf = (widths: number): number => widths & 15;
const lengthWidthOf = (widths: number): number => (widths >> 4) & 15;
const valueWidthOf = (widths: number): number => widths >> 8;

/** What a layout says, apart from how it is stored. */
export interface Notes {
  /** Pairs: so many messages are as predicted, the next has this shape. */
  surprises: ArrayLike<number>;
  /** The shapes one after the other, each after its length. */
  table: ArrayLike<number>;
  raw: Uint8Array;
}

/**
 * Writes the payload that has this canonical form and this layout.
 * Throws Misfit, or PprofOtlpError where the wire breaks, when they do not go together or more than `limit` bytes come out.
 */
export function restore(canonical: Uint8Array, notes: Notes, limit: number): Uint8Array {
  return new Restorer(canonical, notes, limit).finish();
}

class Restorer {
  private readonly out: Writer;
  private readonly reader: Reader;
  private readonly raw: Reader;
  private readonly shapes = new Shapes();
  private readonly table = new Int32Column();
  private readonly surprises: ArrayLike<number>;
  private nextSurprise = 0;
  private asPredicted: number;
  private elements = 0;
  /** Per level of nesting and field, what is left to write: the bytes of the canonical form from `from` to `to`. */
  private readonly from = new Int32Array(FIELDS * MAX_DEPTH);
  private readonly to = new Int32Array(FIELDS * MAX_DEPTH);
  /** Where the pieces end of messages that are just being written. */
  private readonly pieceEnds: number[] = [];
  /** Where the content of the packed record begins that is still open, or -1, its field and the least width of its length. */
  private packedAt = -1;
  private packedField = 0;
  private packedWidth = 1;

  constructor(
    canonical: Uint8Array,
    notes: Notes,
    private readonly limit: number,
  ) {
    this.out = new Writer(Math.min(canonical.length * 2, limit));
    this.reader = new Reader(canonical);
    this.raw = new Reader(notes.raw);
    this.surprises = notes.surprises;
    this.asPredicted = notes.surprises.length === 0 ? Number.POSITIVE_INFINITY : notes.surprises[0];
    this.readTable(notes.table);
    this.message(0, 0, canonical.length, 0);
  }

  finish(): Uint8Array {
    if (this.raw.pos < this.raw.end || this.nextSurprise < this.surprises.length || this.pieceEnds.length > 0)
      throw new Misfit('a layout holds more than its payload uses');
    return this.out.finish();
  }

  private readTable(table: ArrayLike<number>): void {
    const row = new Int32Column();
    for (let at = 0; at < table.length; ) {
      const end = at + 1 + table[at];
      if (end > table.length) throw new Misfit('a layout has a shape without its end');
      row.length = 0;
      for (at++; at < end; at++) {
        if (table[at] > LAST_ELEMENT) throw new Misfit('a shape has an element that does not exist');
        row.push(table[at]);
        if (!hasOperand(table[at])) continue;
        if (++at === end) throw new Misfit('a layout has a shape without its end');
        row.push(table[at]);
      }
      this.table.push(this.shapes.intern(row));
    }
  }

  /** Writes the message whose canonical form this is. */
  private message(message: number, start: number, end: number, depth: number): void {
    if (depth >= MAX_DEPTH) throw new Misfit('a payload is nested too deep');
    const base = depth * FIELDS;
    const key = this.index(message, start, end, base);
    const shape = this.shapeFor(message, key);
    this.shapes.learn(message, key, shape);
    this.write(message, key, shape, depth);
    for (let field = 1; (key & FIELDS_OF_KEY) >> field !== 0; field++)
      if ((key & (1 << field)) !== 0 && this.from[base + field] !== this.to[base + field])
        throw new Misfit('a shape leaves out a field');
  }

  private shapeFor(message: number, key: number): number {
    if (this.asPredicted-- > 0) return this.shapes.predict(message, key);
    const place = this.surprises[this.nextSurprise + 1];
    if (place >= this.table.length) throw new Misfit('a layout lacks a shape');
    this.nextSurprise += 2;
    this.asPredicted =
      this.nextSurprise < this.surprises.length ? this.surprises[this.nextSurprise] : Number.POSITIVE_INFINITY;
    return this.table.array[place];
  }

  /** Finds the fields of a canonical message and returns its key. */
  private index(message: number, start: number, end: number, base: number): number {
    const { reader, from, to } = this;
    let key = 0;
    let last = 0;
    reader.pos = start;
    reader.end = end;
    while (reader.pos < end) {
      const at = reader.pos;
      const tag = reader.tag();
      const field = tag >>> 3;
      const traits = field < FIELDS ? TRAITS[slotOf(message, field)] : 0;
      const isPacked = (traits & PACKABLE) !== 0;
      const again = field === last && (traits & REPEATED) !== 0 && !isPacked;
      if (traits === 0 || (tag & 7) !== (isPacked ? LEN : traits & WIRE_TYPE) || (field <= last && !again))
        throw new Misfit('a payload is not in canonical form');
      last = field;
      key |= 1 << field;
      if (isPacked) {
        const next = reader.limit();
        if (this.hasSeveral(traits, next)) key |= severalBit(field);
        from[base + field] = reader.pos;
        reader.pos = next;
      } else {
        if (!again) from[base + field] = traits & REPEATED ? at : reader.pos;
        reader.skip(tag);
      }
      to[base + field] = reader.pos;
    }
    reader.end = reader.buf.length;
    return key;
  }

  private hasSeveral(traits: number, end: number): boolean {
    const { buf, pos } = this.reader;
    if (pos === end) throw new Misfit('a payload is not in canonical form');
    if ((traits & WIRE_TYPE) === FIXED64) return end - pos > 8;
    let at = pos;
    while (at < end && buf[at] >= 0x80) at++;
    return at + 1 < end;
  }

  private write(message: number, key: number, shape: number, depth: number): void {
    const { shapes } = this;
    const end = shapes.end(shape);
    let pieces: Pieces | undefined;
    let widths = NARROW;
    let zeros = 0;
    for (let at = shapes.start(shape); at < end; at++) {
      const code = shapes.values[at];
      const operand = hasOperand(code) ? shapes.values[++at] : ALL;
      if (code >= ELEMENT.tagWidth && code <= ELEMENT.valueWidth) {
        if (operand < 1 || operand > 10) throw new Misfit('a varint cannot have this width');
        const shift = 4 * (code - ELEMENT.tagWidth);
        widths = (widths & ~(15 << shift)) | (operand << shift);
        this.spend();
        continue;
      }
      const field = code >> 3;
      const form = code & 7;
      const slot = slotOf(message, field);
      if (field === 0 || (form & ~1) !== FORM.more) this.closePacked();
      if (code === ELEMENT.raw) this.copyRaw();
      else if (code === ELEMENT.piece) this.pieceEnds.push(this.out.pos);
      else if (form === FORM.zero) {
        if (((key | zeros) & (1 << field)) !== 0) throw new Misfit('a field with a value is written as zero');
        zeros |= 1 << field;
        this.zero(slot, widths);
      } else if (TRAITS[slot] === 0 || (key & (1 << field)) === 0 || operand < 1)
        throw new Misfit('a shape does not fit its message');
      else if (form === FORM.replaced) this.replace(slot, depth);
      else if (form !== FORM.all && form !== FORM.some) this.packed(slot, form, operand, widths, depth);
      else if (TRAITS[slot] & REPEATED) this.run(slot, operand, widths, depth);
      else if (TRAITS[slot] & MESSAGE) {
        pieces ??= [];
        this.piece(slot, pieces, widths, depth);
      } else this.scalar(slot, widths, depth);
      this.spend();
    }
    this.closePacked();
    if (pieces?.some((rest) => rest.length > 0)) throw new Misfit('a shape leaves out a piece');
  }

  /** A layout must not make much of little: each element costs something, each byte is counted. */
  private spend(): void {
    if (this.out.pos > this.limit || ++this.elements > 4 * this.limit)
      throw new Misfit('a layout asks for more than its payload can be');
  }

  private copyRaw(): void {
    const { raw } = this;
    const start = raw.pos;
    raw.skip(raw.tag());
    this.out.bytes(raw.buf, start, raw.pos);
  }

  private zero(slot: number, widths: number): void {
    const traits = TRAITS[slot];
    const isPackable = (traits & PACKABLE) !== 0;
    if (traits === 0 || traits & (ONEOF | MESSAGE) || (traits & REPEATED && !isPackable))
      throw new Misfit('a shape has a zero where there is none');
    const wire = isPackable ? LEN : traits & WIRE_TYPE;
    this.tag(slot, wire, tagWidthOf(widths));
    if (wire === FIXED64) this.out.fixed64(0, 0);
    else this.varint(0, 0, wire === LEN ? lengthWidthOf(widths) : valueWidthOf(widths));
  }

  private replace(slot: number, depth: number): void {
    const at = depth * FIELDS + (slot & 15);
    if (!(TRAITS[slot] & BOOL)) throw new Misfit('a shape replaces what is no bool');
    this.from[at] = this.to[at];
    this.copyRaw();
  }

  /** Values into a packed record, a new one or that which is open. */
  private packed(slot: number, form: number, count: number, widths: number, depth: number): void {
    const field = slot & 15;
    if (!(TRAITS[slot] & PACKABLE)) throw new Misfit('a shape packs what cannot be packed');
    if (form === FORM.packed || form === FORM.packedSome) {
      this.tag(slot, LEN, tagWidthOf(widths));
      this.packedAt = this.out.open(1);
      this.packedField = field;
      this.packedWidth = lengthWidthOf(widths);
    } else if (this.packedAt < 0 || this.packedField !== field)
      throw new Misfit('a shape goes on with no packed record');
    this.values(slot, count, widths, depth, false);
  }

  private closePacked(): void {
    if (this.packedAt >= 0) this.out.close(this.packedAt, 1, this.packedWidth);
    this.packedAt = -1;
  }

  /** Records of a repeated field. */
  private run(slot: number, count: number, widths: number, depth: number): void {
    const { reader, from } = this;
    const traits = TRAITS[slot];
    if (traits & PACKABLE) {
      this.values(slot, count, widths, depth, true);
      return;
    }
    const at = depth * FIELDS + (slot & 15);
    const to = this.to[at];
    let left = count;
    for (reader.pos = from[at]; reader.pos < to && left > 0; left--) {
      reader.tag();
      const next = reader.limit();
      this.tag(slot, LEN, tagWidthOf(widths));
      if (traits & MESSAGE) {
        const pieces = this.pieceEnds.length;
        this.enclosed(slot, next, lengthWidthOf(widths), depth);
        if (this.pieceEnds.length > pieces) throw new Misfit('a repeated message stands in pieces');
      } else {
        this.varint(next - reader.pos, 0, lengthWidthOf(widths));
        this.out.bytes(reader.buf, reader.pos, next);
      }
      reader.pos = next;
      this.spend();
    }
    this.taken(at, left, count);
  }

  /** Values of a repeated number, each with a tag or none. */
  private values(slot: number, count: number, widths: number, depth: number, tagged: boolean): void {
    const { reader, out } = this;
    const tagWidth = tagWidthOf(widths);
    const valueWidth = valueWidthOf(widths);
    const at = depth * FIELDS + (slot & 15);
    const to = this.to[at];
    const wire = TRAITS[slot] & WIRE_TYPE;
    let left = count;
    reader.pos = this.from[at];
    if (count === ALL && !tagged && valueWidth === 1 && reader.pos < to) {
      out.bytes(reader.buf, reader.pos, to);
      reader.pos = to;
      left--;
    }
    reader.end = to;
    for (; reader.pos < to && left > 0; left--) {
      if (tagged) this.tag(slot, wire, tagWidth);
      this.number(wire, valueWidth);
      if (out.pos > this.limit) this.spend();
    }
    reader.end = reader.buf.length;
    this.taken(at, left, count);
  }

  /** The reader stands behind the values that were taken; all that were asked for must have been there. */
  private taken(at: number, left: number, count: number): void {
    if (left === count || (count !== ALL && left > 0)) throw new Misfit('a shape asks for values that are not there');
    this.from[at] = this.reader.pos;
  }

  private scalar(slot: number, widths: number, depth: number): void {
    const { reader, out } = this;
    const at = depth * FIELDS + (slot & 15);
    const wire = TRAITS[slot] & WIRE_TYPE;
    if (this.from[at] === this.to[at]) throw new Misfit('a shape has a field twice');
    reader.pos = this.from[at];
    this.tag(slot, wire, tagWidthOf(widths));
    if (wire === LEN) {
      const next = reader.limit();
      this.varint(next - reader.pos, 0, lengthWidthOf(widths));
      out.bytes(reader.buf, reader.pos, next);
    } else this.number(wire, valueWidthOf(widths));
    this.from[at] = this.to[at];
  }

  /** A singular message, or a piece of it: all are made at once and those behind the first kept in `pieces`. */
  private piece(slot: number, pieces: Pieces, widths: number, depth: number): void {
    const { reader, out, pieceEnds } = this;
    const field = slot & 15;
    const at = depth * FIELDS + field;
    const known: Uint8Array[] | undefined = pieces[field];
    this.tag(slot, LEN, tagWidthOf(widths));
    if (known !== undefined) {
      const next = known.pop();
      if (next === undefined) throw new Misfit('a shape has a field twice');
      this.varint(next.length, 0, lengthWidthOf(widths));
      out.bytes(next);
      return;
    }
    const outer = pieceEnds.length;
    reader.pos = this.from[at];
    const next = reader.limit();
    pieces[field] = this.enclosed(slot, next, lengthWidthOf(widths), depth);
    pieceEnds.length = outer;
    this.from[at] = this.to[at];
  }

  /** The message at the reader after its tag; gives the pieces behind the first, the last one first, which are not in the output then. */
  private enclosed(slot: number, end: number, lengthWidth: number, depth: number): Uint8Array[] {
    const { out, pieceEnds, reader } = this;
    const outer = pieceEnds.length;
    const width = Math.max(varintSize(end - reader.pos), lengthWidth);
    const content = out.open(width);
    this.message(CHILD[slot], reader.pos, end, depth + 1);
    const rest: Uint8Array[] = [];
    if (pieceEnds.length > outer) {
      for (let i = pieceEnds.length - 1; i >= outer; i--)
        rest.push(out.buf.slice(pieceEnds[i], pieceEnds[i + 1] ?? out.pos));
      out.pos = pieceEnds[outer];
    }
    out.close(content, width, lengthWidth);
    return rest;
  }

  private number(wire: number, valueWidth: number): void {
    const { reader, out } = this;
    if (wire === VARINT) {
      reader.varint();
      this.varint(reader.lo, reader.hi, valueWidth);
    } else {
      reader.fixed64();
      out.fixed64(reader.lo, reader.hi);
    }
  }

  private tag(slot: number, wire: number, width: number): void {
    this.out.byte(((slot & 15) << 3) | wire);
    if (width > 1) this.pad(this.out.pos - 1, width);
  }

  private varint(lo: number, hi: number, width: number): void {
    const start = this.out.pos;
    this.out.varint(lo, hi);
    if (this.out.pos - start < width) this.pad(start, width);
  }

  /** Makes the varint that begins at `start` so many bytes long. */
  private pad(start: number, width: number): void {
    const { out } = this;
    out.buf[out.pos - 1] |= 0x80;
    while (out.pos - start < width - 1) out.byte(0x80);
    out.byte(0);
  }
}
