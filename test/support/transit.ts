// What real hops do to an OTLP payload on its way without changing what it means. Each
// takes bytes to bytes and draws what is free from a seeded stream of random numbers.

import type { AnyValue, KeyValue, ProfilesData } from './messages.ts';
import { decodeOtlp, encodeOtlp } from './oracle.ts';
import { DESCENDING, unruly, writeOtlp } from './otlpWire.ts';
import type { Random } from './random.ts';
import { dictionaryOf, referenced, remap, TABLES, type Table } from './references.ts';

export type Hop = (bytes: Uint8Array, random: Random) => Uint8Array;

function hop(change: (data: ProfilesData, random: Random) => void): Hop {
  return (bytes, random) => {
    const data = decodeOtlp(bytes);
    change(data, random);
    return encodeOtlp(data);
  };
}

/** Puts new entries into a table; `moved` says where each old entry went. */
function replaceTable(data: ProfilesData, table: Table, entries: unknown[], moved: number[]): void {
  (dictionaryOf(data) as unknown as Record<Table, unknown[]>)[table] = entries;
  remap(data, { [table]: (index: number) => moved[index] ?? index });
}

function shuffleTables(data: ProfilesData, random: Random): void {
  for (const table of TABLES) {
    const entries = dictionaryOf(data)[table] as unknown[];
    const order = [0, ...random.shuffle(entries.map((_, i) => i).slice(1))];
    const moved: number[] = [];
    for (const [next, old] of order.entries()) moved[old] = next;
    replaceTable(
      data,
      table,
      order.map((old) => entries[old]),
      moved,
    );
  }
}

function contentKey(entry: unknown): string {
  return JSON.stringify(entry, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    return value instanceof Uint8Array ? `x${Buffer.from(value).toString('hex')}` : value;
  });
}

function removeDuplicates(data: ProfilesData): void {
  for (const table of TABLES) {
    const kept: unknown[] = [];
    const known = new Map<string, number>();
    const moved = (dictionaryOf(data)[table] as unknown[]).map((entry) => {
      const key = contentKey(entry);
      let index = known.get(key);
      if (index === undefined) {
        index = kept.push(entry) - 1;
        known.set(key, index);
      }
      return index;
    });
    replaceTable(data, table, kept, moved);
  }
}

function collectGarbage(data: ProfilesData): void {
  for (const table of [...TABLES].reverse()) {
    const used = referenced(data, table);
    const moved: number[] = [];
    const kept = (dictionaryOf(data)[table] as unknown[]).filter((_, i) => i === 0 || used.has(i));
    let next = 0;
    for (const i of dictionaryOf(data)[table].keys()) moved[i] = i === 0 || used.has(i) ? next++ : 0;
    replaceTable(data, table, kept, moved);
  }
}

function attributeOwners(data: ProfilesData): { attribute_indices: number[] }[] {
  const { mapping_table, location_table } = dictionaryOf(data);
  const profiles = data.resource_profiles.flatMap((resource) =>
    resource.scope_profiles.flatMap((scope) => scope.profiles),
  );
  return [...mapping_table, ...location_table, ...profiles, ...profiles.flatMap((profile) => profile.samples)];
}

function* directAttributes(data: ProfilesData): Generator<KeyValue[]> {
  for (const resource of data.resource_profiles) {
    if (resource.resource !== undefined) yield resource.resource.attributes;
    for (const scope of resource.scope_profiles) if (scope.scope !== undefined) yield scope.scope.attributes;
  }
}

function reorderAttributes(data: ProfilesData, random: Random): void {
  for (const owner of attributeOwners(data)) random.shuffle(owner.attribute_indices);
  for (const attributes of directAttributes(data)) random.shuffle(attributes);
}

function stringIndexer(data: ProfilesData): (text: string) => number {
  const { string_table } = dictionaryOf(data);
  const known = new Map(string_table.map((text, i): [string, number] => [text, i]).reverse());
  return (text) => {
    let index = known.get(text);
    if (index === undefined) {
      index = string_table.push(text) - 1;
      known.set(text, index);
    }
    return index;
  };
}

