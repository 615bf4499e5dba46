import type { Content } from '../inspect/content.ts';
import { hex } from '../inspect/hex.ts';
import type { PprofData } from '../pprof/data.ts';
import { compareBytes, equalBytes } from '../wire/bytes.ts';
import type { Int64Column } from '../wire/columns.ts';
import type { StringTable } from '../wire/strings.ts';
import type { Findings } from './difference.ts';
import type { JointTable, Side } from './joint.ts';
import type { JointTables } from './tables.ts';

type Both = readonly [Content, Content];

/** Compares what carries no meaning, where both sides are of one format: ids, tables, order. */
export function compareIdentity(contents: Both, tables: JointTables, found: Findings): void {
  const [a, b] = contents;
  if (a.format !== b.format) return;
  if (a.pprof !== undefined && b.pprof !== undefined) comparePprofs(a.pprof.data, b.pprof.data, found);
  compareTables(contents, tables, found);
  compareLabelOrder(contents, tables, found);
}

function comparePprofs(a: PprofData, b: PprofData, found: Findings): void {
  for (const table of ['mapping', 'location', 'function'] as const) compareIds(table, a[table].id, b[table].id, found);
  compareStrings(a.strings, b.strings, found);
  const [x, y] = [notUtf8(a.strings), notUtf8(b.strings)];
  if (x.length !== y.length || x.some((name, i) => !equalBytes(name, y[i])))
    found.compare('names-not-utf8', 'names', hexOf(x), hexOf(y));
}

/** Ids say which is which only where the tables are as long. */
function compareIds(table: string, a: Int64Column, b: Int64Column, found: Findings): void {
  if (a.length !== b.length) return;
  for (let i = 0; i < a.length; i++) {
    if (a.lo[i] !== b.lo[i] || a.hiAt(i) !== b.hiAt(i))
      found.add('ids', table, () => ({ what: `${table}[${i}]`, a: `${a.unsigned(i)}`, b: `${b.unsigned(i)}` }));
  }
}

function compareStrings(a: StringTable, b: StringTable, found: Findings): void {
  if (a.length !== b.length) {
    found.compare('string-table', 'strings', `${a.length}`, `${b.length}`);
    return;
  }
  for (let i = 0; i < a.length; i++) {
    if (!equalBytes(a.bytes(i), b.bytes(i)))
      found.add('string-table', 'string', () => ({ what: `string_table[${i}]`, a: a.text(i), b: b.text(i) }));
  }
}

function notUtf8(strings: StringTable): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let i = 0; i < strings.length; i++) if (!strings.isUtf8(i)) found.push(strings.bytes(i));
  return found.sort(compareBytes);
}

const hexOf = (names: readonly Uint8Array[]): string | null => names.slice(0, 3).map(hex).join(' ') || null;

/** The entries of a table as the file has them, each as its number; -1 for what no sample leads to. */
function sequence(content: Content, side: Side, tables: JointTables, name: TableName): number[] {
  const joint: JointTable = tables[`${name}s`];
  const used = name === 'mapping' ? undefined : tables.usage[side][`${name}s`];
  const number = (entry: number) =>
    entry < 0 || (used !== undefined && used[entry] !== 1) ? -1 : joint.number(side, entry);
  if (content.pprof !== undefined) return Array.from(content.pprof.classes[name], number);
  const { length } = content.dictionary[`${name}s`];
  return Array.from({ length: Math.max(length - 1, 0) }, (_, i) => number(i + 1));
}

type TableName = 'mapping' | 'location' | 'function';

function compareTables([a, b]: Both, tables: JointTables, found: Findings): void {
  for (const name of ['mapping', 'location', 'function'] as const) {
    const [x, y] = [sequence(a, 0, tables, name), sequence(b, 1, tables, name)];
    if (x.length !== y.length) {
      found.compare('table-sizes', name, `${x.length} entries`, `${y.length} entries`);
      continue;
    }
    // Another entry is another matter: only the order is compared here.
    if ([...x].sort(ascending).join() !== [...y].sort(ascending).join()) continue;
    const kind = name === 'mapping' ? 'mapping-order' : 'table-order';
    for (let i = 0; i < x.length; i++)
      if (x[i] !== y[i]) found.add(kind, name, () => ({ what: name, a: `entry ${i}`, b: `entry ${y.indexOf(x[i])}` }));
  }
}

const ascending = (a: number, b: number): number => a - b;

/** Labels of different keys may stand in any order; where the samples are the same, so may their order be compared. */
function compareLabelOrder([a, b]: Both, tables: JointTables, found: Findings): void {
  if (found.has('samples-removed', 'samples-added', 'sample-labels', 'sample-order', 'sample-split')) return;
  const [x, y] = [labelKeys(a, 0, tables), labelKeys(b, 1, tables)];
  if (x.length !== y.length) return;
  for (let i = 0; i < x.length; i++) {
    const [p, q] = [x[i](), y[i]()];
    if (p.length === q.length && p.some((key, k) => key !== q[k]))
      found.add('label-order', 0, () => ({ what: `sample ${i}`, a: namesOf(tables, p), b: namesOf(tables, q) }));
  }
}

/** For each sample a function that gives the keys of its labels as they stand. */
function labelKeys(content: Content, side: Side, tables: JointTables): (() => number[])[] {
  const { names } = tables.attributes;
  if (content.pprof !== undefined) {
    const { strings, sample } = content.pprof.data;
    const keys = new Int32Array(strings.length).fill(-1);
    const keyOf = (index: number) => {
      if (keys[index] < 0) keys[index] = names.internFrom(strings, index);
      return keys[index];
    };
    return Array.from({ length: sample.length }, (_, i) => () => {
      const labels = sample.labels.values.array.subarray(sample.labels.start(i), sample.labels.end(i));
      return Array.from(labels, (row) => keyOf(sample.label.key.array[row]));
    });
  }
  return tables.usage[side].sets.flatMap(({ identity: { length, attributes } }) =>
    Array.from({ length }, (_, i) => () => {
      const row = attributes.values.array.subarray(attributes.start(i), attributes.end(i));
      return Array.from(row, (index) => tables.attribute(side, index));
    }),
  );
}

const namesOf = ({ attributes }: JointTables, keys: readonly number[]): string =>
  keys.map((key) => attributes.names.table.text(key)).join(', ');
