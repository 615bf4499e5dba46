// Payloads put together, taken apart and cut down say what they said before.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { join, split } from '../../src/otlp/join/join.ts';
import { reduce } from '../../src/otlp/join/reduce.ts';
import { type Field, type MessageName, SCHEMA, type ScalarKind } from '../../src/otlp/schema.ts';
import { expectSameBytes } from '../support/bytes.ts';
import { otlpFiles } from '../support/corpus.ts';
import type { ProfilesData } from '../support/messages.ts';
import { decodeOtlp, encodeOtlp } from '../support/oracle.ts';
import { meaningOfData, otlpMeaning } from '../support/otlpMeaning.ts';
import { foreignPayload } from '../support/payload.ts';
import { dictionaryOf, emptyDictionary, type Remap, referenced, remap, TABLES } from '../support/references.ts';
import { patience, runsOf } from '../support/runs.ts';

/** A field's value; an index (the only int32 there is) is brought into range afterwards. */
const SCALARS: Record<ScalarKind, fc.Arbitrary<unknown>> = {
  int32: fc.nat(),
  uint32: fc.nat(),
  int64: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
  uint64: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  fixed64: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  bool: fc.boolean(),
  double: fc.double(),
  string: fc.oneof(fc.string({ maxLength: 8 }), fc.constant('long '.repeat(30))),
  bytes: fc.uint8Array({ maxLength: 20 }),
};

/** Any payload that the schema allows, as the oracle's object. */
const anyData = fc.letrec<Record<MessageName, object>>((tie) => {
  const list = (field: Field, item: fc.Arbitrary<unknown>): fc.Arbitrary<unknown[]> => {
    // Tables whose indexes take a byte in one message and two in a joined one.
    const many = fc.tuple(item, fc.integer({ min: 60, max: 140 })).map(([one, count]) => new Array(count).fill(one));
    const few = fc.array(item, { maxLength: 3 });
    return field.name.endsWith('_table') ? fc.oneof({ weight: 8, arbitrary: few }, many) : few;
  };
  const value = (field: Field): fc.Arbitrary<unknown> => {
    const one = field.message === undefined ? SCALARS[field.kind as ScalarKind] : tie(field.message);
    if (field.repeated) return list(field, one);
    return field.message === undefined ? one : fc.option(one, { nil: undefined, maxDepth: 6 });
  };
  const message = (name: MessageName): fc.Arbitrary<object> => {
    const fields = SCHEMA[name].filter((field) => field !== undefined);
    const oneof = fields.map((field) => value(field).map((item) => (item === undefined ? {} : { [field.name]: item })));
    if (fields.some((field) => field.oneof)) return fc.oneof({ maxDepth: 6 }, fc.constant({}), ...oneof);
    return fc.record(Object.fromEntries(fields.map((field) => [field.name, value(field)])));
  };
  const names = Object.keys(SCHEMA) as MessageName[];
  return Object.fromEntries(names.map((name) => [name, message(name)])) as Record<MessageName, fc.Arbitrary<object>>;
}).ProfilesData as fc.Arbitrary<ProfilesData>;

/** Every index is one of its table, or 0. */
function inRange(data: ProfilesData): ProfilesData {
  const copy = structuredClone(data);
  const maps = TABLES.map((table) => {
    const size = copy.dictionary?.[table].length ?? 0;
    return [table, (index: number) => (size === 0 ? 0 : index % size)];
  });
  remap(copy, Object.fromEntries(maps) as Remap);
  return copy;
}

/** Entry 0 of every table is there and says "none", as the specification wants it. */
function withZeroEntries(data: ProfilesData): ProfilesData {
  const copy = structuredClone(data);
  const dictionary = dictionaryOf(copy);
  const zero = emptyDictionary();
  for (const table of TABLES) (dictionary[table] as unknown[])[0] = zero[table][0];
  return inRange(copy);
}

const canonical = anyData.map(inRange).map(encodeOtlp);
const sound = anyData.map(withZeroEntries);
const messages = <T>(message: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(message, { maxLength: 4 });
/** Whether to keep a scope. */
const choice = fc.func(fc.boolean());

const expectCanonical = (bytes: Uint8Array): void => expectSameBytes(bytes, encodeOtlp(decodeOtlp(bytes)));

/** The payload's meaning without the scopes that are not kept and the resources without any. */
function meaningOfKept(data: ProfilesData, keep: (resource: number, scope: number) => boolean) {
  const resource_profiles = data.resource_profiles
    .map((resource, i) => ({ ...resource, scope_profiles: resource.scope_profiles.filter((_, k) => keep(i, k)) }))
    .filter(({ scope_profiles }) => scope_profiles.length > 0);
  return meaningOfData({ ...data, resource_profiles });
}

function expectNothingUnused(data: ProfilesData): void {
  for (const table of TABLES) {
    const used = referenced(data, table);
    const entries = (data.dictionary?.[table] ?? []) as unknown[];
    expect([...entries.keys()].filter((i) => i > 0 && !used.has(i))).toEqual([]);
  }
}

describe('messages joined', () => {
  test(
    'are split into the same bytes',
    () => {
      fc.assert(
        fc.property(messages(canonical), (bytes) => {
          const { payload, parts } = join(bytes);
          const back = split(payload, parts);
          expect(back).toHaveLength(bytes.length);
          for (const [i, message] of back.entries()) expectSameBytes(message, bytes[i]);
          expectCanonical(payload);
        }),
        runsOf(2),
      );
    },
    patience,
  );

  test(
    'mean what they meant',
    () => {
      fc.assert(
        fc.property(messages(sound), (all) => {
          const { payload } = join(all.map(encodeOtlp));
          expect(otlpMeaning(payload)).toEqual(all.flatMap(meaningOfData));
        }),
        runsOf(),
      );
    },
    patience,
  );
});

describe('a payload reduced', () => {
  test(
    'means what the scopes that are left meant, and holds nothing else',
    () => {
      fc.assert(
        fc.property(anyData.map(inRange), choice, (data, keep) => {
          const reduced = reduce(encodeOtlp(data), keep);
          expectCanonical(reduced);
          const left = decodeOtlp(reduced);
          expect(meaningOfData(left)).toEqual(meaningOfKept(data, keep));
          expect(left.dictionary === undefined).toBe(data.dictionary === undefined);
          expectNothingUnused(left);
          expectSameBytes(
            reduce(reduced, () => true),
            reduced,
          );
        }),
        runsOf(2),
      );
    },
    patience,
  );
});

describe('real files', () => {
  const files = [{ name: 'a payload made by hand', read: foreignPayload }, ...otlpFiles];
  const payloads = files.map(({ name, read }) => ({ name, bytes: encodeOtlp(decodeOtlp(read())) }));

  test('joined are split into the same bytes and mean what they meant', () => {
    const bytes = payloads.map((payload) => payload.bytes);
    const { payload, parts } = join(bytes);
    for (const [i, message] of split(payload, parts).entries()) expectSameBytes(message, bytes[i]);
    expect(otlpMeaning(payload)).toEqual(bytes.flatMap(otlpMeaning));
  });

  test.each(payloads)('$name reduced to each of its resources means what that meant', ({ bytes }) => {
    const data = decodeOtlp(bytes);
    const meaning = otlpMeaning(bytes);
    for (const i of data.resource_profiles.keys()) {
      const reduced = reduce(bytes, (resource) => resource === i);
      expectCanonical(reduced);
      expect(otlpMeaning(reduced)).toEqual([meaning[i]]);
      expectNothingUnused(decodeOtlp(reduced));
    }
  });
});
