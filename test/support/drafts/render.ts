// A sketch as a release writes it, by protobufjs.

import { encodeDraft, type Release } from './protos.ts';
import {
  hasOwnTables,
  hasStacks,
  type Profile,
  type Sketch,
  type Tables,
  type Value,
  type ValueType,
} from './sketch.ts';

export function render(sketch: Sketch): Uint8Array {
  return encodeDraft(sketch.release, dataOf(sketch));
}

function dataOf({ release, tables, resources }: Sketch): object {
  const data = {
    resource_profiles: resources.map(({ resource, schema, scopes }) => ({
      ...(resource && {
        resource: { attributes: plainValues(resource.attributes), dropped_attributes_count: resource.dropped },
      }),
      schema_url: schema,
      scope_profiles: scopes.map(({ scope, schema, profiles }) => ({
        ...(scope && {
          scope: {
            ...{ name: scope.name, version: scope.version, attributes: plainValues(scope.attributes) },
            dropped_attributes_count: scope.dropped,
          },
        }),
        schema_url: schema,
        profiles: profiles.map((profile) => (release === '1.3' ? container(profile) : modern(release, profile))),
      })),
    })),
  };
  if (hasOwnTables(release)) return data;
  return release === '1.6'
    ? { ...data, ...tablesOf(release, tables) }
    : { ...data, dictionary: tablesOf(release, tables) };
}

/** Without what only 1.10 has. */
function plainValues(values: readonly Value[]): object[] {
  return values.map(({ key, value }) => ({ key, ...(value && { value: plainValue(value) }) }));
}

function plainValue(value: object): object {
  const { kvlist_value: list } = value as { kvlist_value?: { values: Value[] } };
  return list === undefined ? value : { kvlist_value: { values: plainValues(list.values) } };
}

function tablesOf(release: Release, tables: Tables): object {
  const common = {
    mapping_table: tables.mappings.map((mapping) => ({
      ...{ memory_start: mapping.numbers[0], memory_limit: mapping.numbers[1], file_offset: mapping.numbers[2] },
      ...{ filename_strindex: mapping.filename, attribute_indices: mapping.attributes },
      ...(hasStacks(release) ? {} : flags(mapping.flags)),
    })),
    location_table: tables.locations.map((location) => ({
      ...(location.mapping === undefined ? {} : { mapping_index: location.mapping }),
      ...{ address: location.address, attribute_indices: location.attributes },
      [release === '1.9' ? 'lines' : 'line']: lines(location.lines),
      ...(hasStacks(release) ? {} : { is_folded: location.isFolded }),
    })),
    function_table: tables.functions.map((fn) => ({
      ...{ name_strindex: fn.name, system_name_strindex: fn.system, filename_strindex: fn.file, start_line: fn.line },
    })),
    link_table: links(tables),
    string_table: tables.strings,
  };
  if (!hasStacks(release)) {
    return {
      ...common,
      attribute_table: plainValues(tables.attributes),
      attribute_units: units(tables).map(([key, unit]) => ({ attribute_key_strindex: key, unit_strindex: unit })),
    };
  }
  return {
    ...common,
    // Keys are strings of the table.
    string_table: [...tables.strings, ...keysOf(tables)],
    attribute_table: tables.attributes.map(({ value, unit }, i) => ({
      key_strindex: i === 0 ? 0 : tables.strings.length + i - 1,
      ...(value && { value: plainValue(value) }),
      unit_strindex: unit,
    })),
    stack_table: tables.stacks.map((location_indices) => ({ location_indices })),
  };
}

const keysOf = (tables: Tables): string[] => tables.attributes.slice(1).map(({ key }) => key);
const links = (tables: Tables) => tables.links.map(([trace_id, span_id]) => ({ trace_id, span_id }));
const lines = (list: { fn: number; line: bigint; column: bigint }[]) =>
  list.map(({ fn, line, column }) => ({ function_index: fn, line, column }));
const flags = ([functions, filenames, numbers, inlines]: boolean[]) => ({
  ...{ has_functions: functions, has_filenames: filenames, has_line_numbers: numbers, has_inline_frames: inlines },
});

/** Keys with their units, as far as the string table has the key. */
export function units({ strings, attributes }: Tables): [number, number][] {
  const found = new Map<number, number>();
  for (const { key, unit } of attributes) if (strings.includes(key)) found.set(strings.indexOf(key), unit);
  return [...found];
}

function valueType(release: Release, { type, unit, temporality }: ValueType): object {
  const said = release === '1.9' ? {} : { aggregation_temporality: temporality };
  return release === '1.3' ? { type, unit, ...said } : { type_strindex: type, unit_strindex: unit, ...said };
}

