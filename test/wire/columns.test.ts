import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { high, Int32Column, Int64Column, low } from '../../src/wire/columns.ts';
import { int64 } from '../support/texts.ts';

describe('Int32Column', () => {
  test('grows and keeps its values', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 200 }), (values) => {
        const column = new Int32Column(0);
        for (const value of values) column.push(value);
        expect(column.length).toBe(values.length);
        expect(Array.from(column.array.subarray(0, column.length))).toEqual(values);
      }),
    );
  });
});

describe('Int64Column', () => {
  test('keeps any 64 bits, signed and unsigned', () => {
    fc.assert(
      fc.property(fc.array(int64, { maxLength: 80 }), (values) => {
        const column = new Int64Column(0);
        for (const value of values) column.push(low(value), high(value));
        expect(values.map((_, i) => column.signed(i))).toEqual(values);
        expect(values.map((_, i) => column.unsigned(i))).toEqual(values.map((value) => BigInt.asUintN(64, value)));
        expect(values.map((_, i) => column.isZero(i))).toEqual(values.map((value) => value === 0n));
        expect(values.map((_, i) => column.isNegative(i))).toEqual(values.map((value) => value < 0n));
        expect(values.map((_, i) => column.hiAt(i))).toEqual(values.map(high));
      }),
    );
  });

  test('has no upper half while none is needed', () => {
    const column = new Int64Column();
    for (let i = 0; i < 100; i++) column.push(-1, 0);
    expect(column.hi).toHaveLength(0);
    expect(column.unsigned(99)).toBe(0xffffffffn);
    expect(column.isNegative(99)).toBe(false);
    column.push(0, 1);
    expect(column.hi.length).toBe(column.lo.length);
    expect(column.signed(100)).toBe(1n << 32n);
    expect(column.signed(99)).toBe(0xffffffffn);
  });

  test('set replaces a value, also its upper half', () => {
    const column = new Int64Column();
    column.push(1, 2);
    column.set(0, 7, 0);
    expect(column.signed(0)).toBe(7n);
    column.set(0, 0, -1);
    expect(column.signed(0)).toBe(-(1n << 32n));
  });
});

test('low and high are the halves of a bigint', () => {
  fc.assert(
    fc.property(int64, (value) => {
      expect(BigInt.asIntN(64, (BigInt(high(value)) << 32n) | BigInt(low(value) >>> 0))).toBe(value);
    }),
  );
});
