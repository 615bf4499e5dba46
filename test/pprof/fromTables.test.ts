import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode as decodeOtlp } from '../../src/otlp/decode.ts';
import { unite } from '../../src/otlp/unite.ts';
import { encode } from '../../src/pprof/encode.ts';
import { fromTables, idOfNone } from '../../src/pprof/fromTables.ts';
import { defaultLayout } from '../../src/pprof/layout.ts';
import type { PprofProfile, ProfilesData, ProfilesDictionary } from '../support/messages.ts';
import { decodePprof, encodeOtlp, decodeOtlp as readOtlp } from '../support/oracle.ts';
import { canonicalOtlpCase } from '../support/otlpPayloads.ts';
import { foreignPayload } from '../support/payload.ts';
import { emptyDictionary } from '../support/references.ts';
import { patience, runsOf } from '../support/runs.ts';

/** The pprof of a payload as the oracle reads it, and its texts. */
function listed(data: ProfilesData): { profile: PprofProfile; text: (index: bigint) => string } {
  const { model } = unite(decodeOtlp(encodeOtlp(data)).data, 'aggregate');
  const pprof = encode(fromTables(model.dictionary, model.resources[0].scopes[0]), defaultLayout());
  const profile = decodePprof(pprof);
  return { profile, text: (index) => Buffer.from(profile.string_table[Number(index)]).toString() };
}

const strings = ({ string_table }: PprofProfile): string[] =>
  string_table.map((bytes) => Buffer.from(bytes).toString());

type Change = (dictionary: ProfilesDictionary, data: ProfilesData) => void;

/** The small payload, changed. */
function changed(change: Change): ReturnType<typeof listed> {
  const data = readOtlp(foreignPayload());
  change(data.dictionary as ProfilesDictionary, data);
  return listed(data);
}

describe('the tables of the dictionary are those of the pprof, entry for entry', () => {
  test('mappings', () => {
    const { profile, text } = changed(({ mapping_table, attribute_table, string_table }) => {
      const key_strindex = string_table.push('process.executable.build_id.gnu') - 1;
      const build = attribute_table.push({ key_strindex, value: { string_value: 'c0ffee' }, unit_strindex: 0 }) - 1;
      mapping_table.push({ ...structuredClone(mapping_table[1]), attribute_indices: [build] }, mapping_table[1]);
    });
    expect(profile.mapping.map(({ id, memory_start, filename }) => [id, memory_start, text(filename)])).toEqual([
      [1n, 4096n, 'kernel'],
      [2n, 4096n, 'kernel'],
      [3n, 4096n, 'kernel'],
    ]);
    expect(profile.mapping.map(({ build_id }) => text(build_id))).toEqual(['', 'c0ffee', '']);
  });

  test('functions, the same one twice included', () => {
    const { profile, text } = changed(() => {});
    expect(profile.function.map(({ id, name, start_line }) => [id, text(name), start_line])).toEqual([
      [1n, 'kernel', 3n],
      [2n, 'kernel', 3n],
    ]);
  });

  test('locations, those without a stack included', () => {
    const { profile } = changed(({ location_table }) => {
      location_table.push({ ...structuredClone(location_table[3]), address: 77n });
    });
    expect(
      profile.location.map(({ id, mapping_id, address, line }) => [
        id,
        mapping_id,
        address,
        line.map((l) => l.function_id),
      ]),
    ).toEqual([
      [1n, 1n, 4100n, [1n]],
      [2n, 1n, 4100n, [2n]],
      [3n, 0n, 9n, []],
      [4n, 0n, 77n, []],
    ]);
    expect(profile.sample.map(({ location_id }) => location_id)).toEqual([[1n, 2n], [2n]]);
  });

  test('strings, doubled and unused ones included, new ones behind', () => {
    const { profile } = changed(({ string_table }) => {
      string_table.push('unused', 'kernel', 'off_cpu');
    });
    expect(strings(profile).slice(0, 12)).toEqual([
      ...[
        '',
        '',
        'off_cpu',
        'nanoseconds',
        'kernel',
        'thread.name',
        'count',
        'swapper',
        'cpu',
        'unused',
        'kernel',
        'off_cpu',
      ],
    ]);
    expect(strings(profile).slice(12).sort()).toEqual([
      ...['01'.repeat(16), '02'.repeat(8), 'span_id', 'trace_id', 'worker', 'x'],
    ]);
  });

  test(
    'of any payload',
    () => {
      fc.assert(
        fc.property(canonicalOtlpCase, ({ data }) => {
          fc.pre(data.resource_profiles.some((r) => r.scope_profiles.some((s) => s.profiles.length > 0)));
          const { profile } = listed(data);
          const tables = data.dictionary ?? emptyDictionary();
          expect(strings(profile).slice(0, tables.string_table.length)).toEqual(tables.string_table);
          const index = (entries: unknown[]): bigint[] => entries.slice(1).map((_, i) => BigInt(i + 1));
          expect(profile.mapping.map(({ id }) => id)).toEqual(index(tables.mapping_table));
          const own = <T>(entries: T[], table: unknown[]): T[] => entries.slice(0, Math.max(table.length - 1, 0));
          expect(own(profile.function, tables.function_table)).toEqual(
            tables.function_table.slice(1).map((fn, i) => ({
              ...{ id: BigInt(i + 1), name: BigInt(fn.name_strindex), system_name: BigInt(fn.system_name_strindex) },
              ...{ filename: BigInt(fn.filename_strindex), start_line: fn.start_line },
            })),
          );
          const none = BigInt(idOfNone(tables.function_table.length));
          expect(own(profile.location, tables.location_table).map(({ is_folded: _, ...rest }) => rest)).toEqual(
            tables.location_table.slice(1).map(({ mapping_index, address, lines }, i) => ({
              ...{ id: BigInt(i + 1), mapping_id: BigInt(mapping_index), address },
              line: lines.map(({ function_index, line, column }) => ({
                ...{ function_id: function_index === 0 ? none : BigInt(function_index), line, column },
              })),
            })),
          );
        }),
        runsOf(),
      );
    },
    patience,
  );
});

