import {
  BUILD_ID_GNU,
  BUILD_ID_GO,
  LOCATION_IS_FOLDED,
  MAPPING_HAS_FILENAMES,
  MAPPING_HAS_FUNCTIONS,
  MAPPING_HAS_INLINE_FRAMES,
  MAPPING_HAS_LINE_NUMBERS,
  PROFILE_COMMENT,
  PROFILE_DOC_URL,
  PROFILE_DROP_FRAMES,
  PROFILE_KEEP_FRAMES,
  SCOPE_DEFAULT_SAMPLE_TYPE,
  SCOPE_NAME,
  SCOPE_SAMPLE_TYPE_ORDER,
} from '../model/conventions.ts';
import { DictionaryBuilder, pushLine } from '../model/dictionary.ts';
import {
  type AnyValue,
  type KeyValue,
  type Model,
  newProfile,
  newResource,
  newScope,
  type Profile,
  SampleIdentity,
} from '../model/model.ts';
import { equalBytes } from '../wire/bytes.ts';
import { Int32Column } from '../wire/columns.ts';
import { Rows } from '../wire/rows.ts';
import { toUtf8 } from '../wire/text.ts';
import type { PprofData } from './data.ts';
import { LabelMapper } from './labels.ts';

/** Which model entry each entry of a pprof table became; -1 where no sample leads to it. */
export interface Classes {
  mapping: Int32Array;
  location: Int32Array;
  function: Int32Array;
}

export interface Mapped {
  model: Model;
  classes: Classes;
  /** For each row of the labels, where its key stands among all keys in byte order. */
  keyRank: Int32Array;
}

/**
 * Maps a pprof to the model (docs/mapping.md, pprof to OTLP).
 *
 * `unreferencedMappings` keeps mappings that no location names, and the order of all, in mapping_table. Profiles
 * processors may drop such orphans, so they are kept there only when no residual carries them.
 */
export function toModel(data: PprofData, unreferencedMappings: boolean): Mapped {
  const mapper = new Mapper(data);
  if (unreferencedMappings) for (let i = 0; i < data.mapping.length; i++) mapper.mapping(i);
  return mapper.run();
}

class Mapper {
  private readonly builder = new DictionaryBuilder();
  private readonly names: Int32Array;
  private readonly classes: Classes;
  /** The stack at hand. */
  private readonly path = new Int32Column();

  constructor(private readonly data: PprofData) {
    this.names = new Int32Array(data.strings.length).fill(-1);
    this.classes = {
      mapping: new Int32Array(data.mapping.length).fill(-1),
      location: new Int32Array(data.location.length).fill(-1),
      function: new Int32Array(data.function.length).fill(-1),
    };
  }

  run(): Mapped {
    const { data, builder, classes } = this;
    const order = profileOrder(data);
    const attributes = this.profileAttributes();
    const labels = new LabelMapper(data, builder);
    const identity = this.samples(labels);
    const types = data.sampleType;
    const periodType = data.periodType ?? { type: 0, unit: 0 };
    const profile = (type: number, unit: number, first: number): Profile => ({
      ...newProfile({
        identity,
        values: { column: data.sample.value, first, stride: types.length, start: undefined },
        timestamps: undefined,
      }),
      sampleType: { type: this.name(type), unit: this.name(unit) },
      timeUnixNano: natural(data.timeNanos),
      durationNano: natural(data.durationNanos),
      periodType: { type: this.name(periodType.type), unit: this.name(periodType.unit) },
      period: data.period,
      attributes,
    });
    // Times and period need a Profile to stand on even where nothing was sampled.
    const profiles =
      types.length === 0 ? [profile(0, 0, 0)] : order.map((k) => profile(types.type.array[k], types.unit.array[k], k));
    const scope = { ...newScope(profiles), name: SCOPE_NAME, attributes: this.scopeAttributes(order) };
    return {
      model: { dictionary: builder.dictionary, resources: [newResource([scope])] },
      classes,
      keyRank: labels.keyRank,
    };
  }

  mapping(index: number): number {
    const { data, builder, classes } = this;
    if (classes.mapping[index] >= 0) return classes.mapping[index];
    const { mapping } = data;
    const attributes: [string, AnyValue][] = [];
    const buildId = mapping.buildId.array[index];
    if (data.strings.size(buildId) > 0) {
      const key = isGoBuildId(data.strings.bytes(buildId)) ? BUILD_ID_GO : BUILD_ID_GNU;
      attributes.push([key, this.text(buildId)]);
    }
    HAS_KEYS.forEach((key, bit) => {
      if ((mapping.has.array[index] & (1 << bit)) !== 0) attributes.push([key, true]);
    });
    const { memoryStart: start, memoryLimit: limit, fileOffset: offset } = mapping;
    classes.mapping[index] = builder.mapping(
      start.lo[index],
      start.hiAt(index),
      limit.lo[index],
      limit.hiAt(index),
      offset.lo[index],
      offset.hiAt(index),
      this.name(mapping.filename.array[index]),
      this.attributes(attributes),
    );
    return classes.mapping[index];
  }

