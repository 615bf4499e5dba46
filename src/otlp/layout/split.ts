import { Int32Column } from '../../wire/columns.ts';
import { FIXED64, LEN, Reader, VARINT, varintSize } from '../../wire/reader.ts';
import { Writer } from '../../wire/writer.ts';
import { AS, END, FIELD, Scan, START, STRIDE, WIDTHS } from './scan.ts';
import {
  BOOL,
  CHILD,
  ELEMENT,
  FIELDS_OF_KEY,
  FORM,
  IS_LEAF,
  MESSAGE,
  PACKABLE,
  REPEATED,
  Shapes,
  slotOf,
  TRAITS,
  WIRE_TYPE,
} from './shape.ts';

/**
 * Walks through a payload in the order of its bytes: notes of each message what Shapes does not predict,
 * and writes it in canonical form. Throws PprofOtlpError where the wire breaks.
 */
export class Splitter extends Scan {
  /** Pairs: so many messages are as predicted, the next has this shape. */
  readonly surprises: number[] = [];
  /** The shapes that are named there, one after the other, each after its length. */
  readonly table: number[] = [];
  readonly raw = new Writer();
  readonly canonical: Writer;
  private readonly shapes = new Shapes();
  /** The place in the table, from 1 on, of each shape. */
  private readonly places = new Int32Column();
  private tableLength = 0;
  private asPredicted = 0;

  constructor(bytes: Uint8Array) {
    super(new Reader(bytes));
    this.canonical = new Writer(bytes.length);
    this.message(0, 0, bytes.length);
  }

  private message(message: number, start: number, end: number, pieceEnds?: readonly number[]): void {
    const first = this.records.length;
    this.enter(message);
    this.scan(message, start, end, pieceEnds);
    this.note(message, first);
    if (!IS_LEAF[message]) this.fieldsInTurn(message, first);
    else {
      if (this.hasRaw) this.keepRaw(first);
      if (this.plain) this.canonical.bytes(this.reader.buf, start, end);
      else this.fieldsAscending(message, first);
    }
    this.leave(message, first);
  }

  private note(message: number, first: number): void {
    const { key, shapes } = this;
    const predicted = shapes.predict(message, key);
    const shape = this.plain ? shapes.canonical(message, key) : this.shape(first, predicted);
    if (shape === predicted) this.asPredicted++;
    else {
      this.surprises.push(this.asPredicted, this.place(shape));
      this.asPredicted = 0;
    }
    shapes.learn(message, key, shape);
  }

  private shape(first: number, predicted: number): number {
    const row = this.shapeOf(first);
    return this.shapes.equals(predicted, row) ? predicted : this.shapes.intern(row);
  }

  private place(shape: number): number {
    const { places, shapes, table } = this;
    while (places.length <= shape) places.push(0);
    if (places.array[shape] === 0) {
      places.array[shape] = ++this.tableLength;
      const start = shapes.start(shape);
      const end = shapes.end(shape);
      table.push(end - start);
      for (let at = start; at < end; at++) table.push(shapes.values[at]);
    }
    return places.array[shape] - 1;
  }

  private keepRaw(first: number): void {
    for (let at = first; at < this.records.length; at += STRIDE) if (this.isRaw(at)) this.keep(at);
  }

  private isRaw(at: number): boolean {
    const { array } = this.records;
    return array[at + FIELD] === 0 ? array[at + AS] === ELEMENT.raw : array[at + AS] === FORM.replaced;
  }

  private keep(at: number): void {
    const { array } = this.records;
    this.raw.bytes(this.reader.buf, array[at + START], array[at + END]);
  }

  private fieldsAscending(message: number, first: number): void {
    const fields = this.key & FIELDS_OF_KEY;
    for (let field = 1; fields >> field !== 0; field++) {
      if ((fields & (1 << field)) === 0) continue;
      let at = first;
      while (this.records.array[at + FIELD] !== field) at += STRIDE;
      this.field(slotOf(message, field), at);
    }
  }

