import { Int32Column, type Int64Column } from '../../wire/columns.ts';
import { RowInterner, type Rows } from '../../wire/rows.ts';
import type { Find, Place } from '../rule.ts';
import { NONE, type Table } from '../table.ts';
import { at, atString, type Otlp } from './otlp.ts';

/**
 * Entries of the dictionary that mean what an earlier one means. An entry means what it says and what the entries mean
 * that it refers to, so each table is compared by the first entry of each meaning of the tables that it refers to.
 */
export function duplicateEntry(payload: Otlp, find: Find): void {
  const { mappings, locations, functions, attributes, stacks, links } = payload;
  const text = (index: number) => payload.textId(index);

  const strings = new Meanings();
  for (let i = 0; i < payload.strings.length; i++) {
    const first = strings.add([text(i)]);
    if (first !== i) find(atString(i), () => `${JSON.stringify(payload.text(i))} is string_table[${first}]`);
  }

  const valueRow = payload.single(payload.values, attributes, 'value');
  const values = valueMeanings(payload);
  const key = attributes.ints('key_strindex').array;
  const unit = attributes.ints('unit_strindex').array;
  const attribute = firstOf(attributes, find, (row, i) => {
    row.push(text(key[i]), text(unit[i]), valueRow[i] === NONE ? NONE : values[valueRow[i]]);
  });
  const attributeSet = (row: number[], lists: Rows, i: number) => {
    const start = row.length;
    for (let k = lists.start(i); k < lists.end(i); k++) row.push(attribute(lists.values.array[k]));
    sortTail(row, start);
  };

  const name = functions.ints('name_strindex').array;
  const systemName = functions.ints('system_name_strindex').array;
  const file = functions.ints('filename_strindex').array;
  const startLine = functions.longs('start_line');
  const fn = firstOf(functions, find, (row, i) => {
    row.push(text(name[i]), text(systemName[i]), text(file[i]));
    long(row, startLine, i);
  });

  const memory = ['memory_start', 'memory_limit', 'file_offset'].map((field) => mappings.longs(field));
  const mappingFile = mappings.ints('filename_strindex').array;
  const mappingAttributes = mappings.intLists('attribute_indices');
  const mapping = firstOf(mappings, find, (row, i) => {
    for (const column of memory) long(row, column, i);
    row.push(text(mappingFile[i]));
    attributeSet(row, mappingAttributes, i);
  });

  const lineStart = payload.ranges(payload.lines, locations);
  const lineFunction = payload.lines.ints('function_index').array;
  const [line, column] = ['line', 'column'].map((field) => payload.lines.longs(field));
  const mappingIndex = locations.ints('mapping_index').array;
  const address = locations.longs('address');
  const locationAttributes = locations.intLists('attribute_indices');
  const location = firstOf(locations, find, (row, i) => {
    row.push(mapping(mappingIndex[i]), lineStart[i + 1] - lineStart[i]);
    long(row, address, i);
    for (let k = lineStart[i]; k < lineStart[i + 1]; k++) {
      row.push(fn(lineFunction[k]));
      long(row, line, k);
      long(row, column, k);
    }
    attributeSet(row, locationAttributes, i);
  });

  const frames = stacks.intLists('location_indices');
  firstOf(stacks, find, (row, i) => {
    for (let k = frames.start(i); k < frames.end(i); k++) row.push(location(frames.values.array[k]));
  });

  const [trace, span] = ['trace_id', 'span_id'].map((field) => links.spans(field));
  firstOf(links, find, (row, i) => row.push(payload.internText(trace, i), payload.internText(span, i)));
}

/** Gives entries their meaning: the index of the first that means the same. */
class Meanings {
  private readonly interner = new RowInterner();
  private readonly first = new Int32Column();
  private count = 0;

  /** The first entry of the same row. */
  add(row: readonly number[]): number {
    const known = this.interner.intern(row);
    if (known === this.first.length) this.first.push(this.count);
    this.count++;
    return this.first.array[known];
  }
}

/** Finds the duplicates of a table, by what `describe` says of an entry, and tells of each index which entry it means. */
function firstOf(
  table: Table,
  find: Find,
  describe: (row: number[], index: number) => void,
): (index: number) => number {
  const meanings = new Meanings();
  const first = new Int32Array(table.length);
  const row: number[] = [];
  for (let i = 0; i < table.length; i++) {
    row.length = 0;
    describe(row, i);
    first[i] = meanings.add(row);
    if (first[i] !== i) {
      const place: Place = at(table, i);
      find(place, () => `means the same as entry ${first[i]}`);
    }
  }
  return (index) => (index >= 0 && index < first.length ? first[index] : NONE - (index & 0x7fffffff));
}

/**
 * A number for each AnyValue, equal for equal ones: a string is the same by itself and by reference, the order of keys is
 * free. A value stands behind the one that it is part of, so from the last to the first parts come before wholes.
 */
function valueMeanings(payload: Otlp): Int32Array {
  const { values, keyValues } = payload;
  const [arrays, lists] = ['ArrayValue', 'KeyValueList'].map((name) => payload.table(name));
  const arrayOf = payload.single(arrays, values, 'array_value');
  const listOf = payload.single(lists, values, 'kvlist_value');
  const elements = payload.children(values, arrays, 'values');
  const pairs = payload.children(keyValues, lists, 'values');
  const valueRow = payload.single(values, keyValues, 'value');
  const columns = {
    text: values.spans('string_value'),
    bytes: values.spans('bytes_value'),
    reference: values.ints('string_value_strindex').array,
    bool: values.ints('bool_value').array,
    int: values.longs('int_value'),
    double: values.longs('double_value'),
  };
  const inline = keyValues.spans('key');
  const keyReference = keyValues.ints('key_strindex').array;
  const interner = new RowInterner();
  const pairInterner = new RowInterner();
  const meaning = new Int32Array(values.length);
  for (let i = values.length - 1; i >= 0; i--) {
    const row: number[] = [];
    if (values.has(i, 'string_value')) row.push(1, payload.internText(columns.text, i));
    else if (values.has(i, 'string_value_strindex')) row.push(1, payload.textId(columns.reference[i]));
    else if (values.has(i, 'bool_value')) row.push(2, columns.bool[i]);
    else if (values.has(i, 'int_value')) long(row, columns.int, i, 3);
    else if (values.has(i, 'double_value')) long(row, columns.double, i, 4);
    else if (values.has(i, 'bytes_value')) row.push(7, payload.internText(columns.bytes, i));
    else if (values.has(i, 'array_value')) row.push(5, ...elements[arrayOf[i]].map((element) => meaning[element]));
    else if (values.has(i, 'kvlist_value')) {
      row.push(6);
      for (const pair of pairs[listOf[i]]) {
        const reference = keyReference[pair];
        const key = reference === 0 ? payload.internText(inline, pair) : payload.textId(reference);
        row.push(pairInterner.intern([key, valueRow[pair] === NONE ? NONE : meaning[valueRow[pair]]]));
      }
      sortTail(row, 1);
    }
    meaning[i] = interner.intern(row);
  }
  return meaning;
}

function long(row: number[], column: Int64Column, at: number, kind?: number): void {
  if (kind !== undefined) row.push(kind);
  row.push(column.lo[at], column.hiAt(at));
}

/** Sorts what stands from `start` on: sets have no order. */
function sortTail(row: number[], start: number): void {
  for (let i = start + 1; i < row.length; i++) {
    const value = row[i];
    let to = i;
    for (; to > start && row[to - 1] > value; to--) row[to] = row[to - 1];
    row[to] = value;
  }
}
