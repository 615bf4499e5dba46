// Writes protobuf bytes field by field as told, in any layout a reader must
// accept, also the ones that no library writes.

interface Tagged {
  field: number;
  /** Bytes that the tag takes at least; more than needed makes it overlong. */
  tagWidth?: number;
}
export interface VarintField extends Tagged {
  wire: 'varint';
  value: bigint;
  width?: number;
}
export interface FixedField extends Tagged {
  wire: 'fixed64' | 'fixed32';
  value: bigint;
}
export interface LenField extends Tagged {
  wire: 'len';
  body: Uint8Array | WireField[];
  lengthWidth?: number;
}
export interface PackedField extends Tagged {
  wire: 'packed';
  values: bigint[];
  width?: number;
  lengthWidth?: number;
}
export interface GroupField extends Tagged {
  wire: 'group';
  body: WireField[];
}
export type WireField = VarintField | FixedField | LenField | PackedField | GroupField;

class Sink {
  bytes = new Uint8Array(256);
  length = 0;

  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  varint(value: bigint, width = 1): void {
    this.reserve(10);
    let rest = BigInt.asUintN(64, value);
    const start = this.length;
    while (rest > 0x7fn) {
      this.bytes[this.length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.bytes[this.length++] = Number(rest);
    while (this.length - start < width) {
      this.bytes[this.length - 1] = (this.bytes[this.length - 1] as number) | 0x80;
      this.bytes[this.length++] = 0;
    }
  }

  fixed(value: bigint, size: number): void {
    this.reserve(size);
    for (let i = 0; i < size; i++) this.bytes[this.length++] = Number((value >> BigInt(8 * i)) & 0xffn);
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  done(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}

function writeInto(sink: Sink, fields: readonly WireField[]): void {
  for (const field of fields) {
    const tag = (type: number): void => sink.varint((BigInt(field.field) << 3n) | BigInt(type), field.tagWidth);
    switch (field.wire) {
      case 'varint':
        tag(0);
        sink.varint(field.value, field.width);
        break;
      case 'fixed64':
        tag(1);
        sink.fixed(BigInt.asUintN(64, field.value), 8);
        break;
      case 'fixed32':
        tag(5);
        sink.fixed(BigInt.asUintN(32, field.value), 4);
        break;
      case 'len': {
        const body = field.body instanceof Uint8Array ? field.body : writeWire(field.body);
        tag(2);
        sink.varint(BigInt(body.length), field.lengthWidth);
        sink.raw(body);
        break;
      }
      case 'packed': {
        const body = new Sink();
        for (const value of field.values) body.varint(value, field.width);
        tag(2);
        sink.varint(BigInt(body.length), field.lengthWidth);
        sink.raw(body.done());
        break;
      }
      case 'group':
        tag(3);
        writeInto(sink, field.body);
        tag(4);
        break;
    }
  }
}

export function writeWire(fields: readonly WireField[]): Uint8Array {
  const sink = new Sink();
  writeInto(sink, fields);
  return sink.done();
}
