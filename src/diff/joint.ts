import { Int32Column } from '../wire/columns.ts';
import { RowInterner } from '../wire/rows.ts';

/** A is 0, B is 1. */
export type Side = 0 | 1;
export const SIDES: readonly Side[] = [0, 1];

/** Two entries that were found to be the same thing, changed. */
export interface Pair {
  a: number;
  b: number;
}

/**
 * A table of both sides, in which equal entries have one number. Entries that only one side has can be paired by what
 * they still share: from then on both have one number too, and whatever leads to them does not differ for it. So a
 * change shows where it is made and nowhere else.
 */
export class JointTable {
  private readonly rows = new RowInterner();
  private readonly numbers: readonly [Int32Array, Int32Array];
  /** Of each number its first entry on either side; -1 where the side has none. */
  private readonly firsts = [new Int32Column(), new Int32Column()] as const;
  /** What B's numbers became that were paired. */
  private readonly pairedWith: number[] = [];
  private readonly isPaired: boolean[] = [];
  readonly pairs: Pair[] = [];

  constructor(lengths: readonly [number, number]) {
    this.numbers = [new Int32Array(Math.max(lengths[0], 1)), new Int32Array(Math.max(lengths[1], 1))];
  }

  get length(): number {
    return this.rows.rows.length;
  }

  add(side: Side, entry: number, row: readonly number[]): void {
    const number = this.rows.intern(row);
    if (number === this.firsts[0].length) for (const first of this.firsts) first.push(-1);
    if (this.firsts[side].array[number] < 0) this.firsts[side].array[number] = entry;
    this.numbers[side][entry] = number;
  }

  /** The number that an entry shares with its equals and with what it was paired with. */
  number(side: Side, entry: number): number {
    const number = this.numbers[side][entry];
    return this.pairedWith[number] ?? number;
  }

  /** An entry of this number; -1 where the side has none. */
  entry(side: Side, number: number): number {
    return this.firsts[side].array[number];
  }

  /** The entries that only this side has and that are not paired. */
  left(side: Side): number[] {
    const [own, other] = [this.firsts[side].array, this.firsts[1 - side].array];
    const left: number[] = [];
    for (let number = 0; number < this.length; number++)
      if (own[number] >= 0 && other[number] < 0 && !this.isPaired[number]) left.push(own[number]);
    return left;
  }

  /** Pairs what is left and has the same key, in order; what has no key stays. */
  pairBy(key: (side: Side, entry: number) => readonly number[] | undefined): void {
    const keys = new RowInterner();
    const waiting: { entries: number[]; next: number }[] = [];
    for (const entry of this.left(0)) {
      const row = key(0, entry);
      if (row === undefined) continue;
      const place = keys.intern(row);
      waiting[place] ??= { entries: [], next: 0 };
      waiting[place].entries.push(entry);
    }
    for (const entry of this.left(1)) {
      const row = key(1, entry);
      const queue = row && waiting[keys.intern(row)];
      if (queue === undefined || queue.next === queue.entries.length) continue;
      this.pair(queue.entries[queue.next++], entry);
    }
  }

  private pair(a: number, b: number): void {
    const [first, second] = [this.numbers[0][a], this.numbers[1][b]];
    this.pairedWith[second] = first;
    this.isPaired[first] = true;
    this.isPaired[second] = true;
    this.firsts[1].array[first] = b;
    this.pairs.push({ a, b });
  }
}
