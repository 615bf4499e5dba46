import { Int32Column } from './columns.ts';
import { finishHash, Interner, SEED } from './interner.ts';

/** Rows of 32-bit integers of any length, in one column: what stacks and attribute sets are made of. */
export class Rows {
  /** Where each row begins; one more entry than there are rows. */
  readonly offsets = new Int32Column();
  readonly values = new Int32Column();

  constructor() {
    this.offsets.push(0);
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

/** Gives equal rows one index. */
export class RowInterner extends Interner {
  readonly rows = new Rows();
  private row: ArrayLike<number> = [];
  private start = 0;
  private end = 0;

  intern(row: ArrayLike<number>, start = 0, end = row.length): number {
    this.row = row;
    this.start = start;
    this.end = end;
    let hash = SEED ^ (end - start);
    for (let i = start; i < end; i++) {
      hash = Math.imul(hash ^ row[i], 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return this.lookup(finishHash(hash));
  }

  protected override matches(index: number): boolean {
    const { row, start, end, rows } = this;
    const at = rows.start(index);
    if (rows.end(index) - at !== end - start) return false;
    const own = rows.values.array;
    for (let i = start; i < end; i++) if (own[at + i - start] !== row[i]) return false;
    return true;
  }

  protected override append(): void {
    for (let i = this.start; i < this.end; i++) this.rows.values.push(this.row[i]);
    this.rows.close();
  }
}
