import { describe, expect, test } from 'vitest';
import { Misfit } from '../../../src/errors.ts';
import { type Options, otlpToPprof, pprofToOtlp } from '../../../src/index.ts';
import { decodeExtension, findExtension } from '../../../src/otlp/extension/message.ts';
import type { PayloadFacts } from '../../../src/otlp/extension/payloadFacts.ts';
import { decodePayloadFacts, encodePayloadFacts } from '../../../src/otlp/extension/payloadMessage.ts';
import { restorePayload } from '../../../src/otlp/extension/restore.ts';
import { decode as decodePprof } from '../../../src/pprof/decode.ts';
import { toTables } from '../../../src/pprof/toTables.ts';
import { expectSameBytes } from '../../support/bytes.ts';
import type { AnyValue, OtlpProfile, OtlpSample, ProfilesData, ProfilesDictionary } from '../../support/messages.ts';
import { decodeOtlp, encodeOtlp } from '../../support/oracle.ts';
import { foreignPayload } from '../../support/payload.ts';
import { emptyDictionary } from '../../support/references.ts';

const CURRENT = { otlpVersion: '1.11' };

function structured(pprof: Uint8Array): { facts: PayloadFacts; pprof: ReturnType<typeof toTables> } {
  const found = findExtension(pprof);
  if (found === undefined) throw new Error('there is no extension');
  const { content } = decodeExtension(found.extension);
  if (content.kind !== 'structured') throw new Error('nothing structured');
  return { facts: decodePayloadFacts(content.facts), pprof: toTables(decodePprof(found.pprof).data) };
}

/** More than any payload here has. */
const SIZE = 100_000;

/** What the extension of a payload says; that the payload comes back is seen on the way. */
function factsOf(data: ProfilesData, options: Options = {}): PayloadFacts {
  const otlp = encodeOtlp(data);
  const { pprofs, reports } = otlpToPprof(otlp, { ...CURRENT, ...options });
  expect(reports[0]).toMatchObject({ carried: 'structured', proven: true });
  expectSameBytes(pprofToOtlp(pprofs[0]).otlp, otlp);
  const { facts, pprof } = structured(pprofs[0]);
  expect(decodePayloadFacts(encodePayloadFacts(facts))).toEqual(facts);
  expectSameBytes(restorePayload(facts, pprof, otlp.length), otlp);
  return facts;
}

const profileOf = (data: ProfilesData): OtlpProfile => data.resource_profiles[0].scope_profiles[0].profiles[0];

const text = (value: string): AnyValue => ({ string_value: value });
const sample = (more: Partial<OtlpSample> = {}): OtlpSample => ({
  ...{ stack_index: 1, attribute_indices: [], link_index: 0, values: [1n], timestamps_unix_nano: [] },
  ...more,
});

/** One profile with two stacks, as a tidy producer writes it: entries in order of use, once each. */
function tidy(change: (data: ProfilesData, dictionary: ProfilesDictionary) => void = () => {}): ProfilesData {
  const data = decodeOtlp(foreignPayload());
  const dictionary = emptyDictionary();
  dictionary.string_table.push('cpu', 'nanoseconds', 'main', 'thread', 'size', 'bytes', 'trace_id', 'span_id');
  dictionary.function_table.push({ name_strindex: 3, system_name_strindex: 0, filename_strindex: 0, start_line: 0n });
  for (const address of [1n, 2n]) {
    const lines = [{ function_index: 1, line: 1n, column: 0n }];
    dictionary.location_table.push({ mapping_index: 0, address, lines, attribute_indices: [] });
  }
  dictionary.stack_table.push({ location_indices: [1, 2] }, { location_indices: [2] });
  dictionary.attribute_table.push(
    { key_strindex: 4, value: text('worker'), unit_strindex: 0 },
    { key_strindex: 5, value: { int_value: -8n }, unit_strindex: 6 },
  );
  data.dictionary = dictionary;
  Object.assign(profileOf(data), {
    sample_type: { type_strindex: 1, unit_strindex: 2 },
    samples: [sample({ attribute_indices: [1] }), sample({ stack_index: 2, attribute_indices: [1, 2] })],
    ...{ period_type: undefined, attribute_indices: [] },
  });
  change(data, dictionary);
  return data;
}

