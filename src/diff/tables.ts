import { AttributeInterner } from '../inspect/attributes.ts';
import type { Content } from '../inspect/content.ts';
import { Usage } from '../inspect/usage.ts';
import { LINK_SIZE } from '../model/dictionary.ts';
import type { Int64Column } from '../wire/columns.ts';
import { RowInterner, type Rows } from '../wire/rows.ts';
import { StringInterner } from '../wire/strings.ts';
import { JointTable, SIDES, type Side } from './joint.ts';

/**
 * The dictionaries of both sides in one: mappings, then functions, locations, stacks, each in terms of those before.
 * Functions and locations count where a sample leads to them, mappings always.
 */
export class JointTables {
  readonly usage: readonly [Usage, Usage];
  readonly attributes = new AttributeInterner();
  readonly mappings: JointTable;
  readonly functions: JointTable;
  readonly locations: JointTable;
  /** Rows of the numbers of locations. */
  private readonly stacks = new RowInterner();
  private readonly stackNumbers: readonly [Int32Array, Int32Array];
  private readonly sets = new RowInterner();
  private readonly links = new StringInterner();
  private readonly attributeNumbers: readonly [Int32Array, Int32Array];

  constructor(private readonly contents: readonly [Content, Content]) {
    this.usage = [new Usage(contents[0]), new Usage(contents[1])];
    this.attributeNumbers = this.each(({ attributes }) => new Int32Array(attributes.length).fill(-1));
    this.mappings = this.joinMappings();
    this.functions = this.joinFunctions();
    this.locations = this.joinLocations();
    this.stackNumbers = this.each(({ stacks }) => new Int32Array(Math.max(stacks.length, 1)).fill(-1));
    this.links.intern(new Uint8Array(LINK_SIZE));
  }

  private each<T>(make: (dictionary: Content['dictionary'], side: Side) => T): [T, T] {
    return [make(this.contents[0].dictionary, 0), make(this.contents[1].dictionary, 1)];
  }

  private joinMappings(): JointTable {
    const table = new JointTable(this.each(({ mappings }) => mappings.length));
    const range = (side: Side, entry: number): number[] => {
      const { mappings } = this.contents[side].dictionary;
      return [mappings.memoryStart, mappings.memoryLimit, mappings.fileOffset].flatMap((column) =>
        pairOf(column, entry),
      );
    };
    const name = (side: Side, entry: number): number =>
      this.name(side, this.contents[side].dictionary.mappings.filename.array[entry]);
    for (const side of SIDES) {
      const { mappings } = this.contents[side].dictionary;
      // Entry 0 stands for no mapping, on both sides.
      table.add(side, 0, []);
      for (let entry = 1; entry < mappings.length; entry++) {
        const attributes = this.attributeSet(side, mappings.attributes, entry);
        table.add(side, entry, [...range(side, entry), name(side, entry), ...attributes]);
      }
    }
    const nameless = this.attributes.names.internText('');
    table.pairBy((side, entry) => [...range(side, entry), name(side, entry)]);
    table.pairBy((side, entry) => (name(side, entry) === nameless ? undefined : [name(side, entry)]));
    table.pairBy((side, entry) => (range(side, entry).every((word) => word === 0) ? undefined : range(side, entry)));
    return table;
  }

  private joinFunctions(): JointTable {
    const table = new JointTable(this.each(({ functions }) => functions.length));
    const row = (side: Side, entry: number): number[] => {
      const { functions } = this.contents[side].dictionary;
      const names = [functions.name, functions.systemName, functions.filename];
      return [...names.map((column) => this.name(side, column.array[entry])), ...pairOf(functions.startLine, entry)];
    };
    for (const side of SIDES) {
      this.usage[side].functions.forEach((used, entry) => {
        if (used === 1) table.add(side, entry, row(side, entry));
      });
    }
    const nameless = this.attributes.names.internText('');
    table.pairBy((side, entry) => row(side, entry).slice(0, 2));
    table.pairBy((side, entry) => (row(side, entry)[0] === nameless ? undefined : row(side, entry).slice(0, 1)));
    // Renamed: file and start line say which it is.
    table.pairBy((side, entry) => {
      const [, , filename, lo, hi] = row(side, entry);
      return filename === nameless || (lo === 0 && hi === 0) ? undefined : [filename, lo, hi];
    });
    return table;
  }

