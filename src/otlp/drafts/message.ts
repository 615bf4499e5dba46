/** Payloads as plain objects, read and written by the schema tables: drafts are rare, so clarity counts more than speed. */

import { PprofOtlpError } from '../../errors.ts';
import { high, low } from '../../wire/columns.ts';
import { FIXED64, LEN, Reader } from '../../wire/reader.ts';
import { decodeText, isUtf8 } from '../../wire/text.ts';
import { Writer } from '../../wire/writer.ts';
import { type Field, isPackable, type MessageName, SCHEMA, wireTypeOf } from '../schema.ts';
import type { DraftField, DraftSchema } from './schemas.ts';

/** Where a message stands in the payload. */
export class Place {
  constructor(
    readonly offset: number,
    private readonly parent?: Place,
    private readonly name = '',
    /** In a list. */
    private readonly index?: number,
  ) {}

  /** The message path, in the words of the draft's .proto file. */
  path(field = ''): string {
    const own = this.index === undefined ? this.name : `${this.name}[${this.index}]`;
    return [this.parent?.path(), own, field].filter(Boolean).join('.');
  }

  /** An error `bad-input` about a field of this message, or about the message itself. */
  error(message: string, field = ''): PprofOtlpError {
    const { offset } = this;
    return new PprofOtlpError('bad-input', message, {
      stage: 'decode',
      offset,
      path: this.path(field) || 'profiles_data',
    });
  }
}

/**
 * A message by the names that its fields have now. Absent fields are absent. Indexes and 32-bit numbers are numbers,
 * other integers bigints, doubles the bigint of their bits.
 */
export interface Message {
  place: Place;
  [field: string]: unknown;
}

/** Deeper nesting than any producer has: attribute values are messages in messages. */
const MAX_DEPTH = 100;

/**
 * Reads uncompressed ProfilesData of any layout.
 * Throws PprofOtlpError `bad-input` with offset and message path for broken wire, wrong wire types and strings that
 * are not UTF-8. `unknown` collects the fields that the layout lacks, which are left out.
 */
export function read(payload: Uint8Array, schema: DraftSchema, unknown: Set<string>): Message {
  return new MessageReader(payload, schema, unknown).message('ProfilesData', { place: new Place(0) }, 0);
}

class MessageReader extends Reader {
  constructor(
    payload: Uint8Array,
    private readonly schema: DraftSchema,
    private readonly unknown: Set<string>,
  ) {
    super(payload);
  }

  /** Reads up to `end`; what stands in `into` already is merged with, as protobuf has it. */
  message(name: string, into: Message, depth: number): Message {
    const { place } = into;
    if (depth > MAX_DEPTH) {
      const where = { stage: 'decode', offset: this.pos, path: place.path() } as const;
      throw new PprofOtlpError('limit', `messages are nested more than ${MAX_DEPTH} deep`, where);
    }
    const fields = this.schema[name];
    while (this.pos < this.end) {
      const at = this.pos;
      try {
        const tag = this.tag();
        const field = fields[tag >>> 3];
        if (field === undefined) {
          this.unknown.add(`${name}.${tag >>> 3}`);
          this.skip(tag);
        } else this.field(name, field, tag, into, depth);
      } catch (error) {
        if (!(error instanceof PprofOtlpError) || error.path !== undefined) throw error;
        const { code, message, offset = at } = error;
        throw new PprofOtlpError(code, message, { stage: 'decode', offset, path: place.path() || 'profiles_data' });
      }
    }
    return into;
  }