const NO_RUNS = { stack: [], attributeCount: [], attribute: [], link: [] };

describe('what the pprof tells is not listed', () => {
  test('a tidy payload lists entry 0 of each table, no index, no count', () => {
    const facts = factsOf(tidy());
    const indexes = ({ listed: { stack, attribute, link } }: PayloadFacts) =>
      [stack, attribute, link].map((entries) => entries.map(({ index }) => index));
    expect(indexes(facts)).toEqual([[0], [0], [0]]);
    expect(facts).toMatchObject({
      ...{ streams: NO_RUNS, valueCounts: [], timestampCounts: [], values: [], timestampSteps: [] },
      ...{ groups: [0], columns: [0], sampleCounts: [2], sampleAnObservation: false, hasDictionary: true },
      lengths: { mapping: 1, location: 3, function: 2, link: 1, string: 9, attribute: 3, stack: 3 },
      ...{ mappingAttributes: { rows: [], runs: [] }, locationAttributes: { rows: [[]], runs: [] } },
    });
  });

  test('nor are links, whose labels tell them', () => {
    const facts = factsOf(
      tidy((data, { link_table }) => {
        for (const fill of [7, 8]) {
          const link_index =
            link_table.push({ trace_id: new Uint8Array(16).fill(fill), span_id: new Uint8Array(8).fill(9) }) - 1;
          profileOf(data).samples.push(sample({ link_index }), sample({ link_index }));
        }
      }),
    );
    expect(facts.listed.link).toHaveLength(1);
    expect(facts.streams.link).toEqual([]);
  });

  test('its size does not grow with samples that are as predicted', () => {
    const size = (count: number): number => {
      const data = tidy((each) => {
        profileOf(each).samples = Array.from({ length: count }, (_, i) => sample({ stack_index: 1 + (i % 2) }));
      });
      return otlpToPprof(encodeOtlp(data), CURRENT).reports[0].residualBytes;
    };
    expect(size(5000) - size(50)).toBeLessThan(8);
  });

  test('profiles that share samples cost no indexes', () => {
    const facts = factsOf(
      tidy((data) => {
        const [scope] = data.resource_profiles[0].scope_profiles;
        const twin = structuredClone(scope.profiles[0]);
        twin.sample_type = { type_strindex: 5, unit_strindex: 6 };
        scope.profiles.push(twin);
      }),
    );
    expect(facts).toMatchObject({ groups: [0, 0], columns: [0, 1], sampleCounts: [2], streams: NO_RUNS });
  });

  test('an observation a sample: timestamps ride in the extension, counts as predicted by the one before', () => {
    const times = tidy((data) => {
      profileOf(data).samples = [3n, 9n, 7n].map((time) => sample({ values: [], timestamps_unix_nano: [time] }));
    });
    expect(factsOf(times)).toMatchObject({
      valueCounts: [0, 1],
      timestampCounts: [0, 2],
      timestampSteps: [3n, 6n, -2n],
    });
    expect(factsOf(times, { timestamps: 'labels' })).toMatchObject({ sampleAnObservation: true, sampleCounts: [3] });
  });
});

