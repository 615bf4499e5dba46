import { viewOf } from './bytes.ts';
import type { Int64Column } from './columns.ts';
import { varintSize } from './reader.ts';

const NO_VIEW = new DataView(new ArrayBuffer(0));

/** Writes protobuf wire into one growing buffer. */
export class Writer {
  buf: Uint8Array;
  pos = 0;
  private viewed: Uint8Array | undefined;
  private view: DataView = NO_VIEW;

  constructor(capacity = 1024) {
    this.buf = new Uint8Array(Math.max(capacity, 64));
  }

  /** Makes room for `bytes` more. Every method below calls it itself. */
  reserve(bytes: number): void {
    if (this.buf.length - this.pos >= bytes) return;
    const larger = new Uint8Array(Math.max(this.buf.length * 2, this.pos + bytes));
    larger.set(this.buf.subarray(0, this.pos));
    this.buf = larger;
  }

  /** What was written, without a copy. */
  finish(): Uint8Array {
    return this.buf.subarray(0, this.pos);
  }

  byte(value: number): void {
    this.reserve(1);
    this.buf[this.pos++] = value;
  }

  uint32(value: number): void {
    this.reserve(5);
    const { buf } = this;
    let pos = this.pos;
    let rest = value >>> 0;
    while (rest > 0x7f) {
      buf[pos++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    buf[pos++] = rest;
    this.pos = pos;
  }

  varint(lo: number, hi: number): void {
    if (hi === 0) {
      this.uint32(lo);
      return;
    }
    this.reserve(10);
    const { buf } = this;
    let pos = this.pos;
    let low = lo >>> 0;
    let high = hi >>> 0;
    while (high !== 0) {
      buf[pos++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    while (low > 0x7f) {
      buf[pos++] = (low & 0x7f) | 0x80;
      low >>>= 7;
    }
    buf[pos++] = low;
    this.pos = pos;
  }

  /** Varints of the rows of a column that `refs` names, from 1 on. */
  varintsOf({ lo, hi }: Int64Column, refs: Int32Array, start: number, end: number): void {
    this.reserve(10 * (end - start));
    const { buf } = this;
    let pos = this.pos;
    for (let i = start; i < end; i++) {
      const row = refs[i] - 1;
      const value = lo[row];
      if ((value & ~0x3fff) === 0 && (hi.length === 0 || hi[row] === 0)) {
        if (value < 0x80) buf[pos++] = value;
        else {
          buf[pos++] = (value & 0x7f) | 0x80;
          buf[pos++] = value >>> 7;
        }
      } else {
        this.pos = pos;
        this.varint(value, hi.length === 0 ? 0 : hi[row]);
        pos = this.pos;
      }
    }
    this.pos = pos;
  }

  fixed64(lo: number, hi: number): void {
    this.reserve(8);
    const { buf, pos } = this;
    for (let i = 0; i < 4; i++) {
      buf[pos + i] = lo >>> (8 * i);
      buf[pos + 4 + i] = hi >>> (8 * i);
    }
    this.pos = pos + 8;
  }

  bytes(source: Uint8Array, start = 0, end = source.length): void {
    const length = end - start;
    this.reserve(length);
    const { buf, pos } = this;
    // A call into the engine costs more than a short copy.
    if (length < 128) for (let i = 0; i < length; i++) buf[pos + i] = source[start + i];
    else buf.set(source.subarray(start, end), pos);
    this.pos = pos + length;
  }

  /** A view of what was written, until there is no more room in it. */
  written(): DataView {
    if (this.viewed !== this.buf) {
      this.viewed = this.buf;
      this.view = viewOf(this.buf);
    }
    return this.view;
  }

  /** As `bytes`, of a source whose view is at hand. */
  copy(source: DataView, start: number, end: number): void {
    this.reserve(end - start);
    const view = this.written();
    let pos = this.pos;
    let from = start;
    for (const whole = end - 3; from < whole; from += 4, pos += 4) view.setInt32(pos, source.getInt32(from));
    for (; from < end; from++, pos++) view.setUint8(pos, source.getUint8(from));
    this.pos = pos;
  }

  /** A LEN field with its bytes. */
  field(tag: number, source: Uint8Array, start = 0, end = source.length): void {
    this.uint32(tag);
    this.uint32(end - start);
    this.bytes(source, start, end);
  }

  /**
   * Opens a LEN field after its tag: leaves `width` bytes for the length and returns where the content starts.
   * Nothing but a guess is needed: `close` moves the content when the length takes another width.
   */
  open(width: number): number {
    this.reserve(width);
    this.pos += width;
    return this.pos;
  }

  /** Closes what `open` opened and returns the width taken, `least` bytes or more. */
  close(start: number, width: number, least = 1): number {
    const length = this.pos - start;
    const needed = Math.max(varintSize(length), least);
    if (needed !== width) {
      if (needed > width) this.reserve(needed - width);
      this.buf.copyWithin(start + needed - width, start, this.pos);
      this.pos += needed - width;
    }
    let at = start - width;
    let rest = length;
    for (let i = 1; i < needed; i++) {
      this.buf[at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buf[at] = rest;
    return needed;
  }
}
