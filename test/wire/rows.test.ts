import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RowInterner, Rows } from '../../src/wire/rows.ts';

const contents = (rows: Rows): number[][] =>
  Array.from({ length: rows.length }, (_, row) =>
    Array.from(rows.values.array.subarray(rows.start(row), rows.end(row))),
  );

test('Rows tell where each row begins and ends', () => {
  const rows = new Rows();
  expect(rows.length).toBe(0);
  for (const row of [[1, 2], [], [3]]) {
    for (const value of row) rows.values.push(value);
    rows.close();
  }
  expect(contents(rows)).toEqual([[1, 2], [], [3]]);
  expect([rows.start(2), rows.end(2)]).toEqual([2, 3]);
});

describe('RowInterner', () => {
  test('gives equal rows one index, in order of arrival', () => {
    const row = fc.array(fc.oneof(fc.nat({ max: 3 }), fc.integer()), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 200, size: 'large' }), (rows) => {
        const interner = new RowInterner();
        const known: string[] = [];
        for (const values of rows) {
          if (!known.includes(values.join())) known.push(values.join());
          expect(interner.intern(values)).toBe(known.indexOf(values.join()));
          expect(interner.intern([9, ...values, 9], 1, values.length + 1)).toBe(known.indexOf(values.join()));
        }
        expect(contents(interner.rows).map((values) => values.join())).toEqual(known);
      }),
      { numRuns: 40 },
    );
  });

  test('order, length and sign count', () => {
    const interner = new RowInterner();
    const rows = [[], [0], [0, 0], [1, 2], [2, 1], [-1], [1]];
    expect(rows.map((row) => interner.intern(row))).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('stays right when its slots grow, also on rows that differ in one bit', () => {
    const interner = new RowInterner();
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 4096; i++) expect(interner.intern([i << 20, i >> 6, 0])).toBe(i);
    }
  });
});
