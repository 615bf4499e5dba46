import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PprofOtlpError } from '../../src/errors.ts';
import { pprofToOtlp } from '../../src/index.ts';
import { attributeValue, type Model, newResource, valuesFrom, valuesTo } from '../../src/model/model.ts';
import { decode } from '../../src/otlp/decode.ts';
import { encode } from '../../src/otlp/encode.ts';
import { toModel } from '../../src/otlp/toModel.ts';
import { pprof } from '../support/arbitraries.ts';
import { expectSameBytes } from '../support/bytes.ts';
import type { OtlpProfile, OtlpSample, ProfilesData, ProfilesDictionary } from '../support/messages.ts';
import { encodeOtlp } from '../support/oracle.ts';
import { foreignPayload } from '../support/payload.ts';
import { Random } from '../support/random.ts';
import { emptyDictionary } from '../support/references.ts';
import { HOPS, type Hop, merge } from '../support/transit.ts';

const hop = (name: string): Hop => HOPS[name] as Hop;
const none = new Uint8Array(0);

/** Attributes of the resource and of the scope have no order; all else of a model is compared as bytes. */
const said = ({ dictionary, resources }: Model): Uint8Array => {
  const scopes = resources[0].scopes.map((scope) => ({ ...scope, attributes: [] }));
  return encode({ dictionary, resources: [newResource(scopes)] });
};

const modelOf = (bytes: Uint8Array, resource = 0, unreferenced = false): Model =>
  toModel(decode(bytes).data, resource, 0, unreferenced);

const sample = (changes: Partial<OtlpSample> = {}): OtlpSample => ({
  ...{ stack_index: 0, attribute_indices: [], link_index: 0, values: [1n], timestamps_unix_nano: [], ...changes },
});

const profile = (samples: OtlpSample[], changes: Partial<OtlpProfile> = {}): OtlpProfile => ({
  ...{ sample_type: undefined, samples, time_unix_nano: 0n, duration_nano: 0n, period_type: undefined, period: 0n },
  ...{
    profile_id: none,
    dropped_attributes_count: 0,
    original_payload_format: '',
    original_payload: none,
    attribute_indices: [],
  },
  ...changes,
});

function payload(fill: (tables: ProfilesDictionary) => OtlpProfile[]): Uint8Array {
  const dictionary = emptyDictionary();
  const profiles = fill(dictionary);
  const data: ProfilesData = {
    dictionary,
    resource_profiles: [
      { resource: undefined, schema_url: '', scope_profiles: [{ scope: undefined, profiles, schema_url: '' }] },
    ],
  };
  return encodeOtlp(data);
}

describe('two payloads that say the same give the same model', () => {
  const silent = [
    'shuffleTables',
    'removeDuplicates',
    'collectGarbage',
    'descendingFields',
    'unrulyFields',
    'referToAttributeStrings',
    'zeroLinkBytes',
    'reorderAttributes',
  ];

  test.each(silent)('after %s', (name) => {
    fc.assert(
      fc.property(pprof, fc.nat(), (bytes, seed) => {
        const { otlp } = pprofToOtlp(bytes, { verify: false });
        expectSameBytes(said(modelOf(hop(name)(otlp, new Random(seed)))), said(modelOf(otlp)));
      }),
      { numRuns: 25 },
    );
    const foreign = foreignPayload();
    expectSameBytes(said(modelOf(hop(name)(foreign, new Random(3)))), said(modelOf(foreign)));
  });

  test('beside another in one dictionary', () => {
    const own = pprofToOtlp(payloadOfOne(), { verify: false }).otlp;
    for (const seed of [1, 2, 3]) {
      const merged = merge(foreignPayload())(own, new Random(seed));
      const found = [0, 1].map((resource) => Buffer.from(encode(modelOf(merged, resource))).toString('hex'));
      expect(found).toContain(Buffer.from(encode(modelOf(own))).toString('hex'));
      expect(found).toContain(Buffer.from(encode(modelOf(foreignPayload()))).toString('hex'));
    }
  });

  test('it is what our encoder wrote', () => {
    fc.assert(
      fc.property(pprof, (bytes) => {
        const { otlp } = pprofToOtlp(bytes, { verify: false });
        expectSameBytes(encode(modelOf(otlp)), otlp);
      }),
      { numRuns: 60 },
    );
  });
});

