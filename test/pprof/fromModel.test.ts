import { describe, expect, test } from 'vitest';
import { Misfit } from '../../src/errors.ts';
import { DictionaryBuilder } from '../../src/model/dictionary.ts';
import {
  type AnyValue,
  type KeyValue,
  newProfile,
  newScope,
  type Profile,
  SampleIdentity,
  type Scope,
} from '../../src/model/model.ts';
import type { PprofData } from '../../src/pprof/data.ts';
import { type Facts, noFacts } from '../../src/pprof/facts.ts';
import { fromModel } from '../../src/pprof/fromModel.ts';
import { toModel } from '../../src/pprof/toModel.ts';
import { Int32Column, Int64Column } from '../../src/wire/columns.ts';
import { utf8 } from '../../src/wire/text.ts';
import { decoded, FULL, type Sketch } from './sketch.ts';

/** There and back, with these facts. */
function back(sketch: Sketch, facts: Partial<Facts> = {}, isExact = true): PprofData {
  const { model } = toModel(decoded(sketch).data, !isExact);
  return fromModel(model.dictionary, model.resources[0].scopes[0], { ...noFacts(), ...facts }, isExact);
}

const ids = (column: Int64Column): bigint[] => Array.from({ length: column.length }, (_, i) => column.unsigned(i));
const names = (data: PprofData, column: Int32Column): string[] =>
  Array.from(column.array.subarray(0, column.length), (index) => data.strings.text(index));
const numbers = (column: Int32Column): number[] => Array.from(column.array.subarray(0, column.length));

/** The locations of each sample, as table index plus one. */
const stacksOf = ({ sample: { stack, stacks } }: PprofData): number[][] =>
  numbers(stack).map((row) => Array.from(stacks.values.array.subarray(stacks.start(row), stacks.end(row))));
const stackRefs = (data: PprofData): number[] => stacksOf(data).flat();
const stackSizes = (data: PprofData): number[] => stacksOf(data).map(({ length }) => length);
/** The rows of the labels of all samples. */
const labelRows = (data: PprofData): number[] => numbers(data.sample.labels.values);

const TABLES: Sketch = {
  mappings: [{ filename: 'm1' }, { filename: 'm2' }],
  locations: [
    { mapping: 2, address: 1n, lines: [[2]] },
    { mapping: 1, address: 2n, lines: [[1]] },
    { mapping: 2, address: 3n, lines: [[3], [1]] },
  ],
  functions: [{ name: 'f1' }, { name: 'f2' }, { name: 'f3' }],
  samples: [{ at: [3, 1] }, { at: [2, 1] }],
};

describe('without facts', () => {
  test('ids are 1..n, tables in order of first use', () => {
    const data = back(TABLES);
    expect([ids(data.mapping.id), ids(data.location.id), ids(data.function.id)]).toEqual([
      [1n, 2n],
      [1n, 2n, 3n],
      [1n, 2n, 3n],
    ]);
    expect(ids(data.location.address)).toEqual([3n, 1n, 2n]);
    expect(names(data, data.mapping.filename)).toEqual(['m2', 'm1']);
    expect(names(data, data.function.name)).toEqual(['f3', 'f1', 'f2']);
    expect(stackRefs(data)).toEqual([1, 2, 3, 2]);
    expect(numbers(data.location.mapping)).toEqual([1, 1, 2]);
    expect(numbers(data.location.line.function)).toEqual([1, 2, 3, 2]);
  });

  test('everything that FULL says comes back', () => {
    const data = back(FULL);
    expect(names(data, data.sampleType.type)).toEqual(['samples', 'cpu']);
    expect(ids(data.sample.value).map((value) => BigInt.asIntN(64, value))).toEqual([1n, 10n, 2n, -20n, 0n, 1n << 40n]);
    expect(stackSizes(data)).toEqual([2, 2, 0]);
    expect(numbers(data.mapping.has)).toEqual([1, 6]);
    expect(names(data, data.mapping.buildId)).toEqual(['abc123', '']);
    expect(numbers(data.location.isFolded)).toEqual([0, 1, 0]);
    expect(names(data, data.function.systemName)).toEqual(['_leaf', '', '']);
    expect(data.function.startLine.signed(0)).toBe(5n);
    expect(names(data, data.comment)).toEqual(['first', 'second']);
    const header = [data.dropFrames, data.keepFrames, data.defaultSampleType, data.docUrl];
    expect(header.map((index) => data.strings.text(index))).toEqual([
      ...['drop.*', 'keep.*', 'samples', 'https://example.com/doc'],
    ]);
    expect([data.timeNanos, data.durationNanos, data.period]).toEqual([
      1_700_000_000_000_000_000n,
      5_000_000_000n,
      10_000_000n,
    ]);
    expect(data.strings.text(data.periodType?.unit ?? -1)).toBe('nanoseconds');
    expect(names(data, data.sample.label.key)).toEqual(['thread', 'bytes']);
    expect(data.sample.label.num.signed(1)).toBe(512n);
    expect(data.strings.size(0)).toBe(0);
  });
});

