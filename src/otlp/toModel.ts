import type { PprofOtlpError } from '../errors.ts';
import { DictionaryBuilder, pushLine } from '../model/dictionary.ts';
import {
  BYTES,
  type Dictionary,
  type Model,
  type Profile,
  SampleIdentity,
  type Samples,
  type Scope,
  STRING,
  sameIdentity,
  valuesFrom,
  valuesTo,
} from '../model/model.ts';
import { compareBytes, equalBytes } from '../wire/bytes.ts';
import { distinctBelow, Int32Column, Int64Column, sortByRank } from '../wire/columns.ts';
import type { Rows } from '../wire/rows.ts';
import type { OtlpData } from './data.ts';
import { missing } from './indexes.ts';

/**
 * Maps one scope of a payload to the model: every table in order of first use, equal entries once.
 *
 * `unreferencedMappings` keeps mappings that no location names, and the order of mapping_table.
 * Throws PprofOtlpError `bad-input` for an index that points nowhere.
 */
export function toModel(data: OtlpData, resource: number, scope: number, unreferencedMappings: boolean): Model {
  const source = data.resources[resource];
  const mapper = new Mapper(data.dictionary);
  if (unreferencedMappings) for (let i = 1; i < data.dictionary.mappings.length; i++) mapper.mapping(i);
  const mapped = mapper.scope(source.scopes[scope], `resource_profiles[${resource}].scope_profiles[${scope}]`);
  return { dictionary: mapper.builder.dictionary, resources: [{ ...source, scopes: [mapped] }] };
}

/** Maps entries of a payload's dictionary to those of a canonical one: equal entries to the same. */
export class Mapper {
  readonly builder = new DictionaryBuilder();
  private readonly names: Int32Array;
  private readonly mappings: Int32Array;
  private readonly functions: Int32Array;
  private readonly locations: Int32Array;
  private readonly stacks: Int32Array;
  private readonly links: Int32Array;
  private readonly attributes: Int32Array;
  /** Where the key of each attribute stands among all keys in byte order. */
  private readonly keyRank: Int32Array;
  private readonly scratch = new Int32Column();
  private path = '';
  /** The samples that were mapped last: profiles may share them. */
  private source: SampleIdentity | undefined;
  private mapped: SampleIdentity | undefined;

  constructor(private readonly dictionary: Dictionary) {
    const unknown = (length: number) => new Int32Array(length).fill(-1);
    this.names = unknown(dictionary.strings.length);
    this.mappings = unknown(dictionary.mappings.length);
    this.functions = unknown(dictionary.functions.length);
    this.locations = unknown(dictionary.locations.length);
    this.stacks = unknown(dictionary.stacks.length);
    this.links = unknown(dictionary.links.length);
    this.attributes = unknown(dictionary.attributes.length);
    this.keyRank = this.rankKeys();
  }

  scope(scope: Scope, path: string): Scope {
    const profiles = scope.profiles.map((profile, i) => {
      this.path = `${path}.profiles[${i}]`;
      return this.profile(profile);
    });
    return { ...scope, profiles: shareIdentity(profiles) };
  }

  private profile(profile: Profile): Profile {
    const attributes = this.attributesByKey(profile.attributes);
    const { identity: source } = profile.samples;
    const identity = source === this.source && this.mapped !== undefined ? this.mapped : this.identity(source);
    this.source = source;
    this.mapped = identity;
    return {
      ...profile,
      attributes,
      samples: { ...profile.samples, identity },
      sampleType: { type: this.name(profile.sampleType.type), unit: this.name(profile.sampleType.unit) },
      periodType: { type: this.name(profile.periodType.type), unit: this.name(profile.periodType.unit) },
    };
  }

  private identity(source: SampleIdentity): SampleIdentity {
    const identity = new SampleIdentity();
    const { stack, link, attributes } = source;
    const profile = this.path;
    for (let i = 0; i < source.length; i++) {
      this.path = profile;
      identity.stack.push(this.stack(stack.array[i]));
      this.attributeSet(attributes, i, identity.attributes);
      identity.link.push(this.link(link.array[i]));
    }
    return identity;
  }