describe('what the pprof does not tell is listed', () => {
  const listed = (table: 'stack' | 'attribute' | 'link', change: Parameters<typeof tidy>[0]): number[] =>
    factsOf(tidy(change)).listed[table].map(({ index }) => index);

  test.each<[string, AnyValue | undefined]>([
    ['a double', { double_value: 0.5 }],
    ['a bool', { bool_value: true }],
    ['bytes', { bytes_value: Uint8Array.of(1, 0xff) }],
    ['an array', { array_value: { values: [text('a'), { int_value: 1n }] } }],
    ['an empty array', { array_value: { values: [] } }],
    ['a list', { kvlist_value: { values: [{ key: 'a', value: text('b'), key_strindex: 0 }] } }],
    ['an empty text', text('')],
    ['a string by its index', { string_value_strindex: 3 }],
    ['no kind of value', {}],
    ['no value', undefined],
  ])('attributes: %s', (_, value) => {
    expect(
      listed('attribute', (_data, { attribute_table }) => {
        attribute_table[1].value = value;
      }),
    ).toEqual([0, 1]);
  });

  test('attributes: a text with a unit', () => {
    expect(
      listed('attribute', (_, { attribute_table }) => {
        attribute_table[1].unit_strindex = 6;
      }),
    ).toEqual([0, 1]);
  });

  test('attributes: one that no sample has, and the second of two alike', () => {
    expect(
      listed('attribute', (data, { attribute_table }) => {
        attribute_table.push(structuredClone(attribute_table[1]), { ...attribute_table[2], unit_strindex: 0 });
        profileOf(data).samples[1].attribute_indices.push(3);
      }),
    ).toEqual([0, 4]);
  });

  test('stacks: unused ones', () => {
    expect(
      listed('stack', (_, { stack_table }) => {
        stack_table.push({ location_indices: [1] }, { location_indices: [] });
      }),
    ).toEqual([0, 3, 4]);
  });

  test('links: unused ones, and those whose ids are of another length or missing', () => {
    expect(
      listed('link', (data, { link_table }) => {
        link_table.push(
          { trace_id: new Uint8Array(16).fill(1), span_id: new Uint8Array(8).fill(2) },
          { trace_id: Uint8Array.of(1), span_id: new Uint8Array(8).fill(2) },
          { trace_id: new Uint8Array(0), span_id: new Uint8Array(0) },
        );
        profileOf(data).samples.push(sample({ link_index: 2 }), sample({ link_index: 3 }));
      }),
    ).toEqual(expect.arrayContaining([0, 1, 2]));
  });
});

