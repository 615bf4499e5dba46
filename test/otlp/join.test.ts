import { describe, expect, test } from 'vitest';
import { Misfit, PprofOtlpError } from '../../src/errors.ts';
import { join, type Part, split } from '../../src/otlp/join/join.ts';
import { REFERRING_TABLES, reduce } from '../../src/otlp/join/reduce.ts';
import { TABLES } from '../../src/otlp/join/references.ts';
import { type MessageName, SCHEMA, TABLE, type Table } from '../../src/otlp/schema.ts';
import { expectSameBytes } from '../support/bytes.ts';
import type {
  AnyValue,
  OtlpProfile,
  OtlpSample,
  ProfilesData,
  ProfilesDictionary,
  ScopeProfiles,
} from '../support/messages.ts';
import { decodeOtlp, encodeOtlp } from '../support/oracle.ts';
import { foreignPayload } from '../support/payload.ts';
import { type WireField, writeWire } from '../support/pprofWire.ts';
import { emptyDictionary } from '../support/references.ts';

const NOTHING = new Uint8Array(0);

const sample = (fields: Partial<OtlpSample>): OtlpSample => ({
  ...{ stack_index: 0, attribute_indices: [], link_index: 0, values: [], timestamps_unix_nano: [] },
  ...fields,
});

const profile = (fields: Partial<OtlpProfile>): OtlpProfile => ({
  ...{ sample_type: undefined, samples: [], time_unix_nano: 0n, duration_nano: 0n, period_type: undefined, period: 0n },
  ...{ profile_id: NOTHING, dropped_attributes_count: 0, original_payload_format: '', original_payload: NOTHING },
  attribute_indices: [],
  ...fields,
});

const scope = (schema_url: string, ...profiles: Partial<OtlpProfile>[]): ScopeProfiles => ({
  ...{ scope: undefined, schema_url, profiles: profiles.map(profile) },
});

const resource = (schema_url: string, ...scope_profiles: ScopeProfiles[]) => ({
  ...{ resource: undefined, schema_url, scope_profiles },
});

/** A payload of these samples and as many strings, stacks and attributes beside the zero entries. */
function payload(samples: Partial<OtlpSample>[], strings: number, stacks = strings): ProfilesData {
  const dictionary = emptyDictionary();
  for (let i = 1; i <= strings; i++) {
    dictionary.string_table.push(`s${i}`);
    dictionary.attribute_table.push({ key_strindex: i, value: { string_value_strindex: i }, unit_strindex: 0 });
  }
  for (let i = 1; i <= stacks; i++) dictionary.stack_table.push({ location_indices: [0] });
  return { resource_profiles: [resource('', scope('', { samples: samples.map(sample) }))], dictionary };
}

const range = (length: number): number[] => Array.from({ length }, (_, i) => i + 1);

const len = (field: number, ...body: WireField[]): WireField => ({ field, wire: 'len', body });

/** A payload with an attribute whose value has so many levels, and as many attributes with such a value beside it. */
function deepValues(levels: number): Uint8Array {
  const nested = (depth: number): WireField =>
    depth === 0 ? { field: 8, wire: 'varint', value: 0n } : len(5, len(1, nested(depth - 1)));
  const attribute = len(6, len(2, nested(levels - 1)));
  return writeWire([
    len(1, len(2, len(2, { field: 11, wire: 'packed', values: range(levels).map(BigInt) }))),
    len(2, len(6), ...range(levels).map(() => attribute)),
  ]);
}

const counts = (table: Partial<Record<Table, number>>): number[] => TABLES.map((name) => table[name] ?? 0);

function emptyTables(): ProfilesDictionary {
  const dictionary = emptyDictionary();
  for (const entries of Object.values(dictionary)) entries.length = 0;
  return dictionary;
}

