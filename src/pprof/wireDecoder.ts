import type { Int64Column } from '../wire/columns.ts';
import { type Reader, varintSize } from '../wire/reader.ts';
import type { Observed } from './layout.ts';
import { LAST_FIELD, type MessageName } from './schema.ts';

/** Stands in an index column for a number that no table can have as index; `resolve` refuses it. */
const NO_INDEX = -1;

/** What all messages of a pprof are read with; notes what is seen of their layout. */
export class WireDecoder {
  constructor(protected readonly r: Reader) {}

  /** Reads a message's length, then its fields up to that end. */
  protected message(observed: Observed, field: number, fields: () => void): void {
    const { r } = this;
    const end = this.length(observed, field);
    const outer = r.end;
    r.end = end;
    fields.call(this);
    r.end = outer;
  }

  protected length(observed: Observed, field: number): number {
    const { r } = this;
    const at = r.pos;
    const end = r.limit();
    const width = r.pos - at;
    if (width > 1 && width > varintSize(end - r.pos)) {
      observed.padded[field]++;
      observed.paddedWidth[field] = width;
    } else observed.minimal[field]++;
    return end;
  }

  protected unknown(message: MessageName, tag: number, at: number): void {
    const { r } = this;
    if (tag >>> 3 <= LAST_FIELD[message]) {
      throw r.fail(
        `field ${tag >>> 3} of ${message} has wire type ${tag & 7}, which profile.proto does not give it`,
        at,
      );
    }
    r.skip(tag);
  }

  /** An index into string_table. */
  protected index(): number {
    const { r } = this;
    r.varint();
    return r.hi === 0 && r.lo >= 0 ? r.lo : NO_INDEX;
  }

  protected int64(): bigint {
    const { r } = this;
    r.varint();
    return BigInt.asIntN(64, (BigInt(r.hi >>> 0) << 32n) | BigInt(r.lo >>> 0));
  }

  protected int64Into(column: Int64Column, row: number, observed: Observed, field: number): void {
    const { r } = this;
    r.varint();
    if (r.lo === 0 && r.hi === 0) observed.zeros[field]++;
    column.set(row, r.lo, r.hi);
  }

  protected bool(observed: Observed, field: number): boolean {
    const { r } = this;
    r.varint();
    const value = r.lo !== 0 || r.hi !== 0;
    if (!value) observed.zeros[field]++;
    return value;
  }
}

/** Notes which fields came before this one in its message; returns the fields seen so far. */
export function see(observed: Observed, tag: number, seen: number): number {
  const field = tag >>> 3;
  if (field > 15) return seen;
  observed.before[field] |= seen;
  return seen | (1 << field);
}
