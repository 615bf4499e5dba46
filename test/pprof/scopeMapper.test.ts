import { describe, expect, test } from 'vitest';
import { DictionaryAppender, DictionaryBuilder } from '../../src/model/dictionary.ts';
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
import { fromTables } from '../../src/pprof/fromTables.ts';
import { inSampleTypeOrder, isPermutation } from '../../src/pprof/scopeMapper.ts';
import { Int32Column, Int64Column } from '../../src/wire/columns.ts';

const ORDER = 'pprof.scope.sample_type_order';
const DEFAULT = 'pprof.scope.default_sample_type';

function profile(samples = 1, more: Partial<Profile> = {}): Profile {
  const identity = new SampleIdentity();
  const column = new Int64Column();
  for (let i = 0; i < samples; i++) {
    identity.stack.push(0);
    identity.link.push(0);
    identity.attributes.close();
    column.push(i + 1, 0);
  }
  const values = { column, first: 0, stride: 1, start: undefined };
  return { ...newProfile({ identity, values, timestamps: undefined }), ...more };
}

const scopeOf = (profiles: Profile[], attributes: KeyValue[] = []): Scope => ({ ...newScope(profiles), attributes });
const order = (...places: bigint[]): KeyValue => ({ key: ORDER, value: places });

describe('the order of the sample types', () => {
  const profiles = [profile(), profile(), profile()];
  const placesIn = (...attributes: KeyValue[]): number[] =>
    inSampleTypeOrder(scopeOf(profiles, attributes)).map((each) => profiles.indexOf(each));

  test('is that of the profiles', () => {
    expect(placesIn()).toEqual([0, 1, 2]);
  });

  test('is the place of each profile', () => {
    expect(placesIn(order(2n, 0n, 1n))).toEqual([1, 2, 0]);
  });

  test.each<[string, AnyValue]>([
    ['too short', [0n, 1n]],
    ['too long', [0n, 1n, 2n, 3n]],
    ['double', [0n, 1n, 1n]],
    ['out of range', [0n, 1n, 3n]],
    ['negative', [0n, 1n, -1n]],
    ['no numbers', ['a', 'b', 'c']],
    ['no list', 'x'],
    ['empty', []],
  ])('is theirs where it is %s', (_, value) => {
    expect(placesIn({ key: ORDER, value })).toEqual([0, 1, 2]);
  });

  test('empty says that there is none, but for a profile with samples', () => {
    expect(inSampleTypeOrder(scopeOf([profile(0)], [order()]))).toEqual([]);
    expect(inSampleTypeOrder(scopeOf([profile(1)], [order()]))).toHaveLength(1);
  });

  test('a permutation has each place once', () => {
    expect([[], [0], [1, 0]].map((places) => isPermutation(places, places.length))).toEqual([true, true, true]);
    for (const places of [[1], [0, 0], [0, 2], [-1, 0], [Number.NaN, 0]])
      expect(isPermutation(places, places.length)).toBe(false);
    expect(isPermutation([0, 1], 3)).toBe(false);
  });

  test('a place is a whole number', () => {
    expect(isPermutation([0.5, 1], 2)).toBe(false);
  });
});

/** A pprof of one profile with these attributes, and its strings. */
function mapped(attributes: [key: string, value: AnyValue][], more: Partial<Profile> = {}, scope: KeyValue[] = []) {
  const builder = new DictionaryBuilder();
  const own = attributes.map(([key, value]) => builder.valueAttribute(builder.stringText(key), 0, value));
  const data = fromTables(builder.dictionary, scopeOf([profile(1, { attributes: own, ...more })], scope));
  return { data, text: (index: number) => data.strings.text(index) };
}

describe('what pprof says once', () => {
  test('comments, doc URL, frames to drop and to keep', () => {
    const { data, text } = mapped([
      ['pprof.profile.comment', ['a', 'b']],
      ['pprof.profile.comment', 'c'],
      ['pprof.profile.doc_url', 'https://example.com'],
      ['pprof.profile.drop_frames', 'drop'],
      ['pprof.profile.keep_frames', Uint8Array.of(0xff)],
      ['other', 'x'],
    ]);
    expect([...data.comment.array.subarray(0, data.comment.length)].map(text)).toEqual(['a', 'b', 'c']);
    expect([data.docUrl, data.dropFrames].map(text)).toEqual(['https://example.com', 'drop']);
    expect([...data.strings.bytes(data.keepFrames)]).toEqual([0xff]);
  });

  test('values that are no text, as text', () => {
    const { data, text } = mapped([
      ['pprof.profile.doc_url', 5n],
      ['pprof.profile.drop_frames', null],
      ['pprof.profile.keep_frames', [true, 0.5]],
    ]);
    expect([data.docUrl, data.dropFrames, data.keepFrames].map(text)).toEqual(['5', '', '[true,0.5]']);
  });

  test('the default type is what the scope names', () => {
    const named = mapped([], {}, [{ key: DEFAULT, value: 'cpu' }]);
    expect(named.text(named.data.defaultSampleType)).toBe('cpu');
    expect(mapped([]).data.defaultSampleType).toBe(0);
  });

  test('times are the same 64 bits, signed', () => {
    const { data } = mapped([], { timeUnixNano: (1n << 64n) - 1n, durationNano: 1n << 63n, period: -5n });
    expect(data).toMatchObject({ timeNanos: -1n, durationNanos: -(1n << 63n), period: -5n, periodType: undefined });
  });
});

