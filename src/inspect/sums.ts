const WORD = 2 ** 32;

/** Exact sums of signed 64-bit integers, one a row, without a bigint for every addition. */
export class Sums {
  private readonly hi: Float64Array;
  /** Always from 0 to 2^32 - 1. */
  private readonly lo: Float64Array;

  constructor(readonly length: number) {
    this.hi = new Float64Array(length);
    this.lo = new Float64Array(length);
  }

  add(row: number, lo: number, hi: number): void {
    const sum = this.lo[row] + (lo >>> 0);
    const carry = sum >= WORD ? 1 : 0;
    this.lo[row] = sum - carry * WORD;
    this.hi[row] += hi + carry;
  }

  /** Adds a row of other sums to one of these. */
  addFrom(other: Sums, from: number, row: number): void {
    this.add(row, other.lo[from], other.hi[from]);
  }

  equals(row: number, other: Sums, otherRow: number): boolean {
    return this.lo[row] === other.lo[otherRow] && this.hi[row] === other.hi[otherRow];
  }

  isZero(row: number): boolean {
    return this.lo[row] === 0 && this.hi[row] === 0;
  }

  get(row: number): bigint {
    return (BigInt(this.hi[row]) << 32n) + BigInt(this.lo[row]);
  }

  /** Near enough to sort by. */
  size(row: number): number {
    return Math.abs(this.hi[row] * WORD + this.lo[row]);
  }

  /** The rows that are not zero, largest first, at most `count`. */
  largest(count: number): number[] {
    const rows: number[] = [];
    for (let row = 0; row < this.length; row++) if (!this.isZero(row)) rows.push(row);
    return rows.sort((a, b) => this.size(b) - this.size(a) || a - b).slice(0, count);
  }
}
