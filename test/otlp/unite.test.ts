import { describe, expect, test } from 'vitest';
import { attributeValue, type Dictionary, type AnyValue as ModelValue } from '../../src/model/model.ts';
import { decode } from '../../src/otlp/decode.ts';
import type { Timestamps } from '../../src/otlp/timestamps.ts';
import { unite } from '../../src/otlp/unite.ts';
import type { AnyValue, KeyValue, OtlpProfile, OtlpSample, ProfilesData, ScopeProfiles } from '../support/messages.ts';
import { encodeOtlp } from '../support/oracle.ts';
import { emptyDictionary } from '../support/references.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const TRACE_ID = `trace_id=${TRACE}`;
const SPAN_ID = `span_id=${SPAN}`;
const DECIMAL_TRACE = `${BigInt(`0x${TRACE}`)}`;
const DECIMAL_SPAN = `${BigInt(`0x${SPAN}`)}`;
const ORDER = 'pprof.scope.sample_type_order';
const DEFAULT = 'pprof.scope.default_sample_type';

const text = (value: string): AnyValue => ({ string_value: value });
const int = (value: bigint): AnyValue => ({ int_value: value });
const list = (...values: AnyValue[]): AnyValue => ({ array_value: { values } });
const keyValue = (key: string, value: AnyValue): KeyValue => ({ key, value, key_strindex: 0 });
const order = (...places: bigint[]): KeyValue => keyValue(ORDER, list(...places.map(int)));

/** A payload that grows; its tables hold what was asked for, each time anew. Stack 1 and 2 are two locations. */
class Payload {
  readonly dictionary = emptyDictionary();
  readonly data: ProfilesData = { resource_profiles: [], dictionary: this.dictionary };

  constructor() {
    for (const address of [1n, 2n])
      this.dictionary.location_table.push({ mapping_index: 0, address, lines: [], attribute_indices: [] });
    for (const location of [1, 2]) this.stack(location);
  }

  string(value: string): number {
    return value === '' ? 0 : this.dictionary.string_table.push(value) - 1;
  }

  stack(...locations: number[]): number {
    return this.dictionary.stack_table.push({ location_indices: locations }) - 1;
  }

  attribute(key: string, value: AnyValue, unit = ''): number {
    const entry = { key_strindex: this.string(key), value, unit_strindex: this.string(unit) };
    return this.dictionary.attribute_table.push(entry) - 1;
  }

  link(trace = TRACE, span = SPAN): number {
    const [trace_id, span_id] = [trace, span].map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));
    return this.dictionary.link_table.push({ trace_id, span_id }) - 1;
  }

  type(name: string, unit = 'count'): { type_strindex: number; unit_strindex: number } {
    return { type_strindex: this.string(name), unit_strindex: this.string(unit) };
  }

  profile(type: string, samples: Partial<OtlpSample>[], more: Partial<OtlpProfile> = {}): OtlpProfile {
    return {
      sample_type: this.type(type),
      samples: samples.map((sample) => ({
        ...{ stack_index: 1, attribute_indices: [], link_index: 0, values: [], timestamps_unix_nano: [] },
        ...sample,
      })),
      ...{ time_unix_nano: 0n, duration_nano: 0n, period_type: undefined, period: 0n },
      ...{ profile_id: new Uint8Array(0), dropped_attributes_count: 0, attribute_indices: [] },
      ...{ original_payload_format: '', original_payload: new Uint8Array(0) },
      ...more,
    };
  }

  resource(attributes: KeyValue[], ...scopes: ScopeProfiles[]): this {
    const resource = { attributes, dropped_attributes_count: 0, entity_refs: [] };
    this.data.resource_profiles.push({ resource, scope_profiles: scopes, schema_url: '' });
    return this;
  }

  scope(profiles: OtlpProfile[], attributes: KeyValue[] = []): ScopeProfiles {
    return { scope: { name: '', version: '', attributes, dropped_attributes_count: 0 }, profiles, schema_url: '' };
  }

  /** One resource with one scope. */
  holds(profiles: OtlpProfile[], attributes: KeyValue[] = []): this {
    return this.resource([], this.scope(profiles, attributes));
  }
}

const show = (value: ModelValue): string => (Array.isArray(value) ? `[${value.map(show).join()}]` : String(value));