describe('mappings', () => {
  function mapping(attributes: [key: string, value: AnyValue][]): { data: PprofData; buildId: string } {
    const builder = new DictionaryBuilder();
    const own = attributes.map(([key, value]) => builder.valueAttribute(builder.stringText(key), 0, value));
    builder.mapping(1, 0, 2, 0, 3, 0, 0, own);
    const data = fromTables(builder.dictionary, scopeOf([profile()]));
    return { data, buildId: data.strings.text(data.mapping.buildId.array[0]) };
  }

  test('the build id: GNU before Go before the hash, whatever their order', () => {
    const ids: [string, AnyValue][] = ['htlhash', 'go', 'gnu'].map((kind) => [
      `process.executable.build_id.${kind}`,
      kind,
    ]);
    expect(mapping(ids).buildId).toBe('gnu');
    expect(mapping(ids.slice(0, 2)).buildId).toBe('go');
    expect(mapping(ids.slice(0, 1)).buildId).toBe('htlhash');
    expect(mapping([['other', 'x']]).buildId).toBe('');
  });

  test('what symbols it has', () => {
    const has = ['functions', 'filenames', 'line_numbers', 'inline_frames'].map((what): [string, AnyValue] => [
      `pprof.mapping.has_${what}`,
      true,
    ]);
    has.forEach((one, bit) => {
      expect(mapping([one]).data.mapping.has.array[0]).toBe(1 << bit);
    });
    expect(mapping(has).data.mapping.has.array[0]).toBe(15);
    expect(mapping([['pprof.mapping.has_functions', false]]).data.mapping.has.array[0]).toBe(0);
    expect(mapping([['pprof.mapping.has_functions', 'true']]).data.mapping.has.array[0]).toBe(0);
  });
});

describe('values', () => {
  /** Of samples with these values and this many timestamps. */
  function valuesOf(samples: [values: bigint[], timestamps?: number][]): bigint[] {
    const each = profile(samples.length);
    const values = { column: new Int64Column(), first: 0, stride: 1, start: new Int32Column() };
    const timestamps = { start: new Int32Column(), unixNano: new Int64Column() };
    for (const [own, times = 0] of samples) {
      values.start.push(values.column.length);
      timestamps.start.push(timestamps.unixNano.length);
      for (const value of own) values.column.push(Number(BigInt.asIntN(32, value)), Number(value >> 32n));
      for (let i = 0; i < times; i++) timestamps.unixNano.push(i, 0);
    }
    values.start.push(values.column.length);
    timestamps.start.push(timestamps.unixNano.length);
    each.samples = { ...each.samples, values, timestamps };
    const { value } = fromTables(new DictionaryBuilder().dictionary, scopeOf([each])).sample;
    return Array.from({ length: value.length }, (_, i) => value.signed(i));
  }

  test('are summed, timestamps alone are counted', () => {
    expect(valuesOf([[[-5n]], [[1n, 2n, -9n]], [[], 3], [[4n], 3], [[]], [[1n << 62n, 1n << 62n]]])).toEqual([
      ...[-5n, -6n, 3n, 4n, 0n, -(1n << 63n)],
    ]);
  });

  test('stand sample by sample, type by type', () => {
    const [a, b] = [profile(2), profile(2)];
    b.samples = { ...b.samples, values: { ...b.samples.values, column: new Int64Column() } };
    for (const value of [8, 9]) b.samples.values.column.push(value, 0);
    const { value } = fromTables(new DictionaryBuilder().dictionary, scopeOf([a, b], [order(1n, 0n)])).sample;
    expect(Array.from({ length: 4 }, (_, i) => value.signed(i))).toEqual([8n, 1n, 9n, 2n]);
  });
});

test('strings that a dictionary has are not added again', () => {
  const appender = new DictionaryAppender(new DictionaryBuilder().dictionary);
  appender.string('cpu');
  const { dictionary } = appender;
  const { strings } = fromTables(dictionary, scopeOf([profile()], [{ key: DEFAULT, value: 'cpu' }]));
  expect(strings.length).toBe(2);
});
