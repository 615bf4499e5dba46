import { Misfit } from '../../errors.ts';
import type { Dictionary, SampleIdentity } from '../../model/model.ts';
import type { IndexCoder } from './runs.ts';

/** The index streams of all samples: proto/extension.proto. */
export interface SampleCoders<Coder = IndexCoder> {
  stack: Coder;
  /** How many attributes a sample has. */
  attributeCount: Coder;
  attribute: Coder;
  link: Coder;
}

/** What the walk asks and tells about entries of stack_table, attribute_table and link_table. */
export interface Entries {
  readonly lengths: { stack: number; attribute: number; link: number };
  /** Each is called once an index: the sample that uses it first may tell what the entry is. */
  stackUsed(index: number, stack: number): void;
  attributeUsed(index: number, label: number): void;
  linkUsed(index: number, trace: number, span: number): void;
  /** How many labels an attribute became. */
  labelsOf(attribute: number): number;
}

/** A sample's indexes, for the writer. */
export interface Actual {
  identity: SampleIdentity;
  at: number;
}

const NONE = -1;

/**
 * Walks the samples of a pprof that was made from a payload and predicts the indexes that each had in the payload: the
 * one that the same stack, label or pair of ids had before, else the next that was not used yet. Writer and reader walk
 * alike; the writer gives the actual indexes, the reader gets them.
 */
export class SampleWalk {
  private readonly stackOf: Int32Array;
  private readonly attributeOf: Int32Array;
  private readonly linkOf = new Map<number, number>();
  private readonly attributeCountOf = new Map<number, number>();
  private readonly stack: Uses;
  private readonly attribute: Uses;
  private readonly link: Uses;
  /** For each label whether it is of a trace or a span. */
  private readonly ids: Uint8Array;
  private attributesLeft: number;

  constructor(
    dictionary: Dictionary,
    private readonly identity: SampleIdentity,
    private readonly coders: SampleCoders,
    private readonly entries: Entries,
    breaks: number,
  ) {
    const { stacks, attributes } = dictionary;
    this.stackOf = new Int32Array(stacks.length).fill(NONE);
    this.stackOf[0] = 0;
    this.attributeOf = new Int32Array(attributes.length).fill(NONE);
    const { lengths } = entries;
    this.stack = new Uses(lengths.stack);
    this.attribute = new Uses(lengths.attribute);
    this.link = new Uses(lengths.link);
    this.ids = idKinds(dictionary);
    // An attribute without labels is never predicted twice.
    this.attributesLeft = identity.attributes.values.length + breaks + lengths.attribute;
  }

  /** Appends the sample that became pprof sample `row`. */
  sample(row: number, into: SampleIdentity, actual?: Actual): void {
    const { coders, entries, identity } = this;
    const content = identity.stack.array[row];
    const known = this.stackOf[content];
    const stack = coders.stack.code(
      known === NONE ? this.stack.next : known,
      this.stack.next,
      actual?.identity.stack.array[actual.at],
    );
    this.stackOf[content] = stack;
    if (this.stack.isNew(stack)) entries.stackUsed(stack, content);
    into.stack.push(stack);
    this.attributes(row, into, actual);
    into.link.push(this.linkIndex(row, actual));
  }

  /** Appends a sample of a profile that shares its samples with another, whose sample `at` this is. */
  shared(of: SampleIdentity, at: number, into: SampleIdentity, actual?: Actual): void {
    const { coders, entries } = this;
    const stack = coders.stack.code(of.stack.array[at], this.stack.next, actual?.identity.stack.array[actual.at]);
    if (this.stack.isNew(stack)) entries.stackUsed(stack, NONE);
    into.stack.push(stack);
    const start = of.attributes.start(at);
    const size = of.attributes.end(at) - start;
    const count = this.count(size, actual, size);
    for (let k = 0; k < count; k++) {
      const predicted = k < size ? of.attributes.values.array[start + k] : this.attribute.next;
      const attribute = coders.attribute.code(predicted, this.attribute.next, actualAttribute(actual, k));
      if (this.attribute.isNew(attribute)) entries.attributeUsed(attribute, NONE);
      into.attributes.values.push(attribute);
    }
    into.attributes.close();
    const link = coders.link.code(of.link.array[at], this.link.next, actual?.identity.link.array[actual.at]);
    if (this.link.isNew(link)) entries.linkUsed(link, NONE, NONE);
    into.link.push(link);
  }

