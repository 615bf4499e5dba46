import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PprofOtlpError } from '../../src/errors.ts';
import { pprofToOtlp } from '../../src/index.ts';
import {
  type AnyValue,
  attributeValue,
  type Dictionary,
  type KeyValue,
  type Resource,
  valuesFrom,
  valuesTo,
} from '../../src/model/model.ts';
import { decode } from '../../src/otlp/decode.ts';
import { pprof } from '../support/arbitraries.ts';
import type { ProfilesData, KeyValue as WireKeyValue, AnyValue as WireValue } from '../support/messages.ts';
import { decodeOtlp, encodeOtlp } from '../support/oracle.ts';
import { DESCENDING, unruly, writeOtlp } from '../support/otlpWire.ts';
import { foreignPayload } from '../support/payload.ts';
import { type WireField, writeWire } from '../support/pprofWire.ts';
import { Random } from '../support/random.ts';
import { emptyDictionary } from '../support/references.ts';

/** What the oracle's value is in the model's words. */
function modelValue(value: WireValue | undefined, strings: string[]): AnyValue {
  if (value?.string_value_strindex !== undefined) return strings[value.string_value_strindex] ?? '';
  if (value?.array_value !== undefined) return value.array_value.values.map((item) => modelValue(item, strings));
  if (value?.kvlist_value !== undefined)
    return { values: value.kvlist_value.values.map((item) => modelKeyValue(item, strings)) };
  return (
    value?.string_value ?? value?.bool_value ?? value?.int_value ?? value?.double_value ?? value?.bytes_value ?? null
  );
}

const modelKeyValue = ({ key, key_strindex, value }: WireKeyValue, strings: string[]): KeyValue => ({
  key: key_strindex === 0 ? key : (strings[key_strindex] ?? ''),
  value: modelValue(value, strings),
});

const rows = <T>(length: number, row: (i: number) => T): T[] => Array.from({ length }, (_, i) => row(i));

/** The decoder's columns as plain objects. */
function tables(d: Dictionary): unknown {
  const { mappings, locations, functions, attributes, strings, links, stacks } = d;
  const slice = (
    of: { values: { array: Int32Array }; start(i: number): number; end(i: number): number },
    i: number,
  ): number[] => Array.from(of.values.array.subarray(of.start(i), of.end(i)));
  return {
    strings: rows(strings.length, (i) => strings.text(i)),
    mappings: rows(mappings.length, (i) => [
      ...[mappings.memoryStart.unsigned(i), mappings.memoryLimit.unsigned(i), mappings.fileOffset.unsigned(i)],
      ...[mappings.filename.array[i], slice(mappings.attributes, i)],
    ]),
    locations: rows(locations.length, (i) => [
      ...[locations.mapping.array[i], locations.address.unsigned(i), slice(locations.attributes, i)],
      rows(locations.lineStart.array[i + 1] - locations.lineStart.array[i], (k) => {
        const at = locations.lineStart.array[i] + k;
        return [locations.line.function.array[at], locations.line.line.signed(at), locations.line.column.signed(at)];
      }),
    ]),
    functions: rows(functions.length, (i) => [
      ...[
        functions.name.array[i],
        functions.systemName.array[i],
        functions.filename.array[i],
        functions.startLine.signed(i),
      ],
    ]),
    links: rows(links.length, (i) => Buffer.from(links.bytes(i)).toString('hex')),
    attributes: rows(attributes.length, (i) => [
      attributes.key.array[i],
      attributes.unit.array[i],
      attributeValue(d, i),
    ]),
    stacks: rows(stacks.length, (i) => slice(stacks, i)),
  };
}