function thrownBy(call: () => unknown): PprofOtlpError {
  try {
    call();
  } catch (error) {
    if (error instanceof PprofOtlpError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('the tables are those of the dictionary, in the order of its fields', () => {
  expect(TABLES.map((table) => SCHEMA.ProfilesDictionary[TABLE[table]]?.name)).toEqual(
    SCHEMA.ProfilesDictionary.flatMap((field) => field?.name ?? []),
  );
  for (const table of TABLES) expect(SCHEMA.ProfilesDictionary[TABLE[table]]?.name).toBe(`${table}_table`);
});

describe('join', () => {
  test('puts resources and tables in turn and moves the indexes', () => {
    const one = payload([{ stack_index: 1, attribute_indices: [0, 2], values: [3n] }], 2);
    const other = payload([{ stack_index: 0, attribute_indices: [1, 0, 1] }, { stack_index: 2 }], 2);
    const joined = join([encodeOtlp(one), encodeOtlp(other)]);
    const data = decodeOtlp(joined.payload);
    expect(data.resource_profiles).toEqual([
      ...one.resource_profiles,
      resource('', scope('', { samples: [sample({ attribute_indices: [4, 0, 4] }), sample({ stack_index: 5 })] })),
    ]);
    expect(data.dictionary?.string_table).toEqual(['', 's1', 's2', '', 's1', 's2']);
    expect(data.dictionary?.attribute_table).toEqual([
      { key_strindex: 0, value: undefined, unit_strindex: 0 },
      { key_strindex: 1, value: { string_value_strindex: 1 }, unit_strindex: 0 },
      { key_strindex: 2, value: { string_value_strindex: 2 }, unit_strindex: 0 },
      { key_strindex: 0, value: undefined, unit_strindex: 0 },
      { key_strindex: 4, value: { string_value_strindex: 4 }, unit_strindex: 0 },
      { key_strindex: 5, value: { string_value_strindex: 5 }, unit_strindex: 0 },
    ]);
    const entries = counts({ mapping: 1, location: 1, function: 1, link: 1, string: 3, attribute: 3, stack: 3 });
    expect(joined.parts).toEqual([
      { resources: 1, dictionary: true, entries },
      { resources: 1, dictionary: true, entries },
    ]);
  });

  test('reaches the strings of attributes nested in values, in the tables and outside', () => {
    const value: AnyValue = {
      array_value: {
        values: [
          { string_value_strindex: 0 },
          { kvlist_value: { values: [{ key: '', value: { string_value_strindex: 1 }, key_strindex: 2 }] } },
        ],
      },
    };
    const data = payload([], 2);
    data.dictionary?.attribute_table.push({ key_strindex: 1, value, unit_strindex: 2 });
    const attributes = [{ key: '', value, key_strindex: 1 }];
    data.resource_profiles[0].resource = { attributes, dropped_attributes_count: 0, entity_refs: [] };
    data.resource_profiles[0].scope_profiles[0].scope = {
      ...{ name: '', version: '', attributes, dropped_attributes_count: 0 },
    };
    const bytes = encodeOtlp(data);
    const { payload: joined, parts } = join([bytes, bytes]);
    const moved = {
      array_value: {
        values: [
          { string_value_strindex: 0 },
          { kvlist_value: { values: [{ key: '', value: { string_value_strindex: 4 }, key_strindex: 5 }] } },
        ],
      },
    };
    const { resource_profiles, dictionary } = decodeOtlp(joined);
    expect(dictionary?.attribute_table.at(-1)).toEqual({ key_strindex: 4, value: moved, unit_strindex: 5 });
    expect(resource_profiles[1].resource?.attributes).toEqual([{ key: '', value: moved, key_strindex: 4 }]);
    expect(resource_profiles[1].scope_profiles[0].scope?.attributes).toEqual(resource_profiles[1].resource?.attributes);
    for (const message of split(joined, parts)) expectSameBytes(message, bytes);
  });

  test('gives a single message back as it is', () => {
    const bytes = encodeOtlp(payload([{ stack_index: 99 }], 1));
    const { payload: joined, parts } = join([bytes]);
    expect(joined).toBe(bytes);
    expect(split(joined, parts)[0]).toBe(bytes);
  });

  test.each<[string, (ProfilesData | undefined)[]]>([
    ['no message', []],
    ['empty messages', [undefined, undefined]],
    [
      'messages with and without a dictionary',
      [decodeOtlp(foreignPayload()), undefined, { resource_profiles: [], dictionary: emptyDictionary() }],
    ],
    ['a dictionary without entries', [{ resource_profiles: [], dictionary: emptyTables() }, payload([], 1), undefined]],
    ['messages without any dictionary', [{ resource_profiles: [resource('x')], dictionary: undefined }, undefined]],
    ['lengths that take more bytes after', [payload([], 300), payload([{ attribute_indices: range(100) }], 100)]],
  ])('splits into what it was: %s', (_, messages) => {
    const bytes = messages.map((data) => (data === undefined ? NOTHING : encodeOtlp(data)));
    const { payload: joined, parts } = join(bytes);
    const back = split(joined, parts);
    expect(back).toHaveLength(bytes.length);
    for (const [i, message] of back.entries()) expectSameBytes(message, bytes[i]);
    expectSameBytes(joined, encodeOtlp(decodeOtlp(joined)));
  });

  const inSample = 'resource_profiles[0].scope_profiles[0].profiles[0].samples[1]';
  const wrong: [string, ProfilesData, string][] = [
    [
      'an index past the end',
      payload([{}, { stack_index: 9 }], 3),
      `${inSample}.stack_index: names stack_table[9], but the table has 4 entries`,
    ],
    [
      'an index in a list',
      payload([{ attribute_indices: [1] }, { attribute_indices: [1, 2, 4, 5] }], 3),
      `${inSample}.attribute_indices[2]: names attribute_table[4], but the table has 4 entries`,
    ],
    [
      'a negative index',
      payload([{}, { link_index: -1 }], 3),
      `${inSample}.link_index: names link_table[-1], but the table has 1 entries`,
    ],
    [
      'an index of a table that is not there',
      { ...payload([{}, { stack_index: 1 }], 3), dictionary: undefined },
      `${inSample}.stack_index: names stack_table[1], but the table has 0 entries`,
    ],
    [
      'an index in the dictionary',
      {
        resource_profiles: [],
        dictionary: { ...emptyDictionary(), stack_table: [{ location_indices: [] }, { location_indices: [0, 2] }] },
      },
      'dictionary.stack_table[1].location_indices[1]: names location_table[2], but the table has 1 entries',
    ],
    [
      'an index in an attribute',
      {
        resource_profiles: [],
        dictionary: {
          ...emptyDictionary(),
          attribute_table: [
            { key_strindex: 0, value: { array_value: { values: [{ string_value_strindex: 7 }] } }, unit_strindex: 0 },
          ],
        },
      },
      'dictionary.attribute_table[0].value: names string_table[7], but the table has 1 entries',
    ],
  ];

  test.each(wrong)('refuses %s, whichever message it is in', (_, data, expected) => {
    const good = encodeOtlp(payload([{ stack_index: 9 }], 9));
    const bytes = encodeOtlp(data);
    for (const at of [0, 1, 2]) {
      const messages = [good, good];
      messages.splice(at, 0, bytes);
      const error = thrownBy(() => join(messages));
      expect(error).toMatchObject({ code: 'bad-input', stage: 'map' });
      expect(error.describe()).toBe(`[message ${at}] ${expected}`);
    }
  });

  test('refuses an index over 32 bits', () => {
    const index = (value: bigint) => writeWire([len(1, len(2, len(2, len(2, { field: 1, wire: 'varint', value }))))]);
    for (const value of [1n << 31n, 1n << 32n, (1n << 32n) | 1n])
      expect(thrownBy(() => join([index(value), NOTHING])).message).toContain(`stack_table[${value}]`);
  });

  test('refuses values nested more than 64 deep', () => {
    expect(join([deepValues(64), deepValues(64)]).parts).toHaveLength(2);
    const error = thrownBy(() => join([deepValues(1), deepValues(65)]));
    expect(error).toMatchObject({ code: 'limit', path: '[message 1] dictionary.attribute_table[1].value' });
  });
});

describe('split', () => {
  const bytes = encodeOtlp(payload([{ stack_index: 1 }], 2));
  const { payload: joined, parts } = join([bytes, bytes]);
  const [first, second] = parts as [Part, Part];
  const moreOf = (part: Part, table: Table, by: number): Part => ({
    ...part,
    entries: part.entries.map((count, t) => (TABLES[t] === table ? count + by : count)),
  });

  test.each<[string, Part[]]>([
    ['too few parts', [first]],
    ['no parts', []],
    ['too many parts', [first, second, second]],
    ['resources that are not there', [first, { ...second, resources: 2 }]],
    ['entries that are not there', [first, moreOf(second, 'string', 1)]],
    ['entries that no part has', [first, moreOf(second, 'string', -1)]],
    [
      'a negative count',
      [
        { ...first, resources: -1 },
        { ...second, resources: 3 },
      ],
    ],
    ['half an entry', [moreOf(first, 'link', 0.5), moreOf(second, 'link', -0.5)]],
    ['a table too few', [first, { ...second, entries: second.entries.slice(1) }]],
    ['no dictionary', [first, { ...second, dictionary: false }]],
    ['indexes into another part', [moreOf(first, 'stack', 1), moreOf(second, 'stack', -1)]],
    ['indexes into a part before', [moreOf(first, 'stack', 2), moreOf(second, 'stack', -2)]],
  ])('refuses %s', (_, wrongParts) => {
    expect(split(joined, parts)).toHaveLength(2);
    expect(() => split(joined, wrongParts)).toThrow(Misfit);
  });

  test('refuses indexes that the payload has no entry for', () => {
    const data = decodeOtlp(joined);
    for (const index of [-1, 6, 2 ** 31 - 1]) {
      data.resource_profiles[1].scope_profiles[0].profiles[0].samples[0].stack_index = index;
      expect(() => split(encodeOtlp(data), parts)).toThrow(Misfit);
    }
  });
});

describe('reduce', () => {
  test('visits each table before those that its entries refer to', () => {
    const refersTo = (message: MessageName, seen = new Set<MessageName>()): Table[] => {
      if (seen.has(message)) return [];
      seen.add(message);
      return SCHEMA[message].flatMap((field) =>
        field?.message === undefined ? (field?.table ?? []) : refersTo(field.message, seen),
      );
    };
    for (const table of TABLES) {
      const { message } = SCHEMA.ProfilesDictionary[TABLE[table]] ?? {};
      const targets = message === undefined ? [] : refersTo(message);
      const place = REFERRING_TABLES.indexOf(table);
      expect(place >= 0).toBe(targets.length > 0);
      for (const target of targets) {
        const later = REFERRING_TABLES.indexOf(target);
        expect(later === -1 || later > place).toBe(true);
      }
    }
  });

  const data = (): ProfilesData => {
    const dictionary = emptyDictionary();
    dictionary.string_table.push('unused', 'a', 'b', 'file', 'key', 'value', 'cpu');
    dictionary.mapping_table.push(
      { ...dictionary.mapping_table[0], memory_start: 1n },
      { ...dictionary.mapping_table[0], memory_start: 2n, filename_strindex: 4, attribute_indices: [2] },
    );
    dictionary.function_table.push(
      { name_strindex: 2, system_name_strindex: 0, filename_strindex: 0, start_line: 0n },
      { name_strindex: 3, system_name_strindex: 0, filename_strindex: 4, start_line: 0n },
    );
    const line = (function_index: number) => ({ function_index, line: 5n, column: 0n });
    dictionary.location_table.push(
      { mapping_index: 0, address: 1n, lines: [line(1)], attribute_indices: [] },
      { mapping_index: 2, address: 2n, lines: [line(2)], attribute_indices: [] },
    );
    dictionary.stack_table.push({ location_indices: [1] }, { location_indices: [2, 0] });
    dictionary.attribute_table.push(
      { key_strindex: 1, value: undefined, unit_strindex: 0 },
      { key_strindex: 5, value: { string_value_strindex: 6 }, unit_strindex: 0 },
    );
    return {
      resource_profiles: [
        resource('r0', scope('s0', { samples: [sample({ stack_index: 1 })] }), scope('s1')),
        resource('r1', scope('s2', { samples: [sample({ stack_index: 2, values: [1n] })] })),
        resource('r2'),
      ],
      dictionary,
    };
  };
  const whole = encodeOtlp(data());

  test('keeps what the scopes lead to and entry 0, in order', () => {
    const reduced = decodeOtlp(reduce(whole, (resource) => resource === 1));
    expect(reduced.resource_profiles).toEqual([
      resource('r1', scope('s2', { samples: [sample({ stack_index: 1, values: [1n] })] })),
    ]);
    const empty = emptyDictionary();
    expect(reduced.dictionary).toEqual({
      string_table: ['', 'b', 'file', 'key', 'value'],
      mapping_table: [
        ...empty.mapping_table,
        { ...empty.mapping_table[0], memory_start: 2n, filename_strindex: 2, attribute_indices: [1] },
      ],
      function_table: [
        ...empty.function_table,
        { name_strindex: 1, system_name_strindex: 0, filename_strindex: 2, start_line: 0n },
      ],
      location_table: [
        ...empty.location_table,
        {
          ...{ mapping_index: 1, address: 2n, lines: [{ function_index: 1, line: 5n, column: 0n }] },
          attribute_indices: [],
        },
      ],
      stack_table: [...empty.stack_table, { location_indices: [1, 0] }],
      attribute_table: [
        ...empty.attribute_table,
        { key_strindex: 3, value: { string_value_strindex: 4 }, unit_strindex: 0 },
      ],
      link_table: empty.link_table,
    });
  });

  test('asks for each scope once and drops resources without one', () => {
    const asked: string[] = [];
    const reduced = reduce(whole, (resource, scope) => {
      asked.push(`${resource} ${scope}`);
      return scope === 1;
    });
    expect(asked).toEqual(['0 0', '0 1', '1 0']);
    expect(decodeOtlp(reduced).resource_profiles).toEqual([resource('r0', scope('s1'))]);
  });

  test('keeps a dictionary when nothing is in it, and makes none', () => {
    const none = { resource_profiles: data().resource_profiles, dictionary: undefined };
    expect(reduce(encodeOtlp(none), () => false)).toEqual(NOTHING);
    const empty = { ...none, dictionary: emptyDictionary() };
    expect(decodeOtlp(reduce(encodeOtlp(empty), () => false))).toEqual({ ...empty, resource_profiles: [] });
    expect(reduce(Uint8Array.of(0x12, 0), () => true)).toEqual(Uint8Array.of(0x12, 0));
  });

  test('refuses values nested more than 64 deep', () => {
    const deep = deepValues(64);
    expectSameBytes(
      reduce(deep, () => true),
      deep,
    );
    expect(thrownBy(() => reduce(deepValues(65), () => true))).toMatchObject({
      ...{ code: 'limit', path: 'dictionary.attribute_table[1].value' },
    });
  });

  test('takes an index 0 of a table without entries', () => {
    const bare: ProfilesData = {
      resource_profiles: [resource('', scope('', { attribute_indices: [0, 0] }))],
      dictionary: undefined,
    };
    const bytes = encodeOtlp(bare);
    expectSameBytes(
      reduce(bytes, () => true),
      bytes,
    );
  });

  test('refuses an index that its table has no entry for, in what is kept', () => {
    const wrongData = data();
    wrongData.resource_profiles[1].scope_profiles[0].profiles[0].samples.push(sample({ attribute_indices: [1, 3] }));
    const bytes = encodeOtlp(wrongData);
    expect(decodeOtlp(reduce(bytes, (resource) => resource === 0)).resource_profiles).toHaveLength(1);
    const error = thrownBy(() => reduce(bytes, () => true));
    expect(error).toMatchObject({ code: 'bad-input', stage: 'map' });
    expect(error.describe()).toBe(
      'resource_profiles[1].scope_profiles[0].profiles[0].samples[1].attribute_indices[1]: names attribute_table[3], but the table has 3 entries',
    );
  });
});

test('a payload that is not canonical is refused', () => {
  for (const bytes of [Uint8Array.of(0x12, 0, 0x0a, 0), Uint8Array.of(0x18), Uint8Array.of(0x12, 4, 0x2a, 0, 0x0a, 0)])
    expect(thrownBy(() => join([bytes, NOTHING])).code).toBe('internal');
});
