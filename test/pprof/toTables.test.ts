import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AnyValue, attributeValue, type Model } from '../../src/model/model.ts';
import { decode as decodeOtlp } from '../../src/otlp/decode.ts';
import { unite } from '../../src/otlp/unite.ts';
import { fromTables, idOfNone } from '../../src/pprof/fromTables.ts';
import { toTables } from '../../src/pprof/toTables.ts';
import type { Int32Column, Int64Column } from '../../src/wire/columns.ts';
import { canonicalOtlpCase } from '../support/otlpPayloads.ts';
import { patience, runsOf } from '../support/runs.ts';
import { decoded, FULL, type Sketch } from './sketch.ts';

const tablesOf = (sketch: Sketch): Model => toTables(decoded(sketch).data);
const numbers = ({ array, length }: Int32Column): number[] => [...array.subarray(0, length)];
const bigints = (column: Int64Column): bigint[] => Array.from({ length: column.length }, (_, i) => column.signed(i));

function labelsOf({ dictionary, resources }: Model): [key: string, value: AnyValue, unit: string][][] {
  const { attributes } = resources[0].scopes[0].profiles[0].samples.identity;
  const { strings, attributes: table } = dictionary;
  return Array.from({ length: attributes.length }, (_, i) =>
    [...attributes.values.array.subarray(attributes.start(i), attributes.end(i))].map((index) => [
      strings.text(table.key.array[index]),
      attributeValue(dictionary, index),
      strings.text(table.unit.array[index]),
    ]),
  );
}

describe('the tables of a pprof', () => {
  const model = tablesOf(FULL);
  const { dictionary } = model;

  test('stand behind a zero entry', () => {
    const { strings } = dictionary;
    expect(numbers(dictionary.functions.name).map((i) => strings.text(i))).toEqual(['', 'leaf', 'main', 'other']);
    expect(bigints(dictionary.functions.startLine)).toEqual([0n, 5n, 0n, 0n]);
    expect(numbers(dictionary.mappings.filename).map((i) => strings.text(i))).toEqual(['', '/bin/app', '[vdso]']);
    expect(bigints(dictionary.mappings.memoryStart)).toEqual([0n, 0x400000n, -(1n << 63n)]);
    expect(bigints(dictionary.mappings.fileOffset)).toEqual([0n, 0x1000n, 0n]);
    expect(numbers(dictionary.locations.mapping)).toEqual([0, 1, 2, 0]);
    expect(bigints(dictionary.locations.address)).toEqual([0n, 0x400100n, -2n, 0n]);
  });

  test('hold lines', () => {
    const { lineStart, line } = dictionary.locations;
    expect(numbers(lineStart)).toEqual([0, 0, 2, 3, 4]);
    expect(numbers(line.function)).toEqual([1, 2, 2, 3]);
    expect(bigints(line.line)).toEqual([10n, 20n, 21n, 7n]);
    expect(bigints(line.column)).toEqual([3n, 0n, 0n, 0n]);
  });

  test('every entry has a row of attributes', () => {
    expect(dictionary.mappings.attributes.length).toBe(3);
    expect(dictionary.locations.attributes.length).toBe(4);
  });

  test('a profile a sample type, the samples shared', () => {
    const { profiles } = model.resources[0].scopes[0];
    expect(profiles).toHaveLength(2);
    expect(profiles[1].samples.identity).toBe(profiles[0].samples.identity);
    const { column, first, stride } = profiles[1].samples.values;
    expect([0, 1, 2].map((i) => column.signed(first + i * stride))).toEqual([10n, -20n, 1n << 40n]);
  });
});

test('references follow the table, not the ids', () => {
  const { dictionary, resources } = tablesOf({
    functions: [
      { id: 70, name: 'a' },
      { id: 5, name: 'b' },
    ],
    mappings: [{ id: 9 }, { id: 3, filename: 'm' }],
    locations: [
      { id: 400, mapping: 3, lines: [[5]] },
      { id: 2, lines: [[70]] },
    ],
    samples: [{ at: [2, 400] }],
  });
  expect(numbers(dictionary.locations.line.function)).toEqual([2, 1]);
  expect(numbers(dictionary.locations.mapping)).toEqual([0, 2, 0]);
  const { stack } = resources[0].scopes[0].profiles[0].samples.identity;
  const { stacks } = dictionary;
  expect([...stacks.values.array.subarray(stacks.start(stack.array[0]), stacks.end(stack.array[0]))]).toEqual([2, 1]);
});

