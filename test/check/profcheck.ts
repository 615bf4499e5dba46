// OpenTelemetry's profcheck (sig-profiling, profcheck/check.go at d2ab6d5) with all of its checks on, rule by rule as it
// is written there: also the indexes that are one too low, and the panics on empty tables. It says what profcheck says
// of a payload, and nothing of what would be right.

import type {
  KeyValueAndUnit,
  Link,
  OtlpFunction,
  OtlpLocation,
  OtlpMapping,
  OtlpProfile,
  OtlpSample,
  OtlpValueType,
  ProfilesData,
  ProfilesDictionary,
  Stack,
} from '../support/messages.ts';
import { decodeOtlp } from '../support/oracle.ts';

/** What Go's runtime ends the program with. */
class Panic extends Error {}

/** The messages that profcheck ends with, empty when the payload passes. */
export function profcheck(bytes: Uint8Array): string[] {
  let data: ProfilesData;
  try {
    data = decodeOtlp(bytes);
  } catch {
    return ['Failed to read file as ProfilesData'];
  }
  try {
    return checkData(data);
  } catch (error) {
    if (error instanceof Panic) return [`panic: ${error.message}`];
    throw error;
  }
}

const under = (prefix: string, messages: string[]): string[] => messages.map((message) => `${prefix}: ${message}`);

function checkData(data: ProfilesData): string[] {
  if (data.resource_profiles.length === 0) return ['resource profiles are empty'];
  const { dictionary } = data;
  const found = data.resource_profiles.flatMap((resource, i) => {
    const scopes = resource.scope_profiles.flatMap((scope, j) => {
      const profiles = scope.profiles.flatMap((profile, k) =>
        under(`profile[${k}]`, checkProfile(profile, dictionary)),
      );
      const none = scope.profiles.length === 0 ? ['scope profiles has no profiles'] : [];
      return under(`scope_profiles[${j}]`, [...none, ...profiles]);
    });
    const none = resource.scope_profiles.length === 0 ? ['resource profiles has no scope profiles'] : [];
    return under(`resource_profiles[${i}]`, [...none, ...scopes]);
  });
  // Its getters take no dictionary for an empty one; then the table of mappings is sliced.
  if (dictionary === undefined) throw new Panic('slice bounds out of range [1:0]');
  return [...found, ...under('dictionary', [...checkDictionary(dictionary), ...checkOrphans(data, dictionary)])];
}

function checkProfile(profile: OtlpProfile, dictionary: ProfilesDictionary | undefined): string[] {
  if (dictionary === undefined) throw new Panic('invalid memory address or nil pointer dereference');
  const found = [
    ...under('attribute_indices', checkAttributeIndices(profile.attribute_indices, dictionary)),
    ...under('sample_type', checkValueType(profile.sample_type, dictionary)),
    ...under('period_type', checkValueType(profile.period_type, dictionary)),
  ];
  const expected = { shape: '' };
  profile.samples.forEach((sample, i) => {
    found.push(...under(`sample[${i}]`, checkSample(sample, profile, dictionary, expected)));
  });
  return found;
}

function checkSample(
  sample: OtlpSample,
  profile: OtlpProfile,
  dictionary: ProfilesDictionary,
  expected: { shape: string },
): string[] {
  const start = profile.time_unix_nano;
  const end = BigInt.asUintN(64, start + profile.duration_nano);
  const found = [
    ...under('stack_index', checkIndex(dictionary.stack_table, sample.stack_index)),
    ...under('attribute_indices', checkAttributeIndices(sample.attribute_indices, dictionary)),
    ...under('link_index', checkIndex(dictionary.link_table, sample.link_index)),
  ];
  sample.timestamps_unix_nano.forEach((time, i) => {
    if (time < start || time >= end)
      found.push(`timestamps_unix_nano[${i}]=${time} is outside profile time range [${start}, ${end})`);
  });
  const values = sample.values.length;
  const times = sample.timestamps_unix_nano.length;
  let shape = 'unspecified';
  if (values > 0 && times > 0) {
    if (values !== times)
      found.push(
        `values (len=${values}) and timestamps_unix_nano (len=${times}) must contain the same number of elements`,
      );
    shape = 'both_values_and_timestamps';
  } else if (values > 0) {
    if (values !== 1)
      found.push(`values (len=${values}) must contain a single element if timestamps_unix_nano is not set`);
    shape = 'values_only';
  } else if (times > 0) shape = 'timestamps_only';
  else found.push('sample must have at least one values or timestamps_unix_nano entry');
  if (expected.shape === '') expected.shape = shape;
  else if (shape !== expected.shape)
    found.push(`sample shape ${shape} does not match expected sample shape ${expected.shape}`);
  return found;
}

