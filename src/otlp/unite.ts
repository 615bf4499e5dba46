import { SCOPE_DEFAULT_SAMPLE_TYPE, SCOPE_SAMPLE_TYPE_ORDER } from '../model/conventions.ts';
import { DictionaryAppender } from '../model/dictionary.ts';
import { hexId, SPAN_KEYS, SPAN_SIZE, TRACE_KEYS, TRACE_SIZE } from '../model/links.ts';
import {
  type AnyValue,
  attributeValue,
  type Dictionary,
  type KeyValue,
  type Model,
  newProfile,
  newResource,
  newScope,
  type Profile,
  type Resource,
  SampleIdentity,
  type Samples,
  type Scope,
  valuesFrom,
  valuesTo,
} from '../model/model.ts';
import { high, Int32Column, Int64Column, low } from '../wire/columns.ts';
import type { Rows } from '../wire/rows.ts';
import type { OtlpData } from './data.ts';
import { SampleComparer } from './sampleComparer.ts';
import type { Timestamps } from './timestamps.ts';

/** Profiles of one scope that become sample types of the same samples. */
export interface Group {
  /** Where they stand among all profiles of the payload. */
  members: number[];
  /** The first united sample of each of their samples; one more entry than they have samples. */
  rows: Int32Column;
}

export interface United {
  model: Model;
  groups: Group[];
  /** The sample type that each profile of the payload became. */
  columns: number[];
}

/**
 * Unites all profiles of a payload in one scope, for one pprof (docs/mapping.md, OTLP to pprof).
 *
 * The dictionary keeps its entries where they stand; labels that uniting adds stand behind. Profiles whose samples agree
 * one for one share samples; the samples of the others follow each other, 0 for every type that they are not of.
 * All indexes must be in range.
 */
export function unite(data: OtlpData, timestamps: Timestamps): United {
  return new Uniter(data, timestamps).run();
}

/** All profiles of a payload, in order. */
export const profilesOf = ({ resources }: { resources: Resource[] }): Profile[] =>
  resources.flatMap(({ scopes }) => scopes.flatMap(({ profiles }) => profiles));

class Uniter {
  private readonly appender: DictionaryAppender;
  private readonly dictionary: Dictionary;
  private readonly identity = new SampleIdentity();
  private readonly comparer: SampleComparer;
  private readonly keys: number[] = [];
  private readonly hex: string[] = [];
  /** The labels of each link: its trace id, its span id. */
  private readonly linkLabels = new Map<number, number[]>();

  constructor(
    private readonly data: OtlpData,
    private readonly timestamps: Timestamps,
  ) {
    this.appender = new DictionaryAppender(data.dictionary);
    this.dictionary = this.appender.dictionary;
    this.comparer = new SampleComparer(data.dictionary, timestamps === 'labels');
  }

  run(): United {
    const { resources } = this.data;
    const profiles = profilesOf(this.data);
    const groups: Group[] = [];
    const scopes = resources.flatMap(({ scopes: own }) => own.filter((scope) => scope.profiles.length > 0));
    let first = 0;
    for (const resource of resources) {
      // Where one pprof holds several resources or scopes, labels tell whose a sample is.
      const labels = scopes.length > 1 ? this.resourceLabels(resource) : [];
      for (const scope of resource.scopes) {
        const own = this.group(scope, first);
        for (const group of own) this.append(profiles[group.members[0]].samples, group, labels);
        groups.push(...own);
        first += scope.profiles.length;
      }
    }
    const groupOf = new Map(groups.flatMap((group) => group.members.map((member) => [member, group])));
    const types = this.types(profiles, groupOf);
    const head = this.head(profiles);
    const attributes = scopeAttributes(scopes, types.length, () => this.text(profiles[0].sampleType.type));
    const order = sampleTypeOrder(scopes, types);
    const united = order.map((k): Profile => {
      const members = types[k];
      const samples = this.samples(profiles, groupOf, members);
      return { ...newProfile(samples), ...head, sampleType: profiles[members[0]].sampleType };
    });
    const columns = new Array<number>(profiles.length);
    order.forEach((k, column) => {
      for (const member of types[k]) columns[member] = column;
    });
    const scope = { ...newScope(united), attributes };
    return { model: { dictionary: this.dictionary, resources: [newResource([scope])] }, groups, columns };
  }

  /** The profiles of one scope, those together whose samples agree and whose types differ. */
  private group({ profiles, attributes }: Scope, first: number): Group[] {
    // Profiles that were one pprof stay together, even where it named a type twice.
    const wereOne = attributes.some(({ key }) => key === SCOPE_SAMPLE_TYPE_ORDER);
    const groups: Group[] = [];
    const alike = new Map<string, Group[]>();
    profiles.forEach((profile, i) => {
      const key = profiles.length > 1 ? this.comparer.key(profile.samples) : '';
      const candidates = alike.get(key) ?? [];
      const found = candidates.find(({ members }) => {
        const others = members.map((member) => profiles[member - first]);
        return (
          (wereOne || others.every((other) => this.typeOf(other) !== this.typeOf(profile))) &&
          this.comparer.same(others[0].samples, profile.samples)
        );
      });
      if (found !== undefined) {
        found.members.push(first + i);
        return;
      }
      const group = { members: [first + i], rows: new Int32Column() };
      groups.push(group);
      alike.set(key, [...candidates, group]);
    });
    return groups;
  }

