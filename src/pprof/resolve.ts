import { PprofOtlpError } from '../errors.ts';
import { type Int32Column, Int64Column } from '../wire/columns.ts';
import { LEN, Reader } from '../wire/reader.ts';
import type { PprofData } from './data.ts';
import { PROFILE } from './schema.ts';
import type { Warning } from './warnings.ts';

/** References as the wire has them, by id, while not all tables are read. */
export class References {
  /** Of the distinct stacks, one behind the other. */
  readonly location = new Int64Column();
  readonly mapping = new Int64Column();
  readonly function = new Int64Column();
  private samples = 0;
  /** How many values the first sample has. */
  values = 0;
  /** The first sample that has another number of values, and how many. */
  odd: { sample: number; values: number } | undefined;

  /** To be told for one sample after the other. */
  valueCount(values: number): void {
    if (this.samples === 0) this.values = values;
    else if (values !== this.values) this.odd ??= { sample: this.samples, values };
    this.samples++;
  }
}

/**
 * Turns ids into table indexes and checks every reference.
 *
 * Refuses what has no meaning: a string, location or function that is not there, string_table[0] not empty,
 * values that disagree with sample_type, an id twice in one table. Warns about what has a meaning
 * although profile.proto forbids it: a dangling mapping id (kept in the residual), id 0.
 */
export function resolve(data: PprofData, references: References, bytes: Uint8Array): Warning[] {
  const { sample, location } = data;
  const warnings: Warning[] = [];
  checkStrings(data, bytes);
  checkValues(data, references, bytes);

  const locations = new Ids(data.location.id, PROFILE.location, 'location', bytes, warnings);
  const functions = new Ids(data.function.id, PROFILE.function, 'function', bytes, warnings);
  const mappings = new Ids(data.mapping.id, PROFILE.mapping, 'mapping', bytes, warnings);

  const locationIds = references.location;
  const refs = locationIds.lo;
  sample.stacks.values.adopt(refs, locationIds.length);
  for (let i = 0; i < locationIds.length; i++) {
    const index = locations.find(locationIds, i);
    if (index === 0) {
      const stack = rowOf(sample.stacks.offsets, i);
      const owner = sample.stack.array.indexOf(stack);
      throw refuse(
        bytes,
        PROFILE.sample,
        owner,
        `sample[${owner}].location_id[${i - sample.stacks.start(stack)}]`,
        `no location has id ${locationIds.unsigned(i)}`,
      );
    }
    refs[i] = index;
  }

  let dangling = 0;
  for (let i = 0; i < location.length; i++) {
    // Unlike function_id, mapping_id 0 is given a meaning by profile.proto: no mapping.
    if (references.mapping.isZero(i)) continue;
    const index = mappings.find(references.mapping, i);
    if (index === 0) dangling++;
    location.mapping.array[i] = index;
  }
  if (dangling > 0) {
    warnings.push({ what: `locations with a mapping id that no mapping has (${dangling})`, inOtlp: false });
  }

  const functionIds = references.function;
  for (let i = 0; i < functionIds.length; i++) {
    const index = functions.find(functionIds, i);
    if (index === 0 && !functionIds.isZero(i)) {
      const owner = rowOf(location.lineStart, i);
      throw refuse(
        bytes,
        PROFILE.location,
        owner,
        `location[${owner}].line[${i - location.lineStart.array[owner]}].function_id`,
        `no function has id ${functionIds.unsigned(i)}`,
      );
    }
    location.line.function.array[i] = index;
  }
  return warnings;
}

/** From ids to table index plus one, 0 where there is none. Ids 1..n, as every encoder seen writes them, need no map. */
class Ids {
  private readonly count: number;
  private readonly map: Map<number | bigint, number> | undefined;

  constructor(ids: Int64Column, field: number, table: string, bytes: Uint8Array, warnings: Warning[]) {
    this.count = ids.length;
    let sequential = ids.hi.length === 0;
    for (let i = 0; i < ids.length && sequential; i++) sequential = ids.lo[i] === i + 1;
    if (sequential) return;
    this.map = new Map();
    for (let i = 0; i < ids.length; i++) {
      if (ids.isZero(i)) warnings.push({ what: `${table}[${i}] has the reserved id 0`, inOtlp: false });
      const key = keyOf(ids, i);
      if (this.map.has(key)) {
        throw refuse(
          bytes,
          field,
          i,
          `${table}[${i}].id`,
          `id ${ids.unsigned(i)} is taken by ${table}[${(this.map.get(key) as number) - 1}]`,
        );
      }
      this.map.set(key, i + 1);
    }
  }

  find(ids: Int64Column, at: number): number {
    if (this.map !== undefined) return this.map.get(keyOf(ids, at)) ?? 0;
    const id = ids.lo[at];
    return ids.hiAt(at) === 0 && id > 0 && id <= this.count ? id : 0;
  }
}

/** A number where it is exact, which is always but for made-up ids. */
function keyOf(ids: Int64Column, at: number): number | bigint {
  const hi = ids.hiAt(at) >>> 0;
  return hi < 0x200000 ? hi * 0x100000000 + (ids.lo[at] >>> 0) : ids.unsigned(at);
}