function label(dictionary: Dictionary, index: number): string {
  const { attributes, strings } = dictionary;
  const unit = strings.text(attributes.unit.array[index]);
  return `${strings.text(attributes.key.array[index])}=${show(attributeValue(dictionary, index))}${unit && ` ${unit}`}`;
}

/** What a payload becomes, as text and numbers. */
function united({ data }: Payload, timestamps: Timestamps = 'aggregate') {
  const { model, groups, columns } = unite(decode(encodeOtlp(data)).data, timestamps);
  const { dictionary, resources } = model;
  expect(resources).toHaveLength(1);
  expect(resources[0].scopes).toHaveLength(1);
  const [scope] = resources[0].scopes;
  const { identity } = scope.profiles[0].samples;
  const { attributes, stack } = identity;
  const column = Array.from({ length: identity.length }, (_, i) => i);
  return {
    head: scope.profiles[0],
    types: scope.profiles.map(({ sampleType }) => dictionary.strings.text(sampleType.type)),
    stacks: column.map((i) => stack.array[i]),
    labels: column.map((i) =>
      [...attributes.values.array.subarray(attributes.start(i), attributes.end(i))].map((a) => label(dictionary, a)),
    ),
    /** A list for each sample type. */
    values: scope.profiles.map(({ samples }) => column.map((i) => samples.values.column.signed(i))),
    scopeAttributes: Object.fromEntries(scope.attributes.map(({ key, value }) => [key, value])),
    profileAttributes: scope.profiles[0].attributes.map((index) => label(dictionary, index)),
    members: groups.map((group) => group.members),
    rows: groups.map(({ rows }) => [...rows.array.subarray(0, rows.length)]),
    columns,
  };
}

const value = (...values: bigint[]): Partial<OtlpSample> => ({ values });
const at = (...times: bigint[]): Partial<OtlpSample> => ({ timestamps_unix_nano: times });

describe('profiles of a scope', () => {
  test('whose samples agree share them', () => {
    const p = new Payload();
    const samples = (...values: bigint[]) => values.map((v, i) => ({ ...value(v), stack_index: 1 + i }));
    expect(united(p.holds([p.profile('cpu', samples(1n, 2n)), p.profile('wall', samples(3n, 4n))]))).toMatchObject({
      ...{ types: ['cpu', 'wall'], stacks: [1, 2], members: [[0, 1]], rows: [[0, 1, 2]], columns: [0, 1] },
      values: [
        [1n, 2n],
        [3n, 4n],
      ],
    });
  });

  test.each<[string, (p: Payload) => [Partial<OtlpSample>, Partial<OtlpSample>]]>([
    ['stack', () => [{ stack_index: 1 }, { stack_index: 2 }]],
    ['link', (p) => [{ link_index: p.link() }, { link_index: 0 }]],
    [
      'attributes',
      (p) => [
        { attribute_indices: [p.attribute('a', text('x'))] },
        { attribute_indices: [p.attribute('a', text('y'))] },
      ],
    ],
    [
      'unit',
      (p) => [
        { attribute_indices: [p.attribute('a', int(1n), 'ms')] },
        { attribute_indices: [p.attribute('a', int(1n))] },
      ],
    ],
  ])('that differ in %s follow each other, 0 for the other types', (_, differing) => {
    const p = new Payload();
    const [a, b] = differing(p);
    const result = united(
      p.holds([p.profile('cpu', [{ ...a, ...value(5n) }]), p.profile('wall', [{ ...b, ...value(6n) }])]),
    );
    expect(result).toMatchObject({ types: ['cpu', 'wall'], members: [[0], [1]], columns: [0, 1] });
    expect(result.rows).toEqual([
      [0, 1],
      [1, 2],
    ]);
    expect(result.values).toEqual([
      [5n, 0n],
      [0n, 6n],
    ]);
  });

  test('with another number of samples do not share', () => {
    const p = new Payload();
    const result = united(p.holds([p.profile('cpu', [value(1n), value(2n)]), p.profile('wall', [value(3n)])]));
    expect(result.values).toEqual([
      [1n, 2n, 0n],
      [0n, 0n, 3n],
    ]);
  });

  test('share samples of equal content with other indexes, whatever the order of attributes', () => {
    const p = new Payload();
    const sample = (v: bigint, keys: string[]): Partial<OtlpSample> => ({
      stack_index: p.stack(1, 2),
      attribute_indices: keys.map((key) => p.attribute(key, text(key.repeat(2)))),
      link_index: p.link(),
      values: [v],
    });
    const profiles = [p.profile('cpu', [sample(1n, ['a', 'b'])]), p.profile('wall', [sample(2n, ['b', 'a'])])];
    const result = united(p.holds(profiles));
    expect(result).toMatchObject({ members: [[0, 1]], stacks: [3], values: [[1n], [2n]] });
    expect(result.labels).toEqual([['a=aa', 'b=bb', TRACE_ID, SPAN_ID]]);
  });

  test('of the same type do not share, by text, not by index', () => {
    const p = new Payload();
    const result = united(p.holds([p.profile('cpu', [value(1n)]), p.profile('cpu', [value(2n)])]));
    expect(result).toMatchObject({ types: ['cpu'], values: [[1n, 2n]], columns: [0, 0], members: [[0], [1]] });
  });

  test('of the same type but another unit are two types', () => {
    const p = new Payload();
    const other = { sample_type: p.type('cpu', 'nanoseconds') };
    const result = united(p.holds([p.profile('cpu', [value(1n)]), p.profile('cpu', [value(2n)], other)]));
    expect(result).toMatchObject({ types: ['cpu', 'cpu'], values: [[1n], [2n]], columns: [0, 1] });
  });

  test('that were one pprof share even where that named a type twice', () => {
    const p = new Payload();
    const profiles = [p.profile('cpu', [value(1n)]), p.profile('cpu', [value(2n)])];
    expect(united(p.holds(profiles, [order(0n, 1n)]))).toMatchObject({
      ...{ types: ['cpu', 'cpu'], values: [[1n], [2n]], columns: [0, 1], members: [[0, 1]] },
    });
  });

  test('without samples are types too', () => {
    const p = new Payload();
    expect(united(p.holds([p.profile('cpu', []), p.profile('wall', [value(1n)])]))).toMatchObject({
      ...{ types: ['cpu', 'wall'], values: [[0n], [1n]] },
    });
  });
});

