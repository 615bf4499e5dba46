// An arbitrary that no longer reaches an oddity would let every property pass: each
// oddity must turn up in a fixed sample.

import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { otlpFiles } from './corpus.ts';
import type { AnyValue, OtlpProfile, OtlpSample, ProfilesData, ProfilesDictionary, ScopeProfiles } from './messages.ts';
import { decodeOtlp, encodeOtlp, otlpType } from './oracle.ts';
import { otlpData } from './otlpData.ts';
import { CANONICAL, type OtlpWireStyle, otlpWireStyle, relayOtlp } from './otlpLayouts.ts';
import { meaningOfData } from './otlpMeaning.ts';
import { canonicalOtlpCase, otlp, realisticCase, wildOtlpCase } from './otlpPayloads.ts';
import { PRODUCERS } from './otlpProducers.ts';
import { emptyDictionary, referenced, TABLES, type Table } from './references.ts';
import { patience, runsOf } from './runs.ts';

const MIN = -(1n << 63n);
const MAX = (1n << 64n) - 1n;
const cases = fc.sample(otlpData, { numRuns: 3000, seed: 1 });

const tables = (data: ProfilesData): ProfilesDictionary => data.dictionary ?? emptyDictionary();
const scopes = (data: ProfilesData): ScopeProfiles[] => data.resource_profiles.flatMap((one) => one.scope_profiles);
const profiles = (data: ProfilesData): OtlpProfile[] => scopes(data).flatMap((scope) => scope.profiles);
const samples = (data: ProfilesData): OtlpSample[] => profiles(data).flatMap((profile) => profile.samples);
const text = (value: unknown): string =>
  JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `${item}n` : item));
const twice = (items: unknown[]): boolean => new Set(items.map(text)).size < items.length;
const zero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

function* within(value: AnyValue | undefined): Generator<AnyValue> {
  if (value === undefined) return;
  yield value;
  for (const item of value.array_value?.values ?? []) yield* within(item);
  for (const item of value.kvlist_value?.values ?? []) yield* within(item.value);
}

function anyValue(data: ProfilesData, is: (value: AnyValue, depth: AnyValue) => boolean): boolean {
  const direct = [
    ...data.resource_profiles.flatMap(({ resource }) => resource?.attributes ?? []),
    ...scopes(data).flatMap(({ scope }) => scope?.attributes ?? []),
  ];
  const roots = [...tables(data).attribute_table, ...direct].map(({ value }) => value);
  return roots.some((root) => [...within(root)].some((value) => is(value, root as AnyValue)));
}

/** Samples that differ in their values only. */
function zips([first, ...rest]: OtlpProfile[]): boolean {
  if (first === undefined || rest.length === 0 || first.samples.length === 0) return false;
  const who = ({ samples }: OtlpProfile): string =>
    text(samples.map(({ stack_index, attribute_indices, link_index }) => [stack_index, attribute_indices, link_index]));
  return rest.every((profile) => who(profile) === who(first));
}

