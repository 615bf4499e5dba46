// What a draft can say, in one shape for all releases: indexes of lists, as the newest draft has them.
// `render` writes a sketch as a release has it, `meaning` says what 1.11 must say of it.

import fc from 'fast-check';
import type { AnyValue } from '../messages.ts';
import type { Release } from './protos.ts';

export interface Value {
  key: string;
  value: AnyValue | undefined;
}
export interface Mapping {
  numbers: [bigint, bigint, bigint];
  filename: number;
  attributes: number[];
  flags: boolean[];
  id: bigint;
  buildId: number;
  buildIdKind: number;
}
export interface Location {
  /** Undefined for none, where the release can say so. */
  mapping: number | undefined;
  address: bigint;
  lines: { fn: number; line: bigint; column: bigint }[];
  attributes: number[];
  isFolded: boolean;
  id: bigint;
  type: number;
}
export interface Tables {
  strings: string[];
  links: [Uint8Array, Uint8Array][];
  attributes: (Value & { unit: number })[];
  functions: { name: number; system: number; file: number; line: bigint; id: bigint }[];
  mappings: Mapping[];
  locations: Location[];
  stacks: number[][];
}
export interface ValueType {
  type: number;
  unit: number;
  temporality: number;
}
export interface Label {
  key: number;
  str: number;
  num: bigint;
  unit: number;
}
export interface Sample {
  stack: number;
  attributes: number[];
  link: number | undefined;
  values: bigint[];
  timestamps: bigint[];
  labels: Label[];
  stacktraceId: number;
}
export interface Profile {
  /** Of its own before 1.6; since then all profiles have the same. */
  tables: Tables;
  types: ValueType[];
  samples: Sample[];
  time: bigint;
  duration: bigint;
  start: bigint;
  end: bigint;
  periodType: ValueType | undefined;
  period: bigint;
  comments: number[];
  /** A string before 1.6, a sample type in 1.6 and 1.7. */
  defaultType: number;
  dropFrames: number;
  keepFrames: number;
  id: Uint8Array;
  dropped: number;
  format: string;
  payload: Uint8Array;
  attributes: number[];
  inline: Value[];
}
export interface Scope {
  scope: { name: string; version: string; attributes: Value[]; dropped: number } | undefined;
  schema: string;
  profiles: Profile[];
}
export interface Resource {
  resource: { attributes: Value[]; dropped: number } | undefined;
  schema: string;
  scopes: Scope[];
}
export interface Sketch {
  release: Release;
  tables: Tables;
  resources: Resource[];
}

const natural = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const few = fc.bigInt({ min: 0n, max: 5n });
const integer = fc.oneof(few, fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }));
const unsigned = fc.oneof(few, natural);
const text = fc.constantFrom('', 'a', 'b', 'main', 'ns', 'é', 'a/b', 'samples');
const bytes = (length: number) =>
  fc.oneof(fc.constant(new Uint8Array(0)), fc.uint8Array({ minLength: length, maxLength: length }));

const scalar: fc.Arbitrary<AnyValue> = fc.oneof(
  text.map((string_value) => ({ string_value })),
  fc.boolean().map((bool_value) => ({ bool_value })),
  integer.map((int_value) => ({ int_value })),
  fc.constantFrom(0, -0, 1.5, Number.POSITIVE_INFINITY).map((double_value) => ({ double_value })),
  fc.uint8Array({ maxLength: 3 }).map((bytes_value) => ({ bytes_value })),
);
const anyValue: fc.Arbitrary<AnyValue | undefined> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  fc.array(scalar, { maxLength: 2 }).map((values) => ({ array_value: { values } })),
  fc.array(scalar, { maxLength: 2 }).map((values) => ({
    kvlist_value: { values: values.map((value, i) => ({ key: `k${i}`, value, key_strindex: 0 })) },
  })),
  fc.constant(undefined),
);
const keyValue: fc.Arbitrary<Value> = fc.record({ key: fc.constantFrom('x', 'y', 'é', 'z'), value: anyValue });
const keyValues = fc.array(keyValue, { maxLength: 3 });

/** An index of a list: of an empty one only the 0 that stands for nothing. */
const indexOf = (list: readonly unknown[]) => fc.nat({ max: Math.max(0, list.length - 1) });
const indexesOf = (list: readonly unknown[], maxLength = 4) =>
  list.length === 0 ? fc.constant<number[]>([]) : fc.uniqueArray(indexOf(list), { maxLength });