describe('facts', () => {
  test('locations numbered root first', () => {
    expect(ids(back(TABLES, { rootFirst: true }).location.address)).toEqual([1n, 3n, 2n]);
  });

  test('functions numbered mapping by mapping', () => {
    const data = back({ ...TABLES, samples: [{ at: [3, 2, 1] }] }, { functionsByMapping: true });
    expect(names(data, data.function.name)).toEqual(['f3', 'f1', 'f2']);
    const other = back({ ...TABLES, samples: [{ at: [2, 3, 1] }] }, { functionsByMapping: true });
    expect(names(other, other.function.name)).toEqual(['f1', 'f3', 'f2']);
  });

  test('orders, ids and unused entries of tables', () => {
    const table = { copies: [], choices: [] };
    const data = back(TABLES, {
      // Table order: second used, unused, first used, third used.
      location: {
        ...table,
        order: [0, 1, 0, 2],
        ids: [
          { asPredicted: 1, step: 10n },
          { asPredicted: 0, step: -5n },
        ],
      },
      mapping: { ...table, order: [1, 2], ids: [{ asPredicted: 0, step: 0n }] },
      unusedMappings: [
        { memoryStart: 1n, memoryLimit: 2n, fileOffset: 3n, filename: utf8('spare'), buildId: utf8('b'), has: 8 },
      ],
      unusedLocations: [{ mapping: 2, address: 99n, isFolded: true, lines: [{ function: 3, line: -1n, column: 5n }] }],
    });
    expect(ids(data.location.address)).toEqual([1n, 99n, 3n, 2n]);
    expect(ids(data.location.id)).toEqual([1n, 11n, 6n, 7n]);
    expect(stackRefs(data)).toEqual([3, 1, 4, 1]);
    expect(names(data, data.mapping.filename)).toEqual(['m2', 'spare', 'm1']);
    expect(ids(data.mapping.id)).toEqual([0n, 1n, 2n]);
    expect(numbers(data.mapping.has)).toEqual([0, 8, 0]);
    expect(numbers(data.location.mapping)).toEqual([1, 2, 1, 3]);
    expect(numbers(data.location.isFolded)).toEqual([0, 1, 0, 0]);
  });

  test('names that are not UTF-8', () => {
    const raw = Uint8Array.of(0x66, 0xff);
    const data = back({ ...TABLES, functions: [{ name: raw }, { name: 'f2' }, { name: 'f3' }] }, { rawNames: [raw] });
    expect(data.strings.bytes(data.function.name.array[1])).toEqual(raw);
  });

  test('label orders as predicted, and where not', () => {
    const labels = [
      { key: 'a', num: 1n },
      { key: 'b', num: 2n },
    ];
    const samples = [{ labels }, { labels }, { labels: [labels[0]] }, { labels }, { labels }];
    const order = [1, 0];
    const sequence = (labelOrder: Facts['labelOrder']): string => {
      const data = back({ samples }, { labelOrder });
      return labelRows(data)
        .map((row) => data.strings.text(data.sample.label.key.array[row]))
        .join('');
    };
    expect(sequence([])).toBe('ababaabab');
    expect(sequence([{ asPredicted: 1, order }])).toBe('abbaababa');
    expect(
      sequence([
        { asPredicted: 0, order },
        { asPredicted: 3, order: [0, 1] },
      ]),
    ).toBe('babaabaab');
  });

  test.each<[string, Partial<Facts>]>([
    ['a label order of another size', { labelOrder: [{ asPredicted: 0, order: [0, 1, 2] }] }],
    ['a label order that is none', { labelOrder: [{ asPredicted: 0, order: [0, 0] }] }],
    ['a label order with a huge place', { labelOrder: [{ asPredicted: 0, order: [0, 2 ** 40] }] }],
    [
      'more ids than entries',
      { location: { copies: [], choices: [], order: [], ids: [{ asPredicted: 2 ** 50, step: 1n }] } },
    ],
    ['an order of another table', { location: { copies: [], choices: [], order: [9, 1], ids: [] } }],
    [
      'a copy that is not there',
      { location: { copies: [{ entry: 1, count: 2 }], choices: [{ asPredicted: 0, copy: 7 }], order: [], ids: [] } },
    ],
    [
      'an unused location without a place',
      { unusedLocations: [{ mapping: 0, address: 0n, isFolded: false, lines: [] }] },
    ],
    [
      'an unused location of a mapping that is not there',
      {
        location: { copies: [], choices: [], order: [0, 2], ids: [] },
        unusedLocations: [{ mapping: 3, address: 0n, isFolded: false, lines: [] }],
      },
    ],
    [
      'an unused location of a function that is not there',
      {
        location: { copies: [], choices: [], order: [0, 2], ids: [] },
        unusedLocations: [{ mapping: 0, address: 0n, isFolded: false, lines: [{ function: 4, line: 0n, column: 0n }] }],
      },
    ],
  ])('%s do not fit', (_, facts) => {
    const labels = [{ key: 'a' }, { key: 'b' }];
    expect(() => back({ ...TABLES, samples: [{ at: [3, 1], labels }, { at: [2, 1] }] }, facts)).toThrow(Misfit);
  });
});

