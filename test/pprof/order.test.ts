import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Misfit } from '../../src/errors.ts';
import { decodeOrder, decodeScattered, encodeOrder, encodeScattered, UNUSED } from '../../src/pprof/order.ts';

/** Any order of any number of predicted entries, with unused ones among them. */
const order = fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 8 })).chain(([predicted, unused]) => {
  const entries = [...Array(predicted).keys(), ...new Array<number>(unused).fill(UNUSED)];
  const shuffled = fc.shuffledSubarray([...entries.keys()], { minLength: entries.length });
  // Nearly in turn, as real tables are: a few entries moved.
  const moved = fc.array(fc.tuple(fc.nat({ max: 70 }), fc.nat({ max: 70 })), { maxLength: 4 }).map((moves) => {
    const places = [...entries.keys()];
    for (const [from, to] of moves) places.splice(to, 0, ...places.splice(from, 1));
    return places;
  });
  return fc
    .oneof(shuffled, moved)
    .map((places) => ({ order: places.map((place) => entries[place]), predicted, unused }));
});

describe('encodeOrder and decodeOrder', () => {
  test('are inverse', () => {
    fc.assert(
      fc.property(order, ({ order, predicted, unused }) => {
        expect(Array.from(decodeOrder(encodeOrder(order, predicted), predicted, unused))).toEqual(order);
      }),
      { numRuns: 300 },
    );
  });

  test.each<[string, number[], number[]]>([
    ['the predicted order', [0, 1, 2, 3], []],
    ['one entry three places early', [0, 3, 1, 2], [1, 2 * 2 - 1]],
    ['unused entries between', [0, UNUSED, UNUSED, 1], [1, 4]],
    ['unused entries at the start and at the end', [UNUSED, 0, UNUSED], [0, 2, 1, 2]],
    ['two swapped', [1, 0], [0, 1]],
    ['nothing', [], []],
  ])('%s takes the steps that docs/format.md tells', (_, entries, steps) => {
    const predicted = entries.filter((entry) => entry !== UNUSED).length;
    expect(encodeOrder(entries, predicted)).toEqual(steps);
  });

  test.each<[string, number[], number, number]>([
    ['more in turn than there are', [3, 2], 2, 1],
    ['very many in turn', [2 ** 60, 2], 2, 1],
    ['more unused than there are', [0, 4], 2, 1],
    ['very many unused', [0, 2 ** 60], 2, 1],
    ['unused without a place', [], 2, 1],
    ['an entry past the end', [0, 5], 2, 0],
    ['an entry very far away', [0, 2 ** 53 - 1], 2, 0],
    ['an entry twice', [0, 3, 0, 1, 0, 1], 3, 0],
    ['a step when all are taken', [2, 1], 2, 0],
  ])('%s do not fit', (_, steps, predicted, unused) => {
    expect(() => decodeOrder(steps, predicted, unused)).toThrow(Misfit);
  });

  test('any steps either take each entry once or do not fit', () => {
    const steps = fc.array(fc.oneof(fc.nat({ max: 12 }), fc.nat()), { maxLength: 10 });
    fc.assert(
      fc.property(steps, fc.nat({ max: 8 }), fc.nat({ max: 3 }), (numbers, predicted, unused) => {
        let result: Int32Array;
        try {
          result = decodeOrder(numbers, predicted, unused);
        } catch (error) {
          expect(error).toBeInstanceOf(Misfit);
          return;
        }
        const wanted = [...new Array<number>(unused).fill(UNUSED), ...Array(predicted).keys()];
        expect(Array.from(result).sort((a, b) => a - b)).toEqual(wanted);
      }),
      { numRuns: 500 },
    );
  });
});

describe('encodeScattered and decodeScattered', () => {
  test('are inverse', () => {
    fc.assert(
      fc.property(order, ({ order, predicted, unused }) => {
        expect(Array.from(decodeScattered(encodeScattered(order, predicted), predicted, unused))).toEqual(order);
      }),
      { numRuns: 300 },
    );
  });

  test('take as many bits as the ranks need', () => {
    const bits = (count: number): number => {
      let sum = 0;
      for (let left = count; left > 0; left--) sum += Math.ceil(Math.log2(left));
      return sum;
    };
    for (const count of [0, 1, 2, 3, 9, 100, 1000]) {
      const reversed = Array.from({ length: count }, (_, i) => count - 1 - i);
      expect(encodeScattered(reversed, count)).toHaveLength(Math.ceil(bits(count) / 8));
    }
  });

  test('the first rank is in the high bits', () => {
    expect(encodeScattered([4, 0, 1, 2, 3], 5)).toEqual(Uint8Array.of(0b100_00_00_0));
    expect(encodeScattered([1, 0], 2)).toEqual(Uint8Array.of(0x80));
  });

  test.each<[string, number[], number, number]>([
    ['nothing for two entries', [], 2, 0],
    ['a rank that is not there', [0b11100000], 5, 0],
    ['bytes that end early', [0], 1000, 0],
  ])('%s does not fit', (_, bytes, predicted, unused) => {
    expect(() => decodeScattered(Uint8Array.from(bytes), predicted, unused)).toThrow(Misfit);
  });

  test('any bytes either take each entry once or do not fit', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 8 }),
        fc.nat({ max: 8 }),
        fc.nat({ max: 3 }),
        (bytes, predicted, unused) => {
          let result: Int32Array;
          try {
            result = decodeScattered(bytes, predicted, unused);
          } catch (error) {
            expect(error).toBeInstanceOf(Misfit);
            return;
          }
          const wanted = [...new Array<number>(unused).fill(UNUSED), ...Array(predicted).keys()];
          expect(Array.from(result).sort((a, b) => a - b)).toEqual(wanted);
        },
      ),
      { numRuns: 500 },
    );
  });
});