/** string_table, one sample type and one sample. */
function payloadOfOne(): Uint8Array {
  return Uint8Array.from([0x0a, 2, 0x08, 1, 0x12, 3, 0x12, 1, 5, 0x32, 0, 0x32, 1, 0x61]);
}

describe('tables', () => {
  test('are in order of first use, equal entries once, the attributes of a set by key', () => {
    const model = modelOf(
      payload((t) => {
        t.string_table.push('b', 'a', 'a', 'unused');
        t.attribute_table.push(
          { key_strindex: 1, value: { int_value: 1n }, unit_strindex: 0 },
          { key_strindex: 2, value: { int_value: 2n }, unit_strindex: 0 },
          { key_strindex: 3, value: { int_value: 2n }, unit_strindex: 0 },
        );
        t.function_table.push(
          { name_strindex: 2, system_name_strindex: 0, filename_strindex: 0, start_line: 0n },
          { name_strindex: 3, system_name_strindex: 0, filename_strindex: 0, start_line: 0n },
        );
        t.location_table.push(
          {
            mapping_index: 0,
            address: 9n,
            lines: [{ function_index: 2, line: 1n, column: 0n }],
            attribute_indices: [1, 2],
          },
          {
            mapping_index: 0,
            address: 9n,
            lines: [{ function_index: 1, line: 1n, column: 0n }],
            attribute_indices: [3, 1],
          },
          { mapping_index: 0, address: 5n, lines: [], attribute_indices: [] },
        );
        t.stack_table.push({ location_indices: [3, 2] }, { location_indices: [3, 1] });
        return [
          profile([
            sample({ stack_index: 2, attribute_indices: [1, 3] }),
            sample({ stack_index: 1, attribute_indices: [2, 1] }),
          ]),
        ];
      }),
    );
    const { dictionary } = model;
    const [{ samples }] = model.resources[0].scopes[0].profiles;
    expect([
      dictionary.locations.length,
      dictionary.functions.length,
      dictionary.stacks.length,
      dictionary.attributes.length,
    ]).toEqual([3, 2, 2, 3]);
    expect([1, 2].map((i) => dictionary.locations.address.unsigned(i))).toEqual([5n, 9n]);
    expect(Array.from(samples.identity.stack.array.subarray(0, 2))).toEqual([1, 1]);
    const { attributes } = samples.identity;
    const [a, b] = attributes.values.array;
    expect(Array.from(attributes.values.array.subarray(0, 4))).toEqual([a, b, a, b]);
    const keys = Array.from(attributes.values.array.subarray(0, 2), (index) =>
      dictionary.strings.text(dictionary.attributes.key.array[index]),
    );
    expect(keys).toEqual(['a', 'b']);
  });

  test('mappings that no location names are there when asked for, in table order', () => {
    const bytes = payload((t) => {
      t.string_table.push('one', 'two');
      for (const filename_strindex of [2, 1])
        t.mapping_table.push({
          memory_start: 1n,
          memory_limit: 2n,
          file_offset: 0n,
          filename_strindex,
          attribute_indices: [],
        });
      return [profile([])];
    });
    expect(modelOf(bytes).dictionary.mappings.length).toBe(1);
    const { mappings, strings } = modelOf(bytes, 0, true).dictionary;
    expect([1, 2].map((i) => strings.text(mappings.filename.array[i]))).toEqual(['two', 'one']);
  });

  test('an empty dictionary will do', () => {
    const data: ProfilesData = {
      dictionary: undefined,
      resource_profiles: [
        {
          resource: undefined,
          schema_url: '',
          scope_profiles: [{ scope: undefined, profiles: [profile([sample()])], schema_url: '' }],
        },
      ],
    };
    const model = modelOf(encodeOtlp(data));
    expect(model.resources[0].scopes[0].profiles[0].samples.identity.length).toBe(1);
  });

  test('attribute values stay as they are, units too', () => {
    const model = modelOf(
      payload((t) => {
        t.string_table.push('key', 'unit');
        t.attribute_table.push(
          {
            key_strindex: 1,
            value: { array_value: { values: [{ bytes_value: Uint8Array.of(255) }, {}] } },
            unit_strindex: 2,
          },
          { key_strindex: 1, value: undefined, unit_strindex: 0 },
          { key_strindex: 1, value: { double_value: -0 }, unit_strindex: 0 },
        );
        return [profile([sample({ attribute_indices: [1, 2, 3] })])];
      }),
    );
    expect([1, 2, 3].map((i) => attributeValue(model.dictionary, i))).toEqual([[Uint8Array.of(255), null], null, -0]);
    expect(model.dictionary.strings.text(model.dictionary.attributes.unit.array[1])).toBe('unit');
  });
});

