import { describe, expect, test } from 'vitest';
import { decode } from '../../src/pprof/decode.ts';
import { residualOf } from '../../src/pprof/exact.ts';
import { defaultStyle, defaultStyles, type Layout, NEVER_PACKED, Observed } from '../../src/pprof/layout.ts';
import { MESSAGES } from '../../src/pprof/schema.ts';
import { toModel } from '../../src/pprof/toModel.ts';
import {
  ENCODERS,
  layOut,
  type MessageType,
  PLAIN_STYLE,
  type Style,
  type Layout as Written,
} from '../support/layout.ts';
import { FULL, profileOf, type Sketch } from './sketch.ts';

/** Several messages of each type, so that the usual way shows. */
const RICH: Sketch = {
  ...FULL,
  samples: [
    ...(FULL.samples ?? []),
    {
      at: [1, 2, 3],
      values: [1n, 2n],
      labels: [
        { key: 'a', str: 'x' },
        { key: 'b', num: 4n },
      ],
    },
    { at: [3], values: [1n, 2n] },
  ],
  types: [...(FULL.types ?? [])],
};

const written = (styles: Partial<Record<MessageType, Partial<Style>>>, usual: Partial<Style> = {}): Written => ({
  styles: Object.fromEntries(
    MESSAGES.map((type) => [type, [{ ...PLAIN_STYLE, ...usual, ...styles[type] }]]),
  ) as Written['styles'],
  picks: [],
  interleaved: false,
  splitPeriodType: false,
});

function inferred(how: Written, sketch = RICH): Layout {
  const decoded = decode(layOut(profileOf(sketch), how));
  const { structure } = residualOf(decoded, toModel(decoded.data, false));
  if (structure === undefined) throw new Error('there is no structure');
  return structure.layout;
}

describe('the style of an encoder is seen in its bytes', () => {
  test('what protobuf libraries write is the default, and costs no patch', () => {
    const layout = inferred(written({}));
    expect(layout.styles).toEqual(defaultStyles());
    expect(layout.patches).toEqual([]);
    expect(layout.runs).toBeUndefined();
  });

  test.each(Object.keys(ENCODERS))('%s needs no patch but for empty runs', (name) => {
    const layout = inferred(ENCODERS[name] as Written);
    // libdatadog writes an empty run for the sample that has no locations.
    expect(layout.patches).toHaveLength(name === 'libdatadog' ? 1 : 0);
  });

  test('the order of fields', () => {
    const { styles, patches } = inferred(
      written({ Sample: { order: [2, 1, 3] }, Location: { order: [1, 3, 4, 2, 5] } }),
    );
    expect(styles.Sample.order).toEqual([2, 1, 3]);
    const place = (field: number): number => styles.Location.order.indexOf(field);
    expect([1, 3, 4, 2, 5].map(place).toSorted((a, b) => a - b)).toEqual([1, 3, 4, 2, 5].map(place));
    expect(patches).toEqual([]);
  });

  test.each<[Style['packing'], number]>([
    ['packed', 0],
    [2, 1],
    [3, 2],
    ['unpacked', NEVER_PACKED],
  ])('numbers %s', (packing, above) => {
    const { styles, patches } = inferred(written({}, { packing }));
    expect(styles.Sample.packedAbove[1]).toBe(above);
    expect(patches).toEqual([]);
  });

  test('zeros that are written', () => {
    const zeros = written({
      Line: { zeros: [2, 3] },
      Mapping: { zeros: [4, 8] },
      Function: { zeros: [5] },
      Label: { zeros: [3] },
    });
    const { styles, patches } = inferred(zeros);
    const bits = (fields: number[]): number => fields.reduce((sum, field) => sum | (1 << field), 0);
    expect(styles.Line.zeros & bits([2, 3])).toBe(bits([3]));
    expect(styles.Mapping.zeros).toBe(bits([4, 8]));
    expect(styles.Function.zeros).toBe(bits([5]));
    expect(styles.Label.zeros).toBe(bits([3]));
    expect(patches).toEqual([]);
  });

  test('lengths that are padded', () => {
    const { styles, patches } = inferred(written({ Sample: { lengthWidth: 3 }, Profile: { lengthWidth: 5 } }));
    expect(Array.from(styles.Sample.lengthWidth.subarray(1, 4))).toEqual([3, 3, 3]);
    expect(styles.Profile.lengthWidth[2]).toBe(5);
    expect(patches).toEqual([]);
  });
});

describe('Observed', () => {
  const inOrder = (before: Record<number, number[]>): number[] => {
    const observed = new Observed();
    for (const [field, others] of Object.entries(before))
      for (const other of others) observed.before[Number(field)] |= 1 << other;
    return observed.style('Location', 1, () => 0).order;
  };

  test('a field follows those that came before it only', () => {
    expect(inOrder({ 1: [5], 2: [5, 1] })).toEqual([3, 4, 5, 1, 2]);
  });

  test('fields that came both ways stay ascending, and a circle ends', () => {
    expect(inOrder({ 1: [2], 2: [1] })).toEqual([1, 2, 3, 4, 5]);
    expect(inOrder({ 1: [2], 2: [3], 3: [1] }).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
  });

  test('zeros are the style when most messages that have one write it', () => {
    const observed = new Observed();
    observed.zeros[2] = 3;
    expect(observed.style('Line', 10, () => 5).zeros).toBe(1 << 2);
    expect(observed.style('Line', 11, () => 5).zeros).toBe(0);
    expect(new Observed().style('Line', 0, () => 0).zeros).toBe(0);
  });

  test('packing is the rule that is wrong least often', () => {
    const observed = new Observed();
    observed.packed[4 + 3] = 10;
    observed.unpacked[4 + 2] = 5;
    observed.unpacked[4 + 3] = 1;
    expect(observed.style('Sample', 1, () => 0).packedAbove[1]).toBe(2);
    observed.unpacked[4 + 3] = 11;
    expect(observed.style('Sample', 1, () => 0).packedAbove[1]).toBe(NEVER_PACKED);
  });

  test('a length is padded when most are', () => {
    const observed = new Observed();
    observed.padded[1] = 2;
    observed.minimal[1] = 1;
    observed.paddedWidth[1] = 4;
    expect(observed.style('Sample', 1, () => 0).lengthWidth[1]).toBe(4);
    observed.minimal[1] = 2;
    expect(observed.style('Sample', 1, () => 0).lengthWidth[1]).toBe(1);
  });

  test('no style shares its arrays with another', () => {
    expect(defaultStyle('Sample').packedAbove).not.toBe(defaultStyle('Sample').packedAbove);
    expect(defaultStyle('Mapping').order).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});
