import { describe, expect, test } from 'vitest';
import { Misfit } from '../../src/errors.ts';
import type { PprofData } from '../../src/pprof/data.ts';
import { decode } from '../../src/pprof/decode.ts';
import { BYTE_ORDER, type Facts, noFacts, SAMPLE_ORDER } from '../../src/pprof/facts.ts';
import { defaultLayout } from '../../src/pprof/layout.ts';
import { measureStrings, orderStrings } from '../../src/pprof/stringOrder.ts';
import { utf8 } from '../../src/wire/text.ts';
import type { PprofProfile } from '../support/messages.ts';
import { encodePprof } from '../support/oracle.ts';
import { FULL, profileOf, type Sketch } from './sketch.ts';

const SKETCH: Sketch = {
  samples: [
    { at: [1, 2], labels: [{ key: 'key', str: 'value' }] },
    { at: [3], labels: [{ key: 'size', num: 1n, unit: 'bytes' }] },
  ],
  locations: [{ lines: [[1]] }, { lines: [[2]] }, { lines: [[3]] }],
  functions: [
    { name: 'leaf', systemName: 'sys', filename: 'a.c' },
    { name: 'root', filename: 'b.c' },
    { name: 'late' },
  ],
  mappings: [{ filename: 'exe', buildId: 'id' }],
  comments: ['note'],
};

/** The profile with its string table in this order; unnamed strings are unused or doubled. */
function withStrings(sketch: Sketch, table: (string | Uint8Array)[]): Uint8Array {
  const profile = profileOf(sketch);
  const bytes = table.map((text) => (typeof text === 'string' ? utf8(text) : text));
  const move = (index: bigint): bigint =>
    BigInt(bytes.findIndex((text) => Buffer.compare(text, profile.string_table[Number(index)] as Uint8Array) === 0));
  const remap = <T extends object>(entry: T, ...fields: (keyof T)[]): void => {
    for (const field of fields) Object.assign(entry, { [field]: move(entry[field] as bigint) });
  };
  for (const type of profile.sample_type) remap(type, 'type', 'unit');
  for (const { label } of profile.sample) for (const l of label) remap(l, 'key', 'str', 'num_unit');
  for (const mapping of profile.mapping) remap(mapping, 'filename', 'build_id');
  for (const fn of profile.function) remap(fn, 'name', 'system_name', 'filename');
  if (profile.period_type !== undefined) remap(profile.period_type, 'type', 'unit');
  remap(profile, 'drop_frames', 'keep_frames', 'default_sample_type', 'doc_url');
  const moved: PprofProfile = { ...profile, comment: profile.comment.map(move), string_table: bytes };
  return encodePprof(moved);
}

const read = (bytes: Uint8Array): PprofData => decode(bytes).data;
const tableOf = ({ strings }: PprofData): string[] => Array.from({ length: strings.length }, (_, i) => strings.text(i));

/** Measures against the same profile with its strings shuffled, then puts them in order again. */
function measured(table: (string | Uint8Array)[], sketch = SKETCH): Facts {
  const original = read(withStrings(sketch, table));
  const used = [...new Set(profileOf(sketch).string_table.map((bytes) => Buffer.from(bytes).toString('latin1')))];
  const shuffled = (): PprofData =>
    read(
      withStrings(sketch, [
        '',
        ...used
          .slice(1)
          .map((text) => Buffer.from(text, 'latin1'))
          .reverse(),
      ]),
    );
  const facts = noFacts();
  measureStrings(original, shuffled(), defaultLayout(), facts);
  const ordered = orderStrings(shuffled(), defaultLayout(), facts);
  expect(tableOf(ordered)).toEqual(tableOf(original));
  expect(ordered.sampleType.type.array[0]).toBe(original.sampleType.type.array[0]);
  expect(ordered.function.filename.array[1]).toBe(original.function.filename.array[1]);
  expect(ordered.comment.array[0]).toBe(original.comment.array[0]);
  expect(ordered.sample.label.str.array[0]).toBe(original.sample.label.str.array[0]);
  return facts;
}

const BYTES = [
  '',
  'cpu',
  'nanoseconds',
  'key',
  'value',
  'size',
  'bytes',
  'exe',
  'id',
  'leaf',
  'sys',
  'a.c',
  'root',
  'b.c',
  'late',
  'note',
];
const SAMPLES = [
  '',
  'cpu',
  'nanoseconds',
  'root',
  'b.c',
  'leaf',
  'sys',
  'a.c',
  'key',
  'value',
  'late',
  'size',
  'bytes',
  'exe',
  'id',
  'note',
];

describe('the order of the string table', () => {
  test('as the bytes refer to them takes nothing', () => {
    const facts = measured(BYTES);
    expect(facts).toEqual(noFacts());
    expect(facts.stringWalk).toBe(BYTE_ORDER);
  });

  test('sample by sample, root first, takes the name of the walk', () => {
    const facts = measured(SAMPLES);
    expect(facts).toEqual({ ...noFacts(), stringWalk: SAMPLE_ORDER });
  });

  test('with one string moved takes one step', () => {
    const moved = ['', 'note', ...BYTES.slice(1, -1)];
    expect(measured(moved).stringOrder).toHaveLength(2);
  });

  test('with unused and doubled strings keeps them', () => {
    const facts = measured([...BYTES.slice(0, 3), 'unused', 'cpu', '', ...BYTES.slice(3), Uint8Array.of(0xff)]);
    expect(facts.unusedStrings.map((bytes) => Buffer.from(bytes).toString('latin1'))).toEqual([
      'unused',
      'cpu',
      '',
      '\xff',
    ]);
  });

  test('that is none is written as ranks', () => {
    const scattered = [
      '',
      ...BYTES.slice(1).toSorted(
        (a, b) => ((a.length * 7 + a.charCodeAt(0) * 5) % 11) - ((b.length * 7 + b.charCodeAt(0) * 5) % 11),
      ),
    ];
    const facts = measured(scattered);
    expect(facts.scatteredStrings.length).toBeGreaterThan(0);
    expect(facts.stringOrder).toEqual([]);
    // 16 strings: log2(16!) is 44.25 bits.
    expect(facts.scatteredStrings.length).toBeLessThanOrEqual(7);
  });

  test('covers the strings of every field', () => {
    const table = profileOf(FULL).string_table;
    expect(measured(table, FULL)).toEqual(noFacts());
    measured([table[0] as Uint8Array, ...table.slice(1).reverse()], FULL);
  });
});

describe('facts of another profile do not fit', () => {
  const data = (): PprofData => read(withStrings(SKETCH, BYTES));

  test.each<[string, Partial<Facts>]>([
    ['a step past the end', { stringOrder: [0, 1001] }],
    ['unused strings without a place', { unusedStrings: [utf8('x')] }],
    ['a table that does not begin with the empty string', { stringOrder: [0, 1] }],
    ['ranks that end early', { scatteredStrings: Uint8Array.of(0) }],
  ])('%s', (_, facts) => {
    expect(() => orderStrings(data(), defaultLayout(), { ...noFacts(), ...facts })).toThrow(Misfit);
  });

  test('a table that lacks a string that is used', () => {
    const original = data();
    const restored = read(withStrings({ ...SKETCH, comments: ['other'] }, [...BYTES.slice(0, -1), 'other']));
    expect(() => measureStrings(original, restored, defaultLayout(), noFacts())).toThrow(Misfit);
  });
});
