import type { Find, Place } from '../rule.ts';
import { NONE, type Table } from '../table.ts';
import { ATTRIBUTE_OWNERS, at, atString, DICTIONARY, type Otlp } from './otlp.ts';

/** Rules about the dictionary's entries and the indexes that lead to them. */

/** Takes an index of a dictionary table; `at` is its place in a list, undefined for a single one. */
type Visit = (target: string, index: number, table: Table, row: number, field: string, at?: number) => void;

/** Every index of every message, by the schema. 0 is no reference. */
function references(payload: Otlp, visit: Visit): void {
  for (const table of payload.all()) {
    for (const field of table.fields) {
      if (field?.table === undefined) continue;
      if (!field.repeated) {
        const { array } = table.ints(field.name);
        for (let row = 0; row < table.length; row++)
          if (array[row] !== 0) visit(field.table, array[row], table, row, field.name);
        continue;
      }
      const lists = table.intLists(field.name);
      const { array } = lists.values;
      for (let row = 0; row < table.length; row++) {
        const start = lists.start(row);
        for (let i = start; i < lists.end(row); i++)
          if (array[i] !== 0) visit(field.table, array[i], table, row, field.name, i - start);
      }
    }
  }
}

export function indexRange(payload: Otlp, find: Find): void {
  const sizes = sizesOf(payload);
  references(payload, (target, index, table, row, field, i) => {
    const size = sizes[target];
    if (index < 0 || index >= size)
      find(at(table, row, field, i), () => `leads to ${index}, but ${target}_table has ${entries(size)}`);
  });
}

const entries = (count: number): string => `${count} ${count === 1 ? 'entry' : 'entries'}`;

export function orphanEntry(payload: Otlp, find: Find): void {
  const sizes = sizesOf(payload);
  const referred = Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, new Uint8Array(size)]));
  references(payload, (target, index) => {
    referred[target][index] = 1;
  });
  const orphans = (name: string, place: (row: number) => Place, say: (row: number) => string) => {
    const marks = referred[name];
    for (let row = 1; row < marks.length; row++) if (marks[row] === 0) find(place(row), () => say(row));
  };
  for (const [name, message] of DICTIONARY)
    orphans(
      name,
      (row) => at(payload.table(message), row),
      () => 'nothing refers to it',
    );
  orphans('string', atString, (row) => `nothing refers to ${JSON.stringify(payload.text(row))}`);
}

/** An entry 0 in a list says nothing: it stands for none. */
export function nullReference(payload: Otlp, find: Find): void {
  for (const name of [...ATTRIBUTE_OWNERS, 'Stack']) {
    const table = payload.table(name);
    const field = name === 'Stack' ? 'location_indices' : 'attribute_indices';
    const lists = table.intLists(field);
    const { array } = lists.values;
    for (let row = 0; row < table.length; row++) {
      const start = lists.start(row);
      for (let i = start; i < lists.end(row); i++)
        if (array[i] === 0) find(at(table, row, field, i - start), () => 'index 0 stands for none');
    }
  }
}

export function zeroEntry(payload: Otlp, find: Find): void {
  const root = payload.table('ProfilesData');
  const dictionary = payload.table('ProfilesDictionary');
  if (dictionary.length === 0) {
    find(at(root, 0, 'dictionary'), () => 'is missing, and with it entry 0 of every table');
    return;
  }
  const missing = (field: string) => find(at(dictionary, 0, field), () => 'has no entry, so no entry 0');
  for (const [, message, field] of DICTIONARY) {
    const table = payload.table(message);
    if (table.length === 0) missing(field);
    else if (!isZero(payload, message)) find(at(table, 0), () => `is not the zero value, ${message}{}`);
  }
  if (payload.strings.length === 0) missing('string_table');
  else if (payload.strings.size(0) > 0) find(atString(0), () => `is ${JSON.stringify(payload.text(0))}, not ""`);
}

/** Whether entry 0 says nothing. An explicit zero says nothing; a link says nothing with ids of zeros, too. */
function isZero(payload: Otlp, message: string): boolean {
  const table = payload.table(message);
  for (const column of table.columns) {
    if (column === undefined) continue;
    if ('offsets' in column) {
      if (column.end(0) > 0) return false;
    } else if ('lo' in column) {
      if (!column.isZero(0)) return false;
    } else if ('array' in column) {
      if (column.array[0] !== 0) return false;
    } else if (column.bytes(0).some((byte) => byte !== 0)) return false;
  }
  if (message === 'Link')
    return [0, 16].includes(table.spans('trace_id').size(0)) && [0, 8].includes(table.spans('span_id').size(0));
  if (message === 'Location') return !table.has(0, 'lines');
  if (message === 'KeyValueAndUnit') {
    const value = payload.single(payload.values, table, 'value')[0];
    return value === NONE || payload.values.seen.array[value] === 0;
  }
  return true;
}

const sizesOf = (payload: Otlp): Record<string, number> =>
  Object.fromEntries([...DICTIONARY.map(([name]) => name), 'string'].map((name) => [name, payload.size(name)]));
