import { PprofOtlpError } from '../../errors.ts';
import { FIXED64, LEN, Reader, VARINT } from '../../wire/reader.ts';
import { isPackable, wireTypeOf } from '../schema.ts';
import { type DraftField, type DraftSchema, hasStacks, type Layout, schemaOf } from './schemas.ts';

/** How well a payload reads in a layout. */
export interface Fit {
  layout: Layout;
  /** Fields of a wire type that the layout does not give them: what cannot be read. */
  wrong: number;
  /** Bytes in fields that the layout does not have. */
  unknown: number;
  /** Whether an index or a range goes past the end of its table: it can't be read. */
  dangling: boolean;
  /** The rules of the layout that are broken somewhere. */
  broken: Set<Rule>;
  /** The fields that it has, and all of the messages that were not all looked at. */
  used: Set<DraftField>;
}

type Rule =
  | 'entry 0 of a table is its zero value'
  | 'no attribute is entry 0'
  | 'attributes are referred to'
  | 'a sample has a value for each type'
  | 'a sample has values or timestamps, or as many of both'
  | 'an original payload has a format'
  | 'an id has 16 bytes'
  | 'what is not repeated stands once';

/** Messages of a kind, and numbers of a list, to look into: a large file has millions, and the first few thousand tell. */
const ENOUGH = 4000;

/** Messages in messages to look into. */
const DEEP = 100;

/** Looks at a payload as if it had this layout. Gives up once more than `mostWrong` is wrong. */
export function fitOf(payload: Uint8Array, layout: Layout, mostWrong: number): Fit {
  const examiner = new Examiner(payload, layout, mostWrong);
  examiner.message('ProfilesData', payload.length, true);
  return examiner.fit;
}

/** How often each field of a message stands there, numbers of a list counted one by one. */
type Seen = Record<string, number>;

class Examiner extends Reader {
  readonly fit: Fit;
  private readonly schema: DraftSchema;
  /** Entry 0 of every table is its zero value; a sample has values or timestamps. */
  private readonly isStrict: boolean;
  private readonly visits = new Map<DraftField, number>();
  private depth = 0;
  /** By table: its entries, the highest index, and which attributes are named. */
  private entries: Seen = {};
  private highest: Seen = {};
  private readonly attributes = new Set<number>();
  /** Of the profile at hand: the end of the farthest range, and how many values its samples have. */
  private reach = 0;
  private readonly valueCounts = new Set<number>();

  constructor(
    payload: Uint8Array,
    layout: Layout,
    private readonly mostWrong: number,
  ) {
    super(payload);
    this.fit = { layout, wrong: 0, unknown: 0, dangling: false, broken: new Set(), used: new Set() };
    this.schema = schemaOf(layout);
    this.isStrict = hasStacks(layout);
  }

  /** `isCut`: the payload may end before the message does, which says nothing against the layout. */
  message(name: string, end: number, isCut: boolean): void {
    const { fit } = this;
    const seen: Seen = {};
    const outer = this.end;
    this.end = end;
    this.depth++;
    try {
      while (this.pos < end && fit.wrong <= this.mostWrong) this.field(name, seen, isCut);
      this.judge(name, seen);
    } catch (error) {
      if (!(error instanceof PprofOtlpError)) throw error;
      if (!isCut) fit.wrong++;
    }
    this.depth--;
    this.pos = end;
    this.end = outer;
  }

  private field(name: string, seen: Seen, isCut: boolean): void {
    const tag = this.tag();
    const wire = tag & 7;
    const field = this.schema[name][tag >>> 3];
    if (field === undefined) {
      const at = this.pos;
      this.skip(tag);
      this.fit.unknown += 1 + this.pos - at;
      return;
    }
    const isPacked = wire === LEN && isPackable(field);
    if (wire !== wireTypeOf(field) && !isPacked) {
      this.fit.wrong++;
      this.skip(tag);
      return;
    }
    const { now } = field;
    this.fit.used.add(field);
    if (wire !== LEN) {
      seen[now] = (seen[now] ?? 0) + 1;
      this.number(field, wire);
      if (now === 'locations_start_index' || now === 'locations_length') seen[`${now}=`] = this.lo;
      return;
    }
    this.varint();
    const length = (this.hi >>> 0) * 2 ** 32 + (this.lo >>> 0);
    const isShort = length > this.end - this.pos;
    if (isShort && !isCut) throw this.fail('a length points past the end of its message');
    const end = isShort ? this.end : this.pos + length;
    if (isPacked) this.list(field, end, seen);
    else {
      seen[now] = (seen[now] ?? 0) + 1;
      this.content(field, end, isShort);
    }
    this.pos = end;
  }