  private joinLocations(): JointTable {
    const table = new JointTable(this.each(({ locations }) => locations.length));
    const mapping = (side: Side, entry: number): number =>
      this.mappings.number(side, this.contents[side].dictionary.locations.mapping.array[entry]);
    const lines = (side: Side, entry: number, withPlaces: boolean): number[] => {
      const { lineStart, line } = this.contents[side].dictionary.locations;
      const row: number[] = [];
      for (let at = lineStart.array[entry]; at < lineStart.array[entry + 1]; at++) {
        row.push(this.functions.number(side, line.function.array[at]));
        if (withPlaces) row.push(...pairOf(line.line, at), ...pairOf(line.column, at));
      }
      return row;
    };
    const address = (side: Side, entry: number): number[] =>
      pairOf(this.contents[side].dictionary.locations.address, entry);
    for (const side of SIDES) {
      const { locations } = this.contents[side].dictionary;
      this.usage[side].locations.forEach((used, entry) => {
        if (used === 0) return;
        const attributes = entry < locations.length ? this.attributeSet(side, locations.attributes, entry) : [];
        table.add(side, entry, [
          mapping(side, entry),
          ...address(side, entry),
          attributes.length,
          ...attributes,
          ...lines(side, entry, true),
        ]);
      });
    }
    const filled = (row: number[]) => (row.length === 0 ? undefined : row);
    table.pairBy((side, entry) => {
      const at = address(side, entry);
      return at[0] === 0 && at[1] === 0 ? undefined : [mapping(side, entry), ...at];
    });
    table.pairBy((side, entry) => filled(lines(side, entry, true)));
    table.pairBy((side, entry) => filled(lines(side, entry, false)));
    return table;
  }

  /** The number of a name, the same on both sides. */
  name(side: Side, index: number): number {
    return this.attributes.names.internFrom(this.contents[side].dictionary.strings, index);
  }

  /** The number of a stack: of the locations in it, leaf first. */
  stack(side: Side, index: number): number {
    const numbers = this.stackNumbers[side];
    if (numbers[index] < 0) {
      const { stacks } = this.contents[side].dictionary;
      const row: number[] = [];
      const end = index < stacks.length ? stacks.end(index) : 0;
      for (let at = index < stacks.length ? stacks.start(index) : 0; at < end; at++)
        row.push(this.locations.number(side, stacks.values.array[at]));
      numbers[index] = this.stacks.intern(row);
    }
    return numbers[index];
  }

  /** The number of a set of attributes, whatever their order. */
  set(side: Side, rows: Rows, row: number): number {
    return this.sets.intern(this.attributeSet(side, rows, row));
  }

  link(side: Side, index: number): number {
    return index === 0 ? 0 : this.links.intern(this.contents[side].dictionary.links.bytes(index));
  }

  attributeSet(side: Side, rows: Rows, row: number): number[] {
    const numbers: number[] = [];
    for (let at = rows.start(row); at < rows.end(row); at++) numbers.push(this.attribute(side, rows.values.array[at]));
    return numbers.sort((a, b) => a - b);
  }

  attribute(side: Side, index: number): number {
    const numbers = this.attributeNumbers[side];
    if (numbers[index] < 0) numbers[index] = this.attributes.intern(this.contents[side].dictionary, index);
    return numbers[index];
  }
}

const pairOf = (column: Int64Column, row: number): [number, number] => [column.lo[row], column.hiAt(row)];
