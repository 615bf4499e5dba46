import { LEN, Reader, VARINT } from './reader.ts';
import { Writer } from './writer.ts';

/**
 * Small protobuf messages, where clarity counts more than speed: a message is written field by field
 * and read into a map from field number to values.
 */
export class MessageWriter {
  private readonly w = new Writer();

  uint(field: number, value: number | bigint): this {
    if (Number(value) === 0) return this;
    this.w.uint32((field << 3) | VARINT);
    varint(this.w, BigInt(value));
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    if (value.length > 0) this.w.field((field << 3) | LEN, value);
    return this;
  }

  /** A repeated bytes or string field. */
  list(field: number, values: readonly Uint8Array[]): this {
    for (const value of values) this.w.field((field << 3) | LEN, value);
    return this;
  }

  /** A packed repeated uint64. */
  packed(field: number, values: readonly (number | bigint)[]): this {
    const inner = new Writer();
    for (const value of values) varint(inner, BigInt(value));
    return this.bytes(field, inner.finish());
  }

  /** A packed repeated sint64. */
  packedSigned(field: number, values: readonly bigint[]): this {
    return this.packed(field, values.map(zigzag));
  }

  message(field: number, message: MessageWriter): this {
    return this.bytes(field, message.finish());
  }

  finish(): Uint8Array {
    return this.w.finish();
  }
}

/** Throws PprofOtlpError `bad-input` when the bytes are no message. */
export class MessageReader {
  private readonly numbers = new Map<number, bigint>();
  private readonly lists = new Map<number, Uint8Array[]>();

  constructor(bytes: Uint8Array) {
    const r = new Reader(bytes);
    while (r.pos < r.end) {
      const tag = r.tag();
      const field = tag >>> 3;
      if ((tag & 7) === VARINT) {
        r.varint();
        this.numbers.set(field, unsigned(r));
      } else if ((tag & 7) === LEN) {
        const end = r.limit();
        const list = this.lists.get(field) ?? [];
        list.push(bytes.subarray(r.pos, end));
        this.lists.set(field, list);
        r.pos = end;
      } else r.skip(tag);
    }
  }

  uint(field: number): number {
    return Number(this.numbers.get(field) ?? 0n);
  }

  bytes(field: number): Uint8Array {
    return this.lists.get(field)?.at(-1) ?? new Uint8Array(0);
  }

  list(field: number): Uint8Array[] {
    return this.lists.get(field) ?? [];
  }

  packed(field: number): bigint[] {
    return this.varints(field, unsigned);
  }

  /** Like `packed`, where the values are below 2^53. */
  packedNumbers(field: number): number[] {
    return this.varints(field, (r) => (r.hi >>> 0) * 0x100000000 + (r.lo >>> 0));
  }

  packedSigned(field: number): bigint[] {
    return this.packed(field).map((value) => BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n)));
  }

  private varints<T>(field: number, value: (r: Reader) => T): T[] {
    const r = new Reader(this.bytes(field));
    const values: T[] = [];
    while (r.pos < r.end) {
      r.varint();
      values.push(value(r));
    }
    return values;
  }

  message(field: number): MessageReader {
    return new MessageReader(this.bytes(field));
  }
}

const zigzag = (value: bigint): bigint => BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));

const unsigned = (r: Reader): bigint => (BigInt(r.hi >>> 0) << 32n) | BigInt(r.lo >>> 0);

function varint(w: Writer, value: bigint): void {
  w.varint(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
}