  /** The profiles of each sample type, types in order of first use. A group that has a type twice has two of it. */
  private types(profiles: Profile[], groupOf: ReadonlyMap<number, Group>): number[][] {
    const types: { members: number[]; groups: Set<Group> }[] = [];
    const named = new Map<string, typeof types>();
    profiles.forEach((profile, i) => {
      const group = groupOf.get(i) as Group;
      const name = this.typeOf(profile);
      const candidates = named.get(name) ?? [];
      let type = candidates.find((each) => !each.groups.has(group));
      if (type === undefined) {
        type = { members: [], groups: new Set() };
        types.push(type);
        named.set(name, [...candidates, type]);
      }
      type.members.push(i);
      type.groups.add(group);
    });
    return types.map(({ members }) => members);
  }

  /** Equal for the same type and unit. */
  private typeOf({ sampleType: { type, unit } }: Profile): string {
    return `${this.appender.firstString(type)} ${this.appender.firstString(unit)}`;
  }

  private text(index: number): string {
    return this.dictionary.strings.text(index);
  }

  /** Appends the samples of a group, as its first profile has them. */
  private append({ identity, timestamps }: Samples, { rows }: Group, resourceLabels: readonly number[]): void {
    const { stack, link, attributes } = identity;
    const united = this.identity;
    const observedAt = this.timestamps === 'labels' ? timestamps : undefined;
    for (let i = 0; i < identity.length; i++) {
      rows.push(united.length);
      const from = observedAt?.start.array[i] ?? 0;
      const to = observedAt?.start.array[i + 1] ?? 0;
      for (let at = from; at < Math.max(to, from + 1); at++) {
        united.stack.push(stack.array[i]);
        united.link.push(link.array[i]);
        const { values } = united.attributes;
        values.append(attributes.values.array, attributes.start(i), attributes.end(i));
        const hasKeyOf = (label: number): boolean => {
          for (let a = attributes.start(i); a < attributes.end(i); a++)
            if (this.keyOf(attributes.values.array[a]) === this.keyOf(label)) return true;
          return false;
        };
        if (link.array[i] !== 0 && !this.namesLink(attributes, i, link.array[i])) {
          const labels = this.linkLabelsOf(link.array[i]);
          if (!labels.some(hasKeyOf)) for (const label of labels) values.push(label);
        }
        for (const label of resourceLabels) if (!hasKeyOf(label)) values.push(label);
        if (observedAt !== undefined && at < to) values.push(this.timestampLabel(observedAt.unixNano, at));
        united.attributes.close();
      }
    }
    rows.push(united.length);
  }

  /** The key of an attribute: the same number for the same text. */
  private keyOf(attribute: number): number {
    this.keys[attribute] ??= this.appender.firstString(this.dictionary.attributes.key.array[attribute]);
    return this.keys[attribute];
  }

  private resourceLabels({ attributes }: Resource): number[] {
    return attributes.map(({ key, value }) => this.appender.attribute(key, '', value));
  }

  /** Whether a sample's attributes name its trace and span, in whatever spelling. */
  private namesLink(attributes: Rows, sample: number, link: number): boolean {
    const hex = this.hexOf(link);
    const wanted = [hex.slice(0, 2 * TRACE_SIZE), hex.slice(2 * TRACE_SIZE)];
    return [TRACE_KEYS, SPAN_KEYS].every((keys, k) => {
      for (let at = attributes.start(sample); at < attributes.end(sample); at++) {
        if (this.idsIn(attributes.values.array[at], keys, k === 0 ? TRACE_SIZE : SPAN_SIZE).includes(wanted[k]))
          return true;
      }
      return false;
    });
  }

  /** The ids that an attribute holds under one of these keys. */
  private idsIn(attribute: number, keys: readonly string[], size: number): (string | undefined)[] {
    const key = this.text(this.dictionary.attributes.key.array[attribute]);
    if (!keys.includes(key)) return [];
    const value = attributeValue(this.dictionary, attribute);
    const values = Array.isArray(value) ? value : [value];
    return values.map((each) => hexId(idText(each), size, key.includes(' ')));
  }

  private hexOf(link: number): string {
    this.hex[link] ??= Array.from(this.dictionary.links.bytes(link), (byte) => byte.toString(16).padStart(2, '0')).join(
      '',
    );
    return this.hex[link];
  }

