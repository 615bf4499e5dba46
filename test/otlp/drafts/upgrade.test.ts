import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PprofOtlpError } from '../../../src/errors.ts';
import { type DraftVersion, RELEASES as LAYOUT_OF } from '../../../src/otlp/drafts/schemas.ts';
import { upgrade } from '../../../src/otlp/drafts/upgrade.ts';
import { versionOf } from '../../../src/otlp/drafts/version.ts';
import { MessageWriter } from '../../../src/wire/message.ts';
import { encodeDraft, RELEASES, type Release } from '../../support/drafts/protos.ts';
import type { AnyValue, OtlpProfile, ProfilesData, ProfilesDictionary } from '../../support/messages.ts';
import { decodeOtlp } from '../../support/oracle.ts';

interface Result {
  data: ProfilesData;
  tables: ProfilesDictionary;
  profiles: OtlpProfile[];
  warnings: string[];
}

function upgraded(payload: Uint8Array, release: Release): Result {
  const result = upgrade(payload, LAYOUT_OF[release] as DraftVersion);
  const data = decodeOtlp(result.payload);
  const tables = data.dictionary as ProfilesDictionary;
  const profiles = data.resource_profiles.flatMap((r) => r.scope_profiles.flatMap((s) => s.profiles));
  return { data, tables, profiles, warnings: result.warnings };
}

/** Profiles of one scope. */
const payload = (release: Release, profiles: object[], rest: object = {}): Uint8Array =>
  encodeDraft(release, { resource_profiles: [{ scope_profiles: [{ profiles }] }], ...rest });
const of = (release: Release, profiles: object[], rest: object = {}): Result =>
  upgraded(payload(release, profiles, rest), release);

function attributesOf({ tables }: Result, indices: number[]): [string, AnyValue | undefined, string][] {
  return indices.map((index) => {
    const { key_strindex, value, unit_strindex } = tables.attribute_table[
      index
    ] as ProfilesDictionary['attribute_table'][0];
    return [tables.string_table[key_strindex] as string, value, tables.string_table[unit_strindex] as string];
  });
}