  private location(index: number): number {
    const { location } = this.data;
    const mapping = location.mapping.array[index];
    const lines: number[] = [];
    const end = location.lineStart.array[index + 1];
    for (let i = location.lineStart.array[index]; i < end; i++) {
      const fn = location.line.function.array[i];
      pushLine(lines, fn === 0 ? 0 : this.function(fn - 1), location.line.line, location.line.column, i);
    }
    const { builder, classes } = this;
    classes.location[index] = builder.location(
      mapping === 0 ? 0 : this.mapping(mapping - 1),
      location.address.lo[index],
      location.address.hiAt(index),
      lines,
      location.isFolded.array[index] === 0
        ? []
        : [builder.valueAttribute(builder.stringText(LOCATION_IS_FOLDED), 0, true)],
    );
    return classes.location[index];
  }

  private function(index: number): number {
    const { classes, data } = this;
    if (classes.function[index] >= 0) return classes.function[index];
    const fn = data.function;
    classes.function[index] = this.builder.function(
      this.name(fn.name.array[index]),
      this.name(fn.systemName.array[index]),
      this.name(fn.filename.array[index]),
      fn.startLine.lo[index],
      fn.startLine.hiAt(index),
    );
    return classes.function[index];
  }

  private samples(labels: LabelMapper): SampleIdentity {
    const { sample } = this.data;
    const { offsets, values } = sample.labels;
    const attributes = new Rows(new Int32Column(offsets.length), new Int32Column(values.length));
    const identity = new SampleIdentity(attributes, sample.length);
    const stacks = new Int32Array(sample.stacks.length).fill(-1);
    const count = sample.length;
    const rows = sample.stack.array;
    for (let i = 0; i < count; i++) {
      const row = rows[i];
      let stack = stacks[row];
      if (stack < 0) {
        stack = this.stack(row);
        stacks[row] = stack;
      }
      identity.stack.push(stack);
      identity.link.push(labels.map(i, identity.attributes));
    }
    return identity;
  }

  private stack(row: number): number {
    const { stacks } = this.data.sample;
    const { location } = this.classes;
    const refs = stacks.values.array;
    const end = stacks.end(row);
    const { path } = this;
    path.length = 0;
    for (let at = stacks.start(row); at < end; at++) {
      const index = refs[at] - 1;
      const known = location[index];
      path.push(known >= 0 ? known : this.location(index));
    }
    return this.builder.stack(path.array, 0, path.length);
  }

  /** The model string for a string that OTLP keeps in string_table. */
  private name(index: number): number {
    const known = this.names[index];
    if (known >= 0) return known;
    const { strings } = this.data;
    this.names[index] = this.builder.string(
      strings.buffer(index),
      strings.start.array[index],
      strings.end.array[index],
    );
    return this.names[index];
  }

  private text(index: number): string | Uint8Array {
    const { strings } = this.data;
    return strings.isUtf8(index) ? strings.text(index) : strings.bytes(index);
  }

  private profileAttributes(): number[] {
    const { data } = this;
    const attributes: [string, AnyValue][] = [];
    if (data.comment.length > 0) {
      const comments = data.comment.array.subarray(0, data.comment.length);
      attributes.push([PROFILE_COMMENT, Array.from(comments, (index) => this.text(index))]);
    }
    const texts: [string, number][] = [
      [PROFILE_DOC_URL, data.docUrl],
      [PROFILE_DROP_FRAMES, data.dropFrames],
      [PROFILE_KEEP_FRAMES, data.keepFrames],
    ];
    for (const [key, index] of texts) if (data.strings.size(index) > 0) attributes.push([key, this.text(index)]);
    return this.attributes(attributes);
  }

  /** The attributes by key, which is the canonical order. */
  private attributes(entries: [string, AnyValue][]): number[] {
    const byKey = entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return byKey.map(([key, value]) => this.builder.valueAttribute(this.builder.stringText(key), 0, value));
  }

  private scopeAttributes(order: number[]): KeyValue[] {
    const { data } = this;
    const attributes: KeyValue[] = [];
    if (data.strings.size(data.defaultSampleType) > 0) {
      attributes.push({ key: SCOPE_DEFAULT_SAMPLE_TYPE, value: this.text(data.defaultSampleType) });
    }
    // One sample type needs no order; an empty order says that there is none.
    if (order.length !== 1) attributes.push({ key: SCOPE_SAMPLE_TYPE_ORDER, value: order.map(BigInt) });
    return attributes;
  }
}

/** OTLP's times are unsigned: a negative one is not said. */
const natural = (value: bigint): bigint => (value < 0n ? 0n : value);

const HAS_KEYS = [MAPPING_HAS_FUNCTIONS, MAPPING_HAS_FILENAMES, MAPPING_HAS_LINE_NUMBERS, MAPPING_HAS_INLINE_FRAMES];

/** Go's build ids are four parts with slashes between; GNU's are hex. */
function isGoBuildId(bytes: Uint8Array): boolean {
  return bytes.includes(0x2f);
}

/**
 * The sample types as Profiles stand in the scope: the default first, since OTLP has consumers show the first Profile.
 * Without default_sample_type pprof takes the last.
 */
function profileOrder(data: PprofData): number[] {
  const { sampleType, strings, defaultSampleType } = data;
  const order = Array.from({ length: sampleType.length }, (_, k) => k);
  if (order.length < 2) return order;
  // Compared as OTLP will show them.
  const shown = (index: number) => toUtf8(strings.bytes(index));
  const wanted = shown(defaultSampleType);
  const named = wanted.length === 0 ? -1 : order.findIndex((k) => equalBytes(shown(sampleType.type.array[k]), wanted));
  const first = named >= 0 ? named : order.length - 1;
  return [first, ...order.filter((k) => k !== first)];
}
