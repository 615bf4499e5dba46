import { expect, test } from 'vitest';
import { Sums } from '../../src/inspect/sums.ts';
import { high, low } from '../../src/wire/columns.ts';

const MIN = -(1n << 63n);
const MAX = (1n << 63n) - 1n;

function sumOf(values: readonly bigint[]): Sums {
  const sums = new Sums(1);
  for (const value of values) sums.add(0, low(value), high(value));
  return sums;
}

test.each<[bigint[]]>([
  [[]],
  [[1n, -1n]],
  [[-1n]],
  [[0xffffffffn, 1n]],
  [[-0x100000000n, 0xffffffffn, 1n]],
  [[MAX, MAX, MAX, 5n]],
  [[MIN, MIN, -1n]],
  [[MAX, MIN, 1n]],
  [Array.from({ length: 5000 }, (_, i) => MAX / BigInt(i + 1) - BigInt(i))],
])('sums exactly, past 64 bits too: case %#', (values) => {
  const sums = sumOf(values);
  const expected = values.reduce((sum, value) => sum + value, 0n);
  expect(sums.get(0)).toBe(expected);
  expect(sums.isZero(0)).toBe(expected === 0n);
});

test('sums of sums', () => {
  const sums = new Sums(2);
  sums.addFrom(sumOf([MAX, MAX]), 0, 1);
  sums.addFrom(sumOf([-3n]), 0, 1);
  expect(sums.get(1)).toBe(2n * MAX - 3n);
  expect(sums.equals(1, sumOf([MAX - 1n, MAX - 2n]), 0)).toBe(true);
  expect(sums.equals(1, sumOf([MAX - 1n, MAX - 1n]), 0)).toBe(false);
});

test('the largest, by size whatever the sign, equal ones in order, zeros never', () => {
  const sums = new Sums(5);
  [3n, -(1n << 40n), 0n, 3n, 1n << 33n].forEach((value, row) => {
    sums.add(row, low(value), high(value));
  });
  expect(sums.largest(9)).toEqual([1, 4, 0, 3]);
  expect(sums.largest(2)).toEqual([1, 4]);
});
