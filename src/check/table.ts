import { Int32Column, Int64Column } from '../wire/columns.ts';
import { Rows } from '../wire/rows.ts';
import { decodeText } from '../wire/text.ts';
import type { FieldShape } from './schema.ts';

/** The number of a row that is not there. */
export const NONE = -1;

/** Strings or bytes, as ranges of the input. */
export class Spans {
  readonly start = new Int32Column();
  readonly end = new Int32Column();

  constructor(readonly buffer: Uint8Array) {}

  get length(): number {
    return this.start.length;
  }

  push(start: number, end: number): void {
    this.start.push(start);
    this.end.push(end);
  }

  size(at: number): number {
    return this.end.array[at] - this.start.array[at];
  }

  bytes(at: number): Uint8Array {
    return this.buffer.subarray(this.start.array[at], this.end.array[at]);
  }

  text(at: number): string {
    return decodeText(this.bytes(at));
  }
}

/** Any number of values a row, in one column. */
abstract class Lists<V> {
  readonly offsets = new Int32Column();
  abstract readonly values: V;

  constructor() {
    this.offsets.push(0);
  }

  start(row: number): number {
    return this.offsets.array[row];
  }

  end(row: number): number {
    return this.offsets.array[row + 1];
  }

  count(row: number): number {
    return this.end(row) - this.start(row);
  }
}

export class LongLists extends Lists<Int64Column> {
  readonly values = new Int64Column();
}

export class SpanLists extends Lists<Spans> {
  readonly values: Spans;

  constructor(buffer: Uint8Array) {
    super();
    this.values = new Spans(buffer);
  }
}

type Column = Int32Column | Int64Column | Spans | Rows | LongLists | SpanLists;

/**
 * All messages of one type, a row each in the order of the wire, a column a field. No object a message.
 * A message knows the one that it stands in, so that every row has a path.
 */
export class Table {
  /** Where the content of the message begins and ends. */
  readonly start = new Int32Column();
  readonly end = new Int32Column();
  /** The message's field, as a number of `Tables.edges`; the row there; the place in the list, if the field is one. */
  readonly edge = new Int32Column();
  readonly parent = new Int32Column();
  readonly ordinal = new Int32Column();
  /** The fields that are there, a bit each. */
  readonly seen = new Int32Column();
  /** By field number. */
  readonly columns: (Column | undefined)[];
  private readonly singles: (Int32Column | Int64Column | Spans)[] = [];
  private readonly lists: (Rows | LongLists | SpanLists)[] = [];

  constructor(
    readonly name: string,
    readonly fields: readonly (FieldShape | undefined)[],
    buffer: Uint8Array,
  ) {
    this.columns = fields.map((field) => field && columnFor(field, buffer));
    for (const column of this.columns) {
      if (column === undefined) continue;
      if ('offsets' in column) this.lists.push(column);
      else this.singles.push(column);
    }
  }

  get length(): number {
    return this.start.length;
  }

  /** Begins a row: every field zero. */
  open(edge: number, parent: number, ordinal: number, start: number, end: number): number {
    this.start.push(start);
    this.end.push(end);
    this.edge.push(edge);
    this.parent.push(parent);
    this.ordinal.push(ordinal);
    this.seen.push(0);
    for (const column of this.singles) column.push(0, 0);
    return this.length - 1;
  }

  /** Ends the row begun last. */
  close(): void {
    for (const list of this.lists) list.offsets.push(list.values.length);
  }

  has(row: number, field: string): boolean {
    return (this.seen.array[row] & (1 << this.shape(field).number)) !== 0;
  }

  /** The column of an int32, uint32 or bool field. */
  ints(field: string): Int32Column {
    return this.column(field, Int32Column);
  }

  /** The column of a field of 64 bits. */
  longs(field: string): Int64Column {
    return this.column(field, Int64Column);
  }

  /** The column of a string or bytes field. */
  spans(field: string): Spans {
    return this.column(field, Spans);
  }

  /** The columns of repeated fields. */
  intLists(field: string): Rows {
    return this.column(field, Rows);
  }

  longLists(field: string): LongLists {
    return this.column(field, LongLists);
  }

  spanLists(field: string): SpanLists {
    return this.column(field, SpanLists);
  }

  // biome-ignore lint/suspicious/noExplicitAny: a constructor of any arguments
  private column<C>(field: string, type: new (...args: any[]) => C): C {
    const column = this.columns[this.shape(field).number];
    if (!(column instanceof type)) throw new TypeError(`${this.name}.${field} is no ${type.name}`);
    return column;
  }

  shape(field: string): FieldShape {
    const found = this.fields.find((shape) => shape?.name === field);
    if (found === undefined) throw new TypeError(`${this.name} has no field ${field}`);
    return found;
  }
}

const LONG = new Set(['int64', 'uint64', 'fixed64', 'double']);

function columnFor({ kind, repeated }: FieldShape, buffer: Uint8Array): Column | undefined {
  if (kind === 'message') return undefined;
  if (kind === 'string' || kind === 'bytes') return repeated ? new SpanLists(buffer) : new Spans(buffer);
  if (LONG.has(kind)) return repeated ? new LongLists() : new Int64Column();
  return repeated ? new Rows() : new Int32Column();
}
