import { PprofOtlpError } from '../../errors.ts';
import type { NewAttribute } from './dictionary.ts';
import type { AnyValue, Entry, Profile, Sample, ValueType } from './draft.ts';
import * as keys from './keys.ts';
import { Labels } from './labels.ts';
import { hasStacks, type Layout } from './schemas.ts';
import type { Tables } from './tables.ts';

/** More locations in stacks, or samples, than any profile has: ranges and sample types can multiply a small file. */
const MAX_ROWS = 2 ** 25;

/** What one profile of a draft becomes. */
export interface Upgraded {
  profiles: object[];
  /** What the profiles say together, which their scope has to say. */
  scopeAttributes: Entry[];
}

/** A sample as all profiles have it, with its values for all sample types. */
interface Shared {
  identity: object;
  values: readonly bigint[];
  timestamps: readonly bigint[] | undefined;
}

/** Makes one Profile for each sample type of a draft's profile. */
export class ProfileUpgrader {
  /** The stacks of location ranges, by start and length. */
  private readonly ranges = new Map<string, number>();
  private rows = 0;

  constructor(
    private readonly from: Profile,
    private readonly tables: Tables,
    private readonly layout: Layout,
    private readonly warnings: Set<string>,
  ) {}

  run(): Upgraded {
    const { from } = this;
    const samples = this.samples();
    const time = this.time();
    const said = [...time.attributes, ...this.said()];
    // Before 1.8 there may be none or several.
    const types = from.sample_types ?? (from.sample_type === undefined ? [] : [from.sample_type]);
    const order = this.order(types);
    const profiles = (order.length === 0 ? [undefined] : order).map((k, i) => {
      const type = k === undefined ? undefined : types[k];
      return {
        sample_type: this.valueType(type),
        samples: samples.map(({ identity, values, timestamps }) => ({
          ...identity,
          values: types.length > 1 && values.length > 0 ? [values[k as number]] : values,
          timestamps_unix_nano: timestamps,
        })),
        time_unix_nano: time.start,
        duration_nano: time.duration,
        period_type: this.valueType(from.period_type),
        period: from.period,
        // An id is one profile's only, and an original is large: the first has them.
        ...(i === 0 ? this.once() : {}),
        dropped_attributes_count: from.dropped_attributes_count,
        attribute_indices: this.attributes([
          ...temporality(keys.AGGREGATION_TEMPORALITY, type),
          ...temporality(keys.PERIOD_AGGREGATION_TEMPORALITY, from.period_type),
          ...said,
        ]),
      };
    });
    return { profiles, scopeAttributes: this.scopeAttributes(types, order) };
  }

  private once(): object {
    const { profile_id, original_payload, original_payload_format } = this.from;
    return { profile_id, original_payload, original_payload_format };
  }

  private samples(): Shared[] {
    const { from, tables } = this;
    const { samples = [], sample_types = [] } = from;
    if (samples.length * sample_types.length > MAX_ROWS) throw this.tooMany('samples');
    const labels = new Labels(samples, tables);
    return samples.map((sample) => {
      const { place, values = [], timestamps_unix_nano: timestamps } = sample;
      if (sample_types.length > 1 && values.length > 0 && values.length !== sample_types.length) {
        throw place.error(`has ${values.length} values for ${sample_types.length} sample types`, 'value');
      }
      this.checkShape(values.length, timestamps?.length ?? 0);
      const added = labels.attributes(sample);
      const trace = tables.text(sample.stacktrace_id_index, place, 'stacktrace_id_index');
      if (trace !== '') added.push({ key: keys.STACKTRACE_ID, value: { string_value: trace } });
      const identity = {
        stack_index: this.stack(sample),
        attribute_indices: tables.attributes(sample.attribute_indices, place, added),
        link_index: tables.optional('link', sample.link_index, place, 'link_index'),
      };
      return { identity, values, timestamps };
    });
  }

  /** Since 1.8 a sample has as many values as timestamps, if it has both; before that one for each type. */
  private checkShape(values: number, timestamps: number): void {
    if (this.from.sample_types === undefined || timestamps === 0) return;
    const now = this.from.sample_types.length > 1 ? Math.min(values, 1) : values;
    if (now !== 0 && now !== timestamps) {
      this.warnings.add(
        'a sample has timestamps and another number of values, which 1.11 does not foresee; it has them still',
      );
    }
  }

  private stack(sample: Sample): number {
    const { tables, from } = this;
    const { place, location_index: listed } = sample;
    if (hasStacks(this.layout)) return tables.entry('stack', sample.stack_index, place, 'stack_index');
    const start = Number(sample.locations_start_index ?? 0);
    const length = Number(sample.locations_length ?? 0);
    if (length === 0) return tables.stack(this.counted(listed ?? []), place);
    const key = `${start} ${length}`;
    let index = this.ranges.get(key);
    if (index === undefined) {
      // 1.3 can be read as if the range were one of the location table itself.
      const { location_indices: indices } = from;
      const count = indices?.length ?? (this.layout === '1.3' ? tables.locationCount : 0);
      if (start < 0 || length < 0 || start + length > count) {
        throw place.error(`names ${length} locations from ${start} on, but location_indices has ${count}`);
      }
      const range = indices?.slice(start, start + length) ?? Array.from({ length }, (_, i) => start + i);
      index = tables.stack(this.counted(range), place);
      this.ranges.set(key, index);
    }
    if (listed !== undefined && tables.stack(this.counted(listed), place) !== index) {
      this.warnings.add('a sample has a location_index beside its range of location_indices; the range is its stack');
    }
    return index;
  }