  stack(index: number): number {
    const { stacks } = this.dictionary;
    const known = this.stacks[index];
    if (known >= 0) return known;
    if (index >= stacks.length) {
      // An empty dictionary has no entry 0 to point to.
      if (index === 0) return 0;
      throw this.missing('stack_table', index, stacks.length);
    }
    const row = this.scratch;
    row.length = 0;
    for (let at = stacks.start(index); at < stacks.end(index); at++) row.push(this.location(stacks.values.array[at]));
    this.stacks[index] = this.builder.stack(row.array, 0, row.length);
    return this.stacks[index];
  }

  private location(index: number): number {
    const { locations } = this.dictionary;
    const known = this.locations[index];
    if (known >= 0) return known;
    if (index >= locations.length) throw this.missing('location_table', index, locations.length);
    const lines: number[] = [];
    for (let at = locations.lineStart.array[index]; at < locations.lineStart.array[index + 1]; at++) {
      pushLine(lines, this.function(locations.line.function.array[at]), locations.line.line, locations.line.column, at);
    }
    this.locations[index] = this.builder.location(
      this.mapping(locations.mapping.array[index]),
      locations.address.lo[index],
      locations.address.hiAt(index),
      lines,
      this.sortedAttributes(locations.attributes, index),
    );
    return this.locations[index];
  }

  mapping(index: number): number {
    const { mappings } = this.dictionary;
    const known = this.mappings[index];
    if (known >= 0) return known;
    if (index >= mappings.length) {
      if (index === 0) return 0;
      throw this.missing('mapping_table', index, mappings.length);
    }
    const { memoryStart: start, memoryLimit: limit, fileOffset: offset } = mappings;
    this.mappings[index] = this.builder.mapping(
      start.lo[index],
      start.hiAt(index),
      limit.lo[index],
      limit.hiAt(index),
      offset.lo[index],
      offset.hiAt(index),
      this.name(mappings.filename.array[index]),
      this.sortedAttributes(mappings.attributes, index),
    );
    return this.mappings[index];
  }

  private function(index: number): number {
    const { functions } = this.dictionary;
    const known = this.functions[index];
    if (known >= 0) return known;
    if (index >= functions.length) {
      if (index === 0) return 0;
      throw this.missing('function_table', index, functions.length);
    }
    this.functions[index] = this.builder.function(
      this.name(functions.name.array[index]),
      this.name(functions.systemName.array[index]),
      this.name(functions.filename.array[index]),
      functions.startLine.lo[index],
      functions.startLine.hiAt(index),
    );
    return this.functions[index];
  }

  link(index: number): number {
    if (index === 0) return 0;
    const { links } = this.dictionary;
    if (index >= links.length) throw this.missing('link_table', index, links.length);
    if (this.links[index] < 0) this.links[index] = this.builder.link(links.bytes(index));
    return this.links[index];
  }

  private attribute(index: number): number {
    const { attributes, texts } = this.dictionary;
    const known = this.attributes[index];
    if (known >= 0) return known;
    if (index >= attributes.length) throw this.missing('attribute_table', index, attributes.length);
    const key = this.name(attributes.key.array[index]);
    const unit = this.name(attributes.unit.array[index]);
    const kind = attributes.kind.array[index];
    const text = attributes.text.array[index];
    const nested = attributes.nested.get(index);
    if (nested !== undefined) this.attributes[index] = this.builder.valueAttribute(key, unit, nested);
    else if (kind === STRING || kind === BYTES) {
      const own = this.builder.text(texts.buffer(text), texts.start.array[text], texts.end.array[text]);
      this.attributes[index] = this.builder.textAttribute(key, unit, kind, own);
    } else {
      this.attributes[index] = this.builder.numberAttribute(
        key,
        unit,
        kind,
        attributes.number.lo[index],
        attributes.number.hiAt(index),
      );
    }
    return this.attributes[index];
  }

  sortedAttributes(rows: Rows, row: number): number[] {
    return this.attributesByKey(rows.values.array.subarray(rows.start(row), rows.end(row)));
  }