  private field(name: string, field: DraftField, tag: number, into: Message, depth: number): void {
    const { number, now, repeated, kind } = field;
    const wire = tag & 7;
    const isPacked = wire === LEN && isPackable(field);
    if (wire !== wireTypeOf(field) && !isPacked) {
      throw this.fail(`field ${number} of ${name} has wire type ${wire}, which this layout does not give it`);
    }
    // Of a oneof the last member counts. An optional field is the only member of its own.
    if (field.oneof) {
      for (const other of this.schema[name]) if (other?.oneof && other !== field) delete into[other.now];
    }
    if (repeated) into[now] ??= [];
    const list = repeated ? (into[now] as unknown[]) : undefined;
    if (isPacked) {
      const end = this.limit();
      this.within(end, () => {
        while (this.pos < end) (list as unknown[]).push(this.scalar(field));
      });
    } else if (kind === 'message') {
      const place = new Place(this.pos, into.place, field.name, list?.length);
      const message = (list === undefined ? (into[now] as Message | undefined) : undefined) ?? { place };
      list?.push(message);
      into[now] = list ?? message;
      this.within(this.limit(), () => this.message(field.message as string, message, depth + 1));
    } else if (list !== undefined) list.push(this.scalar(field));
    else into[now] = this.scalar(field);
  }

  private within(end: number, readContent: () => void): void {
    const outer = this.end;
    this.end = end;
    readContent();
    this.end = outer;
  }

  private scalar({ kind, table }: DraftField): unknown {
    if (kind === 'string' || kind === 'bytes') {
      const at = this.pos;
      const end = this.limit();
      const bytes = this.buf.subarray(this.pos, end);
      this.pos = end;
      if (kind === 'bytes') return bytes;
      if (!isUtf8(bytes)) throw this.fail('a string is not UTF-8', at);
      return decodeText(bytes);
    }
    const at = this.pos;
    if (kind === 'double' || kind === 'fixed64') this.fixed64();
    else this.varint();
    const { lo, hi } = this;
    if (table !== undefined) {
      if (hi !== 0 || lo < 0) throw this.fail('a table index is negative or too large', at);
      return lo;
    }
    if (kind === 'int32') return lo;
    if (kind === 'uint32') return lo >>> 0;
    if (kind === 'bool') return lo !== 0 || hi !== 0;
    const unsigned = (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
    return kind === 'int64' ? BigInt.asIntN(64, unsigned) : unsigned;
  }
}

/** More than this is no translation but an explosion: a draft whose ranges or types multiply. */
const MAX_OUTPUT = 2 ** 30;

/** A message of 1.11 in canonical form: fields ascending, numbers packed, zeros left out. Names that it lacks are ignored. */
export function encode(name: MessageName, message: object): Uint8Array {
  const w = new Writer(64);
  write(w, name, message);
  return w.finish();
}

function write(w: Writer, name: MessageName, message: object): void {
  if (w.pos > MAX_OUTPUT) {
    throw new PprofOtlpError('limit', `the payload would be more than ${MAX_OUTPUT} bytes in the layout of today`, {
      stage: 'map',
    });
  }
  for (const field of SCHEMA[name]) {
    const value = field && (message as Record<string, unknown>)[field.name];
    if (field === undefined || value === undefined) continue;
    if (!field.repeated) {
      if (field.oneof || !isZero(value)) writeOne(w, field, value);
    } else if (!isPackable(field)) for (const one of value as unknown[]) writeOne(w, field, one);
    else if ((value as unknown[]).length > 0) {
      w.uint32((field.number << 3) | LEN);
      const start = w.open(1);
      for (const one of value as unknown[]) writeScalar(w, field, one);
      w.close(start, 1);
    }
  }
}

function writeOne(w: Writer, field: Field, value: unknown): void {
  w.uint32((field.number << 3) | wireTypeOf(field));
  if (field.message !== undefined) {
    const start = w.open(1);
    write(w, field.message, value as object);
    w.close(start, 1);
  } else writeScalar(w, field, value);
}

const text = new TextEncoder();

function writeScalar(w: Writer, field: Field, value: unknown): void {
  const wire = wireTypeOf(field);
  if (wire === LEN) {
    const bytes = typeof value === 'string' ? text.encode(value) : (value as Uint8Array);
    w.uint32(bytes.length);
    w.bytes(bytes);
    return;
  }
  if (typeof value === 'bigint') {
    if (wire === FIXED64) w.fixed64(low(value), high(value));
    else w.varint(low(value), high(value));
  } else w.uint32(Number(value));
}

const isZero = (value: unknown): boolean =>
  value === 0 || value === 0n || value === false || value === '' || (value instanceof Uint8Array && value.length === 0);