describe('every oddity of a payload comes back', () => {
  const zeroless = (table: keyof ProfilesDictionary) => (_: ProfilesData, dictionary: ProfilesDictionary) => {
    (dictionary[table] as unknown[]).shift();
  };
  const samples =
    (...all: Partial<OtlpSample>[]) =>
    (data: ProfilesData) => {
      profileOf(data).samples = all.map(sample);
    };

  const oddities: Record<string, Parameters<typeof tidy>[0]> = {
    'no samples': samples(),
    'a sample without anything': samples({ stack_index: 0, values: [] }),
    'several values': samples({ values: [5n, -6n] }, { values: [] }, { values: [1n, 2n, 3n] }),
    'values that wrap': samples({ values: [(1n << 63n) - 1n, (1n << 63n) - 1n, -(1n << 63n)] }),
    'more timestamps than values': samples({ values: [1n], timestamps_unix_nano: [1n, (1n << 64n) - 1n, 0n] }),
    'the same attribute twice': samples({ attribute_indices: [1, 1, 2, 1] }),
    'attribute 0': samples({ attribute_indices: [0, 1, 0] }),
    'indexes in no order of use': samples(
      { stack_index: 2, attribute_indices: [2, 1] },
      { stack_index: 1 },
      { stack_index: 2 },
    ),
    'doubled stacks': (data, { stack_table }) => {
      stack_table.push(structuredClone(stack_table[1]));
      profileOf(data).samples.push(sample({ stack_index: 3 }), sample({ stack_index: 1 }), sample({ stack_index: 3 }));
    },
    'location 0 in a stack': (_, { stack_table }) => {
      stack_table[1].location_indices = [0, 1, 0];
    },
    'function 0 in a line': (_, { location_table }) => {
      location_table[1].lines[0].function_index = 0;
    },
    'a location 0 that says something': (_, { location_table }) => {
      location_table[0] = { ...structuredClone(location_table[1]), attribute_indices: [2] };
    },
    'a mapping 0 that says something': (_, { mapping_table }) => {
      mapping_table[0] = {
        memory_start: 1n,
        memory_limit: 2n,
        file_offset: 3n,
        filename_strindex: 4,
        attribute_indices: [1],
      };
    },
    'attributes of mappings and locations': (_, { mapping_table, location_table }) => {
      for (const attribute_indices of [[1], [1], [], [1, 2, 2]])
        mapping_table.push({
          memory_start: 0n,
          memory_limit: 0n,
          file_offset: 0n,
          filename_strindex: 0,
          attribute_indices,
        });
      for (const attribute_indices of [[], [2], [2], [0]])
        location_table.push({ mapping_index: 1, address: 0n, lines: [], attribute_indices });
    },
    'doubled, unused and empty strings': (_, { string_table }) => {
      string_table.push('', 'main', 'nobody', '');
    },
    'a label key of another string of the same text': (_, { string_table, attribute_table }) => {
      attribute_table[1].key_strindex = string_table.push('thread') - 1;
    },
    'no sample type': (data) => {
      profileOf(data).sample_type = undefined;
    },
    'an empty sample type': (data) => {
      profileOf(data).sample_type = { type_strindex: 0, unit_strindex: 0 };
    },
    'a resource and a scope without profiles': (data) => {
      data.resource_profiles.unshift({ resource: undefined, scope_profiles: [], schema_url: 'https://example.com' });
      data.resource_profiles[1].scope_profiles.unshift({ scope: undefined, profiles: [], schema_url: '' });
    },
    'no scope and no resource': (data) => {
      data.resource_profiles[0].resource = undefined;
      data.resource_profiles[0].scope_profiles[0].scope = undefined;
    },
    'links of labels that name them': (data, { link_table, attribute_table }) => {
      link_table.push({ trace_id: new Uint8Array(16).fill(1), span_id: new Uint8Array(8).fill(2) });
      attribute_table.push(
        { key_strindex: 7, value: text('01'.repeat(16)), unit_strindex: 0 },
        { key_strindex: 8, value: text('02'.repeat(8)), unit_strindex: 0 },
      );
      profileOf(data).samples.push(
        sample({ link_index: 1, attribute_indices: [3, 4] }),
        sample({ attribute_indices: [4, 3] }),
      );
    },
    'labels of a pair of ids without a link': (data, { attribute_table }) => {
      attribute_table.push(
        { key_strindex: 7, value: text('xyz'), unit_strindex: 0 },
        { key_strindex: 8, value: text('0'), unit_strindex: 0 },
      );
      profileOf(data).samples.push(sample({ attribute_indices: [3, 4] }));
    },
    'no string table': (data) => {
      data.dictionary = { ...emptyDictionary(), string_table: [] };
      Object.assign(profileOf(data), { sample_type: undefined, samples: [sample({ stack_index: 0 })] });
    },
    'an empty dictionary': (data) => {
      data.dictionary = Object.fromEntries(Object.keys(emptyDictionary()).map((table) => [table, []])) as never;
      Object.assign(profileOf(data), { sample_type: undefined, samples: [sample({ stack_index: 0 })] });
    },
    'no dictionary': (data) => {
      data.dictionary = undefined;
      Object.assign(profileOf(data), { sample_type: undefined, samples: [sample({ stack_index: 0 })] });
    },
    'no entry 0 of stack_table': (data, dictionary) => {
      zeroless('stack_table')(data, dictionary);
      samples({ stack_index: 0 }, { stack_index: 1 })(data);
    },
    'no entry 0 of attribute_table': (data, dictionary) => {
      zeroless('attribute_table')(data, dictionary);
      samples({ attribute_indices: [0, 1] })(data);
    },
    'no entry 0 of function_table': (data, dictionary) => {
      zeroless('function_table')(data, dictionary);
      for (const { lines } of dictionary.location_table) for (const line of lines) line.function_index = 0;
    },
    'several profiles of several scopes': (data) => {
      const [scope] = data.resource_profiles[0].scope_profiles;
      const other = structuredClone(scope);
      other.profiles[0].samples.reverse();
      scope.profiles.push(structuredClone(scope.profiles[0]), structuredClone(other.profiles[0]));
      data.resource_profiles.push({
        resource: undefined,
        scope_profiles: [other, structuredClone(scope)],
        schema_url: '',
      });
    },
  };

  test.each(Object.entries(oddities))('%s', (_, change) => {
    const data = tidy(change);
    factsOf(data);
    factsOf(data, { timestamps: 'labels' });
  });

  test('as the small payload has them', () => {
    factsOf(decodeOtlp(foreignPayload()));
    factsOf(decodeOtlp(foreignPayload()), { timestamps: 'labels' });
  });
});