function referToValue(value: AnyValue | undefined, index: (text: string) => number): void {
  if (value?.string_value !== undefined) {
    value.string_value_strindex = index(value.string_value);
    delete value.string_value;
  }
  for (const item of value?.array_value?.values ?? []) referToValue(item, index);
  referToStrings(value?.kvlist_value?.values ?? [], index);
}

function referToStrings(attributes: KeyValue[], index: (text: string) => number): void {
  for (const attribute of attributes) {
    if (attribute.key !== '') attribute.key_strindex = index(attribute.key);
    attribute.key = '';
    referToValue(attribute.value, index);
  }
}

function mergeData(first: ProfilesData, second: ProfilesData): ProfilesData {
  const tables = dictionaryOf(first) as unknown as Record<Table, unknown[]>;
  const added = dictionaryOf(second) as unknown as Record<Table, unknown[]>;
  const offsets = Object.fromEntries(TABLES.map((table) => [table, tables[table].length - 1]));
  remap(
    second,
    Object.fromEntries(
      TABLES.map((table) => [table, (index: number) => (index === 0 ? 0 : index + (offsets[table] as number))]),
    ),
  );
  for (const table of TABLES) tables[table].push(...added[table].slice(1));
  first.resource_profiles.push(...second.resource_profiles);
  return first;
}

/** Another payload joins ours, before or after it; dictionaries become one. */
export function merge(other: Uint8Array): Hop {
  return (bytes, random) => {
    const ours = decodeOtlp(bytes);
    const theirs = decodeOtlp(other);
    const merged = random.chance() ? mergeData(ours, theirs) : mergeData(theirs, ours);
    if (random.chance()) removeDuplicates(merged);
    return encodeOtlp(merged);
  };
}

/** Another payload's scopes move under our resource, as a grouping processor does. */
export function mergeScopes(other: Uint8Array): Hop {
  return (bytes, random) => {
    const ours = decodeOtlp(bytes);
    const count = ours.resource_profiles.length;
    const merged = mergeData(ours, decodeOtlp(other));
    const strangers = merged.resource_profiles.splice(count).flatMap((resource) => resource.scope_profiles);
    const home = merged.resource_profiles[0];
    if (home === undefined) return encodeOtlp(merged);
    home.scope_profiles = random.chance()
      ? [...strangers, ...home.scope_profiles]
      : [...home.scope_profiles, ...strangers];
    return encodeOtlp(merged);
  };
}

/** Hops that leave the meaning as it is, but for addResourceAttributes, which adds to it. */
export const HOPS: Readonly<Record<string, Hop>> = {
  reencode: hop(() => undefined),
  descendingFields: (bytes) => writeOtlp(decodeOtlp(bytes), DESCENDING),
  unrulyFields: (bytes, random) => writeOtlp(decodeOtlp(bytes), unruly(random)),
  shuffleTables: hop(shuffleTables),
  removeDuplicates: hop(removeDuplicates),
  collectGarbage: hop(collectGarbage),
  reorderAttributes: hop(reorderAttributes),
  referToStrings: hop((data) => {
    const index = stringIndexer(data);
    for (const attributes of directAttributes(data)) referToStrings(attributes, index);
  }),
  referToAttributeStrings: hop((data) => {
    const index = stringIndexer(data);
    for (const entry of dictionaryOf(data).attribute_table) referToValue(entry.value, index);
  }),
  zeroLinkBytes: hop((data) => {
    dictionaryOf(data).link_table[0] = { trace_id: new Uint8Array(16), span_id: new Uint8Array(8) };
  }),
  addResourceAttributes: hop((data, random) => {
    for (const entry of data.resource_profiles) {
      entry.resource ??= { attributes: [], dropped_attributes_count: 0, entity_refs: [] };
      const names = ['host.name', 'k8s.pod.name', 'service.name'].filter(
        (key) => !entry.resource?.attributes.some((old) => old.key === key),
      );
      for (const key of names)
        entry.resource.attributes.push({ key, value: { string_value: `added-${random.below(10)}` }, key_strindex: 0 });
    }
  }),
};

export function compose(hops: readonly Hop[]): Hop {
  return (bytes, random) => hops.reduce((passed, next) => next(passed, random), bytes);
}