const lists = (sample: OtlpSample): [number, number] => [sample.values.length, sample.timestamps_unix_nano.length];
const ODDITIES: Record<string, (data: ProfilesData) => boolean> = {
  'several resources': (d) => d.resource_profiles.length > 1,
  'several scopes': (d) => d.resource_profiles.some(({ scope_profiles }) => scope_profiles.length > 1),
  'several profiles': (d) => scopes(d).some(({ profiles }) => profiles.length > 1),
  'nothing at all': (d) => d.resource_profiles.length === 0,
  'a resource without scopes': (d) => d.resource_profiles.some(({ scope_profiles }) => scope_profiles.length === 0),
  'a scope without profiles': (d) => scopes(d).some(({ profiles }) => profiles.length === 0),
  'a profile without samples': (d) => profiles(d).some(({ samples }) => samples.length === 0),
  'no dictionary': (d) => d.dictionary === undefined,
  'a profile without sample type': (d) => profiles(d).some(({ sample_type }) => sample_type === undefined),
  'a profile id of an odd length': (d) => profiles(d).some(({ profile_id: { length } }) => length % 16 !== 0),
  'a link id of an odd length': (d) => tables(d).link_table.some(({ span_id: { length } }) => length % 8 !== 0),
  'an original payload': (d) => profiles(d).some(({ original_payload }) => original_payload.length > 0),
  'profiles that zip': (d) => scopes(d).some(({ profiles }) => zips(profiles)),
  'profiles that do not zip': (d) => scopes(d).some(({ profiles }) => profiles.length > 1 && !zips(profiles)),
  'profiles that zip, of one sample type': (d) =>
    scopes(d).some(({ profiles }) => zips(profiles) && twice(profiles.map(({ sample_type }) => sample_type))),
  'one value': (d) => samples(d).some((sample) => text(lists(sample)) === '[1,0]'),
  'timestamps only': (d) => samples(d).some((sample) => lists(sample)[0] === 0 && lists(sample)[1] > 0),
  'values and timestamps': (d) => samples(d).some((sample) => lists(sample)[0] > 1 && lists(sample)[1] > 1),
  'several values': (d) => samples(d).some((sample) => lists(sample)[0] > 1 && lists(sample)[1] === 0),
  'neither value nor timestamp': (d) => samples(d).some((sample) => text(lists(sample)) === '[0,0]'),
  'a negative value': (d) => samples(d).some(({ values }) => values.some((value) => value < 0n)),
  'the lowest value': (d) => samples(d).some(({ values }) => values.includes(MIN)),
  'an attribute twice in a sample': (d) => samples(d).some(({ attribute_indices }) => twice(attribute_indices)),
  'an empty stack in use': (d) =>
    samples(d).some((sample) => tables(d).stack_table[sample.stack_index]?.location_indices.length === 0),
  'a stack with location 0': (d) => tables(d).stack_table.some((stack) => stack.location_indices.includes(0)),
  'a location without lines': (d) =>
    tables(d)
      .location_table.slice(1)
      .some(({ lines }) => lines.length === 0),
  'a line without function': (d) =>
    tables(d).location_table.some(({ lines }) => lines.some(({ function_index }) => function_index === 0)),
  'a location without mapping': (d) =>
    tables(d)
      .location_table.slice(1)
      .some((one) => one.mapping_index === 0),
  'the highest address': (d) => tables(d).location_table.some(({ address }) => address === MAX),
  'a negative line': (d) => tables(d).location_table.some(({ lines }) => lines.some(({ line }) => line < 0n)),
  'location attributes': (d) => tables(d).location_table.some((one) => one.attribute_indices.length > 0),
  'mapping attributes': (d) => tables(d).mapping_table.some((one) => one.attribute_indices.length > 0),
  'a link of zeros': (d) => tables(d).link_table.some((one) => one.trace_id.length === 16 && zero(one.trace_id)),
  'an attribute with a unit': (d) => tables(d).attribute_table.some(({ unit_strindex }) => unit_strindex !== 0),
  'an attribute without value': (d) =>
    tables(d)
      .attribute_table.slice(1)
      .some(({ value }) => value === undefined),
  'a key by index': (d) =>
    d.resource_profiles.some(({ resource }) => resource?.attributes.some(({ key_strindex }) => key_strindex !== 0)),
  'a value of no kind': (d) => anyValue(d, (value) => Object.keys(value).length === 0),
  'a value by index': (d) => anyValue(d, (value) => (value.string_value_strindex ?? 0) > 0),
  'false as a value': (d) => anyValue(d, (value) => value.bool_value === false),
  'no number as a value': (d) => anyValue(d, (value) => Number.isNaN(value.double_value)),
  'negative zero as a value': (d) => anyValue(d, (value) => Object.is(value.double_value, -0)),
  'an empty array': (d) => anyValue(d, (value) => value.array_value?.values.length === 0),
  'a list in an array': (d) =>
    anyValue(d, (value) => value.array_value?.values.some((item) => item.kvlist_value !== undefined) ?? false),
  'an array in a list': (d) =>
    anyValue(d, (value) => value.kvlist_value?.values.some((item) => item.value?.array_value !== undefined) ?? false),
  'an array of strings': (d) =>
    anyValue(d, ({ array_value }) =>
      Boolean(array_value?.values[1] && array_value.values.every((item) => item.string_value !== undefined)),
    ),
  'a string with NUL': (d) => tables(d).string_table.some((string) => string.includes('\0')),
  ...Object.fromEntries(
    TABLES.flatMap((table): [string, (data: ProfilesData) => boolean][] => [
      [`no ${table}`, (d) => d.dictionary !== undefined && d.dictionary[table].length === 0],
      [`${table} of entry 0 only`, (d) => d.dictionary?.[table].length === 1],
      [`doubled entries in ${table}`, (d) => twice(tables(d)[table])],
      [`unused entries in ${table}`, (d) => unused(d, table)],
    ]),
  ),
};

function unused(data: ProfilesData, table: Table): boolean {
  const used = referenced(data, table);
  return tables(data)[table].some((_, i) => i > 0 && !used.has(i));
}

test.each(Object.keys(ODDITIES))('the arbitrary of OTLP reaches %s', (what) => {
  expect(cases.some(ODDITIES[what] as (data: ProfilesData) => boolean)).toBe(true);
});

test('it sets every field of the schema', () => {
  const set = new Set<string>();
  const visit = (type: protobuf.Type, message: Record<string, unknown>): void => {
    for (const field of type.fieldsArray) {
      const value = message[field.name];
      for (const item of field.repeated ? (value as unknown[]) : [value]) {
        if (item === undefined) continue;
        if (field.resolvedType instanceof protobuf.Type) visit(field.resolvedType, item as Record<string, unknown>);
        const isDefault = item === 0 || item === 0n || item === '' || (item as Uint8Array).length === 0;
        if (!isDefault || field.repeated || field.partOf !== null) set.add(`${type.name}.${field.name}`);
      }
    }
  };
  for (const data of cases) visit(otlpType, data as unknown as Record<string, unknown>);
  const missing: string[] = [];
  const seen = new Set<protobuf.Type>();
  const list = (type: protobuf.Type): void => {
    seen.add(type);
    for (const field of type.fieldsArray) {
      if (!set.has(`${type.name}.${field.name}`)) missing.push(`${type.name}.${field.name}`);
      if (field.resolvedType instanceof protobuf.Type && !seen.has(field.resolvedType)) list(field.resolvedType);
    }
  };
  list(otlpType);
  expect(missing).toEqual([]);
});

