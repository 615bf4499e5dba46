/** Growable columns: what the decoders fill, one number a row, no object a row. */

const FIRST_CAPACITY = 16;

/** A growable column of 32-bit integers. */
export class Int32Column {
  length = 0;
  /** Only the first `length` rows are filled. */
  array: Int32Array;

  constructor(capacity = FIRST_CAPACITY) {
    this.array = new Int32Array(Math.max(capacity, FIRST_CAPACITY));
  }

  push(value: number): void {
    if (this.length === this.array.length) this.grow(this.length + 1);
    this.array[this.length++] = value;
  }

  /** Makes room for `count` more rows. */
  reserve(count: number): void {
    if (this.length + count > this.array.length) this.grow(this.length + count);
  }

  /** Appends rows `start` to `end` of `source`. */
  append(source: ArrayLike<number>, start: number, end: number): void {
    const length = this.length + end - start;
    if (length > this.array.length) this.grow(length);
    const { array } = this;
    let to = this.length;
    for (let from = start; from < end; from++) array[to++] = source[from];
    this.length = length;
  }

  /** Takes over an array whose first `length` rows are filled. */
  adopt(array: Int32Array, length: number): void {
    this.array = array;
    this.length = length;
  }

  private grow(least: number): void {
    const larger = new Int32Array(Math.max(this.array.length * 2, least));
    larger.set(this.array);
    this.array = larger;
  }
}

/** As many rows are sorted by insertion, which is linear for those in order and quadratic for many. */
export const FEW = 16;

/** Sorts rows by their rank; those of one rank stay in turn. */
export function sortByRank({ array, length }: Int32Column, ranks: Int32Array): void {
  if (length > FEW) {
    array.subarray(0, length).sort((a, b) => ranks[a] - ranks[b]);
    return;
  }
  for (let i = 1; i < length; i++) {
    const row = array[i];
    const rank = ranks[row];
    let slot = i;
    for (; slot > 0 && ranks[array[slot - 1]] > rank; slot--) array[slot] = array[slot - 1];
    array[slot] = row;
  }
}

/** The distinct values from 0 up to `limit`, ascending. */
export function distinctBelow(limit: number, { array, length }: Int32Column): number[] {
  const isThere = new Uint8Array(limit);
  for (let i = 0; i < length; i++) if (array[i] < limit) isThere[array[i]] = 1;
  const values: number[] = [];
  for (let value = 0; value < limit; value++) if (isThere[value] === 1) values.push(value);
  return values;
}

const NONE = new Int32Array(0);

/**
 * A column of 64-bit integers as two 32-bit halves, signed or unsigned alike.
 * The upper half exists only once a value needs it: counts and most ids never do.
 */
export class Int64Column {
  length = 0;
  lo: Int32Array;
  /** Empty while every value so far is below 2^32. */
  hi: Int32Array = NONE;

  constructor(capacity = FIRST_CAPACITY) {
    this.lo = new Int32Array(Math.max(capacity, FIRST_CAPACITY));
  }

  push(lo: number, hi: number): void {
    const at = this.length;
    if (at === this.lo.length) this.grow(at + 1);
    this.length = at + 1;
    this.set(at, lo, hi);
  }

  /** Makes room for `count` more rows. */
  reserve(count: number): void {
    if (this.length + count > this.lo.length) this.grow(this.length + count);
  }

  set(at: number, lo: number, hi: number): void {
    this.lo[at] = lo;
    if (hi !== 0 && this.hi.length === 0) this.hi = new Int32Array(this.lo.length);
    if (this.hi.length !== 0) this.hi[at] = hi;
  }

  /** Writes row `from` of another column into row `at`. */
  copy(at: number, source: Int64Column, from: number): void {
    this.lo[at] = source.lo[from];
    if (source.hi.length !== 0 || this.hi.length !== 0) this.set(at, source.lo[from], source.hiAt(from));
  }

  /** Sets how many rows there are; new ones are zero. */
  resize(length: number): void {
    this.reserve(length - this.length);
    this.length = length;
  }

  hiAt(at: number): number {
    return this.hi.length === 0 ? 0 : this.hi[at];
  }

  isZero(at: number): boolean {
    return this.lo[at] === 0 && this.hiAt(at) === 0;
  }

  isNegative(at: number): boolean {
    return this.hiAt(at) < 0;
  }

  /** The value as a signed integer. */
  signed(at: number): bigint {
    return BigInt.asIntN(64, this.unsigned(at));
  }

  unsigned(at: number): bigint {
    return (BigInt(this.hiAt(at) >>> 0) << 32n) | BigInt(this.lo[at] >>> 0);
  }

  private grow(least: number): void {
    const lo = new Int32Array(Math.max(this.lo.length * 2, least));
    lo.set(this.lo);
    this.lo = lo;
    if (this.hi.length !== 0) {
      const hi = new Int32Array(lo.length);
      hi.set(this.hi);
      this.hi = hi;
    }
  }
}

export const low = (value: bigint): number => Number(BigInt.asIntN(32, value));
export const high = (value: bigint): number => Number(BigInt.asIntN(32, value >> 32n));

export function sameColumn(a: Int32Column, b: Int32Column): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a.array[i] !== b.array[i]) return false;
  return true;
}
