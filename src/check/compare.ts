import type { Int64Column } from '../wire/columns.ts';

/** Order of two rows as unsigned integers: below zero, zero, above zero. */
export function compareUnsigned(a: Int64Column, i: number, b: Int64Column, j: number): number {
  const high = (a.hiAt(i) >>> 0) - (b.hiAt(j) >>> 0);
  return high !== 0 ? high : (a.lo[i] >>> 0) - (b.lo[j] >>> 0);
}

export const hex = (column: Int64Column, at: number): string => `0x${column.unsigned(at).toString(16)}`;