function tablesOf(data: ProfilesData): unknown {
  const d = data.dictionary ?? emptyDictionary();
  const hex = (bytes: Uint8Array, size: number): string =>
    bytes.length === 0 ? '00'.repeat(size) : Buffer.from(bytes).toString('hex');
  return {
    strings: d.string_table,
    mappings: d.mapping_table.map((m) => [
      m.memory_start,
      m.memory_limit,
      m.file_offset,
      m.filename_strindex,
      m.attribute_indices,
    ]),
    locations: d.location_table.map((l) => [
      ...[l.mapping_index, l.address, l.attribute_indices],
      l.lines.map((line) => [line.function_index, line.line, line.column]),
    ]),
    functions: d.function_table.map((f) => [
      f.name_strindex,
      f.system_name_strindex,
      f.filename_strindex,
      f.start_line,
    ]),
    links: d.link_table.map(({ trace_id, span_id }) => hex(trace_id, 16) + hex(span_id, 8)),
    attributes: d.attribute_table.map((a) => [a.key_strindex, a.unit_strindex, modelValue(a.value, d.string_table)]),
    stacks: d.stack_table.map(({ location_indices }) => location_indices),
  };
}

function resources(list: Resource[]): unknown {
  return list.map(({ scopes, ...resource }) => ({
    ...resource,
    scopes: scopes.map(({ profiles, ...scope }) => ({
      ...scope,
      profiles: profiles.map(({ sampleType, samples: { identity, values, timestamps }, ...profile }) => ({
        ...profile,
        sampleType,
        samples: rows(identity.length, (i) => {
          const times = timestamps?.start.array;
          return [
            ...[identity.stack.array[i], identity.link.array[i]],
            Array.from(
              identity.attributes.values.array.subarray(identity.attributes.start(i), identity.attributes.end(i)),
            ),
            rows(valuesTo(values, i) - valuesFrom(values, i), (k) => values.column.signed(valuesFrom(values, i) + k)),
            times === undefined
              ? []
              : rows(times[i + 1] - times[i], (k) => timestamps?.unixNano.unsigned(times[i] + k)),
          ];
        }),
      })),
    })),
  }));
}

function resourcesOf(data: ProfilesData): unknown {
  const strings = data.dictionary?.string_table ?? [];
  const type = (value: { type_strindex: number; unit_strindex: number } | undefined) => ({
    ...{ type: value?.type_strindex ?? 0, unit: value?.unit_strindex ?? 0 },
  });
  return data.resource_profiles.map(({ resource, scope_profiles, schema_url }) => ({
    attributes: (resource?.attributes ?? []).map((entry) => modelKeyValue(entry, strings)),
    droppedAttributesCount: resource?.dropped_attributes_count ?? 0,
    entityRefs: (resource?.entity_refs ?? []).map((ref) => ({
      ...{ schemaUrl: ref.schema_url, type: ref.type },
      ...{ idKeys: ref.id_keys, descriptionKeys: ref.description_keys },
    })),
    schemaUrl: schema_url,
    scopes: scope_profiles.map(({ scope, profiles, schema_url: scopeUrl }) => ({
      ...{ name: scope?.name ?? '', version: scope?.version ?? '', schemaUrl: scopeUrl },
      attributes: (scope?.attributes ?? []).map((entry) => modelKeyValue(entry, strings)),
      droppedAttributesCount: scope?.dropped_attributes_count ?? 0,
      profiles: profiles.map((p) => ({
        ...{ timeUnixNano: p.time_unix_nano, durationNano: p.duration_nano, period: p.period },
        ...{ periodType: type(p.period_type), sampleType: type(p.sample_type), attributes: p.attribute_indices },
        ...{ profileId: p.profile_id, droppedAttributesCount: p.dropped_attributes_count },
        ...{ originalPayloadFormat: p.original_payload_format, originalPayload: p.original_payload },
        samples: p.samples.map((s) => [
          s.stack_index,
          s.link_index,
          s.attribute_indices,
          s.values,
          s.timestamps_unix_nano,
        ]),
      })),
    })),
  }));
}

function expectSame(bytes: Uint8Array): void {
  const { data } = decode(bytes);
  const expected = decodeOtlp(bytes);
  expect(tables(data.dictionary)).toEqual(tablesOf(expected));
  expect(resources(data.resources)).toEqual(resourcesOf(expected));
}

