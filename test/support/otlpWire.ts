// Writes OTLP in layouts other than protobufjs's: each hop has its own encoder.

import protobuf from 'protobufjs';
import type { ProfilesData } from './messages.ts';
import { LONG_TYPES, otlpType } from './oracle.ts';
import { type WireField, writeWire } from './pprofWire.ts';
import type { Random } from './random.ts';

export interface OtlpLayout {
  /** In which order the fields of one message go; the argument is ascending. */
  order: (fields: protobuf.Field[]) => protobuf.Field[];
  /** Scalars that are written though zero, also empty bytes. */
  zero: (field: protobuf.Field) => boolean;
  packed: () => boolean;
  lengthWidth: number;
}

/** The Collector's pdata: descending, empty ids written out. */
export const DESCENDING: OtlpLayout = {
  order: (fields) => fields.reverse(),
  zero: (field) => ['profile_id', 'trace_id', 'span_id'].includes(field.name),
  packed: () => true,
  lengthWidth: 1,
};

/** Anything goes, as in writers made by hand such as async-profiler's. */
export function unruly(random: Random): OtlpLayout {
  return {
    order: (fields) => random.shuffle(fields),
    zero: () => random.chance(),
    packed: () => random.chance(),
    lengthWidth: 1 + random.below(5),
  };
}

function scalar(field: protobuf.Field, value: unknown): WireField | { empty: boolean; wire: WireField } {
  const number = field.id;
  if (field.type === 'string' || field.type === 'bytes') {
    const body = typeof value === 'string' ? new TextEncoder().encode(value) : (value as Uint8Array);
    return { empty: body.length === 0, wire: { field: number, wire: 'len', body } };
  }
  if (field.type === 'double') {
    const bits = new DataView(new ArrayBuffer(8));
    bits.setFloat64(0, value as number);
    return { empty: Object.is(value, 0), wire: { field: number, wire: 'fixed64', value: bits.getBigUint64(0) } };
  }
  const integer = LONG_TYPES.has(field.type) ? (value as bigint) : BigInt(Number(value));
  return {
    empty: integer === 0n,
    wire: { field: number, wire: field.type === 'fixed64' ? 'fixed64' : 'varint', value: integer },
  };
}

function messageFields(type: protobuf.Type, plain: Record<string, unknown>, layout: OtlpLayout): WireField[] {
  const { lengthWidth } = layout;
  const out: WireField[] = [];
  const fields = [...type.fieldsArray].sort((a, b) => a.id - b.id);
  for (const field of layout.order(fields)) {
    const value = plain[field.name];
    if (value === undefined) continue;
    const { resolvedType } = field;
    const values = (field.repeated ? value : [value]) as unknown[];
    if (resolvedType instanceof protobuf.Type) {
      for (const item of values)
        out.push({
          field: field.id,
          wire: 'len',
          body: messageFields(resolvedType, item as Record<string, unknown>, layout),
          lengthWidth,
        });
      continue;
    }
    const written = values.map((item) => scalar(field, item) as { empty: boolean; wire: WireField });
    if (field.repeated && LONG_TYPES.has(field.type) === false && field.type !== 'int32')
      out.push(...written.map(({ wire }) => wire));
    else if (field.repeated)
      out.push(
        ...repeatedNumbers(
          field,
          written.map(({ wire }) => wire),
          layout,
        ),
      );
    else
      for (const { empty, wire } of written) if (!empty || field.partOf !== null || layout.zero(field)) out.push(wire);
  }
  return out;
}

function repeatedNumbers(field: protobuf.Field, items: WireField[], layout: OtlpLayout): WireField[] {
  if (items.length === 0 || !layout.packed()) return items;
  if (field.type === 'fixed64') {
    const body = new Uint8Array(8 * items.length);
    for (const [i, item] of items.entries()) body.set(writeWire([item]).subarray(-8), 8 * i);
    return [{ field: field.id, wire: 'len', body, lengthWidth: layout.lengthWidth }];
  }
  return [
    {
      field: field.id,
      wire: 'packed',
      values: items.map((item) => (item as { value: bigint }).value),
      lengthWidth: layout.lengthWidth,
    },
  ];
}

export function writeOtlp(data: ProfilesData, layout: OtlpLayout): Uint8Array {
  return writeWire(messageFields(otlpType, data as unknown as Record<string, unknown>, layout));
}