describe('profiles of several scopes', () => {
  test('never share samples, but types', () => {
    const p = new Payload();
    const scopes = ['cpu', 'wall', 'cpu'].map((type, i) => p.scope([p.profile(type, [value(BigInt(i + 1))])]));
    const result = united(p.resource([], ...scopes));
    expect(result).toMatchObject({ types: ['cpu', 'wall'], columns: [0, 1, 0], members: [[0], [1], [2]] });
    expect(result.values).toEqual([
      [1n, 0n, 3n],
      [0n, 2n, 0n],
    ]);
  });

  test('have the attributes of their resource as labels, which give way to a sample that has the key', () => {
    const p = new Payload();
    const own = { attribute_indices: [p.attribute('service.name', text('mine'))], ...value(1n) };
    p.resource(
      [keyValue('service.name', text('shop')), keyValue('replicas', int(3n))],
      p.scope([p.profile('cpu', [value(1n), own])]),
    );
    p.resource([keyValue('service.name', text('till'))], p.scope([p.profile('cpu', [value(2n)])]));
    expect(united(p).labels).toEqual([
      ['service.name=shop', 'replicas=3'],
      ['service.name=mine', 'replicas=3'],
      ['service.name=till'],
    ]);
  });

  test('have them also where two scopes share a resource', () => {
    const p = new Payload();
    const scopes = [1n, 2n].map((v) => p.scope([p.profile('cpu', [value(v)])]));
    expect(united(p.resource([keyValue('a', list(text('x'), int(1n)))], ...scopes)).labels).toEqual([
      ['a=[x,1]'],
      ['a=[x,1]'],
    ]);
  });

  test('but a lone one has none, and a scope without profiles is no company', () => {
    const p = new Payload();
    p.resource([keyValue('service.name', text('shop'))], p.scope([]), p.scope([p.profile('cpu', [value(1n)])]));
    p.resource([keyValue('service.name', text('till'))], p.scope([]));
    expect(united(p).labels).toEqual([[]]);
  });
});