describe('decode reads what protobufjs reads', () => {
  test('of a payload made by hand, in three layouts', () => {
    const data = decodeOtlp(foreignPayload());
    for (const layout of [DESCENDING, unruly(new Random(1)), unruly(new Random(2))])
      expectSame(writeOtlp(data, layout));
    expectSame(foreignPayload());
  });

  test('of any payload of ours, in any layout', () => {
    fc.assert(
      fc.property(pprof, fc.nat(), (bytes, seed) => {
        const { otlp } = pprofToOtlp(bytes, { verify: false, resource: { host: 'a' } });
        expectSame(otlp);
        expectSame(writeOtlp(decodeOtlp(otlp), unruly(new Random(seed))));
      }),
      { numRuns: 60 },
    );
  });

  test('of every kind of value, in the table and inline, strings by index too', () => {
    const value: WireValue = {
      array_value: {
        values: [
          { string_value: 'ß' },
          { bool_value: true },
          { bool_value: false },
          { int_value: -(1n << 63n) },
          { double_value: -0.5 },
          { bytes_value: Uint8Array.of(0, 255) },
          { string_value_strindex: 1 },
          {},
          {
            kvlist_value: {
              values: [
                { key: 'k', value: undefined, key_strindex: 0 },
                { key: '', value: { int_value: 1n }, key_strindex: 2 },
              ],
            },
          },
        ],
      },
    };
    const dictionary = { ...emptyDictionary(), string_table: ['', 'by index', 'key by index'] };
    const scalars = value.array_value?.values ?? [];
    dictionary.attribute_table = [...scalars, value].map((entry, i) => ({
      key_strindex: i % 3,
      value: entry,
      unit_strindex: 1,
    }));
    const attributes = [...scalars, value].map((entry, i) => ({ key: `k${i}`, value: entry, key_strindex: 0 }));
    const resource = {
      attributes,
      dropped_attributes_count: 3,
      entity_refs: [{ schema_url: 's', type: 't', id_keys: ['i'], description_keys: [] }],
    };
    const data: ProfilesData = { dictionary, resource_profiles: [{ resource, scope_profiles: [], schema_url: 'u' }] };
    expectSame(encodeOtlp(data));
    expectSame(writeOtlp(data, DESCENDING));
  });

  test('of nothing', () => {
    const { data, warnings } = decode(new Uint8Array(0));
    expect([data.resources, data.dictionary.strings.length, warnings]).toEqual([[], 0, []]);
  });
});

const empty: WireField[] = [];
const message = (field: number, ...body: WireField[]): WireField => ({ field, wire: 'len', body });
const varint = (field: number, value = 1n): WireField => ({ field, wire: 'varint', value });
const text = (field: number, value: string): WireField => ({
  field,
  wire: 'len',
  body: new TextEncoder().encode(value),
});
const dictionary = (...body: WireField[]): WireField => message(2, ...body);
const profile = (...body: WireField[]): WireField => message(1, message(2, message(2, ...body)));