export const hasStacks = (release: Release): boolean => release === '1.8' || release === '1.9';
export const hasOwnTables = (release: Release): boolean => ['1.3', '1.4', '1.5'].includes(release);
const isOptional = (release: Release): boolean => !hasStacks(release) && release !== '1.3';

function tablesOf(release: Release): fc.Arbitrary<Tables> {
  const only = <T>(when: boolean, arbitrary: fc.Arbitrary<T>, otherwise: T) =>
    when ? arbitrary : fc.constant(otherwise);
  const is3 = release === '1.3';
  return fc
    .record({
      strings: fc.array(text, { maxLength: 6 }).map((strings) => ['', ...strings]),
      links: fc.array(fc.tuple(bytes(16), bytes(8)), { maxLength: 3 }),
      values: fc.array(keyValue, { maxLength: 5 }),
    })
    .chain(({ strings, links, values }) => {
      const string = indexOf(strings);
      // Entry 0 is the zero value since 1.8, so an attribute is none of it.
      const attributeList = hasStacks(release) ? values.map((_, i) => i + 1) : values.map((_, i) => i);
      const attributes = fc.subarray(attributeList);
      const mapping: fc.Arbitrary<Mapping> = fc.record({
        numbers: fc.tuple(unsigned, unsigned, unsigned),
        filename: string,
        attributes,
        flags: only(!hasStacks(release), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), []),
        id: only(is3, unsigned, 0n),
        buildId: only(is3, string, 0),
        buildIdKind: only(is3, fc.constantFrom(0, 0, 1, 2), 0),
      });
      const fn = fc.record({ name: string, system: string, file: string, line: integer, id: only(is3, few, 0n) });
      return fc
        .record({
          units: fc.array(string, { minLength: values.length, maxLength: values.length }),
          functions: fc.array(fn, { maxLength: 3 }),
          mappings: fc.array(mapping, { maxLength: 3 }),
        })
        .chain(({ units, functions, mappings }) => {
          const zero = hasStacks(release);
          const allMappings = zero ? [zeroMapping, ...mappings] : mappings;
          const allFunctions = zero ? [{ name: 0, system: 0, file: 0, line: 0n, id: 0n }, ...functions] : functions;
          const location: fc.Arbitrary<Location> = fc.record({
            mapping: isOptional(release)
              ? fc
                  .option(indexOf(allMappings), { nil: undefined })
                  .map((i) => (allMappings.length === 0 ? undefined : i))
              : indexOf(allMappings),
            address: unsigned,
            lines: fc.array(fc.record({ fn: indexOf(allFunctions), line: integer, column: integer }), { maxLength: 3 }),
            attributes,
            isFolded: only(!zero, fc.boolean(), false),
            id: only(is3, unsigned, 0n),
            type: only(is3, string, 0),
          });
          return fc.array(location, { maxLength: 4 }).chain((locations) => {
            const allLocations = zero ? [zeroLocation, ...locations] : locations;
            const stack =
              allLocations.length === 0 ? fc.constant<number[]>([]) : fc.array(indexOf(allLocations), { maxLength: 4 });
            return fc.array(stack, { maxLength: 4 }).map((stacks) => {
              const unitOf = new Map<string, number>();
              const withUnits = values.map((value, i) => {
                // Before 1.8 a key has one unit.
                const unit = zero ? (units[i] as number) : (unitOf.get(value.key) ?? (units[i] as number));
                unitOf.set(value.key, unit);
                return { ...value, unit };
              });
              return {
                strings,
                links: zero ? [noLink, ...links] : links,
                attributes: zero ? [{ key: '', value: undefined, unit: 0 }, ...withUnits] : withUnits,
                functions: allFunctions,
                mappings: allMappings,
                locations: allLocations,
                stacks: [[], ...stacks],
              };
            });
          });
        });
    });
}

const noLink: [Uint8Array, Uint8Array] = [new Uint8Array(0), new Uint8Array(0)];
const zeroMapping: Mapping = {
  ...{ numbers: [0n, 0n, 0n], filename: 0, attributes: [], flags: [], id: 0n, buildId: 0, buildIdKind: 0 },
};
const zeroLocation: Location = {
  ...{ mapping: 0, address: 0n, lines: [], attributes: [], isFolded: false, id: 0n, type: 0 },
};