  private attributesByKey(indexes: ArrayLike<number>): number[] {
    const { keyRank } = this;
    const inRange = (index: number) => {
      if (index >= keyRank.length) throw this.missing('attribute_table', index, keyRank.length);
      return index;
    };
    const byKey = Array.from(indexes, inRange).sort((a, b) => keyRank[a] - keyRank[b]);
    return byKey.map((index) => this.attribute(index));
  }

  /** Appends a sample's attributes by key, as a row of its own. */
  private attributeSet(rows: Rows, row: number, into: Rows): void {
    const order = this.scratch;
    const { keyRank } = this;
    order.length = 0;
    for (let at = rows.start(row); at < rows.end(row); at++) {
      const index = rows.values.array[at];
      if (index >= keyRank.length) throw this.missing('attribute_table', index, keyRank.length);
      order.push(index);
    }
    sortByRank(order, keyRank);
    for (let i = 0; i < order.length; i++) into.values.push(this.attribute(order.array[i]));
    into.close();
  }

  private name(index: number): number {
    const { strings } = this.dictionary;
    const known = this.names[index];
    if (known >= 0) return known;
    if (index >= strings.length) {
      if (index === 0) return 0;
      throw this.missing('string_table', index, strings.length);
    }
    this.names[index] = this.builder.string(
      strings.buffer(index),
      strings.start.array[index],
      strings.end.array[index],
    );
    return this.names[index];
  }

  private rankKeys(): Int32Array {
    const { attributes, strings } = this.dictionary;
    const keys = attributes.key.array;
    const used = distinctBelow(strings.length, attributes.key);
    used.sort((a, b) => compareBytes(strings.bytes(a), strings.bytes(b)));
    const rankOf = new Int32Array(strings.length);
    used.forEach((key, i) => {
      const same = i > 0 && equalBytes(strings.bytes(used[i - 1]), strings.bytes(key));
      rankOf[key] = same ? rankOf[used[i - 1]] : i;
    });
    return Int32Array.from({ length: attributes.length }, (_, i) => rankOf[keys[i]]);
  }

  private missing(table: string, index: number, length: number): PprofOtlpError {
    return missing(table, index, length, this.path);
  }
}

/**
 * Profiles of one scope whose samples agree one for one share their identity: they are one pprof with several sample
 * types. Where they don't agree the samples of all are strung together, each with the value 0 for the types that it is not of.
 */
function shareIdentity(profiles: Profile[]): Profile[] {
  if (profiles.length < 2) return profiles;
  const [first] = profiles;
  if (profiles.every(({ samples }) => sameIdentity(samples.identity, first.samples.identity))) {
    return profiles.map((profile) => ({
      ...profile,
      samples: { ...profile.samples, identity: first.samples.identity },
    }));
  }
  const united = new SampleIdentity();
  const starts = profiles.map(({ samples: { identity } }) => {
    const start = united.length;
    for (let i = 0; i < identity.length; i++) {
      united.stack.push(identity.stack.array[i]);
      united.link.push(identity.link.array[i]);
      for (let at = identity.attributes.start(i); at < identity.attributes.end(i); at++)
        united.attributes.values.push(identity.attributes.values.array[at]);
      united.attributes.close();
    }
    return start;
  });
  return profiles.map((profile, k) => ({ ...profile, samples: spread(profile.samples, united, starts[k]) }));
}

/** The samples among those of all profiles: where they are not, a value 0. */
function spread(samples: Samples, identity: SampleIdentity, first: number): Samples {
  const { values, timestamps } = samples;
  const own = samples.identity.length;
  const start = new Int32Column();
  const column = new Int64Column();
  const times = timestamps && { start: new Int32Column(), unixNano: timestamps.unixNano };
  for (let i = 0; i <= identity.length; i++) {
    start.push(column.length);
    const row = i - first;
    times?.start.push(timestamps?.start.array[Math.min(Math.max(row, 0), own)] ?? 0);
    if (i === identity.length) break;
    if (row < 0 || row >= own) column.push(0, 0);
    else {
      const to = valuesTo(values, row);
      for (let at = valuesFrom(values, row); at < to; at++) column.push(values.column.lo[at], values.column.hiAt(at));
    }
  }
  return { identity, values: { column, first: 0, stride: 1, start }, timestamps: times };
}