  private attributes(row: number, into: SampleIdentity, actual: Actual | undefined): void {
    const { coders, entries } = this;
    const labels = this.identity.attributes;
    let label = labels.start(row);
    const end = labels.end(row);
    const size = end - label;
    const count = this.count(this.attributeCountOf.get(size) ?? size, actual);
    this.attributeCountOf.set(size, count);
    for (let k = 0; k < count; k++) {
      const first = label < end ? labels.values.array[label] : NONE;
      const known = first === NONE ? NONE : this.attributeOf[first];
      const predicted = known === NONE ? this.attribute.next : known;
      const attribute = coders.attribute.code(predicted, this.attribute.next, actualAttribute(actual, k));
      if (this.attribute.isNew(attribute)) entries.attributeUsed(attribute, first);
      const became = entries.labelsOf(attribute);
      if (first !== NONE && became > 0) this.attributeOf[first] = attribute;
      label += became;
      into.attributes.values.push(attribute);
    }
    into.attributes.close();
  }

  /** `told` of the attributes follow from another profile's. */
  private count(predicted: number, actual: Actual | undefined, told = 0): number {
    const rows = actual?.identity.attributes;
    const own = rows === undefined || actual === undefined ? undefined : rows.end(actual.at) - rows.start(actual.at);
    const count = this.coders.attributeCount.code(predicted, NONE, own);
    this.attributesLeft -= Math.max(count - told, 0);
    if (own === undefined && !(this.attributesLeft >= 0)) throw new Misfit('samples have more attributes than labels');
    return count;
  }

  private linkIndex(row: number, actual: Actual | undefined): number {
    const { entries, ids } = this;
    const labels = this.identity.attributes;
    let trace = NONE;
    let span = NONE;
    for (let at = labels.start(row); at < labels.end(row); at++) {
      const label = labels.values.array[at];
      if (ids[label] === TRACE && trace === NONE) trace = label;
      if (ids[label] === SPAN && span === NONE) span = label;
    }
    const has = trace !== NONE && span !== NONE;
    const pair = trace * ids.length + span;
    const predicted = has ? (this.linkOf.get(pair) ?? this.link.next) : 0;
    const link = this.coders.link.code(predicted, this.link.next, actual?.identity.link.array[actual.at]);
    if (has) this.linkOf.set(pair, link);
    if (this.link.isNew(link)) entries.linkUsed(link, has ? trace : NONE, has ? span : NONE);
    return link;
  }
}

/** Which indexes of a table of `length` entries were used so far. Index 0 says "none" and needs no entry. */
class Uses {
  next = 1;
  private readonly used: Uint8Array;

  constructor(private readonly length: number) {
    this.used = new Uint8Array(length);
  }

  isNew(index: number): boolean {
    if (!(index < this.length || index === 0)) throw new Misfit('an index is out of range');
    if (index >= this.next) this.next = index + 1;
    if (index >= this.length || this.used[index] === 1) return false;
    this.used[index] = 1;
    return true;
  }
}

const TRACE = 1;
const SPAN = 2;

function idKinds({ attributes, strings }: Dictionary): Uint8Array {
  const kinds = new Uint8Array(attributes.length);
  for (let i = 0; i < kinds.length; i++) {
    const key = attributes.key.array[i];
    const size = strings.size(key);
    if (size !== 'trace_id'.length && size !== 'span_id'.length) continue;
    const text = strings.text(key);
    if (text === 'trace_id') kinds[i] = TRACE;
    else if (text === 'span_id') kinds[i] = SPAN;
  }
  return kinds;
}

function actualAttribute(actual: Actual | undefined, k: number): number | undefined {
  if (actual === undefined) return undefined;
  const { attributes } = actual.identity;
  return attributes.values.array[attributes.start(actual.at) + k];
}