  /**
   * The messages in a message are walked through as they come, and so its fields are written as they come.
   * Only then they are brought into canonical order.
   */
  private fieldsInTurn(message: number, first: number): void {
    const { records, canonical } = this;
    const content = canonical.pos;
    const last = records.length;
    const { key } = this;
    let written = 0;
    let ascending = true;
    for (let at = first; at < last; at += STRIDE) {
      if (this.isRaw(at)) this.keep(at);
      const field = records.array[at + FIELD];
      const bit = 1 << field;
      const slot = slotOf(message, field);
      const start = canonical.pos;
      if ((key & bit) !== 0 && records.array[at + AS] !== FORM.zero) {
        if (written >= bit << 1) ascending = false;
        if (TRAITS[slot] & MESSAGE && TRAITS[slot] & REPEATED)
          this.run(slot, records.array[at + START], records.array[at + END]);
        else if ((written & bit) === 0) this.field(slot, at);
        written |= bit;
      }
      // From here on a record says where its canonical form is.
      records.array[at + START] = start;
      records.array[at + END] = canonical.pos;
    }
    if (!ascending) this.sort(written, first, content);
  }

  private sort(fields: number, first: number, content: number): void {
    const { records, canonical } = this;
    const { array } = records;
    const unsorted = canonical.buf.slice(content, canonical.pos);
    canonical.pos = content;
    for (let field = 1; fields >> field !== 0; field++)
      for (let at = first; at < records.length; at += STRIDE)
        if (array[at + FIELD] === field)
          canonical.bytes(unsorted, array[at + START] - content, array[at + END] - content);
  }

  /** All of a field, whose first record is at `first`. */
  private field(slot: number, first: number): void {
    const { canonical, records } = this;
    const traits = TRAITS[slot];
    const last = records.length;
    if (traits & MESSAGE) {
      this.singularMessage(slot, first);
      return;
    }
    const isPacked = (traits & PACKABLE) !== 0;
    if (isPacked) canonical.byte(((slot & 15) << 3) | LEN);
    const content = isPacked ? canonical.open(1) : 0;
    for (let at = first; at < last; at += STRIDE) {
      if (records.array[at + FIELD] !== (slot & 15)) continue;
      if (isPacked) this.values(traits, at);
      else this.run(slot, records.array[at + START], records.array[at + END]);
    }
    if (isPacked) canonical.close(content, 1);
  }

  /** The values of a repeated number. */
  private values(traits: number, at: number): void {
    const { reader, canonical } = this;
    const { array } = this.records;
    const end = array[at + END];
    const as = array[at + AS];
    const isMinimal = (traits & WIRE_TYPE) === FIXED64 || array[at + WIDTHS] >> 8 === 1;
    reader.pos = array[at + START];
    if (as === FORM.packed) {
      reader.tag();
      reader.varint();
    }
    if (as !== FORM.all && isMinimal) canonical.bytes(reader.buf, reader.pos, end);
    else
      while (reader.pos < end) {
        if (as === FORM.all) reader.tag();
        this.number(traits);
      }
  }

  /** Records of a field that is no repeated number. */
  private run(slot: number, start: number, end: number): void {
    const { reader, canonical } = this;
    const traits = TRAITS[slot];
    const tag = ((slot & 15) << 3) | (traits & WIRE_TYPE);
    reader.pos = start;
    while (reader.pos < end) {
      reader.tag();
      canonical.byte(tag);
      if ((traits & WIRE_TYPE) !== LEN) this.number(traits);
      else {
        const next = reader.limit();
        if (traits & MESSAGE) this.enclosed(CHILD[slot], reader.pos, next);
        else {
          canonical.uint32(next - reader.pos);
          canonical.bytes(reader.buf, reader.pos, next);
        }
        reader.pos = next;
      }
    }
  }

  private singularMessage(slot: number, at: number): void {
    const { reader, records } = this;
    const pieces = this.pieces(at, records.length);
    if (pieces === undefined) this.run(slot, records.array[at + START], records.array[at + END]);
    else {
      this.reader = new Reader(pieces.bytes);
      this.canonical.byte(((slot & 15) << 3) | LEN);
      this.enclosed(CHILD[slot], 0, pieces.bytes.length, pieces.ends);
      this.reader = reader;
    }
  }

  /** A message after its tag. */
  private enclosed(message: number, start: number, end: number, pieceEnds?: readonly number[]): void {
    const width = varintSize(end - start);
    const content = this.canonical.open(width);
    this.message(message, start, end, pieceEnds);
    this.canonical.close(content, width);
  }

  private number(traits: number): void {
    const { reader, canonical } = this;
    if ((traits & WIRE_TYPE) !== VARINT) {
      reader.fixed64();
      canonical.fixed64(reader.lo, reader.hi);
    } else {
      reader.varint();
      if (traits & BOOL) canonical.byte(reader.lo === 0 && reader.hi === 0 ? 0 : 1);
      else canonical.varint(reader.lo, reader.hi);
    }
  }
}