function checkDictionary(dictionary: ProfilesDictionary): string[] {
  return [
    ...under('mapping_table', checkMappings(dictionary.mapping_table, dictionary)),
    ...under('location_table', checkLocations(dictionary.location_table, dictionary)),
    ...under('function_table', checkFunctions(dictionary.function_table, dictionary)),
    ...under('link_table', checkLinks(dictionary.link_table)),
    ...under('string_table', checkStrings(dictionary.string_table)),
    ...under('attribute_table', checkAttributes(dictionary.attribute_table, dictionary)),
    ...under('stack_table', checkStacks(dictionary.stack_table, dictionary)),
  ];
}

function checkValueType(type: OtlpValueType | undefined, { string_table }: ProfilesDictionary): string[] {
  return [
    ...under('unit_strindex', checkIndex(string_table, type?.unit_strindex ?? 0)),
    ...under('type_strindex', checkIndex(string_table, type?.type_strindex ?? 0)),
  ];
}

function checkMappings(table: OtlpMapping[], dictionary: ProfilesDictionary): string[] {
  const found = checkZero(table);
  const known = new Set<string>();
  // Numbered from the second entry on: every index is one too low.
  fromSecond(table).forEach((mapping, i) => {
    found.push(
      ...under(`[${i}].filename_strindex`, checkIndex(dictionary.string_table, mapping.filename_strindex)),
      ...under(`[${i}].attribute_indices`, checkAttributeIndices(mapping.attribute_indices, dictionary)),
    );
    const { memory_start: start, memory_limit: limit } = mapping;
    if (!(start === 0n && limit === 0n) && start >= limit)
      found.push(`[${i}]: memory_start=${hex(start)}, memory_limit=${hex(limit)}: must be both zero or start < limit`);
    const key = [
      start,
      limit,
      mapping.file_offset,
      mapping.filename_strindex,
      sorted(mapping.attribute_indices),
    ].join();
    if (known.has(key)) found.push(`duplicate mapping at index ${i}`);
    known.add(key);
  });
  return found;
}

function checkLocations(table: OtlpLocation[], dictionary: ProfilesDictionary): string[] {
  return [
    ...checkZero(table),
    ...table.flatMap((location, i) => [
      ...under(`[${i}].mapping_index`, checkIndex(dictionary.mapping_table, location.mapping_index)),
      ...under(`[${i}].attribute_indices`, checkAttributeIndices(location.attribute_indices, dictionary)),
      ...location.lines.flatMap((line, k) =>
        under(`[${i}].line[${k}]`, [
          ...under('function_index', checkIndex(dictionary.function_table, line.function_index)),
          ...under('line', checkNonNegative(line.line)),
          ...under('column', checkNonNegative(line.column)),
        ]),
      ),
    ]),
  ];
}

function checkFunctions(table: OtlpFunction[], { string_table }: ProfilesDictionary): string[] {
  return [
    ...checkZero(table),
    ...table.flatMap((fn, i) => [
      ...under(`[${i}].name_strindex`, checkIndex(string_table, fn.name_strindex)),
      ...under(`[${i}].system_name_strindex`, checkIndex(string_table, fn.system_name_strindex)),
      ...under(`[${i}].filename_strindex`, checkIndex(string_table, fn.filename_strindex)),
      ...under(`[${i}].start_line`, checkNonNegative(fn.start_line)),
    ]),
  ];
}

function checkLinks(table: Link[]): string[] {
  const found = checkZero(table);
  fromSecond(table).forEach(({ trace_id, span_id }, i) => {
    if (trace_id.length !== 16) found.push(`len([${i}].trace_id) == ${trace_id.length}, want 16`);
    if (span_id.length !== 8) found.push(`len([${i}].span_id) == ${span_id.length}, want 8`);
  });
  return found;
}

function checkStrings(table: string[]): string[] {
  if (table.length === 0) return ['empty string table, must have at least empty string'];
  if (table[0] !== '') return [`must have empty string at index 0, got ${JSON.stringify(table[0])}`];
  return table.flatMap((text, i) => {
    const first = table.indexOf(text);
    return first < i ? [`duplicate string at index ${i}, orig index ${first}: ${text}`] : [];
  });
}

function checkAttributes(table: KeyValueAndUnit[], { string_table }: ProfilesDictionary): string[] {
  const found: string[] = [];
  const [first] = table;
  if (first === undefined) found.push('empty table, must have at least zero value entry');
  else if (first.key_strindex !== 0 || first.unit_strindex !== 0)
    found.push('first attribute must have zero key/unit indices');
  else if (first.value !== undefined && Object.keys(first.value).length > 0)
    found.push('first attribute value must be nil');
  table.forEach((attribute, i) => {
    found.push(
      ...under(`[${i}].key_strindex`, checkIndex(string_table, attribute.key_strindex)),
      ...under(`[${i}].unit_strindex`, checkIndex(string_table, attribute.unit_strindex)),
    );
  });
  return found;
}

