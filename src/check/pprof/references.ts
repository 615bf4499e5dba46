import type { Find } from '../rule.ts';
import type { Pprof } from './pprof.ts';

/** Rules about the tables, their ids and the references to them. */

const TABLES = ['Mapping', 'Location', 'Function'] as const;

export function stringZeroEntry(payload: Pprof, find: Find): void {
  const { strings } = payload;
  const place = { table: 'Profile', row: 0, field: 'string_table' };
  if (strings.length === 0) find(place, () => 'is missing');
  else if (strings.size(0) > 0) find({ ...place, index: 0 }, () => `is ${JSON.stringify(strings.text(0))}, not ""`);
}

/** Every index of a string, by the schema. */
export function stringIndex(payload: Pprof, find: Find): void {
  const { length } = payload.strings;
  if (length === 0) return;
  for (const table of payload.all()) {
    for (const field of table.fields) {
      if (field?.table !== 'string') continue;
      const lists = field.repeated ? table.longLists(field.name) : undefined;
      const column = lists?.values ?? table.longs(field.name);
      for (let i = 0; i < column.length; i++) {
        if (column.hiAt(i) === 0 && column.lo[i] >= 0 && column.lo[i] < length) continue;
        const say = () => `leads to ${column.signed(i)}, but string_table has ${length} entries`;
        // Only the profile itself has a list of strings.
        if (lists === undefined) find({ table: table.name, row: i, field: field.name }, say);
        else find({ table: table.name, row: 0, field: field.name, index: i }, say);
      }
    }
  }
}

export function idZero(payload: Pprof, find: Find): void {
  for (const name of TABLES) {
    const ids = payload.table(name).longs('id');
    for (let row = 0; row < ids.length; row++)
      if (ids.isZero(row)) find({ table: name, row, field: 'id' }, () => 'is 0, which stands for none');
  }
}

export function idTwice(payload: Pprof, find: Find): void {
  for (const name of TABLES) {
    const ids = payload.table(name).longs('id');
    for (let row = 0; row < ids.length; row++) {
      if (ids.isZero(row)) continue;
      const first = payload.ids(name).find(ids, row);
      if (first !== row)
        find(
          { table: name, row, field: 'id' },
          () => `${ids.unsigned(row)} is that of ${name.toLowerCase()}[${first}]`,
        );
    }
  }
}

export function locationMissing(payload: Pprof, find: Find): void {
  const { samples } = payload;
  const lists = samples.longLists('location_id');
  const { values } = lists;
  const ids = payload.ids('Location');
  for (let row = 0; row < samples.length; row++) {
    const start = lists.start(row);
    for (let i = start; i < lists.end(row); i++)
      if (ids.find(values, i) < 0)
        find(
          { table: 'Sample', row, field: 'location_id', index: i - start },
          () => `no location has id ${values.unsigned(i)}`,
        );
  }
}

export function mappingMissing(payload: Pprof, find: Find): void {
  missing(payload, 'Location', 'mapping_id', 'Mapping', true, find);
}

export function functionMissing(payload: Pprof, find: Find): void {
  missing(payload, 'Line', 'function_id', 'Function', false, find);
}

function missing(
  payload: Pprof,
  name: string,
  field: string,
  target: 'Mapping' | 'Function',
  zeroIsNone: boolean,
  find: Find,
): void {
  const column = payload.table(name).longs(field);
  const ids = payload.ids(target);
  for (let row = 0; row < column.length; row++)
    if (!(zeroIsNone && column.isZero(row)) && ids.find(column, row) < 0)
      find({ table: name, row, field }, () => `no ${target.toLowerCase()} has id ${column.unsigned(row)}`);
}

export function orphanEntry(payload: Pprof, find: Find): void {
  const { samples, lines, locations, functions, strings } = payload;
  const mark = (marks: Uint8Array, row: number) => {
    if (row >= 0) marks[row] = 1;
  };
  const location = new Uint8Array(locations.length);
  const { values } = samples.longLists('location_id');
  for (let i = 0; i < values.length; i++) mark(location, payload.ids('Location').find(values, i));
  const fn = new Uint8Array(functions.length);
  const ofLine = lines.longs('function_id');
  for (let row = 0; row < lines.length; row++) mark(fn, payload.ids('Function').find(ofLine, row));
  const string = new Uint8Array(strings.length);
  for (const table of payload.all()) {
    for (const field of table.fields) {
      if (field?.table !== 'string') continue;
      const column = field.repeated ? table.longLists(field.name).values : table.longs(field.name);
      for (let i = 0; i < column.length; i++) if (column.hiAt(i) === 0) mark(string, column.lo[i]);
    }
  }
  // Another entry of the same id is another rule's business.
  const isMarked = (marks: Uint8Array, table: 'Location' | 'Function', row: number) =>
    marks[payload.ids(table).find(payload.table(table).longs('id'), row)] === 1;
  location.forEach((_, row) => {
    if (!isMarked(location, 'Location', row)) find({ table: 'Location', row }, () => 'no sample refers to it');
  });
  fn.forEach((_, row) => {
    if (!isMarked(fn, 'Function', row)) find({ table: 'Function', row }, () => 'no line refers to it');
  });
  string.forEach((marked, index) => {
    if (marked === 0 && index > 0)
      find(
        { table: 'Profile', row: 0, field: 'string_table', index },
        () => `nothing refers to ${JSON.stringify(strings.text(index))}`,
      );
  });
}
