import { atPath, PprofOtlpError } from '../errors.ts';
import type { Int32Column, Int64Column } from '../wire/columns.ts';
import { FIXED64, LEN, Reader, VARINT } from '../wire/reader.ts';
import type { Rows } from '../wire/rows.ts';
import { isUtf8 } from '../wire/text.ts';
import type { Payload } from './payload.ts';
import type { FieldShape } from './schema.ts';
import type { LongLists, SpanLists, Spans, Table } from './table.ts';

/** Deeper nesting than any producer has: attribute values in attribute values. */
const MAX_DEPTH = 200;

/**
 * Reads the bytes of a payload into its tables, by the schema alone.
 *
 * What protobuf allows and the format does not, such as an unknown field, is noted as an oddity.
 * Throws PprofOtlpError `bad-input` for broken wire, with offset and message path.
 */
export function read<P extends Payload>(payload: P): P {
  const reader = new SchemaReader(payload);
  try {
    reader.root();
  } catch (error) {
    throw atPath(error, payload.path(reader.at) || 'profile');
  }
  return payload;
}

class SchemaReader {
  /** The message that is being read. */
  at = { table: '', row: 0 };
  private readonly r: Reader;

  constructor(private readonly payload: Payload) {
    this.r = new Reader(payload.bytes);
  }

  root(): void {
    const table = this.payload.table(this.payload.format.root);
    this.message(table, table.open(-1, -1, 0, 0, this.r.end), this.r.end, 0);
  }

  private message(table: Table, row: number, end: number, depth: number): void {
    const { r } = this;
    const { fields } = table;
    const outer = r.end;
    const above = this.at;
    const here = { table: table.name, row };
    // How many messages each repeated field has had so far.
    let counts: number[] | undefined;
    let oneof = false;
    let seen = 0;
    this.at = here;
    r.end = end;
    while (r.pos < end) {
      const at = r.pos;
      const tag = r.tag();
      const field = fields[tag >>> 3];
      if (field === undefined) {
        this.payload.odd('unknown', table, row, tag >>> 3, at);
        r.skip(tag);
        continue;
      }
      const bit = 1 << field.number;
      if (!field.repeated && ((seen & bit) !== 0 || (field.oneof && oneof)))
        this.payload.odd('twice', table, row, field.number, at);
      seen |= bit;
      oneof ||= field.oneof;
      if (field.kind !== 'message') this.scalar(table, row, field, tag, at);
      else {
        if ((tag & 7) !== LEN) throw this.wrong(table, tag, at);
        const child = this.payload.table(field.message as string);
        if (depth >= MAX_DEPTH) throw tooDeep(at);
        const last = r.limit();
        counts ??= [];
        const ordinal = counts[field.number] ?? 0;
        counts[field.number] = ordinal + 1;
        this.message(child, child.open(this.payload.edge(table, field), row, ordinal, r.pos, last), last, depth + 1);
        this.at = here;
      }
    }
    table.seen.array[row] = seen;
    table.close();
    this.at = above;
    r.end = outer;
  }

  private scalar(table: Table, row: number, field: FieldShape, tag: number, at: number): void {
    const { r } = this;
    const column = table.columns[field.number];
    switch (field.kind) {
      case 'string':
      case 'bytes': {
        if ((tag & 7) !== LEN) throw this.wrong(table, tag, at);
        const end = r.limit();
        if (field.kind === 'string' && !isUtf8(r.buf, r.pos, end))
          this.payload.odd('utf8', table, row, field.number, at, (column as SpanLists).values?.length);
        if (field.repeated) (column as SpanLists).values.push(r.pos, end);
        else {
          (column as Spans).start.array[row] = r.pos;
          (column as Spans).end.array[row] = end;
        }
        r.pos = end;
        return;
      }
      case 'int64':
      case 'uint64':
        if (!field.repeated) {
          if ((tag & 7) !== VARINT) throw this.wrong(table, tag, at);
          r.varint();
          (column as Int64Column).set(row, r.lo, r.hi);
        } else if ((tag & 7) === LEN) r.packed(r.limit(), (column as LongLists).values);
        else {
          if ((tag & 7) !== VARINT) throw this.wrong(table, tag, at);
          r.varint();
          (column as LongLists).values.push(r.lo, r.hi);
        }
        return;
      case 'fixed64':
      case 'double':
        if (field.repeated && (tag & 7) === LEN) {
          const end = r.limit();
          if ((end - r.pos) % 8 !== 0) throw r.fail(`${field.name} is no whole number of fixed64`, at);
          while (r.pos < end) {
            r.fixed64();
            (column as LongLists).values.push(r.lo, r.hi);
          }
          return;
        }
        if ((tag & 7) !== FIXED64) throw this.wrong(table, tag, at);
        r.fixed64();
        if (field.repeated) (column as LongLists).values.push(r.lo, r.hi);
        else (column as Int64Column).set(row, r.lo, r.hi);
        return;
      default:
        this.int(table, row, field, tag, at);
    }
  }

  /** int32, uint32 or bool. */
  private int(table: Table, row: number, field: FieldShape, tag: number, at: number): void {
    const { r } = this;
    const column = table.columns[field.number];
    if (field.repeated && (tag & 7) === LEN) {
      const end = r.limit();
      const outer = r.end;
      const { values } = column as Rows;
      r.end = end;
      while (r.pos < end) {
        const byte = r.buf[r.pos];
        if (byte < 0x80) {
          r.pos++;
          values.push(byte);
        } else values.push(this.varint32(table, row, field, r.pos, values.length));
      }
      r.end = outer;
      return;
    }
    if ((tag & 7) !== VARINT) throw this.wrong(table, tag, at);
    if (field.repeated) {
      const { values } = column as Rows;
      values.push(this.varint32(table, row, field, at, values.length));
    } else (column as Int32Column).array[row] = this.varint32(table, row, field, at);
  }

  /** A varint of 32 bits: a reader keeps the lower half of a larger one. */
  private varint32(table: Table, row: number, field: FieldShape, at: number, value?: number): number {
    const { r } = this;
    r.varint();
    if (field.kind === 'bool') return r.lo !== 0 || r.hi !== 0 ? 1 : 0;
    const fits = field.kind === 'uint32' ? r.hi === 0 : r.hi === r.lo >> 31;
    if (!fits) this.payload.odd('overflow', table, row, field.number, at, value);
    return r.lo;
  }

  private wrong(table: Table, tag: number, at: number): PprofOtlpError {
    return this.r.fail(
      `field ${tag >>> 3} of ${table.name} has wire type ${tag & 7}, which ${this.payload.format.proto} does not give it`,
      at,
    );
  }
}

const tooDeep = (offset: number) =>
  new PprofOtlpError('limit', `messages are nested more than ${MAX_DEPTH} deep`, { stage: 'decode', offset });
