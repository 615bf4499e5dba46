// The same OTLP payload in another wire layout: everything about its bytes that says nothing.
// Works on the wire, so that it takes arbitrary payloads and real files alike; bytes in, bytes out.

import fc from 'fast-check';
import protobuf from 'protobufjs';
import { otlpType } from './oracle.ts';
import { type WireField, writeWire } from './pprofWire.ts';
import { Random } from './random.ts';

/** Which liberties a writer takes. With all of them off it writes as protobuf libraries do. */
export interface OtlpWireStyle {
  seed: number;
  /** Fields of a message in any order; entries of one repeated field stay in theirs. */
  shuffled: boolean;
  /** Entries of one repeated field between those of another. */
  mixed: boolean;
  /** Scalars written although zero. */
  zeros: boolean;
  /** Repeated numbers one by one, or some packed and some not, or as an empty run. */
  unpacked: boolean;
  /** Tags, lengths and numbers in more bytes than needed. */
  padded: boolean;
  /** Fields that no schema knows. */
  unknown: boolean;
  /** A scalar written with another value before the one that counts. */
  stale: boolean;
  /** The dictionary in several pieces, which a reader has to put together; protobufjs does not. */
  pieces: boolean;
}

export const CANONICAL: OtlpWireStyle = {
  ...{ seed: 0, shuffled: false, mixed: false, zeros: false, unpacked: false },
  ...{ padded: false, unknown: false, stale: false, pieces: false },
};