function refusal(fields: WireField[]): PprofOtlpError {
  try {
    decode(writeWire(fields));
  } catch (error) {
    if (error instanceof PprofOtlpError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('what is broken is refused with where', () => {
  const raw = (field: number, ...bytes: number[]): WireField => ({ field, wire: 'len', body: Uint8Array.from(bytes) });

  test.each<[string, WireField[], { message: string; path: string; offset?: number }]>([
    [
      'a string that is not UTF-8',
      [dictionary(text(5, ''), raw(5, 0xff))],
      { message: 'is not UTF-8', path: 'dictionary.string_table[1]', offset: 6 },
    ],
    [
      'a name that is not UTF-8',
      [message(1, message(2, message(1, raw(1, 0xff))))],
      { message: 'not UTF-8', path: 'resource_profiles[0].scope_profiles[0].scope' },
    ],
    [
      'a text value that is not UTF-8',
      [dictionary(message(6, message(2, raw(1, 0xff))))],
      { message: 'not UTF-8', path: 'dictionary.attribute_table[0]' },
    ],
    [
      'a wrong wire type in a mapping',
      [dictionary(message(1), message(1, text(1, '')))],
      { message: 'field 1 of Mapping has wire type 2', path: 'dictionary.mapping_table[1]' },
    ],
    [
      'a wrong wire type in a location',
      [dictionary(message(2, varint(3)))],
      { message: 'field 3 of Location has wire type 0', path: 'dictionary.location_table[0]' },
    ],
    [
      'a wrong wire type in a line',
      [dictionary(message(2, message(3, text(2, ''))))],
      { message: 'field 2 of Line has wire type 2', path: 'dictionary.location_table[0]' },
    ],
    [
      'a wrong wire type in a function',
      [dictionary(message(3, text(1, '')))],
      { message: 'field 1 of Function', path: 'dictionary.function_table[0]' },
    ],
    [
      'a wrong wire type in a link',
      [dictionary(message(4, varint(1)))],
      { message: 'field 1 of Link', path: 'dictionary.link_table[0]' },
    ],
    [
      'a wrong wire type in an attribute',
      [dictionary(message(6, text(1, '')))],
      { message: 'field 1 of KeyValueAndUnit', path: 'dictionary.attribute_table[0]' },
    ],
    [
      'a wrong wire type in a value',
      [dictionary(message(6, message(2, varint(1))))],
      { message: 'field 1 of AnyValue', path: 'dictionary.attribute_table[0]' },
    ],
    [
      'a wrong wire type in a stack',
      [dictionary(message(7, { field: 1, wire: 'fixed32', value: 1n }))],
      { message: 'field 1 of Stack', path: 'dictionary.stack_table[0]' },
    ],
    [
      'a wrong wire type in the dictionary',
      [dictionary(varint(1))],
      { message: 'field 1 of ProfilesDictionary', path: 'dictionary' },
    ],
    [
      'a wrong wire type in a profile',
      [profile(varint(3))],
      { message: 'field 3 of Profile has wire type 0', path: 'resource_profiles[0].scope_profiles[0].profiles[0]' },
    ],
    [
      'a wrong wire type in a value type',
      [profile(message(1, text(1, '')))],
      { message: 'field 1 of ValueType', path: 'resource_profiles[0].scope_profiles[0].profiles[0].sample_type' },
    ],
    [
      'a wrong wire type in a resource',
      [message(1), message(1, message(1, varint(1)))],
      { message: 'field 1 of Resource', path: 'resource_profiles[1].resource' },
    ],
    [
      'a negative index',
      [dictionary(message(3, varint(1, -1n)))],
      { message: 'negative or too large', path: 'dictionary.function_table[0]' },
    ],
    [
      'an index beyond 31 bits',
      [profile(message(2, varint(1, 1n << 31n)))],
      { message: 'negative or too large', path: 'resource_profiles[0].scope_profiles[0].profiles[0]' },
    ],
    [
      'a string index of a key that is not there',
      [dictionary(text(5, '')), message(1, message(1, message(1, varint(3))))],
      { message: 'names string 1, but string_table has 1 entries', path: 'resource_profiles[0].resource' },
    ],
    [
      'a string index of a value that is not there',
      [dictionary(message(6, message(2, varint(8, 7n))))],
      { message: 'names string 7, but string_table has 0 entries', path: 'dictionary.attribute_table[0]' },
    ],
    [
      'half a timestamp',
      [profile(message(2, raw(5, 1, 2, 3)))],
      { message: 'no whole number of fixed64', path: 'resource_profiles[0].scope_profiles[0].profiles[0]' },
    ],
    [
      'an older draft',
      [profile(message(2, message(3)))],
      { message: 'before 1.10', path: 'resource_profiles[0].scope_profiles[0].profiles[0]' },
    ],
    [
      'a length past the end',
      [raw(1, 0x12, 9)],
      { message: 'past the end', path: 'resource_profiles[0].scope_profiles[0]', offset: 3 },
    ],
  ])('%s', (_, fields, { message: wanted, path, offset }) => {
    const error = refusal(fields);
    expect(error).toMatchObject({ code: 'bad-input', stage: 'decode', path });
    expect(error.message).toContain(wanted);
    expect(error.offset).toBeGreaterThanOrEqual(0);
    if (offset !== undefined) expect(error.offset).toBe(offset);
  });

  test('values nested too deep are a limit, in the table and inline', () => {
    let value = empty;
    for (let i = 0; i < 70; i++) value = [message(5, { field: 1, wire: 'len', body: value })];
    for (const fields of [
      [dictionary(message(6, message(2, ...value)))],
      [message(1, message(1, message(1, message(2, ...value))))],
    ])
      expect(refusal(fields)).toMatchObject({ code: 'limit' });
    let shallow = empty;
    for (let i = 0; i < 60; i++) shallow = [message(5, { field: 1, wire: 'len', body: shallow })];
    expect(() => decode(writeWire([dictionary(message(6, message(2, ...shallow)))]))).not.toThrow();
  });
});

describe('what is strange is taken', () => {
  test('unknown fields are stepped over', () => {
    const strange: WireField = { field: 99, wire: 'group', body: [varint(1)] };
    const fields = [1, 2, 3, 4, 6, 7].map((field) => message(field, strange));
    const bytes = writeWire([
      strange,
      dictionary(strange, text(5, ''), ...fields),
      message(1, strange, message(2, strange, message(2, strange, message(2, strange)))),
    ]);
    const { data } = decode(bytes);
    expect(data.dictionary.stacks.length).toBe(1);
    expect(data.resources[0].scopes[0].profiles[0].samples.identity.length).toBe(1);
  });

  test('a dictionary in several pieces, before and behind', () => {
    const { data } = decode(
      writeWire([
        dictionary(text(5, '')),
        message(1),
        dictionary(text(5, 'a')),
        dictionary(message(6, message(2, varint(8, 1n)))),
      ]),
    );
    expect(data.dictionary.strings.length).toBe(2);
    expect(attributeValue(data.dictionary, 0)).toBe('a');
  });

  test('a link of the wrong length is left out, with one warning', () => {
    const { data, warnings } = decode(
      writeWire([dictionary(message(4, text(1, 'short')), message(4, text(2, 'x')), message(4))]),
    );
    expect(data.dictionary.links.length).toBe(3);
    expect(data.dictionary.links.bytes(0)).toEqual(new Uint8Array(24));
    expect(warnings).toEqual(['a link with an id of the wrong length was left out']);
  });

  test('the last value of a oneof counts', () => {
    const attribute = message(6, message(2, text(1, 'text'), varint(3, 5n)));
    expect(attributeValue(decode(writeWire([dictionary(attribute)])).data.dictionary, 0)).toBe(5n);
    const other = message(6, message(2, message(5, message(1, varint(3, 1n))), varint(2, 1n)));
    expect(attributeValue(decode(writeWire([dictionary(other)])).data.dictionary, 0)).toBe(true);
  });

  test('a key beside an explicit zero index', () => {
    const entry = (...fields: WireField[]): WireField => message(1, message(1, message(1, ...fields)));
    for (const fields of [
      [text(1, 'name'), varint(3, 0n)],
      [varint(3, 0n), text(1, 'name')],
      [text(1, ''), varint(3, 1n)],
      [varint(3, 1n), text(1, '')],
    ]) {
      const { data } = decode(writeWire([dictionary(text(5, ''), text(5, 'name')), entry(...fields)]));
      expect(data.resources[0].attributes).toEqual([{ key: 'name', value: null }]);
    }
  });
});