describe('profiles of one scope', () => {
  const stacks = (t: ProfilesDictionary): void => {
    for (const address of [1n, 2n])
      t.location_table.push({ mapping_index: 0, address, lines: [], attribute_indices: [] });
    t.stack_table.push({ location_indices: [1] }, { location_indices: [2] }, { location_indices: [1] });
  };

  test('whose samples agree one for one share them', () => {
    const { profiles } = modelOf(
      payload((t) => {
        stacks(t);
        return [profile([sample({ stack_index: 1 })]), profile([sample({ stack_index: 3, values: [5n] })])];
      }),
    ).resources[0].scopes[0];
    expect(profiles[1].samples.identity).toBe(profiles[0].samples.identity);
    expect(profiles[1].samples.values.column.signed(0)).toBe(5n);
  });

  test.each<[string, Partial<OtlpSample>, number]>([
    ['nothing', {}, 1],
    ['the stack', { stack_index: 2 }, 2],
    ['the link', { link_index: 1 }, 2],
    ['an attribute', { attribute_indices: [1] }, 2],
    ['the value', { values: [9n] }, 1],
    ['the timestamps', { timestamps_unix_nano: [9n] }, 1],
  ])('that differ in %s', (_, change, samples) => {
    const { profiles } = modelOf(
      payload((t) => {
        stacks(t);
        t.string_table.push('key');
        t.attribute_table.push({ key_strindex: 1, value: undefined, unit_strindex: 0 });
        t.link_table.push({ trace_id: new Uint8Array(16).fill(1), span_id: new Uint8Array(8).fill(1) });
        return [profile([sample({ stack_index: 1 })]), profile([sample({ stack_index: 1, ...change })])];
      }),
    ).resources[0].scopes[0];
    expect(profiles.map((each) => each.samples.identity.length)).toEqual([samples, samples]);
  });

  test('whose samples differ are strung together, with 0 where a sample is not theirs', () => {
    const { profiles } = modelOf(
      payload((t) => {
        stacks(t);
        return [
          profile([sample({ stack_index: 1, values: [3n, 4n] }), sample({ timestamps_unix_nano: [7n], values: [] })]),
          profile([sample({ stack_index: 2, values: [6n], timestamps_unix_nano: [8n, 9n] })]),
        ];
      }),
    ).resources[0].scopes[0];
    expect(profiles[0].samples.identity).toBe(profiles[1].samples.identity);
    const read = profiles.map(({ samples: { identity, values, timestamps } }) =>
      Array.from({ length: identity.length }, (_, i) => {
        const between = (from: number, to: number, column: { unsigned(at: number): bigint }): bigint[] =>
          Array.from({ length: to - from }, (_, k) => column.unsigned(from + k));
        const times = timestamps?.start.array;
        return [
          between(valuesFrom(values, i), valuesTo(values, i), values.column),
          times === undefined || timestamps === undefined ? [] : between(times[i], times[i + 1], timestamps.unixNano),
        ];
      }),
    );
    expect(read).toEqual([
      [
        [[3n, 4n], []],
        [[], [7n]],
        [[0n], []],
      ],
      [
        [[0n], []],
        [[0n], []],
        [[6n], [8n, 9n]],
      ],
    ]);
  });
});

