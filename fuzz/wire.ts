// Protobuf as records that can be changed one by one, and written again with lengths that fit.

import type { Random } from '../test/support/random.ts';

export interface WireRecord {
  field: number;
  wire: number;
  /** What stands behind the tag; of a LEN field what stands behind its length. */
  value: Uint8Array;
}

const VARINT = 0;
const I64 = 1;
const LEN = 2;
const I32 = 5;

function readVarint(bytes: Uint8Array, at: number): { value: bigint; end: number } | undefined {
  let value = 0n;
  for (let i = 0; i < 10 && at + i < bytes.length; i++) {
    value |= BigInt(bytes[at + i] & 0x7f) << BigInt(7 * i);
    if (bytes[at + i] < 0x80) return { value: BigInt.asUintN(64, value), end: at + i + 1 };
  }
  return undefined;
}

export function varint(value: bigint): Uint8Array {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80);
  out.push(Number(rest));
  return Uint8Array.from(out);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** The records of a message; undefined for what is none. */
export function parse(bytes: Uint8Array): WireRecord[] | undefined {
  const records: WireRecord[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at);
    if (tag === undefined || tag.value > 0xffffffffn || tag.value < 8n) return undefined;
    const field = Number(tag.value >> 3n);
    const wire = Number(tag.value & 7n);
    let start = tag.end;
    let end: number | undefined;
    if (wire === VARINT) end = readVarint(bytes, start)?.end;
    else if (wire === I64) end = start + 8;
    else if (wire === I32) end = start + 4;
    else if (wire === LEN) {
      const length = readVarint(bytes, start);
      if (length === undefined || length.value > BigInt(bytes.length)) return undefined;
      start = length.end;
      end = start + Number(length.value);
    }
    if (end === undefined || end > bytes.length) return undefined;
    records.push({ field, wire, value: bytes.subarray(start, end) });
    at = end;
  }
  return records;
}

export function write(records: readonly WireRecord[]): Uint8Array {
  return concat(
    records.flatMap(({ field, wire, value }) => {
      const tag = varint((BigInt(field) << 3n) | BigInt(wire));
      return wire === LEN ? [tag, varint(BigInt(value.length)), value] : [tag, value];
    }),
  );
}

const EDGES = [
  ...[0n, 1n, 2n, 3n, 5n, 7n, 8n, 127n, 128n, 255n, 256n, 65_535n, 65_536n, 1_000_000n, 0x7fffffffn, 0x80000000n],
  ...[0xffffffffn, 1n << 32n, (1n << 53n) - 1n, 1n << 53n, (1n << 63n) - 1n, 1n << 63n, (1n << 64n) - 1n],
  ...[(1n << 64n) - 2n, BigInt.asUintN(64, -(1n << 31n)), 1n << 35n],
];

/** Another number: near, small or at an edge. */
export function otherNumber(value: bigint, random: Random): bigint {
  switch (random.below(6)) {
    case 0:
      return value + 1n;
    case 1:
      return value - 1n;
    case 2:
      return BigInt(random.below(16));
    case 3:
      return value ^ (1n << BigInt(random.below(64)));
    case 4:
      return BigInt(random.below(1 << 20));
    default:
      return random.pick(EDGES);
  }
}

/** Numbers packed in a field; undefined for bytes that are none. */
function unpack(bytes: Uint8Array): bigint[] | undefined {
  const values: bigint[] = [];
  for (let at = 0; at < bytes.length; ) {
    const one = readVarint(bytes, at);
    if (one === undefined) return undefined;
    values.push(one.value);
    at = one.end;
  }
  return values;
}

function mutateList<T>(list: readonly T[], random: Random, other: (item: T) => T): T[] {
  const out = [...list];
  const at = random.below(Math.max(1, out.length));
  switch (random.below(6)) {
    case 0:
      out.splice(at, 1);
      break;
    case 1:
      if (out.length > 0) out.splice(random.below(out.length + 1), 0, out[at] as T);
      break;
    case 2:
      if (out.length > 1) {
        const to = random.below(out.length);
        [out[at], out[to]] = [out[to] as T, out[at] as T];
      }
      break;
    case 3:
      if (random.below(8) === 0) out.splice(at);
      else if (out.length < 1000) out.push(...out.slice(at, at + 1 + random.below(20)));
      break;
    default:
      if (out.length > 0) out[at] = other(out[at] as T);
  }
  return out;
}

const newRecord = (random: Random): WireRecord => {
  const field = random.below(8) === 0 ? random.pick([16, 100, 2047, 535_707_117, 536_870_911]) : 1 + random.below(16);
  const wire = random.pick([VARINT, VARINT, LEN, LEN, I64, I32, 3, 4]);
  const sizes: Record<number, number> = { [I64]: 8, [I32]: 4, 3: 0, 4: 0 };
  const value =
    wire === VARINT
      ? varint(otherNumber(0n, random))
      : Uint8Array.from({ length: sizes[wire] ?? random.below(6) }, () => random.below(256));
  return { field, wire, value };
};

function otherRecord(record: WireRecord, random: Random, donor: Uint8Array): WireRecord {
  const { field, wire, value } = record;
  switch (random.below(12)) {
    case 0:
      return { ...record, field: Math.max(1, field + random.pick([-1, 1, 2, -2])) };
    case 1:
      return { field, wire: random.pick([VARINT, I64, LEN, I32, 3, 4, 6, 7]), value };
    case 2:
      return newRecord(random);
    case 3: {
      const given = parse(donor);
      return given === undefined || given.length === 0 ? record : random.pick(given);
    }
    case 4:
      // Nested in itself.
      return { field, wire: LEN, value: write([record]) };
    default:
  }
  if (wire === VARINT) return { ...record, value: varint(otherNumber(readVarint(value, 0)?.value ?? 0n, random)) };
  if (wire !== LEN) return { ...record, value: Uint8Array.from(value, () => random.below(256)) };
  const numbers = unpack(value);
  if (numbers !== undefined && random.chance())
    return { ...record, value: concat(mutateList(numbers, random, (n) => otherNumber(n, random)).map(varint)) };
  return {
    ...record,
    value: random.chance() ? value.subarray(0, random.below(value.length + 1)) : shuffled(value, random),
  };
}

const shuffled = (value: Uint8Array, random: Random): Uint8Array =>
  Uint8Array.from(value, (byte) => (random.below(16) === 0 ? random.below(256) : byte));

/** Changes one record of the message, or of a message within. Undefined for bytes that are no message. */
export function mutateWire(bytes: Uint8Array, random: Random, donor: Uint8Array, depth = 0): Uint8Array | undefined {
  const records = parse(bytes);
  if (records === undefined || records.length === 0) return undefined;
  const nested = records.filter(({ wire, value }) => wire === LEN && value.length > 1);
  if (nested.length > 0 && depth < 8 && random.below(4) !== 0) {
    // Each field the same chance, however many records it has.
    const field = random.pick([...new Set(nested.map((record) => record.field))]);
    const chosen = random.pick(nested.filter((record) => record.field === field));
    const given = random.chance() ? donor : (parse(donor)?.find((record) => record.field === field)?.value ?? donor);
    const value = mutateWire(chosen.value, random, given, depth + 1);
    if (value !== undefined) return write(records.map((record) => (record === chosen ? { ...record, value } : record)));
  }
  return write(mutateList(records, random, (record) => otherRecord(record, random, donor)));
}
