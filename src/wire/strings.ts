import { Int32Column } from './columns.ts';
import { finishHash, Interner, SEED } from './interner.ts';
import { decodeText, utf8 } from './text.ts';

const EMPTY = new Uint8Array(0);

/** A table of strings as slices of the buffers they came in: no copy, no JavaScript string until `text` is asked for. */
export class StringTable {
  private readonly buffers: Uint8Array[] = [EMPTY];
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

  /** A table that grows apart from this one. */
  copy(): StringTable {
    const copy = new StringTable();
    for (let i = 0; i < this.length; i++) copy.add(this.buffer(i), this.start.array[i], this.end.array[i]);
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

/** Gives equal strings one index in a table of its own. */
export class StringInterner extends Interner implements Strings {
  readonly table = new StringTable();
  private buffer: Uint8Array = EMPTY;
  private start = 0;
  private end = 0;

  intern(buffer: Uint8Array, start = 0, end = buffer.length): number {
    this.buffer = buffer;
    this.start = start;
    this.end = end;
    let hash = SEED ^ (end - start);
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ buffer[i], 0x01000193);
    return this.lookup(finishHash(hash));
  }

  internFrom(table: StringTable, index: number): number {
    return this.intern(table.buffer(index), table.start.array[index], table.end.array[index]);
  }

  internText(text: string): number {
    return this.intern(utf8(text));
  }

  protected override matches(index: number): boolean {
    const { buffer, start, end, table } = this;
    if (table.size(index) !== end - start) return false;
    const own = table.buffer(index);
    const shift = table.start.array[index] - start;
    for (let i = start; i < end; i++) if (own[i + shift] !== buffer[i]) return false;
    return true;
  }

  protected override append(): void {
    this.table.add(this.buffer, this.start, this.end);
  }
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