describe('an index that leads nowhere is refused', () => {
  const where = 'resource_profiles[0].scope_profiles[0].profiles[0]';

  test.each<[string, (t: ProfilesDictionary) => Partial<OtlpSample> | OtlpProfile, string]>([
    ['a stack', () => ({ stack_index: 1 }), 'stack_table[1], but the table has 1 entries'],
    ['a link', () => ({ link_index: 2 }), 'link_table[2], but the table has 1 entries'],
    ['an attribute of a sample', () => ({ attribute_indices: [1] }), 'attribute_table[1], but the table has 1 entries'],
    [
      'an attribute of a profile',
      () => profile([], { attribute_indices: [7] }),
      'attribute_table[7], but the table has 1 entries',
    ],
    [
      'a sample type',
      () => profile([], { sample_type: { type_strindex: 1, unit_strindex: 0 } }),
      'string_table[1], but the table has 1 entries',
    ],
    [
      'a period unit',
      () => profile([], { period_type: { type_strindex: 0, unit_strindex: 4 } }),
      'string_table[4], but the table has 1 entries',
    ],
    [
      'a location',
      (t) => {
        t.stack_table.push({ location_indices: [5] });
        return { stack_index: 1 };
      },
      'location_table[5], but the table has 1 entries',
    ],
    [
      'a mapping',
      (t) => {
        t.location_table.push({ mapping_index: 3, address: 0n, lines: [], attribute_indices: [] });
        t.stack_table.push({ location_indices: [1] });
        return { stack_index: 1 };
      },
      'mapping_table[3], but the table has 1 entries',
    ],
    [
      'a function',
      (t) => {
        t.location_table.push({
          mapping_index: 0,
          address: 0n,
          lines: [{ function_index: 2, line: 0n, column: 0n }],
          attribute_indices: [],
        });
        t.stack_table.push({ location_indices: [1] });
        return { stack_index: 1 };
      },
      'function_table[2], but the table has 1 entries',
    ],
    [
      'a key',
      (t) => {
        t.attribute_table.push({ key_strindex: 9, value: undefined, unit_strindex: 0 });
        return { attribute_indices: [1] };
      },
      'string_table[9], but the table has 1 entries',
    ],
    [
      'a unit',
      (t) => {
        t.attribute_table.push({ key_strindex: 0, value: { int_value: 1n }, unit_strindex: 9 });
        return { attribute_indices: [1] };
      },
      'string_table[9], but the table has 1 entries',
    ],
  ])('%s', (_, fill, message) => {
    const bytes = payload((t) => {
      const made = fill(t);
      return ['samples' in made ? made : profile([sample(made)])];
    });
    let thrown: unknown;
    try {
      modelOf(bytes);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(PprofOtlpError);
    expect(thrown).toMatchObject({ code: 'bad-input', stage: 'map', path: where, message: `leads to ${message}` });
  });

  test('but not where nothing refers to the entry', () => {
    const bytes = payload((t) => {
      t.location_table.push({ mapping_index: 9, address: 0n, lines: [], attribute_indices: [] });
      t.attribute_table.push({ key_strindex: 9, value: undefined, unit_strindex: 0 });
      return [profile([sample()])];
    });
    expect(() => modelOf(bytes)).not.toThrow();
  });
});