/** The stacks one behind the other, and where each begins. */
function ranges({ stacks }: Tables): { indices: number[]; starts: number[] } {
  const starts: number[] = [];
  const indices: number[] = [];
  for (const stack of stacks) {
    starts.push(indices.length);
    indices.push(...stack);
  }
  return { indices, starts };
}

function modern(release: Release, profile: Profile): object {
  const { tables } = profile;
  const { indices, starts } = ranges(tables);
  const types = profile.types.map((type) => valueType(release, type));
  const common = {
    ...(profile.periodType && { period_type: valueType(release, profile.periodType) }),
    ...{ period: profile.period, profile_id: profile.id, dropped_attributes_count: profile.dropped },
    ...{ original_payload_format: profile.format, original_payload: profile.payload },
    ...(release === '1.9' ? {} : { comment_strindices: profile.comments }),
    ...(release === '1.4' ? { attributes: plainValues(profile.inline) } : { attribute_indices: profile.attributes }),
  };
  if (hasStacks(release)) {
    return {
      ...common,
      ...(types[0] && { sample_type: types[0] }),
      ...{ time_unix_nano: profile.time, duration_nano: profile.duration },
      [release === '1.9' ? 'samples' : 'sample']: profile.samples.map((sample) => ({
        ...{ stack_index: sample.stack, values: sample.values, attribute_indices: sample.attributes },
        ...{ link_index: sample.link ?? 0, timestamps_unix_nano: sample.timestamps },
      })),
    };
  }
  return {
    ...common,
    ...(hasOwnTables(release) ? tablesOf(release, tables) : {}),
    ...{ sample_type: types, location_indices: indices, time_nanos: profile.time, duration_nanos: profile.duration },
    [hasOwnTables(release) ? 'default_sample_type_strindex' : 'default_sample_type_index']: profile.defaultType,
    sample: profile.samples.map((sample) => ({
      ...{ locations_start_index: starts[sample.stack], locations_length: tables.stacks[sample.stack]?.length },
      ...{ value: sample.values, attribute_indices: sample.attributes },
      ...(sample.link === undefined ? {} : { link_index: sample.link }),
      timestamps_unix_nano: sample.timestamps,
    })),
  };
}

/** A profile of 1.3. */
function container(profile: Profile): object {
  const { tables } = profile;
  const { indices, starts } = ranges(tables);
  return {
    ...{ profile_id: profile.id, start_time_unix_nano: profile.start, end_time_unix_nano: profile.end },
    ...{ attributes: plainValues(profile.inline), dropped_attributes_count: profile.dropped },
    ...{ original_payload_format: profile.format, original_payload: profile.payload },
    profile: {
      sample_type: profile.types.map((type) => valueType('1.3', type)),
      sample: profile.samples.map((sample) => ({
        ...{ locations_start_index: starts[sample.stack], locations_length: tables.stacks[sample.stack]?.length },
        ...{ stacktrace_id_index: sample.stacktraceId, value: sample.values, attributes: sample.attributes },
        label: sample.labels.map(({ key, str, num, unit }) => ({ key, str, num, num_unit: unit })),
        ...{ link: sample.link ?? 0, timestamps_unix_nano: sample.timestamps },
      })),
      mapping: tables.mappings.map((mapping) => ({
        ...{ id: mapping.id, build_id: mapping.buildId, build_id_kind: mapping.buildIdKind, ...flags(mapping.flags) },
        ...{ memory_start: mapping.numbers[0], memory_limit: mapping.numbers[1], file_offset: mapping.numbers[2] },
        ...{ filename: mapping.filename, attributes: mapping.attributes },
      })),
      location: tables.locations.map((location) => ({
        ...{ id: location.id, mapping_index: location.mapping ?? 0, address: location.address },
        ...{ line: lines(location.lines), is_folded: location.isFolded, type_index: location.type },
        attributes: location.attributes,
      })),
      location_indices: indices,
      function: tables.functions.map(({ id, name, system, file, line }) => ({
        ...{ id, name, system_name: system, filename: file, start_line: line },
      })),
      attribute_table: plainValues(tables.attributes),
      attribute_units: units(tables).map(([key, unit]) => ({ attribute_key: key, unit })),
      ...{ link_table: links(tables), string_table: tables.strings },
      ...{ drop_frames: profile.dropFrames, keep_frames: profile.keepFrames },
      ...{ time_nanos: profile.time, duration_nanos: profile.duration, period: profile.period },
      ...(profile.periodType && { period_type: valueType('1.3', profile.periodType) }),
      ...{ comment: profile.comments, default_sample_type: profile.defaultType },
    },
  };
}