function profileOf(release: Release, tables: Tables): fc.Arbitrary<Profile> {
  const only = <T>(when: boolean, arbitrary: fc.Arbitrary<T>, otherwise: T) =>
    when ? arbitrary : fc.constant(otherwise);
  const stacks = hasStacks(release);
  const is3 = release === '1.3';
  const string = indexOf(tables.strings);
  const attributes = indexesOf(tables.attributes).map((list) => (stacks ? list.filter((i) => i > 0) : list));
  const valueType: fc.Arbitrary<ValueType> = fc.record({
    ...{ type: string, unit: string, temporality: only(release !== '1.9', fc.constantFrom(0, 0, 1, 2, 7), 0) },
  });
  const typeCount = stacks ? fc.nat({ max: 1 }) : fc.nat({ max: 3 });
  return typeCount.chain((count) => {
    const points = stacks
      ? fc.oneof(
          fc.record({
            values: fc.array(integer, { minLength: 1, maxLength: 3 }),
            timestamps: fc.constant<bigint[]>([]),
          }),
          fc.record({
            values: fc.constant<bigint[]>([]),
            timestamps: fc.array(natural, { minLength: 1, maxLength: 3 }),
          }),
          fc.tuple(integer, natural).map(([a, b]) => ({ values: [a, a], timestamps: [b, b] })),
        )
      : fc.record({
          values: fc.array(integer, { minLength: count, maxLength: count }),
          timestamps: fc.array(natural, { maxLength: 2 }),
        });
    const label = fc.record({ key: string, str: string, num: fc.oneof(few, integer), unit: string });
    const sample: fc.Arbitrary<Sample> = fc
      .record({
        stack: indexOf(tables.stacks),
        attributes,
        link: isOptional(release)
          ? fc.option(indexOf(tables.links), { nil: undefined }).map((i) => (tables.links.length === 0 ? undefined : i))
          : indexOf(tables.links),
        labels: only(is3, fc.array(label, { maxLength: 3 }), []),
        stacktraceId: only(is3, string, 0),
        points,
      })
      .map(({ points, ...rest }) => ({ ...rest, ...points }));
    const time = fc.oneof(few, stacks ? natural : integer);
    return fc
      .record({
        tables: fc.constant(tables),
        types: fc.array(valueType, { minLength: count, maxLength: count }),
        samples: fc.array(sample, { maxLength: 4 }),
        ...{ time, duration: time, start: only(is3, unsigned, 0n), end: only(is3, unsigned, 0n) },
        periodType: fc.option(valueType, { nil: undefined }),
        period: integer,
        comments: only(release !== '1.9', fc.array(string, { maxLength: 2 }), []),
        defaultType: stacks ? fc.constant(0) : hasOwnTables(release) ? string : fc.nat({ max: Math.max(0, count - 1) }),
        dropFrames: only(is3, string, 0),
        keepFrames: only(is3, string, 0),
        id: bytes(16),
        dropped: fc.nat({ max: 3 }),
        format: fc.constantFrom('', 'jfr'),
        payload: fc.uint8Array({ maxLength: 3 }),
        attributes: only(
          release !== '1.3' && release !== '1.4',
          // All, so that none is there for nothing.
          stacks ? fc.constant(tables.attributes.map((_, i) => i).slice(1)) : attributes,
          [],
        ),
        inline: only(is3 || release === '1.4', keyValues, []),
      })
      .map((profile) => (profile.format === '' ? { ...profile, payload: new Uint8Array(0) } : profile));
  });
}

/** Any payload of a release that keeps its rules. */
export function sketchOf(release: Release): fc.Arbitrary<Sketch> {
  return tablesOf(release).chain((tables) => {
    const profile = hasOwnTables(release)
      ? tablesOf(release).chain((own) => profileOf(release, own))
      : profileOf(release, tables);
    const scope: fc.Arbitrary<Scope> = fc.record({
      scope: fc.option(fc.record({ name: text, version: text, attributes: keyValues, dropped: fc.nat({ max: 2 }) }), {
        nil: undefined,
      }),
      schema: text,
      profiles: fc.array(profile, { maxLength: 3 }),
    });
    const resource: fc.Arbitrary<Resource> = fc.record({
      resource: fc.option(fc.record({ attributes: keyValues, dropped: fc.nat({ max: 2 }) }), { nil: undefined }),
      schema: text,
      scopes: fc.array(scope, { maxLength: 2 }),
    });
    return fc.record({
      release: fc.constant(release),
      tables: fc.constant(tables),
      resources: fc.array(resource, { maxLength: 2 }),
    });
  });
}
