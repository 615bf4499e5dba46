import { PprofOtlpError } from '../errors.ts';
import type { Int64Column } from './columns.ts';

/** Wire types of the protobuf encoding. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LEN = 2;
export const START_GROUP = 3;
export const END_GROUP = 4;
export const FIXED32 = 5;

const MAX_GROUP_DEPTH = 100;

/**
 * Reads protobuf wire from a range of bytes.
 * A 64-bit result is left in `lo` and `hi`, so that no bigint is made in a loop.
 * Throws PprofOtlpError `bad-input` with the offset where the wire breaks.
 */
export class Reader {
  lo = 0;
  hi = 0;
  /** Whether any varint so far took more bytes than it needs. */
  overlong = false;

  constructor(
    readonly buf: Uint8Array,
    public pos = 0,
    public end = buf.length,
  ) {}

  fail(message: string, offset = this.pos, path?: string): PprofOtlpError {
    return new PprofOtlpError(
      'bad-input',
      message,
      path === undefined ? { stage: 'decode', offset } : { stage: 'decode', offset, path },
    );
  }

  /** Reads a varint of up to 64 bits into `lo` and `hi`. */
  varint(): void {
    const { buf, end } = this;
    let pos = this.pos;
    if (pos >= end) throw this.fail('truncated: a varint is missing; is the file complete?');
    let byte = buf[pos++];
    if (byte < 0x80) {
      this.lo = byte;
      this.hi = 0;
      this.pos = pos;
      return;
    }
    let lo = byte & 0x7f;
    let hi = 0;
    let shift = 7;
    for (;;) {
      if (pos >= end) throw this.fail('truncated inside a varint; is the file complete?');
      byte = buf[pos++];
      const bits = byte & 0x7f;
      if (shift < 28) lo |= bits << shift;
      else if (shift === 28) {
        lo |= bits << 28;
        hi = bits >>> 4;
      } else if (shift < 63) hi |= bits << (shift - 32);
      else {
        if (byte > 1) throw this.fail('a varint is longer than 64 bits');
        hi |= bits << 31;
      }
      if (byte < 0x80) break;
      shift += 7;
    }
    if (byte === 0) this.overlong = true;
    this.lo = lo;
    this.hi = hi;
    this.pos = pos;
  }

  /** Reads varints up to `end`, the content of a packed field, into a column. */
  packed(end: number, into: Int64Column): void {
    const { buf } = this;
    const outer = this.end;
    this.end = end;
    let pos = this.pos;
    // A byte each at the least.
    into.reserve(end - pos);
    const { lo } = into;
    let row = into.length;
    while (pos < end) {
      const byte = buf[pos];
      if (byte < 0x80) {
        lo[row++] = byte;
        pos++;
      } else if (pos + 1 < end && buf[pos + 1] < 0x80 && buf[pos + 1] !== 0) {
        lo[row++] = (byte & 0x7f) | (buf[pos + 1] << 7);
        pos += 2;
      } else {
        this.pos = pos;
        this.varint();
        into.set(row++, this.lo, this.hi);
        pos = this.pos;
      }
    }
    into.length = row;
    this.pos = pos;
    this.end = outer;
  }

  /** Reads a field's tag. Field number 0 and numbers above 2^29 - 1 are refused. */
  tag(): number {
    const { buf, pos } = this;
    const byte = buf[pos];
    if (pos < this.end && byte < 0x80 && byte > 7) {
      this.pos = pos + 1;
      return byte;
    }
    this.varint();
    if (this.hi !== 0 || this.lo >>> 3 === 0) throw this.fail('no field has this number', pos);
    return this.lo >>> 0;
  }

  /** Reads a length and returns where the field ends. */
  limit(): number {
    const at = this.pos;
    this.varint();
    const length = this.lo >>> 0;
    if (this.hi !== 0 || length > this.end - this.pos) {
      throw this.fail('a length points past the end of its message; the file is truncated or not protobuf', at);
    }
    return this.pos + length;
  }

  fixed64(): void {
    if (this.end - this.pos < 8) throw this.fail('truncated inside a fixed64');
    this.lo = this.int32le(this.pos);
    this.hi = this.int32le(this.pos + 4);
    this.pos += 8;
  }

  private int32le(at: number): number {
    const { buf } = this;
    return buf[at] | (buf[at + 1] << 8) | (buf[at + 2] << 16) | (buf[at + 3] << 24);
  }

  /** Steps over the value of a field whose tag was just read. */
  skip(tag: number, depth = 0): void {
    switch (tag & 7) {
      case VARINT:
        this.varint();
        return;
      case FIXED64:
        this.advance(8);
        return;
      case LEN:
        this.pos = this.limit();
        return;
      case FIXED32:
        this.advance(4);
        return;
      case START_GROUP:
        if (depth >= MAX_GROUP_DEPTH)
          throw new PprofOtlpError('limit', 'groups are nested too deep', { stage: 'decode', offset: this.pos });
        for (;;) {
          if (this.pos >= this.end) throw this.fail('a group has no end');
          const at = this.pos;
          const inner = this.tag();
          if ((inner & 7) === END_GROUP) {
            if (inner >>> 3 !== tag >>> 3) throw this.fail('the end of a group does not match its start', at);
            return;
          }
          this.skip(inner, depth + 1);
        }
      case END_GROUP:
        throw this.fail('the end of a group that never began');
      default:
        throw this.fail(`wire type ${tag & 7} does not exist; the file is damaged or not protobuf`);
    }
  }

  private advance(bytes: number): void {
    if (this.end - this.pos < bytes) throw this.fail('truncated inside a fixed-width field');
    this.pos += bytes;
  }
}

/** How many bytes the shortest varint of an unsigned 32-bit value takes. */
export function varintSize(value: number): number {
  const unsigned = value >>> 0;
  if (unsigned < 0x80) return 1;
  if (unsigned < 0x4000) return 2;
  if (unsigned < 0x200000) return 3;
  return unsigned < 0x10000000 ? 4 : 5;
}