  private linkLabelsOf(link: number): number[] {
    let labels = this.linkLabels.get(link);
    if (labels === undefined) {
      const hex = this.hexOf(link);
      labels = [
        this.appender.attribute('trace_id', '', hex.slice(0, 32)),
        this.appender.attribute('span_id', '', hex.slice(32)),
      ];
      this.linkLabels.set(link, labels);
    }
    return labels;
  }

  private timestampLabel(times: Int64Column, at: number): number {
    return this.appender.attribute('timestamp_ns', '', times.signed(at));
  }

  /** The values of one type: those of its profiles where their samples are, 0 elsewhere. */
  private samples(profiles: Profile[], groupOf: ReadonlyMap<number, Group>, members: number[]): Samples {
    const column = new Int64Column(this.identity.length);
    column.length = this.identity.length;
    for (const member of members) {
      const group = groupOf.get(member);
      if (group !== undefined) fill(column, profiles[member].samples, group.rows);
    }
    return {
      identity: this.identity,
      values: { column, first: 0, stride: 1, start: undefined },
      timestamps: undefined,
    };
  }

  /** What pprof says once: the time from the first beginning to the last end, the first period that is said. */
  private head(profiles: Profile[]): Partial<Profile> {
    const timed = profiles.filter(({ timeUnixNano }) => timeUnixNano !== 0n);
    const start = timed.reduce((least, { timeUnixNano: t }) => (t < least ? t : least), timed[0]?.timeUnixNano ?? 0n);
    const end = profiles.reduce((most, { timeUnixNano: t, durationNano: d }) => {
      const own = (t === 0n ? start : t) + d;
      return own > most ? own : most;
    }, start);
    const periodic = profiles.find(({ periodType: { type, unit } }) => type !== 0 || unit !== 0) ?? profiles[0];
    return {
      timeUnixNano: start,
      durationNano: end - start,
      periodType: periodic.periodType,
      period: periodic.period,
      attributes: [...new Set(profiles.flatMap(({ attributes }) => attributes))],
    };
  }
}

/** OTLP has consumers show the first profile, pprof's readers show the last type unless a default is named. */
function scopeAttributes(scopes: Scope[], types: number, firstType: () => string): KeyValue[] {
  const attributes = scopes.flatMap((scope) => scope.attributes);
  const named = attributes.filter(({ key }) => key === SCOPE_DEFAULT_SAMPLE_TYPE).slice(0, 1);
  // Of several scopes none tells the order of all.
  const order = scopes.length > 1 ? undefined : attributes.find(({ key }) => key === SCOPE_SAMPLE_TYPE_ORDER);
  // An empty order says that there is no sample type.
  if (order !== undefined && isEmpty(order.value)) return [...named, order];
  if (named.length > 0 || order !== undefined || types < 2) return named;
  return [{ key: SCOPE_DEFAULT_SAMPLE_TYPE, value: firstType() }];
}

/** The text of a label that may be an id: a label with text and number rides as a list of both. */
function idText(value: AnyValue): string {
  if (typeof value === 'bigint') return `${BigInt.asUintN(64, value)}`;
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array || Array.isArray(value)) return '';
  const field = (name: string) => value.values.find(({ key }) => key === name)?.value;
  return idText(field('str') || (field('num') ?? ''));
}

const isEmpty = (value: AnyValue): boolean => Array.isArray(value) && value.length === 0;

/** The places of the sample types: those that a pprof had, if all profiles are of one scope that tells. */
function sampleTypeOrder(scopes: Scope[], types: readonly (readonly number[])[]): number[] {
  const listed = types.map((_, k) => k);
  const value = scopes[0].attributes.find(({ key }) => key === SCOPE_SAMPLE_TYPE_ORDER)?.value;
  if (scopes.length > 1 || !Array.isArray(value)) return listed;
  const places = value.map(Number);
  const order = listed.map((place) => places.indexOf(place));
  return places.length === types.length && order.every((k) => k >= 0) ? order : listed;
}

/** Writes each sample's value where its first row is, or one value a row where it has as many. */
function fill(column: Int64Column, { identity, values, timestamps }: Samples, rows: Int32Column): void {
  const { column: from } = values;
  for (let i = 0; i < identity.length; i++) {
    const row = rows.array[i];
    const size = rows.array[i + 1] - row;
    const begin = valuesFrom(values, i);
    const end = valuesTo(values, i);
    const observations = timestamps === undefined ? 0 : timestamps.start.array[i + 1] - timestamps.start.array[i];
    if (end - begin === size)
      for (let k = 0; k < size; k++) column.set(row + k, from.lo[begin + k], from.hiAt(begin + k));
    else if (begin === end && size > 1) for (let k = 0; k < size; k++) column.set(row + k, 1, 0);
    else {
      let sum = begin === end ? BigInt(observations) : 0n;
      for (let at = begin; at < end; at++) sum += from.signed(at);
      column.set(row, low(sum), high(sum));
    }
  }
}
