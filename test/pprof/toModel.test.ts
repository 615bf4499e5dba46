import { describe, expect, test } from 'vitest';
import { attributeValue, type Dictionary, type Model } from '../../src/model/model.ts';
import { toModel } from '../../src/pprof/toModel.ts';
import { decoded, FULL, type Sketch } from './sketch.ts';

const modelOf = (sketch: Sketch, unreferencedMappings = false): Model =>
  toModel(decoded(sketch).data, unreferencedMappings).model;

const scopeOf = (model: Model) => model.resources[0].scopes[0];

const named = ({ strings, attributes }: Dictionary, index: number): string => {
  const unit = strings.text(attributes.unit.array[index]);
  return strings.text(attributes.key.array[index]) + (unit === '' ? '' : ` in ${unit}`);
};

/** A row of attributes as names and values, in the order of the row. */
function attributes(dictionary: Dictionary, row: ArrayLike<number>): [string, unknown][] {
  return Array.from(row, (index) => [named(dictionary, index), attributeValue(dictionary, index)]);
}

describe('profiles', () => {
  const types = (model: Model): string[] =>
    scopeOf(model).profiles.map(({ sampleType: { type, unit } }) =>
      [type, unit].map((index) => model.dictionary.strings.text(index)).join('/'),
    );
  const three: Sketch = {
    types: [
      ['a', 'x'],
      ['b', 'y'],
      ['c', 'z'],
    ],
    samples: [{ values: [1n, 2n, 3n] }, { values: [4n, 0n, -6n] }],
  };

  test('the last sample type goes first where none is the default, as pprof has it', () => {
    expect(types(modelOf(three))).toEqual(['c/z', 'a/x', 'b/y']);
    expect(scopeOf(modelOf(three)).attributes).toEqual([{ key: 'pprof.scope.sample_type_order', value: [2n, 0n, 1n] }]);
  });

  test('the default sample type goes first', () => {
    const model = modelOf({ ...three, defaultType: 'b' });
    expect(types(model)).toEqual(['b/y', 'a/x', 'c/z']);
    expect(scopeOf(model).attributes).toEqual([
      { key: 'pprof.scope.default_sample_type', value: 'b' },
      { key: 'pprof.scope.sample_type_order', value: [1n, 0n, 2n] },
    ]);
  });

  test('a default that is no sample type is kept all the same', () => {
    const model = modelOf({ ...three, defaultType: 'nothing' });
    expect(types(model)[0]).toBe('c/z');
    expect(scopeOf(model).attributes[0]).toEqual({ key: 'pprof.scope.default_sample_type', value: 'nothing' });
  });

  test('one sample type needs no order; none has an empty one', () => {
    expect(scopeOf(modelOf({})).attributes).toEqual([]);
    const none = scopeOf(modelOf({ types: [], period: 5n }));
    expect(none.attributes).toEqual([{ key: 'pprof.scope.sample_type_order', value: [] }]);
    expect(none.profiles).toHaveLength(1);
    expect(none.profiles[0].period).toBe(5n);
  });

  test('share their samples; each reads its own values, zeros included', () => {
    const { profiles } = scopeOf(modelOf(three));
    const values = profiles.map(({ samples: { values, identity } }) =>
      Array.from({ length: identity.length }, (_, i) => values.column.signed(values.first + i * values.stride)),
    );
    expect(values).toEqual([
      [3n, -6n],
      [1n, 4n],
      [2n, 0n],
    ]);
    expect(new Set(profiles.map(({ samples }) => samples.identity)).size).toBe(1);
  });

  test('times, period and period type stand on each; negative times are not said', () => {
    const model = modelOf({ ...FULL, time: -1n, duration: -2n });
    for (const profile of scopeOf(model).profiles) {
      expect(profile).toMatchObject({ timeUnixNano: 0n, durationNano: 0n, period: 10_000_000n });
      expect(model.dictionary.strings.text(profile.periodType.type)).toBe('cpu');
    }
    expect(scopeOf(modelOf(FULL)).profiles[1]).toMatchObject({ timeUnixNano: 1_700_000_000_000_000_000n });
  });

  test('comments and frames are attributes by key; absent when empty', () => {
    const model = modelOf(FULL);
    for (const profile of scopeOf(model).profiles) {
      expect(attributes(model.dictionary, profile.attributes)).toEqual([
        ['pprof.profile.comment', ['first', 'second']],
        ['pprof.profile.doc_url', 'https://example.com/doc'],
        ['pprof.profile.drop_frames', 'drop.*'],
        ['pprof.profile.keep_frames', 'keep.*'],
      ]);
    }
    expect(scopeOf(modelOf({})).profiles[0].attributes).toEqual([]);
  });
});