test('every index leads somewhere, and string 0 is empty', () => {
  for (const data of cases) {
    for (const table of TABLES) {
      const { length } = data.dictionary?.[table] ?? [];
      expect(Math.max(0, ...referenced(data, table))).toBeLessThan(Math.max(1, length));
    }
    expect(data.dictionary?.string_table[0] ?? '').toBe('');
  }
});

test('canonical bytes are what protobufjs makes of what they say', () => {
  for (const { data, bytes } of fc.sample(canonicalOtlpCase, { numRuns: 200, seed: 2 })) {
    expect(decodeOtlp(bytes)).toEqual(data);
    expect(encodeOtlp(decodeOtlp(bytes))).toEqual(bytes);
  }
});

describe('a wire style', () => {
  test('without liberties changes nothing', () => {
    for (const { bytes } of fc.sample(canonicalOtlpCase, { numRuns: 200, seed: 3 }))
      expect(relayOtlp(bytes, CANONICAL)).toEqual(bytes);
  });

  test.each(Object.keys(CANONICAL).filter((name) => name !== 'seed') as (keyof OtlpWireStyle)[])(
    '%s changes bytes, not what they say',
    (liberty) => {
      let changed = 0;
      for (const [seed, { data, bytes }] of fc.sample(canonicalOtlpCase, { numRuns: 100, seed: 4 }).entries()) {
        const relayed = relayOtlp(bytes, { ...CANONICAL, seed, [liberty]: true });
        if (Buffer.compare(relayed, bytes) !== 0) changed++;
        if (liberty !== 'pieces') expect(decodeOtlp(relayed)).toEqual(data);
        else expect(decodeOtlp(joined(relayed))).toEqual(data);
      }
      expect(changed).toBeGreaterThan(20);
    },
  );

  test(
    'of any kind keeps what the bytes say',
    () => {
      fc.assert(
        fc.property(canonicalOtlpCase, otlpWireStyle, ({ data, bytes }, style) => {
          expect(decodeOtlp(relayOtlp(bytes, { ...style, pieces: false }))).toEqual(data);
        }),
        runsOf(),
      );
    },
    patience,
  );

  test.each(otlpFiles)('fits the real file $name', ({ read }) => {
    const style = { ...CANONICAL, seed: 5, shuffled: true, zeros: true, unpacked: true, padded: true, stale: true };
    expect(meaningOfData(decodeOtlp(relayOtlp(read(), style)))).toEqual(meaningOfData(decodeOtlp(read())));
  });
});

/** The dictionary's pieces as one: concatenated messages are merged ones. */
function joined(bytes: Uint8Array): Uint8Array {
  const reader = protobuf.Reader.create(bytes);
  const writer = protobuf.Writer.create();
  const pieces: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === 2) pieces.push(reader.bytes());
    else writer.uint32(tag).bytes(reader.bytes());
  }
  if (pieces.length > 0) writer.uint32(0x12).bytes(new Uint8Array(Buffer.concat(pieces)));
  return writer.finish();
}

test('wild cases reach every liberty', () => {
  const styles = fc.sample(otlpWireStyle, { numRuns: 1000, seed: 6 });
  for (const liberty of Object.keys(CANONICAL) as (keyof OtlpWireStyle)[])
    expect(styles.some((style) => style[liberty])).toBe(true);
  const wild = fc.sample(wildOtlpCase, { numRuns: 200, seed: 7 });
  expect(wild.filter(({ data, bytes }) => Buffer.compare(encodeOtlp(data), bytes) !== 0).length).toBeGreaterThan(100);
});

test.each(Object.keys(PRODUCERS))('%s is realistic and reads back', (name) => {
  const made = fc.sample(realisticCase, { numRuns: 100, seed: 8 }).filter(({ producer }) => producer === name);
  expect(made.length).toBeGreaterThan(5);
  for (const { data, bytes } of made) expect(meaningOfData(decodeOtlp(bytes))).toEqual(meaningOfData(data));
});

test('a failure shrinks to a small payload', () => {
  const hasNegative = (bytes: Uint8Array): boolean => meaningful(bytes).some((value) => value < 0n);
  const { counterexample } = fc.check(
    fc.property(otlp, (bytes) => !hasNegative(bytes)),
    { seed: 9, numRuns: 500 },
  );
  const [bytes] = counterexample as [Uint8Array];
  expect(bytes.length).toBeLessThan(120);
});

function meaningful(bytes: Uint8Array): bigint[] {
  return samples(decodeOtlp(bytes)).flatMap(({ values }) => values);
}