function checkStacks(table: Stack[], { location_table }: ProfilesDictionary): string[] {
  return [
    ...checkZero(table),
    ...table.flatMap((stack, i) =>
      stack.location_indices.flatMap((index, k) =>
        under(`[${i}].location_indices[${k}]`, checkIndex(location_table, index)),
      ),
    ),
  ];
}

function checkZero(table: readonly object[]): string[] {
  if (table.length === 0) return ['empty table, must have at least zero value entry'];
  return isZero(table[0]) ? [] : ['must have zero value at index 0'];
}

const isZero = (value: unknown): boolean =>
  value === undefined ||
  value === 0 ||
  value === 0n ||
  (value instanceof Uint8Array || Array.isArray(value)
    ? value.length === 0
    : typeof value === 'object' && value !== null && Object.values(value).every(isZero));

function fromSecond<T>(table: T[]): T[] {
  if (table.length === 0) throw new Panic('slice bounds out of range [1:0]');
  return table.slice(1);
}

function checkOrphans(data: ProfilesData, dictionary: ProfilesDictionary): string[] {
  const refs = {
    string_table: new Set([0]),
    attribute_table: new Set([0]),
    mapping_table: new Set([0]),
    function_table: new Set([0]),
    location_table: new Set([0]),
    stack_table: new Set([0]),
    link_table: new Set([0]),
  };
  const mark = (set: Set<number>, ...indexes: number[]) => {
    for (const index of indexes) set.add(index);
  };
  for (const { scope_profiles } of data.resource_profiles) {
    for (const profile of scope_profiles.flatMap(({ profiles }) => profiles)) {
      for (const type of [profile.sample_type, profile.period_type])
        mark(refs.string_table, type?.type_strindex ?? 0, type?.unit_strindex ?? 0);
      mark(refs.attribute_table, ...profile.attribute_indices);
      for (const sample of profile.samples) {
        mark(refs.stack_table, sample.stack_index);
        mark(refs.link_table, sample.link_index);
        mark(refs.attribute_table, ...sample.attribute_indices);
      }
    }
  }
  for (const stack of dictionary.stack_table) mark(refs.location_table, ...stack.location_indices);
  for (const location of dictionary.location_table) {
    mark(refs.mapping_table, location.mapping_index);
    mark(refs.attribute_table, ...location.attribute_indices);
    mark(refs.function_table, ...location.lines.map((line) => line.function_index));
  }
  for (const mapping of dictionary.mapping_table) {
    mark(refs.string_table, mapping.filename_strindex);
    mark(refs.attribute_table, ...mapping.attribute_indices);
  }
  for (const fn of dictionary.function_table)
    mark(refs.string_table, fn.name_strindex, fn.system_name_strindex, fn.filename_strindex);
  // Neither string_value_strindex nor the keys of resources and scopes count.
  for (const attribute of dictionary.attribute_table)
    mark(refs.string_table, attribute.key_strindex, attribute.unit_strindex);
  return (Object.keys(refs) as (keyof typeof refs)[]).flatMap((table) =>
    Array.from<unknown, number>(dictionary[table], (_, i) => i)
      .filter((i) => !refs[table].has(i))
      .map((i) => `${table}: unreferenced entry at index ${i}`),
  );
}

function checkAttributeIndices(indices: number[], { attribute_table, string_table }: ProfilesDictionary): string[] {
  const keys = new Map<string, number>();
  return indices.flatMap((index, i) => {
    const range = checkIndex(attribute_table, index);
    if (range.length > 0) return under(`[${i}]`, range);
    const strindex = (attribute_table[index] as KeyValueAndUnit).key_strindex;
    const keyRange = checkIndex(string_table, strindex);
    if (keyRange.length > 0) return under(`[${i}].key_strindex`, keyRange);
    const key = string_table[strindex] as string;
    const before = keys.get(key);
    if (before !== undefined)
      return [`[${i}].key_strindex: duplicate key ${JSON.stringify(key)}, previously seen at [${before}].key_strindex`];
    keys.set(key, i);
    return [];
  });
}

const checkIndex = ({ length }: readonly unknown[], index: number): string[] =>
  index < 0 || index >= length ? [`index ${index} is out of range [0..${length})`] : [];

const checkNonNegative = (n: bigint): string[] => (n < 0n ? [`${n} < 0, must be non-negative`] : []);

const sorted = (indices: number[]): string => `[${[...indices].sort((a, b) => a - b).join(' ')}]`;

const hex = (n: bigint): string => n.toString(16).padStart(16, '0');