test('equal stacks are one, no location is stack 0', () => {
  const model = tablesOf({ ...FULL, samples: [{ at: [1, 2] }, {}, { at: [1, 2] }, { at: [2, 1] }] });
  const { stack } = model.resources[0].scopes[0].profiles[0].samples.identity;
  expect(numbers(stack)).toEqual([1, 0, 1, 2]);
  expect(model.dictionary.stacks.length).toBe(3);
});

describe('labels', () => {
  test('become an attribute each, in their order, repeated keys too', () => {
    const labels = [{ key: 'b', str: 'x' }, { key: 'a', num: -5n, unit: 'ms' }, { key: 'b', str: 'y' }, { key: 'c' }];
    expect(labelsOf(tablesOf({ samples: [{ labels }] }))).toEqual([
      [
        ['b', 'x', ''],
        ['a', -5n, 'ms'],
        ['b', 'y', ''],
        ['c', 0n, ''],
      ],
    ]);
  });

  test('equal ones are one attribute', () => {
    const label = { key: 'a', str: 'x' };
    const { dictionary, resources } = tablesOf({
      samples: [{ labels: [label] }, { labels: [label, { ...label, num: 1n }] }],
    });
    expect(dictionary.attributes.length).toBe(3);
    expect(numbers(resources[0].scopes[0].profiles[0].samples.identity.attributes.values)).toEqual([1, 1, 2]);
  });

  test('the label without anything is attribute 0', () => {
    const { dictionary, resources } = tablesOf({ samples: [{ labels: [{ key: '' }] }] });
    expect(dictionary.attributes.length).toBe(1);
    expect(numbers(resources[0].scopes[0].profiles[0].samples.identity.attributes.values)).toEqual([0]);
  });
});

test('a pprof without sample types has tables all the same', () => {
  const { dictionary, resources } = tablesOf({ types: [], functions: [{ name: 'f' }] });
  expect(resources[0].scopes[0].profiles).toEqual([]);
  expect(dictionary.functions.length).toBe(2);
});

test(
  'the way back of fromTables: what pprof has a field for comes back from entry 1 on',
  () => {
    fc.assert(
      fc.property(canonicalOtlpCase, ({ bytes, data }) => {
        fc.pre(data.resource_profiles.some((r) => r.scope_profiles.some((s) => s.profiles.length > 0)));
        const { model } = unite(decodeOtlp(bytes).data, 'aggregate');
        const { dictionary: from } = model;
        const { dictionary: to } = toTables(fromTables(from, model.resources[0].scopes[0]));
        const texts = ({ strings }: typeof from): string[] =>
          Array.from({ length: from.strings.length }, (_, i) => strings.text(i));
        expect(texts(to)).toEqual(texts(from));
        const tail = <T>(entries: T[], length: number): T[] => entries.slice(1, Math.max(length, 1));
        for (const column of ['filename'] as const)
          expect(tail(numbers(to.mappings[column]), from.mappings.length)).toEqual(
            tail(numbers(from.mappings[column]), from.mappings.length),
          );
        for (const column of ['memoryStart', 'memoryLimit', 'fileOffset'] as const)
          expect(tail(bigints(to.mappings[column]), from.mappings.length)).toEqual(
            tail(bigints(from.mappings[column]), from.mappings.length),
          );
        for (const column of ['name', 'systemName', 'filename'] as const)
          expect(tail(numbers(to.functions[column]), from.functions.length)).toEqual(
            tail(numbers(from.functions[column]), from.functions.length),
          );
        expect(tail(numbers(to.locations.mapping), from.locations.length)).toEqual(
          tail(numbers(from.locations.mapping), from.locations.length),
        );
        const none = idOfNone(from.functions.length);
        const lines = ({ locations }: typeof from, i: number): number[] =>
          numbers(locations.line.function)
            .slice(locations.lineStart.array[i], locations.lineStart.array[i + 1])
            .map((fn) => (fn === none ? 0 : fn));
        for (let i = 1; i < from.locations.length; i++) expect(lines(to, i)).toEqual(lines(from, i));
      }),
      runsOf(),
    );
  },
  patience,
);