describe('tables', () => {
  test('hold each entry once, in order of first use, the zero value first', () => {
    const model = modelOf({
      functions: [{ name: 'unused' }, { name: 'late' }, { name: 'early' }, { name: 'early' }],
      mappings: [{ filename: 'late.so' }, { filename: 'early.so' }],
      locations: [
        { mapping: 1, address: 1n, lines: [[2]] },
        { mapping: 2, address: 2n, lines: [[3]] },
        { mapping: 2, address: 2n, lines: [[4]] },
        { address: 9n },
      ],
      samples: [{ at: [2] }, { at: [1, 3] }, { at: [1, 2] }, {}],
    });
    const { strings, functions, mappings, locations, stacks } = model.dictionary;
    expect([functions.length, mappings.length, locations.length, stacks.length]).toEqual([3, 3, 3, 3]);
    expect([0, 1, 2].map((i) => strings.text(functions.name.array[i]))).toEqual(['', 'early', 'late']);
    expect([0, 1, 2].map((i) => strings.text(mappings.filename.array[i]))).toEqual(['', 'early.so', 'late.so']);
    expect([0, 1, 2].map((i) => locations.address.unsigned(i))).toEqual([0n, 2n, 1n]);
    expect(Array.from(scopeOf(model).profiles[0].samples.identity.stack.array.subarray(0, 4))).toEqual([1, 2, 2, 0]);
  });

  test('each pprof row knows its entry; unused ones have none', () => {
    const { classes } = toModel(
      decoded({
        functions: [{ name: 'a' }, { name: 'a' }, {}, { name: 'unused' }],
        mappings: [{}, { filename: 'unused' }],
        locations: [{ mapping: 1, lines: [[2], [1], [3]] }, { address: 5n }],
        samples: [{ at: [1] }],
      }).data,
      false,
    );
    expect(Array.from(classes.function)).toEqual([1, 1, 0, -1]);
    expect(Array.from(classes.mapping)).toEqual([0, -1]);
    expect(Array.from(classes.location)).toEqual([1, -1]);
  });

  test('mappings that no location names are there when asked for, in table order', () => {
    const sketch: Sketch = {
      mappings: [{ filename: 'one' }, { filename: 'two' }, { filename: 'three' }],
      locations: [{ mapping: 3 }],
      samples: [{ at: [1] }],
    };
    const files = ({ dictionary: { mappings, strings } }: Model): string[] =>
      Array.from({ length: mappings.length }, (_, i) => strings.text(mappings.filename.array[i]));
    expect(files(modelOf(sketch))).toEqual(['', 'three']);
    expect(files(modelOf(sketch, true))).toEqual(['', 'one', 'two', 'three']);
  });

  test('mapping attributes: build id by its shape, has_* when true', () => {
    const model = modelOf({
      mappings: [
        { buildId: 'abc123', has: ['functions', 'inline_frames'] },
        { buildId: 'a/b/c/d', has: ['filenames', 'line_numbers'] },
        { buildId: Uint8Array.of(0xff) },
      ],
      locations: [{ mapping: 1 }, { mapping: 2 }, { mapping: 3 }],
      samples: [{ at: [1, 2, 3] }],
    });
    const { mappings } = model.dictionary;
    const of = (i: number): [string, unknown][] =>
      attributes(
        model.dictionary,
        mappings.attributes.values.array.subarray(mappings.attributes.start(i), mappings.attributes.end(i)),
      );
    expect(of(0)).toEqual([]);
    expect(of(1)).toEqual([
      ['pprof.mapping.has_functions', true],
      ['pprof.mapping.has_inline_frames', true],
      ['process.executable.build_id.gnu', 'abc123'],
    ]);
    expect(of(2)).toEqual([
      ['pprof.mapping.has_filenames', true],
      ['pprof.mapping.has_line_numbers', true],
      ['process.executable.build_id.go', 'a/b/c/d'],
    ]);
    expect(of(3)).toEqual([['process.executable.build_id.gnu', Uint8Array.of(0xff)]]);
  });

  test('locations keep address, lines with columns in order, and is_folded', () => {
    const { dictionary } = modelOf(FULL);
    const { locations } = dictionary;
    expect(Array.from(locations.lineStart.array.subarray(0, 5))).toEqual([0, 0, 2, 3, 4]);
    expect([0, 1, 2, 3].map((i) => locations.line.line.signed(i))).toEqual([10n, 20n, 21n, 7n]);
    expect(locations.line.column.signed(0)).toBe(3n);
    expect(locations.address.unsigned(2)).toBe((1n << 64n) - 2n);
    const folded = locations.attributes;
    expect(attributes(dictionary, folded.values.array.subarray(folded.start(2), folded.end(2)))).toEqual([
      ['pprof.location.is_folded', true],
    ]);
    expect(folded.end(1)).toBe(folded.start(1));
  });

  test('two names that differ only in broken bytes become one', () => {
    const { dictionary } = modelOf({
      functions: [{ name: Uint8Array.of(0x61, 0xff) }, { name: Uint8Array.of(0x61, 0xfe) }],
      locations: [{ lines: [[1], [2]] }],
      samples: [{ at: [1] }],
    });
    expect(dictionary.functions.length).toBe(2);
    expect(dictionary.strings.text(dictionary.functions.name.array[1])).toBe('a\ufffd');
  });
});
