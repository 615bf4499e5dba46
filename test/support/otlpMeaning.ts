// What an OTLP payload means: every index followed, so that nothing of the
// dictionary's order, doubled or unused entries is left. Sets are sorted.

import type { AnyValue, KeyValue, ProfilesData, ProfilesDictionary } from './messages.ts';
import { decodeOtlp } from './oracle.ts';

export type Tree = string | number | boolean | null | Tree[] | { [name: string]: Tree };

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const zeroId = (bytes: Uint8Array): string => (bytes.every((byte) => byte === 0) ? '' : hex(bytes));

function sorted(trees: Tree[]): Tree[] {
  return trees.map((tree) => JSON.stringify(tree)).sort();
}

function valueTree(value: AnyValue | undefined, strings: readonly string[]): Tree {
  if (value === undefined) return null;
  if (value.string_value !== undefined) return { string: value.string_value };
  if (value.string_value_strindex !== undefined) return { string: strings[value.string_value_strindex] ?? 'missing' };
  if (value.bool_value !== undefined) return { bool: value.bool_value };
  if (value.int_value !== undefined) return { int: `${value.int_value}` };
  if (value.double_value !== undefined) return { double: `${value.double_value}` };
  if (value.bytes_value !== undefined) return { bytes: hex(value.bytes_value) };
  if (value.array_value !== undefined)
    return { array: value.array_value.values.map((item) => valueTree(item, strings)) };
  if (value.kvlist_value !== undefined)
    return { list: value.kvlist_value.values.map((item) => keyValueTree(item, strings)) };
  return null;
}

function keyValueTree(attribute: KeyValue, strings: readonly string[]): Tree {
  const key = attribute.key_strindex === 0 ? attribute.key : (strings[attribute.key_strindex] ?? 'missing');
  return [key, valueTree(attribute.value, strings)];
}

const EMPTY: ProfilesDictionary = {
  ...{ mapping_table: [], location_table: [], function_table: [], link_table: [] },
  ...{ string_table: [], attribute_table: [], stack_table: [] },
};

/** One tree for each ResourceProfiles. */
export function meaningOfData(data: ProfilesData): Tree[] {
  const tables = data.dictionary ?? EMPTY;
  const strings = tables.string_table;
  const at = (index: number): string => strings[index] ?? 'missing';
  const attributes = (indices: number[]): Tree =>
    sorted(
      indices.map((index) => {
        const entry = tables.attribute_table[index];
        return entry === undefined
          ? 'missing'
          : [at(entry.key_strindex), valueTree(entry.value, strings), at(entry.unit_strindex)];
      }),
    );
  const functions = tables.function_table.map(
    (f): Tree => [at(f.name_strindex), at(f.system_name_strindex), at(f.filename_strindex), `${f.start_line}`],
  );
  const mappings = tables.mapping_table.map(
    (m): Tree => [
      `${m.memory_start} ${m.memory_limit} ${m.file_offset}`,
      at(m.filename_strindex),
      attributes(m.attribute_indices),
    ],
  );
  const locations = tables.location_table.map(
    (l): Tree => ({
      mapping: mappings[l.mapping_index] ?? 'missing',
      address: `${l.address}`,
      lines: l.lines.map((line) => [functions[line.function_index] ?? 'missing', `${line.line}`, `${line.column}`]),
      attributes: attributes(l.attribute_indices),
    }),
  );
  const stacks = tables.stack_table.map(
    (stack): Tree => stack.location_indices.map((index) => locations[index] ?? 'missing'),
  );
  const links = tables.link_table.map((link): Tree => [zeroId(link.trace_id), zeroId(link.span_id)]);
  const valueType = (type: { type_strindex: number; unit_strindex: number } | undefined): Tree =>
    type === undefined ? ['', ''] : [at(type.type_strindex), at(type.unit_strindex)];

  return data.resource_profiles.map((resource) => ({
    attributes: sorted((resource.resource?.attributes ?? []).map((item) => keyValueTree(item, strings))),
    dropped: resource.resource?.dropped_attributes_count ?? 0,
    entities: (resource.resource?.entity_refs ?? []).map((entity) => JSON.stringify(entity)),
    schema: resource.schema_url,
    scopes: resource.scope_profiles.map((scope) => ({
      name: scope.scope?.name ?? '',
      version: scope.scope?.version ?? '',
      attributes: sorted((scope.scope?.attributes ?? []).map((item) => keyValueTree(item, strings))),
      dropped: scope.scope?.dropped_attributes_count ?? 0,
      schema: scope.schema_url,
      profiles: scope.profiles.map((profile) => ({
        type: valueType(profile.sample_type),
        time: `${profile.time_unix_nano} ${profile.duration_nano}`,
        period: [`${profile.period}`, valueType(profile.period_type)],
        id: zeroId(profile.profile_id),
        dropped: profile.dropped_attributes_count,
        original: [profile.original_payload_format, hex(profile.original_payload)],
        attributes: attributes(profile.attribute_indices),
        samples: profile.samples.map((sample) => ({
          stack: stacks[sample.stack_index] ?? 'missing',
          attributes: attributes(sample.attribute_indices),
          link: links[sample.link_index] ?? 'missing',
          values: sample.values.map(String),
          timestamps: sample.timestamps_unix_nano.map(String),
        })),
      })),
    })),
  }));
}

export function otlpMeaning(bytes: Uint8Array): Tree[] {
  return meaningOfData(decodeOtlp(bytes));
}