const sometimes = (weight: number): fc.Arbitrary<boolean> =>
  fc.oneof(
    { withCrossShrink: true },
    { weight, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  );

export const otlpWireStyle: fc.Arbitrary<OtlpWireStyle> = fc.record({
  seed: fc.nat(),
  shuffled: sometimes(1),
  mixed: sometimes(4),
  zeros: sometimes(2),
  unpacked: sometimes(1),
  padded: sometimes(3),
  unknown: sometimes(4),
  stale: sometimes(8),
  pieces: sometimes(12),
});

/** As async-profiler writes: lengths of five bytes, zeros, lone numbers unpacked. */
export const PADDED: OtlpWireStyle = { ...CANONICAL, zeros: true, unpacked: true, padded: true };

export function relayOtlp(bytes: Uint8Array, style: OtlpWireStyle): Uint8Array {
  return writeWire(new Relay(style).message(otlpType, bytes));
}

/** Far from the numbers of any draft of OTLP, whose tables moved around below 20. */
const UNKNOWN_NUMBERS = [99, 1000, 2047, 2048, 536_870_911];

class Relay {
  private readonly random: Random;

  constructor(private readonly style: OtlpWireStyle) {
    this.random = new Random(style.seed);
  }

  message(type: protobuf.Type, bytes: Uint8Array): WireField[] {
    const queues = new Map<number, WireField[]>();
    for (const { field: number, value } of read(bytes)) {
      const field = type.fieldsById[number];
      if (field === undefined) throw new Error(`${type.name} has no field ${number}`);
      const fields = queues.get(number) ?? [];
      queues.set(number, fields);
      fields.push(...this.field(field, value));
    }
    if (this.style.zeros) this.addZeros(type, queues);
    const fields = this.arrange([...queues.values()]);
    if (this.style.unknown && this.random.below(6) === 0)
      fields.splice(this.random.below(fields.length + 1), 0, this.unknownField());
    return fields;
  }

  private field(field: protobuf.Field, value: bigint | Uint8Array): WireField[] {
    const { random, style } = this;
    if (field.resolvedType instanceof protobuf.Type) {
      const body = this.message(field.resolvedType, value as Uint8Array);
      if (field.name !== 'dictionary' || !style.pieces) return [this.len(field.id, body)];
      const cut = random.below(body.length + 1);
      return [this.len(field.id, body.slice(0, cut)), this.len(field.id, body.slice(cut))];
    }
    if (field.repeated && NUMBERS.has(field.type) && value instanceof Uint8Array) return this.numbers(field, value);
    const written = this.scalar(field, value);
    const isStale = style.stale && !field.repeated && random.below(4) === 0;
    // Zero is an index that no table is too small for.
    return isStale ? [this.scalar(field, value instanceof Uint8Array ? STALE : 0n), written] : [written];
  }

  private scalar(field: protobuf.Field, value: bigint | Uint8Array): WireField {
    if (value instanceof Uint8Array) return this.len(field.id, value);
    if (FIXED.has(field.type)) return { field: field.id, wire: 'fixed64', value, ...this.tag() };
    return { field: field.id, wire: 'varint', value, ...this.tag(), ...this.number() };
  }

  /** A packed run, taken apart. */
  private numbers(field: protobuf.Field, run: Uint8Array): WireField[] {
    const fixed = FIXED.has(field.type);
    const all = fixed ? fixedRun(run) : varintRun(run);
    const packed = (values: bigint[]): WireField =>
      fixed
        ? this.len(field.id, fixedBytes(values))
        : { field: field.id, wire: 'packed', values, ...this.number(), ...this.tag(), ...this.length() };
    if (!this.style.unpacked) return [packed(all)];
    const cut = this.random.pick([0, all.length, this.random.below(all.length + 1)]);
    const alone = all.slice(0, cut).map((value) => this.scalar(field, value));
    if (cut === all.length && this.random.below(4) !== 0) return alone;
    return [...alone, packed(all.slice(cut))];
  }

  /** Not of repeated fields and oneofs, where zero says something. */
  private addZeros(type: protobuf.Type, queues: Map<number, WireField[]>): void {
    for (const field of type.fieldsArray) {
      if (queues.has(field.id) || field.repeated || field.partOf !== null || field.resolvedType !== null) continue;
      const zero = field.type === 'string' || field.type === 'bytes' ? new Uint8Array(0) : 0n;
      if (this.random.chance()) queues.set(field.id, [this.scalar(field, zero)]);
    }
  }

  private arrange(queues: WireField[][]): WireField[] {
    const { random, style } = this;
    if (style.shuffled) random.shuffle(queues);
    else queues.sort(([a], [b]) => (a?.field ?? 0) - (b?.field ?? 0));
    if (!style.mixed) return queues.flat();
    const out: WireField[] = [];
    let left = queues.map((queue) => [...queue]).filter((queue) => queue.length > 0);
    while (left.length > 0) {
      const queue = random.pick(left);
      out.push(queue.shift() as WireField);
      left = left.filter((rest) => rest.length > 0);
    }
    return out;
  }

  private unknownField(): WireField {
    const { random } = this;
    const field = random.pick(UNKNOWN_NUMBERS);
    const inner: WireField = { field: 1, wire: 'varint', value: 5n };
    return random.pick<WireField>([
      { field, wire: 'varint', value: BigInt(random.below(1000)) },
      { field, wire: 'fixed32', value: 7n },
      { field, wire: 'fixed64', value: -1n },
      { field, wire: 'len', body: Uint8Array.of(0xff, 0, 0x0a) },
      { field, wire: 'group', body: [inner] },
    ]);
  }

  private len(field: number, body: Uint8Array | WireField[]): WireField {
    return { field, wire: 'len', body, ...this.tag(), ...this.length() };
  }

  private tag = (): { tagWidth: number } => ({ tagWidth: this.width(8, 5) });
  private length = (): { lengthWidth: number } => ({ lengthWidth: this.width(2, 5) });
  private number = (): { width: number } => ({ width: this.width(4, 10) });

  /** Once in `rarity` times a width up to `most`. */
  private width(rarity: number, most: number): number {
    return this.style.padded && this.random.below(rarity) === 0 ? 1 + this.random.below(most) : 1;
  }
}

const FIXED: ReadonlySet<string> = new Set(['double', 'fixed64']);
const NUMBERS: ReadonlySet<string> = new Set(['int32', 'int64', 'fixed64']);
const STALE = new TextEncoder().encode('stale');

interface Entry {
  field: number;
  value: bigint | Uint8Array;
}

/** The fields of one message; 64-bit numbers whatever their kind. */
function read(bytes: Uint8Array): Entry[] {
  const reader = protobuf.Reader.create(bytes);
  const entries: Entry[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const field = tag >>> 3;
    if ((tag & 7) === 0) entries.push({ field, value: bigint(reader.uint64()) });
    else if ((tag & 7) === 1) entries.push({ field, value: bigint(reader.fixed64()) });
    else if ((tag & 7) === 2) entries.push({ field, value: reader.bytes() });
    else throw new Error(`field ${field} is of no kind that OTLP uses`);
  }
  return entries;
}

const bigint = (value: protobuf.Long | number): bigint => BigInt(value.toString());

function varintRun(run: Uint8Array): bigint[] {
  const reader = protobuf.Reader.create(run);
  const values: bigint[] = [];
  while (reader.pos < reader.len) values.push(bigint(reader.uint64()));
  return values;
}

function fixedRun(run: Uint8Array): bigint[] {
  const view = new DataView(run.buffer, run.byteOffset, run.byteLength);
  return Array.from({ length: run.length / 8 }, (_, i) => view.getBigUint64(8 * i, true));
}

function fixedBytes(values: bigint[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * values.length));
  for (const [i, value] of values.entries()) view.setBigUint64(8 * i, value, true);
  return new Uint8Array(view.buffer);
}
