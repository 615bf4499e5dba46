import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pprofToOtlp } from '../../src/index.ts';
import { DictionaryBuilder } from '../../src/model/dictionary.ts';
import type { AnyValue, Model, Profile } from '../../src/model/model.ts';
import { newProfile, newResource, newScope, SampleIdentity } from '../../src/model/model.ts';
import { decode } from '../../src/otlp/decode.ts';
import { encode } from '../../src/otlp/encode.ts';
import { toModel } from '../../src/otlp/toModel.ts';
import { Int32Column, Int64Column } from '../../src/wire/columns.ts';
import { pprof } from '../support/arbitraries.ts';
import { expectSameBytes } from '../support/bytes.ts';
import { decodeOtlp, encodeOtlp } from '../support/oracle.ts';
import { foreignPayload } from '../support/payload.ts';

/** A model of one scope with what a test wants in it. */
function model(fill: (builder: DictionaryBuilder) => Partial<Profile>, attributes: [string, AnyValue][] = []): Model {
  const builder = new DictionaryBuilder();
  const values = { column: new Int64Column(), first: 0, stride: 1, start: undefined };
  const profile = {
    ...newProfile({ identity: new SampleIdentity(), values, timestamps: undefined }),
    ...fill(builder),
  };
  const keyValues = attributes.map(([key, value]) => ({ key, value }));
  const scope = { ...newScope([profile]), name: 'scope', version: '1', attributes: keyValues };
  return { dictionary: builder.dictionary, resources: [{ ...newResource([scope]), attributes: keyValues }] };
}

