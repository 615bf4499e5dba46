import { Int32Column } from '../wire/columns.ts';
import { LEN, Reader } from '../wire/reader.ts';
import type { Place } from './rule.ts';
import type { FieldShape, Format } from './schema.ts';
import { NONE, type SpanLists, Table } from './table.ts';

/** What protobuf allows and a careful writer does not do. */
export type OddKind = 'unknown' | 'twice' | 'utf8' | 'overflow';

/** Oddities of one kind. `field` is a number: an unknown field has no name. */
class Oddities {
  readonly tables: Table[] = [];
  readonly row = new Int32Column();
  readonly field = new Int32Column();
  readonly offset = new Int32Column();
  /** The place among all values of a repeated field, -1 for a single one. */
  readonly value = new Int32Column();
}

/** Fields and values looked at for offsets in all, so that many findings in a large message take no time without end. */
const BUDGET = 50_000_000;

/** A payload in tables, one a message type. */
export class Payload {
  readonly oddities: Record<OddKind, Oddities> = {
    unknown: new Oddities(),
    twice: new Oddities(),
    utf8: new Oddities(),
    overflow: new Oddities(),
  };
  private readonly tables = new Map<string, Table>();
  /** The fields that hold messages, with the type that they belong to. */
  private readonly edges: { owner: Table; field: FieldShape }[] = [];
  private readonly edgeOf = new Map<FieldShape, number>();
  private budget = BUDGET;
  /** What was asked for once, by edge. */
  private readonly singles = new Map<number, Int32Array>();
  private readonly lists = new Map<number, number[][]>();

  constructor(
    readonly bytes: Uint8Array,
    readonly format: Format,
  ) {
    for (const [name, fields] of Object.entries(format.schema)) this.tables.set(name, new Table(name, fields, bytes));
    for (const owner of this.tables.values()) {
      for (const field of owner.fields) {
        if (field?.kind !== 'message') continue;
        this.edgeOf.set(field, this.edges.length);
        this.edges.push({ owner, field });
      }
    }
  }

  table(name: string): Table {
    return this.tables.get(name) as Table;
  }

  all(): Iterable<Table> {
    return this.tables.values();
  }

  edge(owner: Table, field: FieldShape | string): number {
    return this.edgeOf.get(typeof field === 'string' ? owner.shape(field) : field) as number;
  }

  odd(kind: OddKind, table: Table, row: number, field: number, offset: number, value = -1): void {
    const odd = this.oddities[kind];
    odd.tables.push(table);
    odd.row.push(row);
    odd.field.push(field);
    odd.offset.push(offset);
    odd.value.push(value);
  }

  /** `dictionary.mapping_table[3].memory_limit`: the words of the .proto file, from the root. */
  path({ table: name, row, field, index }: Place): string {
    const steps = field === undefined ? [] : [index === undefined ? field : `${field}[${index}]`];
    for (let table = this.tables.get(name), at = row; table !== undefined && table.edge.array[at] >= 0; ) {
      const { owner, field } = this.edges[table.edge.array[at]];
      steps.unshift(field.repeated ? `${field.name}[${this.ordinal(table, at, owner)}]` : field.name);
      at = table.parent.array[at];
      table = owner;
    }
    return steps.join('.');
  }

  /** The entries of a dictionary count as one table, though it be in pieces. */
  private ordinal(table: Table, row: number, owner: Table): number {
    return owner.name === 'ProfilesDictionary' ? row : table.ordinal.array[row];
  }

  /** Where the place begins in the bytes: the field, if it is there, else the message. Undefined when it takes too long. */
  offset({ table: name, row, field, index = 0, offset }: Place): number | undefined {
    if (offset !== undefined) return offset;
    const table = this.table(name);
    const start = table.start.array[row];
    if (field === undefined) return start;
    const shape = table.shape(field);
    if (shape.kind === 'string' && shape.repeated)
      return this.stringOffset(table.spanLists(field), row, index) ?? start;
    const packable = shape.repeated && shape.kind !== 'message';
    const r = new Reader(this.bytes, start, table.end.array[row]);
    let found = start;
    for (let passed = 0; r.pos < r.end && passed <= index; this.budget--) {
      if (this.budget < 0) return undefined;
      const at = r.pos;
      const tag = r.tag();
      if (tag >>> 3 !== shape.number) r.skip(tag);
      else if (packable && (tag & 7) === LEN) {
        for (const end = r.limit(); r.pos < end && passed <= index; passed++, this.budget--) {
          found = r.pos;
          if (shape.kind === 'fixed64') r.fixed64();
          else r.varint();
        }
      } else {
        found = at;
        r.skip(tag);
        if (shape.repeated) passed++;
      }
    }
    return found;
  }

  private stringOffset(lists: SpanLists, row: number, index: number): number | undefined {
    return index < lists.count(row) ? lists.values.start.array[lists.start(row) + index] : undefined;
  }

  /** For each row of `owner` the row of its last message in this field, NONE without. */
  single(child: Table, owner: Table, field: string): Int32Array {
    const edge = this.edge(owner, field);
    const known = this.singles.get(edge);
    if (known !== undefined) return known;
    const rows = new Int32Array(owner.length).fill(NONE);
    for (let row = 0; row < child.length; row++)
      if (child.edge.array[row] === edge) rows[child.parent.array[row]] = row;
    this.singles.set(edge, rows);
    return rows;
  }

  /** For each row of `owner` the rows of its messages in this field. */
  children(child: Table, owner: Table, field: string): number[][] {
    const edge = this.edge(owner, field);
    const known = this.lists.get(edge);
    if (known !== undefined) return known;
    const rows = Array.from({ length: owner.length }, (): number[] => []);
    for (let row = 0; row < child.length; row++)
      if (child.edge.array[row] === edge) rows[child.parent.array[row]].push(row);
    this.lists.set(edge, rows);
    return rows;
  }

  /** Where the messages of each row of `owner` begin, for a type that stands nowhere else and not in itself. */
  ranges(child: Table, owner: Table): Int32Array {
    const starts = new Int32Array(owner.length + 1);
    for (let row = 0; row < child.length; row++) starts[child.parent.array[row] + 1]++;
    for (let row = 0; row < owner.length; row++) starts[row + 1] += starts[row];
    return starts;
  }
}
