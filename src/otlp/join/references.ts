/**
 * The indexes of a payload in canonical wire form, by the schema table: found, checked, followed and renumbered
 * without making an object for any message.
 */

import { PprofOtlpError } from '../../errors.ts';
import { LEN, Reader, VARINT } from '../../wire/reader.ts';
import type { Writer } from '../../wire/writer.ts';
import {
  type Field,
  isPackable,
  MESSAGES,
  type MessageName,
  SCHEMA,
  TABLE,
  type Table,
  wireTypeOf,
} from '../schema.ts';

/** The dictionary tables in the order of their fields. Everything here that has an entry a table follows it. */
export const TABLES = Object.keys(TABLE) as Table[];

/** Deeper nesting of attribute values than any producer has. */
const MAX_DEPTH = 64;

/** The new number of an index of a table. */
export type Renumber = (table: number, index: number) => number;

/** A field that is an index or a message with indexes somewhere inside. */
interface Step {
  /** What is indexed, by its place in TABLES; -1 for a message. */
  table: number;
  message: Plan | undefined;
  isValue: boolean;
}

/** The steps of a message by tag. What has none is copied as it is. */
type Plan = (Step | undefined)[];

const PLANS = plans();

function plans(): Record<MessageName, Plan> {
  const plans = Object.fromEntries(MESSAGES.map((name) => [name, []])) as unknown as Record<MessageName, Plan>;
  const referring = referringMessages();
  for (const name of MESSAGES) {
    for (const field of SCHEMA[name]) {
      if (field === undefined) continue;
      const { number, table, message } = field;
      if (table === undefined && (message === undefined || !referring.has(message))) continue;
      plans[name][(number << 3) | (isPackable(field) ? LEN : wireTypeOf(field))] = {
        table: table === undefined ? -1 : TABLES.indexOf(table),
        message: message === undefined ? undefined : plans[message],
        isValue: message === 'AnyValue',
      };
    }
  }
  return plans;
}

/** The messages that have an index, be it in a message inside. */
function referringMessages(): Set<MessageName> {
  const found = new Set<MessageName>();
  for (let before = -1; before < found.size; ) {
    before = found.size;
    for (const name of MESSAGES) {
      const refers = SCHEMA[name].some((field) => field?.table ?? (field?.message && found.has(field.message)));
      if (refers) found.add(name);
    }
  }
  return found;
}

/**
 * The indexes in one payload.
 *
 * Throws PprofOtlpError with a message path: `bad-input` for an index that its table has no entry for
 * (0 says "none" and needs no entry), `limit` for attribute values nested more than 64 deep.
 */
export class References {
  private readonly r: Reader;
  private depth = 0;

  /** `sizes`: the entries of each table. `where` stands before the message path of an error. */
  constructor(
    private readonly payload: Uint8Array,
    private readonly sizes: readonly number[],
    private readonly where = '',
  ) {
    this.r = new Reader(payload);
  }

  /** Writes 1 into `reached` of a table for each index of it in a range of fields of a message. */
  mark(message: MessageName, start: number, end: number, reached: readonly Uint8Array[]): void {
    this.markFields(PLANS[message], start, end, reached);
  }

  private markFields(plan: Plan, start: number, end: number, reached: readonly Uint8Array[]): void {
    const { r } = this;
    r.pos = start;
    r.end = end;
    while (r.pos < end) {
      const tag = r.tag();
      const step = plan[tag];
      if (step === undefined) r.skip(tag);
      else if ((tag & 7) === VARINT) reached[step.table][this.index(step.table)] = 1;
      else {
        const stop = r.limit();
        if (step.message === undefined) while (r.pos < stop) reached[step.table][this.index(step.table)] = 1;
        else {
          if (step.isValue) this.enterValue();
          this.markFields(step.message, r.pos, stop, reached);
          if (step.isValue) this.depth--;
          r.end = end;
        }
      }
    }
  }

  /** Writes a range of fields of a message with each index replaced by what `renumber` makes of it. */
  copy(message: MessageName, start: number, end: number, w: Writer, renumber: Renumber): void {
    this.copyFields(PLANS[message], start, end, w, renumber);
  }

  private copyFields(plan: Plan, start: number, end: number, w: Writer, renumber: Renumber): void {
    const { r, payload } = this;
    r.pos = start;
    r.end = end;
    let from = start;
    while (r.pos < end) {
      const tag = r.tag();
      const step = plan[tag];
      if (step === undefined) {
        r.skip(tag);
        continue;
      }
      w.bytes(payload, from, r.pos);
      if ((tag & 7) === VARINT) w.uint32(renumber(step.table, this.index(step.table)));
      else {
        const at = r.pos;
        const stop = r.limit();
        // The length seldom takes another width than before.
        const width = r.pos - at;
        const content = w.open(width);
        if (step.message === undefined) while (r.pos < stop) w.uint32(renumber(step.table, this.index(step.table)));
        else {
          if (step.isValue) this.enterValue();
          this.copyFields(step.message, r.pos, stop, w, renumber);
          if (step.isValue) this.depth--;
          r.end = end;
        }
        w.close(content, width);
      }
      from = r.pos;
    }
    w.bytes(payload, from, end);
  }

  private index(table: number): number {
    const { r } = this;
    const at = r.pos;
    r.varint();
    const index = r.lo;
    if (r.hi === 0 && (index === 0 || (index > 0 && index < this.sizes[table]))) return index;
    const signed = BigInt.asIntN(64, (BigInt(r.hi) << 32n) | BigInt(r.lo >>> 0));
    const name = `${TABLES[table]}_table`;
    throw this.fail('bad-input', `names ${name}[${signed}], but the table has ${this.sizes[table]} entries`, at);
  }

  private enterValue(): void {
    if (++this.depth <= MAX_DEPTH) return;
    throw this.fail('limit', `attribute values are nested more than ${MAX_DEPTH} deep`, this.r.pos);
  }

  private fail(code: 'bad-input' | 'limit', message: string, at: number): PprofOtlpError {
    return new PprofOtlpError(code, message, { stage: 'map', path: this.where + pathTo(this.payload, at) });
  }
}

/** The message path to a byte of a payload; of an attribute value, to its outermost level. */
export function pathTo(payload: Uint8Array, at: number): string {
  const r = new Reader(payload);
  const path: string[] = [];
  let message: MessageName | undefined = 'ProfilesData';
  while (message !== undefined && message !== 'AnyValue') {
    const seen: number[] = [];
    let number = 0;
    let start = 0;
    do {
      start = r.pos;
      const tag = r.tag();
      number = tag >>> 3;
      seen[number] = (seen[number] ?? -1) + 1;
      r.skip(tag);
    } while (r.pos <= at);
    const field: Field | undefined = SCHEMA[message][number];
    if (field === undefined) break;
    r.end = r.pos;
    r.pos = start;
    if ((r.tag() & 7) === LEN) r.limit();
    let place = seen[number];
    if (isPackable(field)) for (; r.pos < at; place++) r.varint();
    path.push(field.repeated ? `${field.name}[${place}]` : field.name);
    message = field.message;
  }
  return path.join('.');
}
