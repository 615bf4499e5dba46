import { equalViews, viewOf } from './bytes.ts';
import { Int32Column } from './columns.ts';
import { finishHash, SEED, Slots } from './slots.ts';
import { decodeText, isUtf8, utf8 } from './text.ts';

const EMPTY = new Uint8Array(0);

/** A table of strings as slices of the buffers they came in: no copy, no JavaScript string until `text` is asked for. */
export class StringTable {
  private readonly buffers: Uint8Array[] = [EMPTY];
  /** Of the buffers whose strings were compared. */
  private readonly views: (DataView | undefined)[] = [];
  private readonly source = new Int32Column();
  readonly start = new Int32Column();
  readonly end = new Int32Column();

  get length(): number {
    return this.start.length;
  }

  add(buffer: Uint8Array, start = 0, end = buffer.length): number {
    let source = this.buffers.length - 1;
    if (this.buffers[source] !== buffer) {
      source = this.buffers.length;
      this.buffers.push(buffer);
    }
    this.source.push(source);
    this.start.push(start);
    this.end.push(end);
    return this.start.length - 1;
  }

  buffer(index: number): Uint8Array {
    return this.buffers[this.source.array[index]];
  }

  bytes(index: number): Uint8Array {
    return this.buffer(index).subarray(this.start.array[index], this.end.array[index]);
  }

  size(index: number): number {
    return this.end.array[index] - this.start.array[index];
  }

  text(index: number): string {
    return decodeText(this.bytes(index));
  }

  isUtf8(index: number): boolean {
    return isUtf8(this.buffer(index), this.start.array[index], this.end.array[index]);
  }

  /** Whether string `index` is these bytes. */
  equals(index: number, bytes: DataView, start: number, end: number): boolean {
    const at = this.start.array[index];
    return this.end.array[index] - at === end - start && equalViews(bytes, start, end, this.view(index), at);
  }

  private view(index: number): DataView {
    const source = this.source.array[index];
    const known = this.views[source];
    if (known !== undefined) return known;
    const view = viewOf(this.buffers[source]);
    this.views[source] = view;
    return view;
  }

  /** Appends string `index` of another table. */
  addFrom(table: StringTable, index: number): number {
    return this.add(table.buffer(index), table.start.array[index], table.end.array[index]);
  }

  /** A table that grows apart from this one. */
  copy(): StringTable {
    const copy = new StringTable();
    for (let i = 0; i < this.length; i++) copy.addFrom(this, i);
    return copy;
  }
}

/** A table that strings can be added to, each found again by its bytes. */
export interface Strings {
  readonly table: StringTable;
  intern(buffer: Uint8Array, start?: number, end?: number): number;
  /** Interns string `index` of another table. */
  internFrom(table: StringTable, index: number): number;
  internText(text: string): number;
}

/** Gives equal strings one index in a table of its own, in order of first arrival. */
export class StringInterner implements Strings {
  readonly table = new StringTable();
  private readonly slots = new Slots();
  /** Most strings come from the same buffer as the one before. */
  private buffer: Uint8Array = EMPTY;
  private view = viewOf(EMPTY);

  /** `expected`: how many strings there will be, as far as that is known. */
  constructor(expected = 0) {
    this.slots.reserve(expected);
  }

  intern(buffer: Uint8Array, start = 0, end = buffer.length): number {
    if (buffer !== this.buffer) {
      this.buffer = buffer;
      this.view = viewOf(buffer);
    }
    const { view } = this;
    const hash = hashBytes(view, start, end);
    const { slots, mask, hashes } = this.slots;
    let slot = hash & mask;
    for (; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const index = slots[slot] - 1;
      if (hashes.array[index] === hash && this.table.equals(index, view, start, end)) return index;
    }
    const index = this.table.add(buffer, start, end);
    this.slots.fill(slot, hash);
    return index;
  }

  internFrom(table: StringTable, index: number): number {
    return this.intern(table.buffer(index), table.start.array[index], table.end.array[index]);
  }

  internText(text: string): number {
    return this.intern(utf8(text));
  }
}

/** Four bytes at a time. */
function hashBytes(bytes: DataView, start: number, end: number): number {
  let hash = SEED ^ (end - start);
  let i = start;
  for (const whole = end - 3; i < whole; i += 4) {
    hash = Math.imul(hash ^ bytes.getInt32(i), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; i < end; i++) hash = Math.imul(hash ^ bytes.getUint8(i), 0x01000193);
  return finishHash(hash);
}

/** Adds strings behind a table that stays as it is, the same string twice included; finds the first of equal ones. */
export class StringAppender implements Strings {
  readonly table: StringTable;
  private readonly distinct = new StringInterner();
  /** The table index of each distinct string. */
  private readonly places = new Int32Column();

  constructor(listed: StringTable) {
    this.table = listed.copy();
    for (let i = 0; i < listed.length; i++)
      if (this.distinct.internFrom(listed, i) === this.places.length) this.places.push(i);
  }

  intern(buffer: Uint8Array, start = 0, end = buffer.length): number {
    const index = this.distinct.intern(buffer, start, end);
    if (index === this.places.length) this.places.push(this.table.add(buffer, start, end));
    return this.places.array[index];
  }

  internFrom(table: StringTable, index: number): number {
    return this.intern(table.buffer(index), table.start.array[index], table.end.array[index]);
  }

  internText(text: string): number {
    return this.intern(utf8(text));
  }
}
