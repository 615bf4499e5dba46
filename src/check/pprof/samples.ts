import { Int32Column, type Int64Column } from '../../wire/columns.ts';
import { RowInterner } from '../../wire/rows.ts';
import type { Find } from '../rule.ts';
import type { Pprof } from './pprof.ts';

/** Rules about samples. */

export function valueCount(payload: Pprof, find: Find): void {
  const { samples } = payload;
  const types = payload.sampleTypes().length;
  const values = samples.longLists('value');
  for (let row = 0; row < samples.length; row++) {
    const count = values.count(row);
    if (types === 0) find({ table: 'Sample', row }, () => 'is a sample of no sample_type');
    else if (count !== types)
      find(
        { table: 'Sample', row, field: 'value' },
        () => `has ${count} for ${types} sample ${types === 1 ? 'type' : 'types'}`,
      );
  }
}

export function negativeValue({ samples }: Pprof, find: Find): void {
  const lists = samples.longLists('value');
  const { values } = lists;
  if (values.hi.length === 0) return;
  for (let row = 0; row < samples.length; row++) {
    const start = lists.start(row);
    for (let i = start; i < lists.end(row); i++)
      if (values.isNegative(i))
        find({ table: 'Sample', row, field: 'value', index: i - start }, () => `is ${values.signed(i)}`);
  }
}

export function sampleTwice(payload: Pprof, find: Find): void {
  const { samples, labels } = payload;
  const locations = samples.longLists('location_id');
  const starts = payload.ranges(labels, samples);
  const { values } = locations;
  const columns = ['key', 'str', 'num', 'num_unit'].map((field) => labels.longs(field));
  const interner = new RowInterner();
  const firsts = new Int32Column();
  const identity: number[] = [];
  const push = (column: Int64Column, at: number) => {
    identity.push(column.lo[at]);
    // Ids and indexes seldom need the upper half.
    if (column.hi.length > 0) identity.push(column.hi[at]);
  };
  for (let row = 0; row < samples.length; row++) {
    identity.length = 0;
    identity.push(locations.count(row));
    for (let i = locations.start(row); i < locations.end(row); i++) push(values, i);
    for (let i = starts[row]; i < starts[row + 1]; i++) for (const column of columns) push(column, i);
    const known = interner.intern(identity);
    if (known === firsts.length) firsts.push(row);
    else find({ table: 'Sample', row }, () => `has the locations and labels of sample[${firsts.array[known]}]`);
  }
}