describe('the sample type that is shown first', () => {
  const two = (p: Payload): OtlpProfile[] => [p.profile('cpu', [value(1n)]), p.profile('wall', [value(2n)])];

  test('is the first profile’s: the default of a pprof with several', () => {
    const p = new Payload();
    expect(united(p.holds(two(p))).scopeAttributes).toEqual({ [DEFAULT]: 'cpu' });
  });

  test('needs no name where there is one type', () => {
    const p = new Payload();
    expect(united(p.holds([p.profile('cpu', [value(1n)])])).scopeAttributes).toEqual({});
  });

  test('is what the scope names', () => {
    const p = new Payload();
    expect(united(p.holds(two(p), [keyValue(DEFAULT, text('wall'))])).scopeAttributes).toEqual({ [DEFAULT]: 'wall' });
  });

  test('is the last where the scope gives the order of a pprof that named none', () => {
    const p = new Payload();
    expect(united(p.holds(two(p), [order(1n, 0n)]))).toMatchObject({
      ...{ types: ['wall', 'cpu'], values: [[2n], [1n]], columns: [1, 0], scopeAttributes: {} },
    });
  });

  test.each([
    ['too short', [0n]],
    ['not a permutation', [0n, 0n]],
    ['out of range', [1n, 2n]],
  ])('an order that is %s is none', (_, places) => {
    const p = new Payload();
    expect(united(p.holds(two(p), [order(...places)]))).toMatchObject({ types: ['cpu', 'wall'], columns: [0, 1] });
  });

  test('an order of one scope is none for several', () => {
    const p = new Payload();
    p.resource([], p.scope(two(p), [order(1n, 0n)]), p.scope(two(p)));
    expect(united(p).types).toEqual(['cpu', 'wall']);
  });

  test('an empty order stays: there was no sample type', () => {
    const p = new Payload();
    const result = united(p.holds([p.profile('', [])], [order(), keyValue(DEFAULT, text('x'))]));
    expect(result.scopeAttributes).toEqual({ [ORDER]: [], [DEFAULT]: 'x' });
  });
});

describe('the value of a sample', () => {
  const valuesOf = (timestamps: Timestamps, ...samples: Partial<OtlpSample>[]): bigint[] => {
    const p = new Payload();
    return united(p.holds([p.profile('cpu', samples)]), timestamps).values[0];
  };

  test.each<[string, Partial<OtlpSample>, bigint]>([
    ['one value is itself', value(-7n), -7n],
    ['several values are summed', value(5n, -6n, 3n), 2n],
    ['a sum wraps at 64 bits', value((1n << 63n) - 1n, 1n), -(1n << 63n)],
    ['timestamps alone are counted', at(3n, 1n, 2n), 3n],
    ['one timestamp is one', at(9n), 1n],
    ['with timestamps values are still summed', { ...value(4n, 5n), ...at(1n, 2n) }, 9n],
    ['a zero is no lack of a value', { ...value(0n), ...at(1n, 2n) }, 0n],
    ['nothing is 0', {}, 0n],
  ])('%s', (_, sample, expected) => {
    expect(valuesOf('aggregate', sample)).toEqual([expected]);
  });

  test('a sample an observation', () => {
    expect(valuesOf('labels', { ...value(4n, 5n), ...at(1n, 2n) })).toEqual([4n, 5n]);
    expect(valuesOf('labels', at(1n, 2n, 3n))).toEqual([1n, 1n, 1n]);
    expect(valuesOf('labels', at(7n))).toEqual([1n]);
    expect(valuesOf('labels', value(4n, 5n))).toEqual([9n]);
    expect(valuesOf('labels', {}, value(3n))).toEqual([0n, 3n]);
  });

  test('where values and timestamps do not pair up, the first observation has the sum', () => {
    expect(valuesOf('labels', { ...value(4n, 5n, 6n), ...at(1n, 2n) })).toEqual([15n, 0n]);
    expect(valuesOf('labels', { ...value(4n), ...at(1n, 2n, 3n) }, value(2n))).toEqual([4n, 0n, 0n, 2n]);
  });
});