function errorOf(release: Release, profiles: object[], rest: object = {}): PprofOtlpError {
  const bytes = payload(release, profiles, rest);
  try {
    upgrade(bytes, LAYOUT_OF[release] as DraftVersion);
  } catch (error) {
    if (error instanceof PprofOtlpError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const AT = 'resource_profiles[0].scope_profiles[0].profiles[0]';
const int = (value: number) => ({ int_value: BigInt(value) });

describe('a fixture', () => {
  /** Every sample as `value type: stack`. */
  function story({ tables, profiles }: Result): string[] {
    const text = (index: number | undefined) => tables.string_table[index ?? 0];
    return profiles.flatMap(({ sample_type, samples }) =>
      samples.map(({ stack_index, values }) => {
        const frames = tables.stack_table[stack_index]?.location_indices.map((location) => {
          const { lines, address } = tables.location_table[location] as ProfilesDictionary['location_table'][0];
          const names = lines.map(({ function_index, line }) => {
            return `${text(tables.function_table[function_index]?.name_strindex)}:${line}`;
          });
          return `${address} ${names.join('<')}`;
        });
        const sum = values.reduce((a, b) => a + b, 0n);
        return `${sum} ${text(sample_type?.type_strindex)}: ${frames?.join('; ')}`;
      }),
    );
  }

  test.each(RELEASES)('of %s tells the story of all', (release) => {
    const file = new URL(`../../../fixtures/drafts/${release}.otlp.pb`, import.meta.url);
    const result = upgraded(new Uint8Array(readFileSync(file)), release);
    expect(story(result).slice(0, 2)).toEqual([
      '20000000 cpu: 4100 parse:31<handle:22; 4300 main:11',
      '10000000 cpu: 4200 handle:23; 4300 main:11',
    ]);
    const [profile] = result.profiles as [OtlpProfile];
    const [sample] = profile.samples as [OtlpProfile['samples'][0]];
    expect(attributesOf(result, sample.attribute_indices)).toContainEqual(['latency', int(7), 'ms']);
    expect(sample.timestamps_unix_nano).toEqual([1700000000100000000n, 1700000000200000000n]);
    expect(profile).toMatchObject({
      time_unix_nano: 1700000000000000000n,
      duration_nano: 1000000000n,
      period: 10000000n,
    });
    const mapping = result.tables.mapping_table[1] as ProfilesDictionary['mapping_table'][0];
    const attributes = attributesOf(result, mapping.attribute_indices);
    expect(attributes).toContainEqual(['process.executable.build_id.gnu', { string_value: 'abcdef0123' }, '']);
  });
});

describe('sample types', () => {
  const strings = ['', 'samples', 'count', 'cpu', 'ns', 'wall'];
  const types = [1, 3, 5].map((type) => ({ type_strindex: type, unit_strindex: 2 }));
  const samples = [{ value: [1, 2, 3] }, { value: [4, 5, 6] }];

  test('become a Profile each, the default first', () => {
    const profile = {
      sample_type: types,
      sample: samples,
      default_sample_type_index: 1,
      profile_id: Buffer.alloc(16, 1),
    };
    const result = of('1.7', [profile], { dictionary: { string_table: strings } });
    const name = (i: number) => result.tables.string_table[result.profiles[i]?.sample_type?.type_strindex as number];
    expect([name(0), name(1), name(2)]).toEqual(['cpu', 'samples', 'wall']);
    expect(result.profiles.map((p) => p.samples.map(({ values }) => values))).toEqual([
      [[2n], [5n]],
      [[1n], [4n]],
      [[3n], [6n]],
    ]);
    expect(result.profiles.map(({ profile_id }) => profile_id.length)).toEqual([16, 0, 0]);
    const scope = result.data.resource_profiles[0]?.scope_profiles[0]?.scope;
    expect(scope?.attributes.map(({ key, value }) => [key, value])).toEqual([
      ['pprof.scope.default_sample_type', { string_value: 'cpu' }],
      ['pprof.scope.sample_type_order', { array_value: { values: [int(1), int(0), int(2)] } }],
    ]);
  });

  test('of a profile in company get a scope of their own', () => {
    const single = { sample_type: [types[0]], sample: [{ value: [1] }] };
    const several = { sample_type: types, sample: samples };
    const result = of('1.7', [single, single, several, single], { dictionary: { string_table: strings } });
    const scopes = result.data.resource_profiles[0]?.scope_profiles ?? [];
    expect(scopes.map(({ profiles }) => profiles.length)).toEqual([2, 3, 1]);
  });

  test('without values to match are refused', () => {
    const dictionary = { string_table: strings };
    const error = errorOf('1.7', [{ sample_type: types, sample: [samples[0], { value: [1, 2] }] }], { dictionary });
    expect(error).toMatchObject({ message: 'has 2 values for 3 sample types', path: `${AT}.sample[1].value` });
  });

  test('have an index that must be one of them', () => {
    const error = errorOf('1.6', [{ sample_type: [{}], default_sample_type_index: 1 }]);
    expect(error).toMatchObject({ code: 'bad-input', path: `${AT}.default_sample_type_index` });
    expect(errorOf('1.6', [{ sample_type: [{}], default_sample_type_index: -1 }]).code).toBe('bad-input');
  });
});

describe('tables', () => {
  test('of several profiles are joined, equal entries once, orphans kept', () => {
    const tables = (name: string) => ({
      string_table: ['', 'f', name],
      function_table: [{ name_strindex: 1 }, { name_strindex: 2 }],
      location_table: [{ line: [{ function_index: 1 }] }],
      location_indices: [0],
      sample: [{ locations_length: 1 }],
    });
    const { tables: joined, profiles } = of('1.5', [tables('g'), tables('h'), tables('g')]);
    expect(joined.string_table).toEqual(['', 'f', 'g', 'h']);
    expect(joined.function_table.map(({ name_strindex }) => name_strindex)).toEqual([0, 1, 2, 3]);
    expect(joined.location_table.map(({ lines }) => lines.map(({ function_index }) => function_index))).toEqual([
      [],
      [2],
      [3],
    ]);
    expect(profiles.map(({ samples }) => samples[0]?.stack_index)).toEqual([1, 2, 1]);
  });

  test('begin with zero values even where nothing is in them', () => {
    const { tables } = of('1.9', []);
    expect(Object.values(tables).map((table) => table.length)).toEqual([1, 1, 1, 1, 1, 1, 1]);
  });

  test('must have the empty string first', () => {
    const error = errorOf('1.7', [], { dictionary: { string_table: ['a'] } });
    expect(error).toMatchObject({ code: 'bad-input', path: 'dictionary.string_table[0]' });
  });

  test('of 1.4 to 1.7 have an entry 0 like any other, and absent indexes', () => {
    const trace = { trace_id: Buffer.alloc(16, 1), span_id: Buffer.alloc(8, 2) };
    const { profiles } = of('1.6', [{ sample: [{ link_index: 0 }, {}] }], { link_table: [trace] });
    expect(profiles[0]?.samples.map(({ link_index }) => link_index)).toEqual([1, 0]);
  });

  test('of 1.3 have an entry 0 too, and no way to say none', () => {
    const link = [{ trace_id: Buffer.alloc(16, 1) }];
    const { profiles, warnings } = of('1.3', [{ profile: { sample: [{}], link_table: link } }]);
    expect(profiles[0]?.samples[0]?.link_index).toBe(1);
    expect(warnings).toEqual([expect.stringContaining('1.3 cannot say that a sample has no link')]);
  });

  test('give attributes the unit of their key', () => {
    const dictionary = {
      string_table: ['', 'k', 'ms', 's', 'unused'],
      attribute_table: [{ key: 'k' }, { key: 'other' }],
      attribute_units: [
        { attribute_key_strindex: 1, unit_strindex: 2 },
        { attribute_key_strindex: 1, unit_strindex: 3 },
        { attribute_key_strindex: 4, unit_strindex: 2 },
      ],
    };
    const result = of('1.7', [{ attribute_indices: [0, 1] }], { dictionary });
    expect(attributesOf(result, result.profiles[0]?.attribute_indices ?? [])).toEqual([
      ['k', undefined, 'ms'],
      ['other', undefined, ''],
    ]);
    expect(result.warnings).toEqual([
      'attribute_units gives "k" more than one unit; the first one is taken',
      'attribute_units gives a unit to "unused", which no attribute has',
    ]);
  });

  test('keep what an attribute says already beside what a field says', () => {
    const key = 'pprof.mapping.has_functions';
    const dictionary = {
      attribute_table: [
        { key, value: { bool_value: false } },
        { key, value: { bool_value: true } },
      ],
      mapping_table: [
        { attribute_indices: [0], has_functions: true },
        { attribute_indices: [1], has_functions: true },
      ],
    };
    const result = of('1.7', [], { dictionary });
    const [, first, second] = result.tables.mapping_table.map((mapping) =>
      attributesOf(result, mapping.attribute_indices),
    );
    expect(first?.map(([key, value]) => [key, value?.bool_value])).toEqual([
      [key, false],
      [`pprof_otlp.draft.${key}`, true],
    ]);
    expect(second?.map(([key, value]) => [key, value?.bool_value])).toEqual([[key, true]]);
  });
});

describe('stacks of 1.3', () => {
  const location = [{ address: 1 }, { address: 2 }, { address: 3 }];
  const stack = (sample: object, rest: object = {}): [bigint[], string[]] => {
    const { tables, profiles, warnings } = of('1.3', [{ profile: { sample: [sample], location, ...rest } }]);
    const indices = tables.stack_table[profiles[0]?.samples[0]?.stack_index as number]?.location_indices ?? [];
    return [indices.map((index) => tables.location_table[index]?.address as bigint), warnings];
  };

  test('are ranges of location_indices', () => {
    const sample = { locations_start_index: 1, locations_length: 2 };
    expect(stack(sample, { location_indices: [0, 2, 1] })).toEqual([[3n, 2n], []]);
  });

  test('are ranges of the location table without them', () => {
    expect(stack({ locations_start_index: 1, locations_length: 2 })).toEqual([[2n, 3n], []]);
  });

  test('are lists', () => {
    expect(stack({ location_index: [2, 0] })).toEqual([[3n, 1n], []]);
  });

  test('are the range when they are both', () => {
    const sample = { locations_length: 2, location_index: [2] };
    expect(stack(sample)).toEqual([[1n, 2n], [expect.stringContaining('location_index')]]);
    expect(stack({ ...sample, location_index: [0, 1] })).toEqual([[1n, 2n], []]);
  });
});

describe('times', () => {
  const times = (container: object, profile: object) => {
    const result = of('1.3', [{ ...container, profile }]);
    const [{ time_unix_nano: time, duration_nano: duration, attribute_indices }] = result.profiles as [OtlpProfile];
    const said = attributesOf(result, attribute_indices).map(([key, value]) => [
      key.replace(/.*\./, ''),
      value?.int_value,
    ]);
    return [time, duration, Object.fromEntries(said)];
  };
  const container = { start_time_unix_nano: 10, end_time_unix_nano: 15 };

  test('are those of the container, else those of the profile', () => {
    expect(times(container, {})).toEqual([10n, 5n, {}]);
    expect(times(container, { time_nanos: 10, duration_nanos: 5 })).toEqual([10n, 5n, {}]);
    expect(times({}, { time_nanos: 7, duration_nanos: 3 })).toEqual([7n, 3n, {}]);
    expect(times({ start_time_unix_nano: 10 }, { duration_nanos: 3 })).toEqual([10n, 3n, {}]);
  });

  test('that disagree are both said', () => {
    const both = { time_nanos: 7n, duration_nanos: 3n };
    expect(times(container, both)).toEqual([10n, 5n, both]);
    const end = { end_time_unix_nano: 4 };
    expect(times({ ...container, ...end }, {})).toEqual([10n, 0n, { end_time_unix_nano: 4n }]);
  });

  test('below zero are attributes', () => {
    const result = of('1.6', [{ time_nanos: -5, duration_nanos: -6 }]);
    const [profile] = result.profiles as [OtlpProfile];
    expect(profile).toMatchObject({ time_unix_nano: 0n, duration_nano: 0n });
    expect(attributesOf(result, profile.attribute_indices)).toEqual([
      ['pprof_otlp.draft.time_nanos', int(-5), ''],
      ['pprof_otlp.draft.duration_nanos', int(-6), ''],
    ]);
  });
});

describe('what has no place gives a warning', () => {
  test('unknown fields', () => {
    // A field 200 in ProfilesData.
    const { warnings } = upgrade(Uint8Array.of(0xc0, 0x0c, 0x01), '1.9');
    expect(warnings).toEqual(['ProfilesData.200 is no field of this layout and is left out']);
  });

  test('ids of functions', () => {
    expect(of('1.3', [{ profile: { function: [{ id: 1 }] } }]).warnings).toEqual([
      expect.stringContaining('ids of functions'),
    ]);
    expect(of('1.3', [{ profile: { function: [{}] } }]).warnings).toEqual([]);
  });

  test('timestamps beside another number of values', () => {
    const shape = (value: number[], timestamps: number[]) =>
      of('1.7', [{ sample_type: [{}], sample: [{ value, timestamps_unix_nano: timestamps }] }]).warnings;
    expect(shape([1], [1, 2])).toEqual([expect.stringContaining('timestamps')]);
    expect(shape([1], [1])).toEqual([]);
    expect(shape([], [1, 2])).toEqual([]);
  });
});

describe('broken payloads', () => {
  const dictionary = { string_table: ['', 'a'] };

  test.each<[string, Release, object[], object, string, string]>([
    [
      'a stack',
      '1.9',
      [{ samples: [{ stack_index: 3 }] }],
      {},
      `${AT}.samples[0].stack_index`,
      'names entry 3 of stack_table, which has 0',
    ],
    [
      'a link',
      '1.8',
      [{ sample: [{ link_index: 1 }] }],
      {},
      `${AT}.sample[0].link_index`,
      'names entry 1 of link_table, which has 0',
    ],
    [
      'an attribute',
      '1.7',
      [{ attribute_indices: [2] }],
      {},
      `${AT}.attribute_indices`,
      'names entry 2 of attribute_table, which has 0',
    ],
    [
      'a string',
      '1.7',
      [{ period_type: { unit_strindex: 2 } }],
      { dictionary },
      `${AT}.period_type.unit_strindex`,
      'names entry 2 of string_table, which has 2',
    ],
    [
      'a range',
      '1.5',
      [{ sample: [{ locations_length: 1 }] }],
      {},
      `${AT}.sample[0]`,
      'names 1 locations from 0 on, but location_indices has 0',
    ],
    [
      'a function',
      '1.6',
      [],
      { location_table: [{ line: [{ function_index: 1 }] }] },
      'location_table[0].line[0].function_index',
      'names entry 1 of function_table, which has 0',
    ],
    [
      'a negative index',
      '1.9',
      [{ samples: [{ stack_index: -1 }] }],
      {},
      `${AT}.samples[0]`,
      'a table index is negative or too large',
    ],
  ])('%s that is not there', (_, release, profiles, rest, path, message) => {
    const error = errorOf(release, profiles, rest);
    expect(error).toMatchObject({ code: 'bad-input', stage: 'decode', path, message });
    expect(error.offset).toBeGreaterThan(0);
  });

  test('strings that are not UTF-8', () => {
    const error = (() => {
      try {
        upgrade(Uint8Array.of(0x12, 0x03, 0x2a, 0x01, 0xff), '1.9');
      } catch (thrown) {
        return thrown as PprofOtlpError;
      }
      throw new Error('nothing was thrown');
    })();
    expect(error).toMatchObject({ code: 'bad-input', message: 'a string is not UTF-8', path: 'dictionary', offset: 3 });
  });

  test('a field of the wrong wire type, and a cut', () => {
    const whole = payload('1.9', [{ samples: [{ values: [1], attribute_indices: [0] }] }]);
    expect(() => upgrade(whole, '1.7')).toThrow(
      'field 2 of Sample has wire type 2, which this layout does not give it',
    );
    expect(() => upgrade(whole.subarray(0, -1), '1.9')).toThrow('a length points past the end of its message');
  });

  test.each([60, 20_000])('values that nest too deep: %i times', (depth) => {
    const field = (tag: number, content: Uint8Array) => new MessageWriter().bytes(tag, content).finish();
    let value = Uint8Array.of(0x18, 0x01);
    for (let i = 0; i < depth; i++) value = field(5, field(1, value)) as Uint8Array<ArrayBuffer>;
    // ProfilesData.dictionary.attribute_table.value
    const bytes = field(2, field(6, field(2, value)));
    expect(versionOf(bytes)).toBe('current');
    expect(() => upgrade(bytes, '1.7')).toThrow(
      expect.objectContaining({ code: 'limit', message: 'messages are nested more than 100 deep' }),
    );
  });

  test('ranges that multiply', () => {
    const sample = Array.from({ length: 6000 }, (_, i) => ({ locations_start_index: i, locations_length: 10_000 }));
    const location_indices = Array<number>(20_000).fill(0);
    const error = errorOf('1.7', [{ sample, location_indices }], { dictionary: { location_table: [{ address: 1 }] } });
    expect(error).toMatchObject({ code: 'limit', message: 'would become more than 33554432 locations in stacks' });
  });
});
