// The rules that OTLP sets for a payload and OpenTelemetry's profcheck judges, with
// doubled and unreferenced entries: what is broken, empty when nothing is.
// Left out: what a pprof may say and OTLP forbids (negative lines, a mapping that
// ends before it starts), which is kept on purpose.

import type { ProfilesData } from './messages.ts';
import { referenced, TABLES } from './references.ts';

const show = (value: unknown): string =>
  JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'bigint' ? `${item}n` : item instanceof Uint8Array ? `x${Buffer.from(item).toString('hex')}` : item,
  );

const isZero = (value: unknown): boolean =>
  value === undefined ||
  value === 0 ||
  value === 0n ||
  value === '' ||
  value === false ||
  (value instanceof Uint8Array || Array.isArray(value)
    ? value.length === 0
    : typeof value === 'object' && value !== null && Object.values(value).every(isZero));

/** An entry's content with its set of attributes in one order. */
function content(entry: unknown): string {
  const indices = (entry as { attribute_indices?: number[] }).attribute_indices;
  return show(
    indices === undefined ? entry : { ...(entry as object), attribute_indices: [...indices].sort((a, b) => a - b) },
  );
}

export function conformanceProblems(data: ProfilesData): string[] {
  const problems: string[] = [];
  const { dictionary } = data;
  if (dictionary === undefined) return ['no dictionary'];
  if (data.resource_profiles.length === 0) problems.push('no resource_profiles');

  for (const table of TABLES) {
    const entries = dictionary[table] as unknown[];
    if (entries.length === 0) problems.push(`${table} is empty`);
    else if (!isZero(entries[0])) problems.push(`${table}[0] is not zero: ${show(entries[0])}`);
    const known = new Map<string, number>();
    const used = referenced(data, table);
    entries.forEach((entry, i) => {
      const twin = known.get(content(entry));
      if (twin !== undefined) problems.push(`${table}[${i}] doubles [${twin}]: ${show(entry)}`);
      known.set(content(entry), i);
      if (i > 0 && !used.has(i)) problems.push(`${table}[${i}] is not referred to: ${show(entry)}`);
    });
    for (const index of used) if (index < 0 || index >= entries.length) problems.push(`${table} has no entry ${index}`);
  }
  // profcheck does not see references to strings from attribute values.
  const counted = structuredClone(data);
  for (const entry of counted.dictionary?.attribute_table ?? []) entry.value = undefined;
  for (const resource of counted.resource_profiles) {
    if (resource.resource !== undefined) resource.resource.attributes = [];
    for (const { scope } of resource.scope_profiles) if (scope !== undefined) scope.attributes = [];
  }
  const seen: Set<number> = referenced(counted, 'string_table');
  dictionary.string_table.forEach((text, i) => {
    if (i > 0 && !seen.has(i))
      problems.push(`string_table[${i}] is referred to by attribute values only: ${show(text)}`);
  });

  const keysOnce = (owner: string, indices: number[]): void => {
    const keys = indices.map((index) => dictionary.attribute_table[index]?.key_strindex);
    if (new Set(keys).size < keys.length) problems.push(`${owner} has one key twice: ${show(indices)}`);
  };
  for (const [i, mapping] of dictionary.mapping_table.entries())
    keysOnce(`mapping_table[${i}]`, mapping.attribute_indices);
  for (const [i, location] of dictionary.location_table.entries())
    keysOnce(`location_table[${i}]`, location.attribute_indices);
  dictionary.link_table.slice(1).forEach((link, i) => {
    if (link.trace_id.length !== 16 || link.span_id.length !== 8)
      problems.push(`link_table[${i + 1}] has ids of wrong length: ${show(link)}`);
  });
  for (const resource of data.resource_profiles) {
    if (resource.scope_profiles.length === 0) problems.push('a resource without scopes');
    for (const scope of resource.scope_profiles) {
      if (scope.profiles.length === 0) problems.push('a scope without profiles');
      const keys = scope.scope?.attributes.map(({ key }) => key) ?? [];
      if (new Set(keys).size < keys.length) problems.push(`a scope has one key twice: ${keys.join()}`);
      for (const profile of scope.profiles) {
        keysOnce('a profile', profile.attribute_indices);
        if ((profile.original_payload_format === '') !== (profile.original_payload.length === 0))
          problems.push('original payload without format, or the other way round');
        for (const sample of profile.samples) {
          keysOnce('a sample', sample.attribute_indices);
          if (sample.values.length !== 1)
            problems.push(`a sample with ${sample.values.length} values and no timestamps`);
          if (sample.timestamps_unix_nano.length > 0) problems.push('a sample with timestamps');
        }
      }
    }
  }
  return problems;
}
