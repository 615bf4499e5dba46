import { Int32Column } from '../wire/columns.ts';
import { LEN, Reader, VARINT } from '../wire/reader.ts';
import { decodeText } from '../wire/text.ts';
import type { DumpSchema } from './dumpSchema.ts';
import { hex } from './hex.ts';

const LONGEST = 120;
/** Frames of a stack that are named. */
const NAMED_FRAMES = 3;

interface Entries {
  start: Int32Column;
  end: Int32Column;
  ids: Map<bigint, number>;
  /** What was said of an entry already: many samples have one stack, and it may be deep. */
  described: Map<bigint, string>;
}

/**
 * Says what an index or id leads to, from the bytes alone: where each table entry is, is found in one walk; an entry is
 * read when it is asked for. Works on input that no decoder takes, as far as it goes.
 */
export class References {
  private readonly tables = new Map<string, Entries>();

  constructor(
    private readonly bytes: Uint8Array,
    private readonly schema: DumpSchema,
  ) {
    for (const table of Object.keys(schema.tables))
      this.tables.set(table, {
        start: new Int32Column(),
        end: new Int32Column(),
        ids: new Map(),
        described: new Map(),
      });
    this.find(new Reader(bytes), []);
  }

  /** In the words of the format; empty where there is nothing to say. */
  describe(table: string, index: bigint): string {
    if (index === 0n) return '';
    const known = this.tables.get(table)?.described.get(index);
    if (known !== undefined) return known;
    const entry = this.entry(table, index);
    if (entry === undefined) return `no such ${table}`;
    const whole = this.textOf(table, entry);
    const text = whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole;
    this.tables.get(table)?.described.set(index, text);
    return text;
  }

  private find(r: Reader, path: readonly number[]): void {
    try {
      while (r.pos < r.end) {
        const tag = r.tag();
        if ((tag & 7) !== LEN) {
          r.skip(tag);
          continue;
        }
        const end = r.limit();
        const here = [...path, tag >>> 3];
        for (const [table, where] of Object.entries(this.schema.tables)) {
          if (where.length < here.length || where[path.length] !== here[path.length]) continue;
          if (where.length === here.length) this.add(table, r.pos, end);
          else {
            this.find(new Reader(r.buf, r.pos, end), here);
            break;
          }
        }
        r.pos = end;
      }
    } catch {
      // The dump comes to the same place and says what is wrong there.
    }
  }

  private add(table: string, start: number, end: number): void {
    const { start: starts, end: ends, ids } = this.tables.get(table) as Entries;
    starts.push(start);
    ends.push(end);
    if (!this.schema.byId || table === 'string') return;
    const [id] = fieldsOf(this.bytes, start, end)[1] ?? [];
    if (typeof id === 'bigint' && !ids.has(id)) ids.set(id, starts.length - 1);
  }

  private entry(table: string, index: bigint): Fields | Uint8Array | undefined {
    const entries = this.tables.get(table);
    if (entries === undefined) return undefined;
    const row = this.schema.byId && table !== 'string' ? entries.ids.get(index) : Number(index);
    if (row === undefined || row >= entries.start.length) return undefined;
    const start = entries.start.array[row];
    const end = entries.end.array[row];
    return table === 'string' ? this.bytes.subarray(start, end) : fieldsOf(this.bytes, start, end);
  }

  private textOf(table: string, entry: Fields | Uint8Array): string {
    if (entry instanceof Uint8Array) return JSON.stringify(decodeText(entry));
    const isPprof = this.schema.byId;
    switch (table) {
      case 'function':
        return this.string(entry[isPprof ? 2 : 1]) || 'no name';
      case 'mapping':
        return this.string(entry[isPprof ? 5 : 4]) || 'no file name';
      case 'location':
        return this.location(entry, isPprof ? 4 : 3, isPprof ? 2 : 1);
      case 'link':
        return `trace ${hexOf(entry[1])} span ${hexOf(entry[2])}`;
      case 'attribute':
        return `${this.string(entry[1])} = ${this.value(entry[2])}${unitText(this.string(entry[3]))}`;
      default:
        return this.stack(entry);
    }
  }