describe('timestamps as labels', () => {
  test('each observation has its own, behind the labels of its sample', () => {
    const p = new Payload();
    const sample = { ...at(5n, (1n << 64n) - 1n), attribute_indices: [p.attribute('a', text('x'))] };
    const result = united(p.holds([p.profile('cpu', [sample, value(1n)])]), 'labels');
    expect(result.labels).toEqual([['a=x', 'timestamp_ns=5'], ['a=x', 'timestamp_ns=-1'], []]);
    expect(result).toMatchObject({ stacks: [1, 1, 1], rows: [[0, 2, 3]] });
  });

  test('are none unless asked for', () => {
    const p = new Payload();
    expect(united(p.holds([p.profile('cpu', [at(1n, 2n)])])).labels).toEqual([[]]);
  });

  test.each<[string, Partial<OtlpSample>, Partial<OtlpSample>, number]>([
    ['the same', { ...value(1n), ...at(5n) }, { ...value(2n), ...at(5n) }, 1],
    ['others', { ...value(1n), ...at(5n) }, { ...value(2n), ...at(6n) }, 2],
    ['none', { ...value(1n), ...at(5n) }, value(2n), 2],
    ['another number of values', { ...value(1n, 1n), ...at(5n, 6n) }, { ...value(2n), ...at(5n, 6n) }, 2],
  ])('profiles with %s', (_, a, b, groups) => {
    const p = new Payload();
    const payload = p.holds([p.profile('cpu', [a]), p.profile('wall', [b])]);
    expect(united(payload, 'labels').members).toHaveLength(groups);
    expect(united(payload, 'aggregate').members).toHaveLength(1);
  });
});

describe('a link', () => {
  type Attribute = [key: string, value: AnyValue];
  function labelsOf(attributes: Attribute[], linkOf = (p: Payload) => p.link()): string[] {
    const p = new Payload();
    const attribute_indices = attributes.map(([key, v]) => p.attribute(key, v));
    const sample = { ...value(1n), attribute_indices, link_index: linkOf(p) };
    return united(p.holds([p.profile('cpu', [sample])])).labels[0];
  }

  test('becomes labels in hex, behind the others', () => {
    expect(labelsOf([['a', text('x')]])).toEqual(['a=x', TRACE_ID, SPAN_ID]);
  });

  test('0 becomes none, whatever entry 0 says', () => {
    expect(labelsOf([], () => 0)).toEqual([]);
    expect(
      labelsOf([], (p) => {
        p.link();
        p.dictionary.link_table.shift();
        return 0;
      }),
    ).toEqual([]);
  });

  test('of two samples is the same labels', () => {
    const p = new Payload();
    const link_index = p.link();
    const [first, second] = united(
      p.holds([
        p.profile('cpu', [
          { ...value(1n), link_index },
          { ...value(2n), link_index, stack_index: 2 },
        ]),
      ]),
    ).labels;
    expect(first).toEqual([TRACE_ID, SPAN_ID]);
    expect(second).toEqual(first);
  });

  test.each<[string, Attribute[]]>([
    [
      'OpenTelemetry',
      [
        ['trace_id', text(TRACE)],
        ['span_id', text(SPAN)],
      ],
    ],
    [
      'Splunk',
      [
        ['trace_id', text(TRACE.toUpperCase())],
        ['span_id', text(SPAN.toUpperCase())],
      ],
    ],
    [
      'Pyroscope',
      [
        ['trace_id', text(TRACE)],
        ['profile_id', text(SPAN)],
      ],
    ],
    [
      'dots',
      [
        ['trace.id', text(TRACE)],
        ['span.id', text(SPAN)],
      ],
    ],
    [
      'camel case',
      [
        ['traceId', text(TRACE)],
        ['spanID', text(SPAN)],
      ],
    ],
    [
      'Datadog, as text',
      [
        ['trace id', text(DECIMAL_TRACE)],
        ['span id', text(DECIMAL_SPAN)],
      ],
    ],
    [
      'Datadog, as number',
      [
        ['trace id', text(TRACE)],
        ['span id', int(BigInt.asIntN(64, BigInt(DECIMAL_SPAN)))],
      ],
    ],
    [
      'a repeated key',
      [
        ['trace_id', list(text('x'), text(TRACE))],
        ['span_id', text(SPAN)],
      ],
    ],
    [
      'text and number',
      [
        ['trace_id', text(TRACE)],
        [
          'span id',
          list({ kvlist_value: { values: [keyValue('str', text(DECIMAL_SPAN)), keyValue('num', int(1n))] } }),
        ],
      ],
    ],
  ])('that the labels name is not said again: %s', (_, attributes) => {
    expect(labelsOf(attributes)).toHaveLength(attributes.length);
  });

  test.each<[string, Attribute[]]>([
    [
      'another trace',
      [
        ['traceId', text(TRACE.replace('0', '1'))],
        ['spanId', text(SPAN)],
      ],
    ],
    ['only the trace', [['traceId', text(TRACE)]]],
    [
      'a decimal under a key that is hex',
      [
        ['traceId', text(TRACE)],
        ['spanId', text(DECIMAL_SPAN)],
      ],
    ],
    [
      'another key',
      [
        ['parent_trace_id', text(TRACE)],
        ['parent_span_id', text(SPAN)],
      ],
    ],
    [
      'bytes',
      [
        ['traceId', { bytes_value: Buffer.from(TRACE, 'hex') }],
        ['spanId', text(SPAN)],
      ],
    ],
  ])('that they do not name is: %s', (_, attributes) => {
    expect(labelsOf(attributes).slice(-2)).toEqual([TRACE_ID, SPAN_ID]);
  });

  test('gives way to labels of these keys that say something else', () => {
    expect(labelsOf([['trace_id', text('mine')]])).toEqual(['trace_id=mine']);
  });

  test('with ids of zeros or of other lengths becomes labels all the same', () => {
    const zeros = '0'.repeat(16);
    expect(labelsOf([], (p) => p.link(TRACE, zeros))).toEqual([TRACE_ID, `span_id=${zeros}`]);
  });
});

