import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { otlpToPprof, pprofToOtlp } from '../../src/index.ts';
import { attributeValue, type Model } from '../../src/model/model.ts';
import { noFacts } from '../../src/pprof/facts.ts';
import { fromModel } from '../../src/pprof/fromModel.ts';
import { toModel } from '../../src/pprof/toModel.ts';
import { FEW } from '../../src/wire/columns.ts';
import { Random } from '../support/random.ts';
import { text } from '../support/texts.ts';
import { HOPS } from '../support/transit.ts';
import { bytesOfSketch, decoded, type LabelSketch, type Sketch } from './sketch.ts';

const modelOf = (sketch: Sketch): Model => toModel(decoded(sketch).data, false).model;
const scopeOf = (model: Model) => model.resources[0].scopes[0];

/** The attributes of a sample as names and values, in their order. */
function sampleAttributes(model: Model, i: number): [string, unknown][] {
  const { strings, attributes } = model.dictionary;
  const rows = scopeOf(model).profiles[0].samples.identity.attributes;
  return Array.from(rows.values.array.subarray(rows.start(i), rows.end(i)), (index) => {
    const unit = strings.text(attributes.unit.array[index]);
    const name = strings.text(attributes.key.array[index]) + (unit === '' ? '' : ` in ${unit}`);
    return [name, attributeValue(model.dictionary, index)];
  });
}

describe('labels', () => {
  const one = (...labels: NonNullable<NonNullable<Sketch['samples']>[number]['labels']>): [string, unknown][] =>
    sampleAttributes(modelOf({ samples: [{ labels }] }), 0);

  test('a text is a string, a number an int with its unit; by key', () => {
    expect(one({ key: 'z', str: 'text' }, { key: 'a', num: -5n, unit: 'bytes' }, { key: 'm', num: 1n << 62n })).toEqual(
      [
        ['a in bytes', -5n],
        ['m', 1n << 62n],
        ['z', 'text'],
      ],
    );
  });

  test('what is not UTF-8 becomes bytes as a value, U+FFFD as a key or unit', () => {
    expect(one({ key: Uint8Array.of(0x6b, 0xff), str: Uint8Array.of(0xfe) })).toEqual([
      ['k\ufffd', Uint8Array.of(0xfe)],
    ]);
    expect(one({ key: 'k', num: 1n, unit: Uint8Array.of(0xff) })).toEqual([['k in \ufffd', 1n]]);
  });

  test('a repeated key becomes one array, in label order', () => {
    expect(one({ key: 'k', str: 'b' }, { key: 'j', str: 'x' }, { key: 'k', str: 'a' })).toEqual([
      ['j', 'x'],
      ['k', ['b', 'a']],
    ]);
    expect(one({ key: 'k', num: 2n, unit: 'u' }, { key: 'k', num: 1n, unit: 'u' })).toEqual([['k in u', [2n, 1n]]]);
  });

  test('of more labels than are sorted by insertion, too', () => {
    const many = Array.from({ length: 3 * FEW }, (_, i) => ({ key: ['c', 'a', 'b'][i % 3], num: BigInt(i + 1) }));
    const of = (first: number) => Array.from({ length: FEW }, (_, i) => BigInt(3 * i + first));
    expect(one(...many)).toEqual([
      ['a', of(2)],
      ['b', of(3)],
      ['c', of(1)],
    ]);
    const bytes = bytesOfSketch({ samples: [{ labels: many }, { labels: many.toReversed() }] });
    const { otlp, report } = pprofToOtlp(bytes);
    expect(report).toMatchObject({ carried: 'structured', proven: true });
    // Attributes that a hop has put into another order are sorted as well.
    const shuffled = HOPS.reorderAttributes(otlp, new Random(7));
    expect(otlpToPprof(shuffled)).toMatchObject({ pprofs: [bytes], reports: [{ exactReturn: true }] });
  });

  test('a key with both kinds, or several units, keeps each', () => {
    const kv = (...values: [string, unknown][]) => ({ values: values.map(([key, value]) => ({ key, value })) });
    expect(one({ key: 'k', str: 'b' }, { key: 'k', num: 1n, unit: 'u' }, { key: 'k', num: 2n })).toEqual([
      ['k', ['b', kv(['num', 1n], ['num_unit', 'u']), 2n]],
    ]);
    expect(one({ key: 'k', str: 'b', num: 1n, unit: 'u' })).toEqual([
      ['k', kv(['str', 'b'], ['num', 1n], ['num_unit', 'u'])],
    ]);
    expect(one({ key: 'k', num: 1n, unit: 'u' }, { key: 'k', num: 1n, unit: 'v' })).toEqual([
      ['k', [kv(['num', 1n], ['num_unit', 'u']), kv(['num', 1n], ['num_unit', 'v'])]],
    ]);
  });

  test('a label without value is the number 0 where its key holds numbers only, else the empty text', () => {
    const model = modelOf({
      samples: [
        { labels: [{ key: 'number' }, { key: 'mixed' }, { key: 'nothing' }] },
        {
          labels: [
            { key: 'number', num: 7n },
            { key: 'mixed', num: 7n },
            { key: 'mixed', str: 'x' },
          ],
        },
        { labels: [{ key: 'unit', unit: 'u' }] },
      ],
    });
    expect(sampleAttributes(model, 0)).toEqual([
      ['mixed', ''],
      ['nothing', ''],
      ['number', 0n],
    ]);
    expect(sampleAttributes(model, 2)).toEqual([['unit in u', 0n]]);
  });

  test('equal sets are the same attributes', () => {
    const model = modelOf({
      samples: [
        {
          labels: [
            { key: 'a', str: '1' },
            { key: 'b', str: '2' },
          ],
        },
        {
          labels: [
            { key: 'b', str: '2' },
            { key: 'a', str: '1' },
          ],
        },
      ],
    });
    const { attributes: rows } = scopeOf(model).profiles[0].samples.identity;
    expect(Array.from(rows.values.array.subarray(0, 4))).toEqual([1, 2, 1, 2]);
  });

  test('the rank of each key is told, equal for keys that read the same', () => {
    const { data } = decoded({
      samples: [
        {
          labels: [
            { key: 'b' },
            { key: Uint8Array.of(0xff) },
            { key: 'a' },
            { key: Uint8Array.of(0xfe) },
            { key: 'b' },
          ],
        },
      ],
    });
    const { keyRank } = toModel(data, false);
    const { values } = data.sample.labels;
    expect(Array.from(values.array.subarray(0, values.length), (row) => keyRank[row])).toEqual([1, 2, 0, 2, 1]);
  });
});

