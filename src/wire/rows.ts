import { Int32Column } from './columns.ts';
import { finishHash, SEED, Slots } from './slots.ts';

/** Rows of 32-bit integers of any length, in one column: what stacks and attribute sets are made of. */
export class Rows {
  /** Where each row begins; one more entry than there are rows. */
  readonly offsets: Int32Column;
  readonly values: Int32Column;

  constructor(offsets = new Int32Column(), values = new Int32Column()) {
    this.offsets = offsets;
    this.values = values;
    if (offsets.length === 0) offsets.push(0);
  }

  get length(): number {
    return this.offsets.length - 1;
  }

  /** Ends the row whose values were pushed last. */
  close(): void {
    this.offsets.push(this.values.length);
  }

  start(row: number): number {
    return this.offsets.array[row];
  }

  end(row: number): number {
    return this.offsets.array[row + 1];
  }
}

/** Gives equal rows one index, in order of first arrival. */
export class RowInterner {
  readonly rows = new Rows();
  private readonly slots = new Slots();

  intern(row: ArrayLike<number>, start = 0, end = row.length): number {
    let mixed = SEED ^ (end - start);
    for (let i = start; i < end; i++) {
      mixed = Math.imul(mixed ^ row[i], 0x9e3779b1);
      mixed ^= mixed >>> 15;
    }
    const hash = finishHash(mixed);
    const { slots, mask, hashes } = this.slots;
    let slot = hash & mask;
    for (; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const index = slots[slot] - 1;
      if (hashes.array[index] === hash && this.equals(index, row, start, end)) return index;
    }
    const { rows } = this;
    rows.values.append(row, start, end);
    rows.close();
    this.slots.fill(slot, hash);
    return rows.length - 1;
  }

  /** Whether row `index` is this one. */
  equals(index: number, row: ArrayLike<number>, start: number, end: number): boolean {
    const { rows } = this;
    const at = rows.start(index);
    if (rows.end(index) - at !== end - start) return false;
    const own = rows.values.array;
    for (let i = start; i < end; i++) if (own[at + i - start] !== row[i]) return false;
    return true;
  }
}