  private content(field: DraftField, end: number, isCut: boolean): void {
    const { now, message } = field;
    const length = end - this.pos;
    if (now.endsWith('_table')) {
      this.entries[now] = (this.entries[now] ?? 0) + 1;
      if (this.entries[now] === 1 && length > 0 && (this.isStrict || now === 'string_table')) {
        this.fit.broken.add('entry 0 of a table is its zero value');
      }
    }
    if (now === 'profile_id' && length !== 16 && length !== 0 && !isCut) this.fit.broken.add('an id has 16 bytes');
    if (message === undefined) return;
    const visits = (this.visits.get(field) ?? 0) + 1;
    this.visits.set(field, visits);
    if (this.depth < DEEP && (!field.repeated || visits <= ENOUGH)) this.message(message, end, isCut);
    else if (visits === ENOUGH + 1) this.useAll(message);
  }

  /** What stands behind the messages looked at may have any of their fields. */
  private useAll(message: string): void {
    const messages = new Set([message]);
    for (const name of messages) {
      for (const field of this.schema[name]) {
        if (field === undefined) continue;
        this.fit.used.add(field);
        if (field.message !== undefined) messages.add(field.message);
      }
    }
  }

  private list(field: DraftField, end: number, seen: Seen): void {
    const outer = this.end;
    this.end = end;
    const wire = wireTypeOf(field);
    let count = 0;
    while (this.pos < end && count < ENOUGH) {
      this.number(field, wire);
      count++;
    }
    // What is not looked at is at least a number each.
    seen[field.now] = (seen[field.now] ?? 0) + count + (end - this.pos);
    this.end = outer;
  }

  private number({ table, repeated }: DraftField, wire: number): void {
    if (wire === FIXED64) this.fixed64();
    else if (wire === VARINT) this.varint();
    if (table === undefined) return;
    const index = this.hi === 0 ? this.lo >>> 0 : Number.MAX_SAFE_INTEGER;
    this.highest[`${table}_table`] = Math.max(this.highest[`${table}_table`] ?? 0, index);
    if (table !== 'attribute' || !repeated) return;
    this.attributes.add(index);
    if (this.isStrict && index === 0) this.fit.broken.add('no attribute is entry 0');
  }

  /** The rules that a message breaks. */
  private judge(name: string, seen: Seen): void {
    const { broken } = this.fit;
    for (const field of this.schema[name]) {
      if (field !== undefined && !field.repeated && (seen[field.now] ?? 0) > 1)
        broken.add('what is not repeated stands once');
    }
    if (name === 'Sample') this.judgeSample(seen);
    if (name === 'Profile') this.judgeProfile(seen);
    if ((seen.original_payload ?? 0) > (seen.original_payload_format ?? 0))
      broken.add('an original payload has a format');
    const owner = this.schema.ProfilesData[2] === undefined ? 'Profile' : 'ProfilesData';
    if (name === owner) this.judgeTables();
  }

  private judgeSample(seen: Seen): void {
    const { values = 0, timestamps_unix_nano: timestamps = 0 } = seen;
    if (this.isStrict) {
      const isGood = values === 0 || timestamps === 0 ? values !== timestamps : values === timestamps;
      if (!isGood) this.fit.broken.add('a sample has values or timestamps, or as many of both');
      return;
    }
    const { 'locations_start_index=': start = 0, 'locations_length=': length = 0 } = seen;
    this.reach = Math.max(this.reach, start + length);
    this.valueCounts.add(values);
  }

  private judgeProfile({ sample_types: types = 0, location_indices: indices = 0 }: Seen): void {
    if (this.isStrict) return;
    for (const count of this.valueCounts)
      if (count !== types) this.fit.broken.add('a sample has a value for each type');
    if (this.reach > Math.max(indices, this.entries.location_table ?? 0)) {
      this.fit.dangling = true;
    }
    this.reach = 0;
    this.valueCounts.clear();
  }

  /** Indexes past the end of their table, and attributes that nothing names. */
  private judgeTables(): void {
    for (const [table, index] of Object.entries(this.highest)) {
      if (index > 0 && index >= (this.entries[table] ?? 0)) {
        this.fit.dangling = true;
      }
    }
    const { attribute_table: attributes = 0 } = this.entries;
    const referable = this.isStrict ? attributes - 1 : attributes;
    if (attributes < ENOUGH && this.attributes.size < referable) {
      this.fit.broken.add('attributes are referred to');
    }
    this.entries = {};
    this.highest = {};
    this.attributes.clear();
  }
}
