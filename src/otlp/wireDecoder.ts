import type { Int32Column, Int64Column } from '../wire/columns.ts';
import { LEN, type Reader, VARINT } from '../wire/reader.ts';
import { decodeText, isUtf8 } from '../wire/text.ts';

/** What all messages of OTLP are read with. */
export class WireDecoder {
  /** Where in the message tree the reader is, for errors. */
  protected readonly path: string[] = [];

  constructor(protected readonly r: Reader) {}

  protected fields(visit: (tag: number) => void): void {
    const { r } = this;
    while (r.pos < r.end) visit(r.tag());
  }

  protected message(name: string, read: () => void): void {
    this.path.push(name);
    this.nested(read);
    this.path.pop();
  }

  /** Reads a message's length, then its fields up to that end. */
  protected nested(read: () => void): void {
    const { r } = this;
    const end = r.limit();
    const outer = r.end;
    r.end = end;
    read.call(this);
    r.end = outer;
  }

  /** Steps over a field that profiles.proto does not know; refuses a known one of the wrong wire type. */
  protected other(tag: number, lastField: number, message: string): void {
    const { r } = this;
    const field = tag >>> 3;
    if (field <= lastField && field > 0) {
      throw r.fail(`field ${field} of ${message} has wire type ${tag & 7}, which profiles.proto does not give it`);
    }
    r.skip(tag);
  }

  protected index(): number {
    const { r } = this;
    const at = r.pos;
    r.varint();
    if (r.hi !== 0 || r.lo < 0) throw r.fail('a table index is negative or too large', at);
    return r.lo;
  }

  /** A repeated int32 field, packed or not; false for any other field. */
  protected indexes(tag: number, field: number, into: Int32Column): boolean {
    const { r } = this;
    if (tag === ((field << 3) | VARINT)) {
      into.push(this.index());
      return true;
    }
    if (tag !== ((field << 3) | LEN)) return false;
    const end = r.limit();
    const outer = r.end;
    r.end = end;
    while (r.pos < end) {
      const byte = r.buf[r.pos];
      if (byte < 0x80) {
        r.pos++;
        into.push(byte);
      } else into.push(this.index());
    }
    r.end = outer;
    return true;
  }

  protected into(column: Int64Column, row: number): void {
    this.r.varint();
    column.set(row, this.r.lo, this.r.hi);
  }

  protected int64(): bigint {
    const { r } = this;
    r.varint();
    return BigInt.asIntN(64, (BigInt(r.hi >>> 0) << 32n) | BigInt(r.lo >>> 0));
  }

  protected uint32(): number {
    this.r.varint();
    return this.r.lo >>> 0;
  }

  protected bytes(): Uint8Array {
    const { r } = this;
    const end = r.limit();
    const bytes = r.buf.subarray(r.pos, end);
    r.pos = end;
    return bytes;
  }

  protected text(): string {
    const { r } = this;
    const end = r.limit();
    this.checkText(end);
    const text = decodeText(r.buf.subarray(r.pos, end));
    r.pos = end;
    return text;
  }

  protected checkText(end: number): void {
    const { r } = this;
    if (!isUtf8(r.buf, r.pos, end)) throw r.fail('a string is not UTF-8');
  }
}