  /** `name file:line`, inlined frames first; the address where there is no line. */
  private location(entry: Fields, lines: number, mapping: number): string {
    const frames = (entry[lines] ?? []).map((line) => {
      const fields = line instanceof Uint8Array ? fieldsOf(line, 0, line.length) : [];
      const fn = this.entry('function', numberOf(fields[1]));
      if (fn === undefined || fn instanceof Uint8Array) return 'no function';
      const shift = this.schema.byId ? 1 : 0;
      const name = this.string(fn[1 + shift]) || 'no name';
      const file = this.string(fn[3 + shift]);
      const at = BigInt.asIntN(64, numberOf(fields[2]));
      return `${name}${file === '' ? '' : ` ${file}`}${at === 0n ? '' : `:${at}`}`;
    });
    if (frames.length > 0) return frames.join(' inlined in ');
    const where = this.describe('mapping', numberOf(entry[mapping]));
    return `0x${numberOf(entry[this.schema.byId ? 3 : 2]).toString(16)}${where === '' ? '' : ` in ${where}`}`;
  }

  private stack(entry: Fields): string {
    const indexes = (entry[1] ?? []).flatMap((value) => (typeof value === 'bigint' ? [value] : varints(value)));
    const named = indexes.slice(0, NAMED_FRAMES).map((index) => this.describe('location', index) || 'no location');
    const more = indexes.length - named.length;
    return named.join(' < ') + (more > 0 ? ` < ${more} more` : '');
  }

  private value(values: Fields[number]): string {
    const value = values?.at(-1);
    if (!(value instanceof Uint8Array)) return 'no value';
    const fields = fieldsOf(value, 0, value.length);
    const [text] = fields[1] ?? [];
    if (text instanceof Uint8Array) return JSON.stringify(decodeText(text));
    if (fields[8] !== undefined) return JSON.stringify(this.string(fields[8]));
    if (fields[2] !== undefined) return numberOf(fields[2]) === 0n ? 'false' : 'true';
    if (fields[3] !== undefined) return `${BigInt.asIntN(64, numberOf(fields[3]))}`;
    return '…';
  }

  private string(values: Fields[number]): string {
    const bytes = this.entry('string', numberOf(values));
    return bytes instanceof Uint8Array ? decodeText(bytes) : '';
  }
}

/** The values of each field: numbers, and the bytes of what is length-delimited. */
type Fields = ((bigint | Uint8Array)[] | undefined)[];

/** The first fields of a small message; what comes behind a damaged place is not there. */
function fieldsOf(bytes: Uint8Array, start: number, end: number): Fields {
  const fields: Fields = [];
  const r = new Reader(bytes, start, end);
  try {
    while (r.pos < r.end) {
      const tag = r.tag();
      if (tag >>> 3 > 15) {
        r.skip(tag);
        continue;
      }
      fields[tag >>> 3] ??= [];
      if ((tag & 7) === VARINT) {
        r.varint();
        fields[tag >>> 3]?.push((BigInt(r.hi >>> 0) << 32n) | BigInt(r.lo >>> 0));
      } else if ((tag & 7) === LEN) {
        const limit = r.limit();
        fields[tag >>> 3]?.push(bytes.subarray(r.pos, limit));
        r.pos = limit;
      } else r.skip(tag);
    }
  } catch {
    // As in `find`.
  }
  return fields;
}

function varints(bytes: Uint8Array): bigint[] {
  const values: bigint[] = [];
  const r = new Reader(bytes);
  try {
    while (r.pos < r.end && values.length < 10_000) {
      r.varint();
      values.push((BigInt(r.hi >>> 0) << 32n) | BigInt(r.lo >>> 0));
    }
  } catch {
    // As in `find`.
  }
  return values;
}

function numberOf(values: Fields[number]): bigint {
  const value = values?.at(-1);
  return typeof value === 'bigint' ? value : 0n;
}

function hexOf(values: Fields[number]): string {
  const value = values?.at(-1);
  return value instanceof Uint8Array && value.length > 0 ? hex(value) : 'none';
}

const unitText = (unit: string): string => (unit === '' ? '' : ` ${unit}`);
