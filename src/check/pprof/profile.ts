import type { Find, Place } from '../rule.ts';
import type { Pprof } from './pprof.ts';

/** Rules about the profile as a whole. */

const at = (field: string): Place => ({ table: 'Profile', row: 0, field });

export function compression(payload: Pprof, find: Find): void {
  if (payload.compression !== undefined && payload.compression !== 'gzip')
    find({ table: 'Profile', row: 0 }, () =>
      payload.compression === 'none' ? 'is not compressed' : `is compressed with ${payload.compression}`,
    );
}

/** time_nanos is what tells two profiles run together from one. */
export function concatenated(payload: Pprof, find: Find): void {
  const { tables, field, offset } = payload.oddities.twice;
  const time = payload.profile.shape('time_nanos').number;
  tables.forEach((table, i) => {
    if (table === payload.profile && field.array[i] === time)
      find({ ...at('time_nanos'), offset: offset.array[i] }, () => 'is there before: two profiles were run together');
  });
}

export function sampleTypeMissing(payload: Pprof, find: Find): void {
  if (payload.sampleTypes().length === 0) find(at('sample_type'), () => 'has no entry');
}

export function countFirst(payload: Pprof, find: Find): void {
  const rows = payload.sampleTypes();
  const units = rows.map((row) => payload.text('ValueType', 'unit', row));
  const count = units.indexOf('count');
  if (count > 0)
    find({ table: 'ValueType', row: rows[count] }, () => `has the unit count, but stands behind ${units[0]}`);
}

export function defaultSampleType(payload: Pprof, find: Find): void {
  const wanted = payload.text('Profile', 'default_sample_type', 0);
  if (wanted !== '' && !payload.sampleTypes().some((row) => payload.text('ValueType', 'type', row) === wanted))
    find(at('default_sample_type'), () => `${JSON.stringify(wanted)} is no sample type`);
}

export function docUrl(payload: Pprof, find: Find): void {
  const url = payload.text('Profile', 'doc_url', 0);
  if (url !== '' && !URL.canParse(url)) find(at('doc_url'), () => `${JSON.stringify(url)} is no absolute URL`);
}

export function negativeTime({ profile }: Pprof, find: Find): void {
  for (const field of ['time_nanos', 'duration_nanos']) {
    const column = profile.longs(field);
    if (column.isNegative(0)) find(at(field), () => `is ${column.signed(0)}`);
  }
}

const YEAR_2000 = 946_684_800_000_000_000n;
const YEAR_2100 = 4_102_444_800_000_000_000n;

export function profileTime({ profile }: Pprof, find: Find): void {
  const time = profile.longs('time_nanos').signed(0);
  if (time > 0n && (time < YEAR_2000 || time > YEAR_2100))
    find(at('time_nanos'), () => `${time} is outside of this century; is it nanoseconds?`);
}

export function period(payload: Pprof, find: Find): void {
  const period = payload.profile.longs('period').signed(0);
  const [type] = payload.children(payload.table('ValueType'), payload.profile, 'period_type')[0].slice(-1);
  if (period < 0n) find(at('period'), () => `is ${period}`);
  else if (period > 0n && (type === undefined || payload.text('ValueType', 'type', type) === ''))
    find(at('period'), () => `is ${period}, but period_type does not say of what`);
}