describe('the way back', () => {
  /** The labels of each sample, as keys, bytes in hex, numbers and units. */
  function labelsOf(sketch: Sketch, restored = false): string[][] {
    const before = decoded(sketch).data;
    const model = toModel(before, false).model;
    const data = restored ? fromModel(model.dictionary, scopeOf(model), noFacts(), true) : before;
    const { label, labels } = data.sample;
    const hex = (index: number): string => Buffer.from(data.strings.bytes(index)).toString('hex');
    return Array.from({ length: data.sample.length }, (_, i) => {
      const rows = Array.from(labels.values.array.subarray(labels.start(i), labels.end(i)));
      return rows.map((at) =>
        [hex(label.key.array[at]), hex(label.str.array[at]), label.num.signed(at), hex(label.numUnit.array[at])].join(),
      );
    });
  }

  const keyText = fc.constantFrom('a', 'b', 'c');
  const label: fc.Arbitrary<LabelSketch> = fc.record({
    key: keyText,
    str: fc.oneof(fc.constant(''), text),
    num: fc.constantFrom(0n, 1n, -1n, 1n << 62n),
    unit: fc.constantFrom('', 'bytes', 'ns'),
  });

  test('gives each key its labels again, in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.array(label, { maxLength: 5 }), { maxLength: 4 }), (samples) => {
        const sketch = { samples: samples.map((labels) => ({ labels })) };
        const key = (row: string): string => row.slice(0, 2);
        const byKey = (rows: string[]): string[] =>
          rows.toSorted((a, b) => Number(key(a) > key(b)) - Number(key(a) < key(b)));
        expect(labelsOf(sketch, true)).toEqual(labelsOf(sketch).map(byKey));
      }),
      { numRuns: 200 },
    );
  });
});
