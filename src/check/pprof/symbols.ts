import { emptyRange, negative, outside, overlap } from '../ranges.ts';
import type { Find } from '../rule.ts';
import type { Pprof } from './pprof.ts';

/** Rules about mappings, locations, lines and functions. */

export const mappingRange = ({ mappings }: Pprof, find: Find): void => emptyRange(mappings, find);

export const mappingOverlap = ({ mappings }: Pprof, find: Find): void => overlap(mappings, find);

/** The row of each location's mapping, -1 for none. */
function mappingOf(payload: Pprof): (row: number) => number {
  const column = payload.locations.longs('mapping_id');
  const ids = payload.ids('Mapping');
  return (row) => (column.isZero(row) ? -1 : ids.find(column, row));
}

export function locationOutside(payload: Pprof, find: Find): void {
  outside(payload.mappings, payload.locations, mappingOf(payload), find);
}

export function mappingEmpty(payload: Pprof, find: Find): void {
  const { mappings } = payload;
  const numbers = ['memory_start', 'memory_limit', 'file_offset', 'filename', 'build_id'].map((field) =>
    mappings.longs(field),
  );
  for (let row = 0; row < mappings.length; row++)
    if (numbers.every((column) => column.isZero(row)))
      find({ table: 'Mapping', row }, () => 'has neither addresses nor filename nor build id');
}

export function mappingBuildId(payload: Pprof, find: Find): void {
  const { mappings } = payload;
  const start = mappings.longs('memory_start');
  const limit = mappings.longs('memory_limit');
  for (let row = 0; row < mappings.length; row++)
    if (!(start.isZero(row) && limit.isZero(row)) && mappings.longs('build_id').isZero(row))
      find(
        { table: 'Mapping', row },
        () => `${JSON.stringify(payload.text('Mapping', 'filename', row))} has no build id`,
      );
}

export function negativeLine({ lines, functions }: Pprof, find: Find): void {
  negative(lines, ['line', 'column'], find);
  negative(functions, ['start_line'], find);
}

export function locationEmpty(payload: Pprof, find: Find): void {
  const { locations } = payload;
  const address = locations.longs('address');
  const starts = payload.ranges(payload.lines, locations);
  for (let row = 0; row < locations.length; row++)
    if (address.isZero(row) && starts[row] === starts[row + 1])
      find({ table: 'Location', row }, () => 'has neither address nor lines');
}

export function functionUnnamed({ functions }: Pprof, find: Find): void {
  const names = ['name', 'system_name'].map((field) => functions.longs(field));
  for (let row = 0; row < functions.length; row++)
    if (names.every((name) => name.isZero(row)))
      find({ table: 'Function', row }, () => 'has neither name nor system name');
}

const DECLARED = ['has_functions', 'has_filenames', 'has_line_numbers'] as const;

/** What a mapping says that its locations have, against what they have. */
export function symbolFidelity(payload: Pprof, find: Find): void {
  const { mappings, locations, lines, functions } = payload;
  const mapping = mappingOf(payload);
  const starts = payload.ranges(lines, locations);
  const functionId = lines.longs('function_id');
  const [name, file] = ['name', 'filename'].map((field) => functions.longs(field));
  const line = lines.longs('line');
  const count = new Int32Array(mappings.length);
  const found = DECLARED.map(() => new Uint8Array(mappings.length));
  for (let row = 0; row < locations.length; row++) {
    const its = mapping(row);
    if (its < 0) continue;
    count[its]++;
    for (let i = starts[row]; i < starts[row + 1]; i++) {
      const fn = payload.ids('Function').find(functionId, i);
      if (fn >= 0 && !name.isZero(fn)) found[0][its] = 1;
      if (fn >= 0 && !file.isZero(fn)) found[1][its] = 1;
      if (!line.isZero(i)) found[2][its] = 1;
    }
  }
  DECLARED.forEach((field, kind) => {
    const declared = mappings.ints(field).array;
    for (let row = 0; row < mappings.length; row++) {
      if (count[row] === 0 || declared[row] === found[kind][row]) continue;
      find({ table: 'Mapping', row, field }, () => {
        const file = JSON.stringify(payload.text('Mapping', 'filename', row));
        return declared[row] === 1
          ? `is true, but no location of ${file} has any`
          : `is false, but locations of ${file} have them`;
      });
    }
  });
}