  private counted(locations: readonly number[]): readonly number[] {
    this.rows += locations.length;
    if (this.rows > MAX_ROWS) throw this.tooMany('locations in stacks');
    return locations;
  }

  private tooMany(what: string): PprofOtlpError {
    const { offset } = this.from.place;
    const place = { stage: 'map', offset, path: this.from.place.path() } as const;
    return new PprofOtlpError('limit', `would become more than ${MAX_ROWS} ${what}`, place);
  }

  /** Start and duration, and what of the draft's times they do not say. */
  private time(): { start: bigint; duration: bigint; attributes: NewAttribute[] } {
    const { time_nanos: time = 0n, duration_nanos: lasted = 0n, start_time_unix_nano: begin = 0n } = this.from;
    const { end_time_unix_nano: end = 0n, time_unix_nano: start, duration_nano: duration } = this.from;
    const attributes: NewAttribute[] = [];
    const now = { start: start ?? (begin || natural(time)), duration: duration ?? natural(lasted), attributes };
    if (end !== 0n) now.duration = natural(end - now.start);
    if (end !== 0n && end < now.start) attributes.push({ key: keys.END_TIME_UNIX_NANO, value: integer(end) });
    if (time !== 0n && time !== now.start) attributes.push({ key: keys.TIME_NANOS, value: integer(time) });
    if (lasted !== 0n && lasted !== now.duration) attributes.push({ key: keys.DURATION_NANOS, value: integer(lasted) });
    return now;
  }

  /** What the profile says in fields that became attributes. */
  private said(): NewAttribute[] {
    const { from, tables } = this;
    const { place, comment_strindices: comments } = from;
    const said: NewAttribute[] = [];
    if (comments !== undefined && comments.length > 0) {
      const values = comments.map((index) => ({ string_value: tables.text(index, place, 'comment_strindices') }));
      said.push({ key: keys.PROFILE_COMMENT, value: { array_value: { values } } });
    }
    const drop = tables.text(from.drop_frames, place, 'drop_frames');
    if (drop !== '') said.push({ key: keys.PROFILE_DROP_FRAMES, value: { string_value: drop } });
    const keep = tables.text(from.keep_frames, place, 'keep_frames');
    if (keep !== '') said.push({ key: keys.PROFILE_KEEP_FRAMES, value: { string_value: keep } });
    return said;
  }

  /** The attributes that 1.3 and 1.4 have in the profile come after those that 1.5 lists. */
  private attributes(added: NewAttribute[]): number[] {
    const { from, tables } = this;
    const listed = tables.attributes(from.attribute_indices, from.place, []);
    const inline = (from.attributes ?? []).map((one) => tables.dictionary.attribute(tables.keyValue(one)));
    return tables.extended([...listed, ...inline], added);
  }

  private valueType(type: ValueType | undefined): object | undefined {
    if (type === undefined) return undefined;
    const string = (field: 'type_strindex' | 'unit_strindex') => this.tables.string(type[field], type.place, field);
    return { type_strindex: string('type_strindex'), unit_strindex: string('unit_strindex') };
  }

  /** The sample types as Profiles stand in the scope: the default first. */
  private order(types: readonly ValueType[]): number[] {
    const { from } = this;
    const order = types.map((_, k) => k);
    const { place, default_sample_type_index: index = 0 } = from;
    let first = index;
    if (this.layout === '1.3' || this.layout === '1.5') {
      const name = this.defaultType();
      const named = types.findIndex((type) => name !== '' && this.typeName(type) === name);
      // Without a default it is the last, as in pprof.
      first = named < 0 ? types.length - 1 : named;
    } else if (index < 0 || (index >= types.length && index > 0)) {
      throw place.error(`names sample type ${index} of ${types.length}`, 'default_sample_type_index');
    }
    return types.length === 0 ? [] : [first, ...order.filter((k) => k !== first)];
  }

  private defaultType(): string {
    const { place, default_sample_type_strindex: index } = this.from;
    return this.tables.text(index, place, 'default_sample_type_strindex');
  }

  private typeName({ type_strindex, place }: ValueType): string {
    return this.tables.text(type_strindex, place, 'type_strindex');
  }

  private scopeAttributes(types: readonly ValueType[], order: readonly number[]): Entry[] {
    const attributes: Entry[] = [];
    let name = this.defaultType();
    // Without the attribute the last type of a pprof is its default.
    if (name === '' && types.length > 1 && order[0] !== types.length - 1) name = this.typeName(types[order[0]]);
    if (name !== '') attributes.push({ key: keys.SCOPE_DEFAULT_SAMPLE_TYPE, value: { string_value: name } });
    if (types.length > 1) {
      const values = order.map((k) => integer(BigInt(k)));
      attributes.push({ key: keys.SCOPE_SAMPLE_TYPE_ORDER, value: { array_value: { values } } });
    }
    return attributes;
  }
}

const integer = (value: bigint): AnyValue => ({ int_value: BigInt.asIntN(64, value) });

/** OTLP's times are unsigned. */
const natural = (value: bigint): bigint => (value < 0n ? 0n : value);

const TEMPORALITY: Readonly<Record<number, string>> = { 1: 'delta', 2: 'cumulative' };

function temporality(key: string, type: ValueType | undefined): NewAttribute[] {
  const said = type?.aggregation_temporality ?? 0;
  if (said === 0) return [];
  const name = TEMPORALITY[said];
  return [{ key, value: name === undefined ? integer(BigInt(said)) : { string_value: name } }];
}
