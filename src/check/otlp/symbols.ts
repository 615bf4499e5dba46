import { emptyRange, negative, outside, overlap } from '../ranges.ts';
import type { Find } from '../rule.ts';
import { NONE } from '../table.ts';
import { valueText } from './attributes.ts';
import { at, type Otlp } from './otlp.ts';

/** Rules about mappings, locations, lines and functions. */

export const mappingRange = ({ mappings }: Otlp, find: Find): void => emptyRange(mappings, find);

export const mappingOverlap = ({ mappings }: Otlp, find: Find): void => overlap(mappings, find);

export function locationOutside({ mappings, locations }: Otlp, find: Find): void {
  const mapping = locations.ints('mapping_index').array;
  outside(mappings, locations, (row) => (mapping[row] === 0 ? -1 : mapping[row]), find);
}

export function negativeLine({ lines, functions }: Otlp, find: Find): void {
  negative(lines, ['line', 'column'], find);
  negative(functions, ['start_line'], find);
}

const BUILD_IDS = ['gnu', 'go', 'htlhash', 'profiling'].map((kind) => `process.executable.build_id.${kind}`);

/** An empty build id tells as little as none. */
export function mappingBuildId(payload: Otlp, find: Find): void {
  const { mappings, attributes, values } = payload;
  const lists = mappings.intLists('attribute_indices');
  const key = attributes.ints('key_strindex').array;
  const value = payload.single(values, attributes, 'value');
  const isBuildId = (index: number) =>
    index > 0 &&
    index < attributes.length &&
    BUILD_IDS.includes(payload.text(key[index])) &&
    value[index] !== NONE &&
    valueText(payload, value[index]) !== '';
  for (let row = 1; row < mappings.length; row++)
    if (!lists.values.array.subarray(lists.start(row), lists.end(row)).some(isBuildId))
      find(at(mappings, row), () => `${name(payload, row)} has no process.executable.build_id.*`);
}

function name(payload: Otlp, mapping: number): string {
  const file = payload.text(payload.mappings.ints('filename_strindex').array[mapping]);
  return file === '' ? 'a mapping without filename' : JSON.stringify(file);
}

export function functionUnnamed(payload: Otlp, find: Find): void {
  const { functions } = payload;
  const names = ['name_strindex', 'system_name_strindex', 'filename_strindex'].map(
    (field) => functions.ints(field).array,
  );
  for (let row = 1; row < functions.length; row++)
    if (names.every((name) => name[row] === 0))
      find(at(functions, row), () => 'has neither name nor system name nor filename');
}

export function lineWithoutFunction(payload: Otlp, find: Find): void {
  const { lines } = payload;
  const fn = lines.ints('function_index').array;
  for (let row = 0; row < lines.length; row++) if (fn[row] === 0) find(at(lines, row), () => 'refers to no function');
}

export function locationEmpty(payload: Otlp, find: Find): void {
  const { locations } = payload;
  const address = locations.longs('address');
  const starts = payload.ranges(payload.lines, locations);
  for (let row = 1; row < locations.length; row++)
    if (address.isZero(row) && starts[row] === starts[row + 1])
      find(at(locations, row), () => 'has neither address nor lines');
}

const DECLARED = ['functions', 'filenames', 'line_numbers'] as const;

/** What a mapping says that its locations have, against what they have. */
export function symbolFidelity(payload: Otlp, find: Find): void {
  const { mappings, locations, lines, functions, attributes, values } = payload;
  const mapping = locations.ints('mapping_index').array;
  const fn = lines.ints('function_index').array;
  const names = ['name_strindex', 'system_name_strindex'].map((field) => functions.ints(field).array);
  const file = functions.ints('filename_strindex').array;
  const line = lines.longs('line');
  const starts = payload.ranges(lines, locations);
  const count = new Int32Array(mappings.length);
  const found = DECLARED.map(() => new Uint8Array(mappings.length));
  for (let row = 0; row < locations.length; row++) {
    const its = mapping[row];
    if (its <= 0 || its >= mappings.length) continue;
    count[its]++;
    for (let i = starts[row]; i < starts[row + 1]; i++) {
      if (names.some((name) => name[fn[i]] > 0)) found[0][its] = 1;
      if (file[fn[i]] > 0) found[1][its] = 1;
      if (!line.isZero(i)) found[2][its] = 1;
    }
  }
  const key = attributes.ints('key_strindex').array;
  const value = payload.single(values, attributes, 'value');
  const bool = values.ints('bool_value').array;
  const lists = mappings.intLists('attribute_indices');
  for (let row = 1; row < mappings.length; row++) {
    if (count[row] === 0) continue;
    const start = lists.start(row);
    for (let i = start; i < lists.end(row); i++) {
      const index = lists.values.array[i];
      if (index <= 0 || index >= attributes.length || value[index] < 0 || !values.has(value[index], 'bool_value'))
        continue;
      const kind = DECLARED.findIndex((what) => payload.text(key[index]) === `pprof.mapping.has_${what}`);
      if (kind < 0 || bool[value[index]] === found[kind][row]) continue;
      find(at(mappings, row, 'attribute_indices', i - start), () =>
        found[kind][row] === 1
          ? `pprof.mapping.has_${DECLARED[kind]} is false, but locations of ${name(payload, row)} have them`
          : `pprof.mapping.has_${DECLARED[kind]} is true, but no location of ${name(payload, row)} has any`,
      );
    }
  }
}