describe('what pprof demands and the dictionary lacks stands behind', () => {
  test('the id of none', () => {
    expect([0, 1, 2, 9].map(idOfNone)).toEqual([1, 1, 2, 9]);
  });

  test('a line without a function has the empty one', () => {
    const { profile } = changed(({ location_table }) => {
      for (const { lines } of location_table) for (const line of lines) line.function_index = 0;
    });
    expect(profile.location.flatMap(({ line }) => line.map((l) => l.function_id))).toEqual([3n, 3n]);
    expect(profile.function).toHaveLength(3);
    expect(profile.function[2]).toEqual({ id: 3n, name: 0n, system_name: 0n, filename: 0n, start_line: 0n });
  });

  test('where all lines have one nothing is added', () => {
    expect(changed(() => {}).profile.function).toHaveLength(2);
    expect(changed(() => {}).profile.location).toHaveLength(3);
  });

  test('without any function table too', () => {
    const { profile } = changed((dictionary) => {
      dictionary.function_table = [];
      for (const { lines } of dictionary.location_table) for (const line of lines) line.function_index = 0;
    });
    expect(profile.function.map(({ id }) => id)).toEqual([1n]);
    expect(profile.location.flatMap(({ line }) => line.map((l) => l.function_id))).toEqual([1n, 1n]);
  });

  test('a function 0 that says something says it', () => {
    const { profile, text } = changed(({ function_table, location_table }) => {
      function_table[0].name_strindex = 4;
      location_table[1].lines[0].function_index = 0;
    });
    expect(profile.function.map(({ id, name }) => [id, text(name)])).toEqual([
      [1n, 'kernel'],
      [2n, 'kernel'],
      [3n, 'kernel'],
    ]);
    expect(profile.location[0].line[0].function_id).toBe(3n);
  });

  test('a stack that leads to location 0 has a location without an address', () => {
    const { profile } = changed(({ stack_table }) => {
      stack_table[1].location_indices = [0, 2];
    });
    expect(profile.sample[0].location_id).toEqual([4n, 2n]);
    expect(profile.location[3]).toEqual({ id: 4n, mapping_id: 0n, address: 0n, line: [], is_folded: false });
  });

  test('a location 0 that says something says it, its lines too', () => {
    const { profile } = changed(({ location_table, stack_table }) => {
      location_table[0] = {
        mapping_index: 1,
        address: 5n,
        lines: [{ function_index: 0, line: 8n, column: 0n }],
        attribute_indices: [],
      };
      stack_table[2].location_indices = [0];
    });
    expect(profile.sample[1].location_id).toEqual([4n]);
    expect(profile.location[3]).toMatchObject({ mapping_id: 1n, address: 5n, line: [{ function_id: 3n, line: 8n }] });
    expect(profile.function[2].id).toBe(3n);
  });

  test('an empty dictionary gives an empty string and samples without a stack', () => {
    const data = readOtlp(foreignPayload());
    const [profile] = data.resource_profiles[0].scope_profiles[0].profiles;
    for (const sample of profile.samples)
      Object.assign(sample, { stack_index: 0, link_index: 0, attribute_indices: [] });
    Object.assign(profile, { attribute_indices: [], period_type: undefined, sample_type: undefined });
    data.dictionary = undefined;
    const { profile: pprof } = listed(data);
    expect(strings(pprof)).toEqual(['']);
    expect(pprof.sample.map(({ location_id, value }) => [location_id, value])).toEqual([
      [[], [-1n]],
      [[], [7n]],
    ]);
    expect(pprof).toMatchObject({ mapping: [], location: [], function: [] });
  });
});

test('labels keep the order of their attributes; a list becomes one label each', () => {
  const { profile, text } = changed((_, data) => {
    data.resource_profiles[0].scope_profiles[0].profiles[0].samples[0].attribute_indices = [2, 1];
  });
  expect(
    profile.sample[0].label.map(({ key, str, num, num_unit }) => [text(key), text(str), num, text(num_unit)]),
  ).toEqual([
    ['cpu', '', 1n, 'count'],
    ['cpu', 'x', 0n, ''],
    ['thread.name', 'worker', 0n, ''],
    ['trace_id', '01'.repeat(16), 0n, ''],
    ['span_id', '02'.repeat(8), 0n, ''],
  ]);
});