describe('facts of another pprof are a Misfit', () => {
  const twins = (data: ProfilesData) => {
    const [scope] = data.resource_profiles[0].scope_profiles;
    const twin = structuredClone(scope.profiles[0]);
    twin.sample_type = { type_strindex: 5, unit_strindex: 6 };
    twin.samples[0].attribute_indices = [2, 1];
    scope.profiles.push(twin);
    profileOf(data).samples[0].values = [1n, 2n];
    profileOf(data).samples[0].timestamps_unix_nano = [3n];
  };
  const { facts, pprof } = structured(otlpToPprof(encodeOtlp(tidy(twins)), CURRENT).pprofs[0]);
  const HUGE = [2 ** 31, 2 ** 32 + 1, 2 ** 53, 2 ** 64];
  const wrong: Record<string, (huge: number) => Partial<PayloadFacts>> = {
    ...Object.fromEntries(
      Object.keys(facts.lengths).map((table) => [
        `length of ${table}`,
        (huge: number) => ({ lengths: { ...facts.lengths, [table]: huge } }),
      ]),
    ),
    groups: (huge) => ({ groups: [0, huge] }),
    columns: (huge) => ({ columns: [0, huge] }),
    sampleCounts: (huge) => ({ sampleCounts: [huge] }),
    'a listed stack': (huge) => ({ listed: { ...facts.listed, stack: [{ index: huge, bytes: new Uint8Array(0) }] } }),
    'a stack': (huge) => ({ streams: { ...facts.streams, stack: [0, huge] } }),
    'how many attributes': (huge) => ({ streams: { ...facts.streams, attributeCount: [0, huge] } }),
    'an attribute': (huge) => ({ streams: { ...facts.streams, attribute: [0, huge] } }),
    'a link': (huge) => ({ streams: { ...facts.streams, link: [0, huge] } }),
    'a run': (huge) => ({ streams: { ...facts.streams, link: [huge, 1] } }),
    'how many values': (huge) => ({ valueCounts: [0, huge] }),
    'how many timestamps': (huge) => ({ timestampCounts: [0, huge] }),
    'an attribute list': (huge) => ({ locationAttributes: { rows: [[1]], runs: [0, huge] } }),
  };

  test('but those of this one are none', () => {
    expect(() => restorePayload(facts, pprof, SIZE)).not.toThrow();
  });

  test.each(Object.entries(wrong))('%s, huge', (_, change) => {
    for (const huge of HUGE) expect(() => restorePayload({ ...facts, ...change(huge) }, pprof, SIZE)).toThrow(Misfit);
  });

  test.each<[string, Partial<PayloadFacts>]>([
    ['fewer profiles', { groups: [0], columns: [0] }],
    ['more profiles', { groups: [0, 0, 0], columns: [0, 0, 0] }],
    ['no groups', { groups: [], columns: [], sampleCounts: [] }],
    ['a group without profiles', { sampleCounts: [...facts.sampleCounts, 0] }],
    ['an odd run', { streams: { ...facts.streams, stack: [1] } }],
    ['runs that nobody reads', { streams: { ...facts.streams, stack: [99, 1] } }],
    ['attribute lists that nobody has', { mappingAttributes: { rows: [[1]], runs: [99, 1] } }],
    ['no attribute list', { locationAttributes: { rows: [], runs: [] } }],
    ['a skeleton without profiles', { skeleton: new Uint8Array(0) }],
    ['nothing listed', { listed: { stack: [], attribute: [], link: [] } }],
    ['no values', { values: [] }],
    ['no timestamps', { timestampSteps: [] }],
    ['no entries 0', { firstEntries: new Uint8Array(0) }],
    // Each profile of a group costs its samples again, each use of a list its attributes.
    ['very many profiles', { groups: new Array(100_000).fill(0), columns: new Array(100_000).fill(0) }],
    ['a very long attribute list', { locationAttributes: { rows: [new Array(2 * SIZE).fill(0)], runs: [] } }],
  ])('%s', (_, change) => {
    expect(() => restorePayload({ ...facts, ...change }, pprof, SIZE)).toThrow(Misfit);
  });
});