describe('what others wrote', () => {
  interface Odd {
    samples?: { values?: bigint[]; timestamps?: bigint[]; attributes?: [string, AnyValue][] }[];
    scope?: KeyValue[];
    attributes?: [string, AnyValue][];
    lines?: number[];
    profiles?: number;
  }

  function restored(
    { samples = [{}], scope = [], attributes = [], lines, profiles = 1 }: Odd,
    isExact = false,
  ): PprofData {
    const b = new DictionaryBuilder();
    const attribute = ([key, value]: [string, AnyValue]): number => b.valueAttribute(b.stringText(key), 0, value);
    const identity = new SampleIdentity();
    const stack = lines === undefined ? [] : [b.location(0, 1, 0, lines, [])];
    const values = { column: new Int64Column(), first: 0, stride: 1, start: new Int32Column() };
    const timestamps = { start: new Int32Column(), unixNano: new Int64Column() };
    values.start.push(0);
    timestamps.start.push(0);
    for (const sample of samples) {
      identity.stack.push(b.stack(stack));
      identity.link.push(0);
      for (const pair of sample.attributes ?? []) identity.attributes.values.push(attribute(pair));
      identity.attributes.close();
      for (const value of sample.values ?? [])
        values.column.push(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
      for (const time of sample.timestamps ?? []) timestamps.unixNano.push(Number(time), 0);
      values.start.push(values.column.length);
      timestamps.start.push(timestamps.unixNano.length);
    }
    const profile = (name: string): Profile => ({
      ...newProfile({ identity, values, timestamps }),
      sampleType: { type: b.stringText(name), unit: 0 },
      attributes: attributes.map(attribute),
    });
    const all: Scope = {
      ...newScope(Array.from({ length: profiles }, (_, k) => profile('abc'[k]))),
      attributes: scope,
    };
    return fromModel(b.dictionary, all, noFacts(), isExact);
  }

  test('values are summed; with timestamps only, they are counted', () => {
    const data = restored({
      samples: [
        { values: [5n, -7n, 1n << 40n] },
        { timestamps: [1n, 2n, 3n] },
        { values: [4n], timestamps: [1n, 2n] },
        {},
      ],
    });
    expect([0, 1, 2, 3].map((i) => data.sample.value.signed(i))).toEqual([(1n << 40n) - 2n, 3n, 4n, 0n]);
  });

  test('a line without a function refers to one empty function, added at the end', () => {
    const data = restored({ lines: [0, 7, 0, 0, 0, 0, 8, 0, 0, 0] });
    expect(data.function.length).toBe(1);
    expect(numbers(data.location.line.function)).toEqual([1, 1]);
    const exact = restored({ lines: [0, 7, 0, 0, 0] }, true);
    expect([exact.function.length, numbers(exact.location.line.function)]).toEqual([0, [0]]);
  });

  test('other values become text', () => {
    const data = restored({
      samples: [
        {
          attributes: [
            ['b', true],
            ['d', 0.5],
            ['kv', { values: [{ key: 'x', value: 1n }] }],
            ['list', ['s', 2n, null]],
            ['u', null],
          ],
        },
      ],
    });
    const label = data.sample.label;
    const rows = Array.from({ length: label.length }, (_, i) => [
      ...[data.strings.text(label.key.array[i]), data.strings.text(label.str.array[i]), label.num.signed(i)],
    ]);
    expect(rows).toEqual([
      ['b', 'true', 0n],
      ['d', '0.5', 0n],
      ['kv', '{"x":1}', 0n],
      ['list', 's', 0n],
      ['list', '', 2n],
      ['list', '', 0n],
      ['u', '', 0n],
    ]);
  });

  test.each<[string, AnyValue, string]>([
    ['an order', [1n, 0n], 'ba'],
    ['an order of another size', [1n, 0n, 2n], 'ab'],
    ['no permutation', [1n, 1n], 'ab'],
    ['an order that is no list', 'x', 'ab'],
    ['a list of something else', ['x', 'y'], 'ab'],
    ['an empty order beside samples', [], 'ab'],
  ])('sample types: %s', (_, value, expected) => {
    const data = restored({
      profiles: 2,
      samples: [{ values: [1n] }],
      scope: [{ key: 'pprof.scope.sample_type_order', value }],
    });
    expect(names(data, data.sampleType.type).join('')).toBe(expected);
  });

  test('profile attributes that pprof has no place for are left out', () => {
    const data = restored({
      attributes: [
        ['pprof.profile.comment', 'single'],
        ['else', 'x'],
        ['pprof.profile.doc_url', 5n],
      ],
    });
    expect(names(data, data.comment)).toEqual(['single']);
    expect(data.strings.text(data.docUrl)).toBe('5');
  });

  test('a scope without profiles does not fit', () => {
    expect(() => restored({ profiles: 0 })).toThrow(Misfit);
  });

  test('profiles that differ in more than values do not fit a residual', () => {
    const { model } = toModel(decoded(FULL).data, false);
    const [scope] = model.resources[0].scopes;
    for (const change of [
      { period: 1n },
      { timeUnixNano: 1n },
      { durationNano: 1n },
      { attributes: [] },
      { periodType: { type: 0, unit: 0 } },
    ]) {
      const changed = { ...scope, profiles: [scope.profiles[0], { ...scope.profiles[1], ...change }] };
      expect(() => fromModel(model.dictionary, changed, noFacts(), true)).toThrow(Misfit);
      expect(() => fromModel(model.dictionary, changed, noFacts(), false)).not.toThrow();
    }
  });
});