describe('what pprof says once', () => {
  const headOf = (...mores: Partial<OtlpProfile>[]) => {
    const p = new Payload();
    return united(p.holds(mores.map((more, i) => p.profile(`type${i}`, [value(1n)], more)))).head;
  };

  test('time is from the first beginning to the last end', () => {
    const early = { time_unix_nano: 100n, duration_nano: 20n };
    const late = { time_unix_nano: 110n, duration_nano: 30n };
    for (const profiles of [
      [early, late],
      [late, early],
    ])
      expect(headOf(...profiles)).toMatchObject({ timeUnixNano: 100n, durationNano: 40n });
  });

  test('a profile without a time lasts from the first beginning', () => {
    expect(headOf({ time_unix_nano: 100n, duration_nano: 5n }, { duration_nano: 30n })).toMatchObject({
      ...{ timeUnixNano: 100n, durationNano: 30n },
    });
    expect(headOf({ duration_nano: 5n }, { duration_nano: 30n })).toMatchObject({
      timeUnixNano: 0n,
      durationNano: 30n,
    });
  });

  test('a short profile inside a long one changes nothing', () => {
    expect(
      headOf({ time_unix_nano: 100n, duration_nano: 50n }, { time_unix_nano: 110n, duration_nano: 1n }),
    ).toMatchObject({ timeUnixNano: 100n, durationNano: 50n });
  });

  test('the period is the first that has a type, with its type', () => {
    const period_type = { type_strindex: 1, unit_strindex: 2 };
    expect(headOf({ period: 5n }, { period: 7n, period_type })).toMatchObject({
      period: 7n,
      periodType: { type: 1, unit: 2 },
    });
    expect(headOf({ period: 5n }, { period: 7n })).toMatchObject({ period: 5n, periodType: { type: 0, unit: 0 } });
  });

  test('attributes of all profiles, each once', () => {
    const p = new Payload();
    const [a, b] = ['a', 'b'].map((key) => p.attribute(key, text('x')));
    const profiles = [[a], [b, a]].map((attribute_indices, i) => p.profile(`${i}`, [value(1n)], { attribute_indices }));
    expect(united(p.holds(profiles)).profileAttributes).toEqual(['a=x', 'b=x']);
  });
});

test('the tables of the payload keep their entries; labels stand behind', () => {
  const p = new Payload();
  const link_index = p.link();
  const data = decode(encodeOtlp(p.holds([p.profile('cpu', [{ ...value(1n), link_index }])]).data)).data;
  const before = [data.dictionary.strings.length, data.dictionary.attributes.length];
  const { dictionary } = unite(data, 'aggregate').model;
  expect([data.dictionary.strings.length, data.dictionary.attributes.length]).toEqual(before);
  expect(dictionary.attributes.length).toBe(before[1] + 2);
  expect(label(dictionary, before[1])).toBe(TRACE_ID);
  for (let i = 0; i < before[0]; i++) expect(dictionary.strings.text(i)).toBe(data.dictionary.strings.text(i));
});