describe('encode', () => {
  test('writes what protobufjs writes of the same, byte for byte', () => {
    fc.assert(
      fc.property(pprof, (bytes) => {
        const { otlp } = pprofToOtlp(bytes, { verify: false, resource: { 'service.name': 'x' } });
        expectSameBytes(otlp, encodeOtlp(decodeOtlp(otlp)));
      }),
      { numRuns: 60 },
    );
    const foreign = encode(toModel(decode(foreignPayload()).data, 0, 0, true));
    expectSameBytes(foreign, encodeOtlp(decodeOtlp(foreign)));
  });

  test('writes every field of a profile', () => {
    const bytes = encode(
      model((b) => ({
        sampleType: { type: b.stringText('cpu'), unit: b.stringText('ns') },
        periodType: { type: 0, unit: b.stringText('ns') },
        ...{ timeUnixNano: (1n << 64n) - 1n, durationNano: 1n << 63n, period: -1n },
        attributes: [b.valueAttribute(b.stringText('k'), 0, true)],
        ...{ originalPayloadFormat: 'pprof', originalPayload: Uint8Array.of(1, 2) },
      })),
    );
    const profile = decodeOtlp(bytes).resource_profiles[0].scope_profiles[0].profiles[0];
    expect(profile).toMatchObject({
      sample_type: { type_strindex: 1, unit_strindex: 2 },
      period_type: { type_strindex: 0, unit_strindex: 2 },
      ...{ time_unix_nano: (1n << 64n) - 1n, duration_nano: 1n << 63n, period: -1n },
      ...{ attribute_indices: [1], original_payload_format: 'pprof', original_payload: Uint8Array.of(1, 2) },
    });
  });

  test('writes samples with any number of values and timestamps', () => {
    const bytes = encode(
      model((b) => {
        const identity = new SampleIdentity();
        const start = new Int32Column();
        const column = new Int64Column();
        const timestamps = { start: new Int32Column(), unixNano: new Int64Column() };
        for (const end of [0, 0, 2, 3]) {
          start.push(end);
          timestamps.start.push(3 - end);
        }
        for (let i = 0; i < 3; i++) {
          identity.stack.push(i === 1 ? b.stack([b.location(0, i, 0, [], [])]) : 0);
          identity.link.push(i === 2 ? b.link(new Uint8Array(24).fill(7)) : 0);
          if (i === 0) identity.attributes.values.push(b.valueAttribute(b.stringText('k'), b.stringText('u'), 5n));
          identity.attributes.close();
          column.push(i, i - 1);
        }
        timestamps.start.array.set([0, 1, 1, 3]);
        for (const lo of [5, 6, -1]) timestamps.unixNano.push(lo, lo);
        return { samples: { identity, values: { column, first: 0, stride: 1, start }, timestamps } };
      }),
    );
    const data = decodeOtlp(bytes);
    expect(data.resource_profiles[0].scope_profiles[0].profiles[0].samples).toEqual([
      { stack_index: 0, attribute_indices: [1], link_index: 0, values: [], timestamps_unix_nano: [(5n << 32n) | 5n] },
      { stack_index: 1, attribute_indices: [], link_index: 0, values: [-(1n << 32n), 1n], timestamps_unix_nano: [] },
      {
        ...{ stack_index: 0, attribute_indices: [], link_index: 1, values: [(1n << 32n) | 2n] },
        timestamps_unix_nano: [(6n << 32n) | 6n, (1n << 64n) - 1n],
      },
    ]);
    expect(data.dictionary?.attribute_table[1]).toEqual({
      key_strindex: 1,
      value: { int_value: 5n },
      unit_strindex: 2,
    });
  });

  const values: [string, AnyValue, unknown][] = [
    ['a string', 'ß', { string_value: 'ß' }],
    ['the empty string', '', { string_value: '' }],
    ['false', false, { bool_value: false }],
    ['true', true, { bool_value: true }],
    ['an int', -(1n << 63n), { int_value: -(1n << 63n) }],
    ['zero', 0n, { int_value: 0n }],
    ['a double', -0.5, { double_value: -0.5 }],
    ['minus zero', -0, { double_value: -0 }],
    ['bytes', Uint8Array.of(0, 255), { bytes_value: Uint8Array.of(0, 255) }],
    ['no bytes', new Uint8Array(0), { bytes_value: new Uint8Array(0) }],
    ['an empty list', [], { array_value: { values: [] } }],
    [
      'a list',
      ['a', null, [1n]],
      { array_value: { values: [{ string_value: 'a' }, {}, { array_value: { values: [{ int_value: 1n }] } }] } },
    ],
    [
      'key-values',
      {
        values: [
          { key: 'k', value: { values: [] } },
          { key: '', value: null },
        ],
      },
      {
        kvlist_value: {
          values: [
            { key: 'k', value: { kvlist_value: { values: [] } }, key_strindex: 0 },
            { key: '', value: undefined, key_strindex: 0 },
          ],
        },
      },
    ],
  ];

  test.each(values)('writes %s, in the table and inline', (_, value, expected) => {
    const bytes = encode(
      model((b) => ({ attributes: [b.valueAttribute(b.stringText('key'), 0, value)] }), [['key', value]]),
    );
    const data = decodeOtlp(bytes);
    expect(data.dictionary?.attribute_table[1]).toEqual({ key_strindex: 1, value: expected, unit_strindex: 0 });
    const inline = [{ key: 'key', value: expected, key_strindex: 0 }];
    expect(data.resource_profiles[0].resource?.attributes).toEqual(inline);
    expect(data.resource_profiles[0].scope_profiles[0].scope).toMatchObject({
      name: 'scope',
      version: '1',
      attributes: inline,
    });
  });

  test('every table begins with its zero value; link 0 is empty, not zeros', () => {
    const { dictionary } = decodeOtlp(encode(model(() => ({}))));
    const none = new Uint8Array(0);
    expect(dictionary).toEqual({
      mapping_table: [
        { memory_start: 0n, memory_limit: 0n, file_offset: 0n, filename_strindex: 0, attribute_indices: [] },
      ],
      location_table: [{ mapping_index: 0, address: 0n, lines: [], attribute_indices: [] }],
      function_table: [{ name_strindex: 0, system_name_strindex: 0, filename_strindex: 0, start_line: 0n }],
      link_table: [{ trace_id: none, span_id: none }],
      string_table: [''],
      attribute_table: [{ key_strindex: 0, value: undefined, unit_strindex: 0 }],
      stack_table: [{ location_indices: [] }],
    });
  });

  test('no resource attributes, no resource', () => {
    expect(decodeOtlp(encode(model(() => ({})))).resource_profiles[0].resource).toBeUndefined();
  });
});
