import type { Int64Column } from '../wire/columns.ts';
import { compareUnsigned, hex } from './compare.ts';
import type { Find } from './rule.ts';
import type { Table } from './table.ts';

/** Rules about the addresses of mappings and locations, the same in both formats. */

interface Memory {
  mappings: Table;
  start: Int64Column;
  limit: Int64Column;
}

const memory = (mappings: Table): Memory => ({
  mappings,
  start: mappings.longs('memory_start'),
  limit: mappings.longs('memory_limit'),
});

/** Whether a mapping says nothing of addresses. */
const unset = ({ start, limit }: Memory, row: number): boolean => start.isZero(row) && limit.isZero(row);

const range = ({ start, limit }: Memory, row: number): string => `${hex(start, row)}-${hex(limit, row)}`;

export function emptyRange(mappings: Table, find: Find): void {
  const its = memory(mappings);
  for (let row = 0; row < mappings.length; row++)
    if (!unset(its, row) && compareUnsigned(its.start, row, its.limit, row) >= 0)
      find({ table: 'Mapping', row, field: 'memory_limit' }, () => `${range(its, row)} holds no address`);
}

/** In order of address each mapping begins where those before have ended. */
export function overlap(mappings: Table, find: Find): void {
  const its = memory(mappings);
  const { start, limit } = its;
  const rows = Array.from({ length: mappings.length }, (_, row) => row)
    .filter((row) => compareUnsigned(start, row, limit, row) < 0)
    .sort((a, b) => compareUnsigned(start, a, start, b) || a - b);
  let last = rows[0];
  for (const row of rows.slice(1)) {
    const other = last;
    if (compareUnsigned(start, row, limit, last) < 0)
      find({ table: 'Mapping', row }, () => `${range(its, row)} overlaps ${range(its, other)} of mapping ${other}`);
    if (compareUnsigned(limit, row, limit, last) > 0) last = row;
  }
}

/** `mappingOf` is the row of each location's mapping, below 0 for none. */
export function outside(mappings: Table, locations: Table, mappingOf: (row: number) => number, find: Find): void {
  const its = memory(mappings);
  const address = locations.longs('address');
  for (let row = 0; row < locations.length; row++) {
    const mapping = mappingOf(row);
    if (mapping < 0 || mapping >= mappings.length || address.isZero(row) || unset(its, mapping)) continue;
    if (compareUnsigned(address, row, its.start, mapping) < 0 || compareUnsigned(address, row, its.limit, mapping) > 0)
      find({ table: 'Location', row, field: 'address' }, () => `${hex(address, row)} is not in ${range(its, mapping)}`);
  }
}

/** Which rows of these fields are negative. */
export function negative(table: Table, fields: readonly string[], find: Find): void {
  for (const field of fields) {
    const column = table.longs(field);
    if (column.hi.length === 0) continue;
    for (let row = 0; row < column.length; row++)
      if (column.isNegative(row)) find({ table: table.name, row, field }, () => `is ${column.signed(row)}`);
  }
}