/** The decoder keeps no index that is negative or beyond 31 bits. */
const noString = (index: number, count: number): string =>
  `names ${index < 0 ? 'a string by a negative or too large index' : `string ${index}`}, but string_table has ${count} entries`;

function checkStrings(data: PprofData, bytes: Uint8Array): void {
  const { strings, sampleType, sample, mapping, function: fn, comment } = data;
  const count = strings.length;
  if (count === 0) {
    throw new PprofOtlpError('bad-input', 'string_table is missing; the file is truncated or no pprof', {
      stage: 'decode',
      path: 'string_table',
    });
  }
  if (strings.size(0) !== 0) {
    throw refuse(
      bytes,
      PROFILE.stringTable,
      0,
      'string_table[0]',
      'is not the empty string, so no string can be told from none',
    );
  }
  const check = (column: Int32Column, field: number, path: (row: number) => string, owner = (row: number) => row) => {
    const { array } = column;
    for (let i = 0; i < column.length; i++) {
      if (array[i] < 0 || array[i] >= count) {
        throw refuse(bytes, field, owner(i), path(i), noString(array[i], count));
      }
    }
  };
  check(sampleType.type, PROFILE.sampleType, (i) => `sample_type[${i}].type`);
  check(sampleType.unit, PROFILE.sampleType, (i) => `sample_type[${i}].unit`);
  const ownerOfLabel = (i: number) => rowOf(sample.labels.offsets, sample.labels.values.array.indexOf(i));
  const label = (name: string) => (i: number) => {
    const owner = ownerOfLabel(i);
    return `sample[${owner}].label[${sample.labels.values.array.indexOf(i) - sample.labels.start(owner)}].${name}`;
  };
  check(sample.label.key, PROFILE.sample, label('key'), ownerOfLabel);
  check(sample.label.str, PROFILE.sample, label('str'), ownerOfLabel);
  check(sample.label.numUnit, PROFILE.sample, label('num_unit'), ownerOfLabel);
  check(mapping.filename, PROFILE.mapping, (i) => `mapping[${i}].filename`);
  check(mapping.buildId, PROFILE.mapping, (i) => `mapping[${i}].build_id`);
  check(fn.name, PROFILE.function, (i) => `function[${i}].name`);
  check(fn.systemName, PROFILE.function, (i) => `function[${i}].system_name`);
  check(fn.filename, PROFILE.function, (i) => `function[${i}].filename`);
  check(
    comment,
    PROFILE.comment,
    (i) => `comment[${i}]`,
    (i) => recordOfComment(bytes, i),
  );
  const single = (index: number, field: number, path: string) => {
    if (index < 0 || index >= count) {
      throw refuse(bytes, field, 0, path, noString(index, count));
    }
  };
  single(data.dropFrames, PROFILE.dropFrames, 'drop_frames');
  single(data.keepFrames, PROFILE.keepFrames, 'keep_frames');
  single(data.defaultSampleType, PROFILE.defaultSampleType, 'default_sample_type');
  single(data.docUrl, PROFILE.docUrl, 'doc_url');
  if (data.periodType !== undefined) {
    single(data.periodType.type, PROFILE.periodType, 'period_type.type');
    single(data.periodType.unit, PROFILE.periodType, 'period_type.unit');
  }
}

function checkValues({ sample, sampleType }: PprofData, { values, odd }: References, bytes: Uint8Array): void {
  const types = sampleType.length;
  if (sample.length === 0) return;
  const wrong = values !== types || types === 0 ? { sample: 0, values } : odd;
  if (wrong === undefined) return;
  throw refuse(
    bytes,
    PROFILE.sample,
    wrong.sample,
    `sample[${wrong.sample}].value`,
    types === 0
      ? 'there are samples but no sample_type'
      : `has ${wrong.values} values, but there are ${types} sample types`,
  );
}

/** Which of the comment fields holds comment `at`: a packed one holds several. */
function recordOfComment(bytes: Uint8Array, at: number): number {
  const r = new Reader(bytes);
  let record = -1;
  for (let seen = 0; seen <= at; record++) {
    let tag = r.tag();
    for (; tag >>> 3 !== PROFILE.comment; tag = r.tag()) r.skip(tag);
    if ((tag & 7) === LEN) {
      // Every varint ends in the one of its bytes that is below 0x80.
      for (const end = r.limit(); r.pos < end; r.pos++) if (bytes[r.pos] < 0x80) seen++;
    } else {
      r.skip(tag);
      seen++;
    }
  }
  return record;
}

/** The row of an offsets column that entry `at` belongs to. */
function rowOf(offsets: Int32Column, at: number): number {
  let low = 0;
  let high = offsets.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (offsets.array[middle] <= at) low = middle;
    else high = middle;
  }
  return low;
}

/** An error with the offset of the record, which the columns do not keep: found again by a walk over the top-level fields. */
function refuse(bytes: Uint8Array, field: number, ordinal: number, path: string, message: string): PprofOtlpError {
  const r = new Reader(bytes);
  let seen = 0;
  let offset = 0;
  while (r.pos < r.end) {
    offset = r.pos;
    const tag = r.tag();
    if (tag >>> 3 === field && seen++ === ordinal) break;
    r.skip(tag);
  }
  return new PprofOtlpError('bad-input', message, { stage: 'decode', path, offset });
}
