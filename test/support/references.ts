// The references of an OTLP payload: where indexes into the dictionary's tables stand.

import type { AnyValue, KeyValue, ProfilesData, ProfilesDictionary } from './messages.ts';

export type Table = keyof ProfilesDictionary;

/** Each table before those that refer to it. */
export const TABLES: readonly Table[] = [
  'string_table',
  'link_table',
  'attribute_table',
  'function_table',
  'mapping_table',
  'location_table',
  'stack_table',
];

export type Remap = Partial<Record<Table, (index: number) => number>>;

const same = (index: number): number => index;

export function emptyDictionary(): ProfilesDictionary {
  const none = new Uint8Array(0);
  return {
    mapping_table: [
      { memory_start: 0n, memory_limit: 0n, file_offset: 0n, filename_strindex: 0, attribute_indices: [] },
    ],
    location_table: [{ mapping_index: 0, address: 0n, lines: [], attribute_indices: [] }],
    function_table: [{ name_strindex: 0, system_name_strindex: 0, filename_strindex: 0, start_line: 0n }],
    link_table: [{ trace_id: none, span_id: none }],
    string_table: [''],
    attribute_table: [{ key_strindex: 0, value: undefined, unit_strindex: 0 }],
    stack_table: [{ location_indices: [] }],
  };
}

/** The dictionary, with a zero entry in each table that had none. */
export function dictionaryOf(data: ProfilesData): ProfilesDictionary {
  const empty = emptyDictionary();
  data.dictionary ??= empty;
  const { dictionary } = data;
  for (const table of TABLES)
    if (dictionary[table].length === 0) (dictionary[table] as unknown[]).push(empty[table][0]);
  return dictionary;
}

function visitValue(value: AnyValue | undefined, string: (index: number) => number): void {
  if (value === undefined) return;
  if (value.string_value_strindex !== undefined) value.string_value_strindex = string(value.string_value_strindex);
  for (const item of value.array_value?.values ?? []) visitValue(item, string);
  visitKeyValues(value.kvlist_value?.values ?? [], string);
}

function visitKeyValues(attributes: KeyValue[], string: (index: number) => number): void {
  for (const attribute of attributes) {
    attribute.key_strindex = string(attribute.key_strindex);
    visitValue(attribute.value, string);
  }
}

/** Runs every reference through the function of its table, in place. */
export function remap(data: ProfilesData, maps: Remap): void {
  const string = maps.string_table ?? same;
  const attribute = maps.attribute_table ?? same;
  const link = maps.link_table ?? same;
  const stack = maps.stack_table ?? same;
  const location = maps.location_table ?? same;
  const mapping = maps.mapping_table ?? same;
  const fn = maps.function_table ?? same;
  const attributes = (owner: { attribute_indices: number[] }): void => {
    owner.attribute_indices = owner.attribute_indices.map(attribute);
  };
  for (const resource of data.resource_profiles) {
    visitKeyValues(resource.resource?.attributes ?? [], string);
    for (const scope of resource.scope_profiles) {
      visitKeyValues(scope.scope?.attributes ?? [], string);
      for (const profile of scope.profiles) {
        attributes(profile);
        for (const type of [profile.sample_type, profile.period_type]) {
          if (type === undefined) continue;
          type.type_strindex = string(type.type_strindex);
          type.unit_strindex = string(type.unit_strindex);
        }
        for (const sample of profile.samples) {
          attributes(sample);
          sample.stack_index = stack(sample.stack_index);
          sample.link_index = link(sample.link_index);
        }
      }
    }
  }
  const tables = data.dictionary;
  if (tables === undefined) return;
  for (const entry of tables.stack_table) entry.location_indices = entry.location_indices.map(location);
  for (const entry of tables.location_table) {
    attributes(entry);
    entry.mapping_index = mapping(entry.mapping_index);
    for (const line of entry.lines) line.function_index = fn(line.function_index);
  }
  for (const entry of tables.mapping_table) {
    attributes(entry);
    entry.filename_strindex = string(entry.filename_strindex);
  }
  for (const entry of tables.function_table) {
    entry.name_strindex = string(entry.name_strindex);
    entry.system_name_strindex = string(entry.system_name_strindex);
    entry.filename_strindex = string(entry.filename_strindex);
  }
  for (const entry of tables.attribute_table) {
    entry.key_strindex = string(entry.key_strindex);
    entry.unit_strindex = string(entry.unit_strindex);
    visitValue(entry.value, string);
  }
}

/** Which entries of a table are referred to. */
export function referenced(data: ProfilesData, table: Table): Set<number> {
  const found = new Set<number>();
  remap(data, {
    [table]: (index: number) => {
      found.add(index);
      return index;
    },
  });
  return found;
}
