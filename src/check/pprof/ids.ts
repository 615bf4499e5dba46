import type { Int64Column } from '../../wire/columns.ts';

/** From an id to the row of a table. Ids 1..n, as every encoder seen writes them, need no map. */
export class Ids {
  private readonly rows: Map<number | bigint, number> | undefined;

  constructor(private readonly ids: Int64Column) {
    let sequential = ids.hi.length === 0;
    for (let row = 0; row < ids.length && sequential; row++) sequential = ids.lo[row] === row + 1;
    if (sequential) return;
    this.rows = new Map();
    for (let row = 0; row < ids.length; row++) {
      const key = keyOf(ids, row);
      if (!this.rows.has(key)) this.rows.set(key, row);
    }
  }

  /** The first row that has the id, -1 without. */
  find(column: Int64Column, at: number): number {
    if (this.rows !== undefined) return this.rows.get(keyOf(column, at)) ?? -1;
    const id = column.lo[at];
    return column.hiAt(at) === 0 && id > 0 && id <= this.ids.length ? id - 1 : -1;
  }
}

/** A number where it is exact, which is always but for made-up ids. */
function keyOf(ids: Int64Column, at: number): number | bigint {
  const hi = ids.hiAt(at) >>> 0;
  return hi < 0x200000 ? hi * 0x100000000 + (ids.lo[at] >>> 0) : ids.unsigned(at);
}
