import { Misfit } from '../errors.ts';
import type { Int64Column } from '../wire/columns.ts';
import { high, low } from '../wire/columns.ts';
import { CopyPredictor, type TableFacts } from './facts.ts';
import { decodeOrder, UNUSED } from './order.ts';

/** Puts the entries that references lead to back into the table that the facts describe. */
export class TableRestore {
  private readonly predictor: CopyPredictor;
  /** First-use ordinal plus one of each entry that has no copies, 0 while not used. */
  private readonly ordinals: Int32Array;
  private readonly copyOrdinals = new Map<string, number>();
  private readonly entryOf: number[] = [];
  private rows: Int32Array = new Int32Array(0);
  private table: number[] = [];
  private choice = 0;
  private left: number;

  constructor(
    private readonly facts: TableFacts,
    entries: number,
    private readonly withNone: boolean,
  ) {
    this.predictor = new CopyPredictor(facts.copies, withNone);
    this.ordinals = new Int32Array(entries);
    this.left = facts.choices.length === 0 ? -1 : facts.choices[0].asPredicted;
  }

  /** Follows one reference, in the order of use; returns the first-use ordinal plus one, 0 for none. */
  visit(entry: number, after: number): number {
    if (this.predictor.has(entry)) return this.visitCopy(entry, after);
    if (this.withNone && entry === 0) return 0;
    if (this.ordinals[entry] === 0) this.ordinals[entry] = this.entryOf.push(entry);
    return this.ordinals[entry];
  }

  private visitCopy(entry: number, after: number): number {
    const { facts, predictor } = this;
    let copy: number;
    if (this.left === 0) {
      copy = facts.choices[this.choice++].copy;
      this.left = this.choice < facts.choices.length ? facts.choices[this.choice].asPredicted : -1;
    } else {
      copy = predictor.predict(entry, after);
      if (this.left > 0) this.left--;
    }
    predictor.take(entry, after, copy);
    if (this.withNone && entry === 0 && copy === 0) return 0;
    const key = `${entry} ${copy}`;
    let ordinal = this.copyOrdinals.get(key);
    if (ordinal === undefined) {
      ordinal = this.entryOf.push(entry);
      this.copyOrdinals.set(key, ordinal);
    }
    return ordinal;
  }

  /** To be called once all references were followed. */
  finish(unused: number): void {
    const order = decodeOrder(this.facts.order, this.entryOf.length, unused);
    this.rows = new Int32Array(this.entryOf.length + 1);
    this.table = Array.from(order, (ordinal, row) => {
      if (ordinal === UNUSED) return UNUSED;
      this.rows[ordinal + 1] = row + 1;
      return this.entryOf[ordinal];
    });
  }

  /** The table: for each row its model entry, or UNUSED. */
  entries(): readonly number[] {
    return this.table;
  }

  /** From what `visit` returned to the table index plus one. */
  row(ordinal: number): number {
    return this.rows[ordinal];
  }
}

export function restoreIds(ids: Int64Column, count: number, steps: TableFacts['ids']): void {
  let id = 0n;
  const follow = (by: bigint) => {
    id = BigInt.asUintN(64, id + by);
    ids.push(low(id), high(id));
  };
  for (const { asPredicted, step } of steps) {
    if (asPredicted + 1 > count - ids.length) throw new Misfit('there are more ids than entries');
    for (let i = 0; i < asPredicted; i++) follow(1n);
    follow(step);
  }
  if (steps.length === 0) for (let i = 1; i <= count; i++) ids.push(i, 0);
  else while (ids.length < count) follow(1n);
}

/** Location rows mapping by mapping, in table order; rows of one mapping stay in turn. */
export function sortByMapping(rows: Int32Array, mapping: ArrayLike<number>): Int32Array {
  return Int32Array.from(rows).sort((a, b) => mapping[a] - mapping[b] || a - b);
}
