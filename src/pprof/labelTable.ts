import { type AnyValue, attributeValue, BYTES, type Dictionary, INT, STRING, valueText } from '../model/model.ts';
import { compareBytes } from '../wire/bytes.ts';
import { distinctBelow, high, Int32Column, low } from '../wire/columns.ts';
import { Rows } from '../wire/rows.ts';
import type { Strings } from '../wire/strings.ts';
import { utf8 } from '../wire/text.ts';
import { Labels } from './data.ts';

/** The labels that each attribute stands for, worked out once an attribute. The way back of `LabelMapper`. */
export class LabelTable {
  readonly labels = new Labels();
  private readonly rank = new Int32Column();
  /** For each attribute its first label, -1 while not worked out. */
  private readonly first: Int32Array;
  /** For each attribute the number of its labels, once one has another number of them than one. */
  private count: Int32Array | undefined;
  private readonly rankOfKey: Int32Array;

  constructor(
    private readonly dictionary: Dictionary,
    private readonly strings: Strings,
    private readonly name: (index: number) => number,
  ) {
    const { attributes } = dictionary;
    this.first = new Int32Array(attributes.length).fill(-1);
    this.rankOfKey = rankKeys(dictionary);
  }

  /** The rows of the labels of all samples, each sample's in key order. */
  all(attributes: Rows): Rows {
    const { first } = this;
    const rows = new Rows(new Int32Column(attributes.offsets.length), new Int32Column(attributes.values.length));
    const { values } = rows;
    const indexes = attributes.values.array;
    for (let sample = 0; sample < attributes.length; sample++) {
      const end = attributes.end(sample);
      for (let at = attributes.start(sample); at < end; at++) {
        const attribute = indexes[at];
        if (first[attribute] < 0) this.expand(attribute);
        const row = first[attribute];
        if (this.count === undefined) values.push(row);
        else for (let i = 0; i < this.count[attribute]; i++) values.push(row + i);
      }
      rows.close();
    }
    return rows;
  }

  /** The rank of the key of a row among all keys. */
  rankOf(row: number): number {
    return this.rank.array[row];
  }

  private expand(attribute: number): void {
    const { attributes, texts } = this.dictionary;
    this.first[attribute] = this.labels.length;
    const key = attributes.key.array[attribute];
    const unit = this.name(attributes.unit.array[attribute]);
    const kind = attributes.kind.array[attribute];
    if (kind === STRING || kind === BYTES) {
      this.add(key, this.strings.internFrom(texts, attributes.text.array[attribute]), 0, 0, 0);
    } else if (kind === INT) {
      this.add(key, 0, attributes.number.lo[attribute], attributes.number.hiAt(attribute), unit);
    } else {
      const value = attributeValue(this.dictionary, attribute);
      for (const element of Array.isArray(value) ? value : [value]) this.element(key, unit, element);
    }
    const count = this.labels.length - this.first[attribute];
    if (count !== 1) this.count ??= new Int32Array(attributes.length).fill(1);
    if (this.count !== undefined) this.count[attribute] = count;
  }

  private element(key: number, unit: number, value: AnyValue): void {
    if (typeof value === 'bigint') {
      this.add(key, 0, low(value), high(value), unit);
      return;
    }
    const fields = labelFields(value);
    if (fields === undefined) this.add(key, this.intern(value), 0, 0, 0);
    else this.add(key, this.intern(fields.str), low(fields.num), high(fields.num), this.intern(fields.unit));
  }

  private add(key: number, str: number, numLo: number, numHi: number, numUnit: number): void {
    this.labels.push(this.name(key), str, numLo, numHi, numUnit);
    this.rank.push(this.rankOfKey[key]);
  }

  private intern(value: AnyValue): number {
    return this.strings.intern(value instanceof Uint8Array ? value : utf8(valueText(value)));
  }
}

/** The fields of a label that was written as a key-value list; undefined for any other value. */
function labelFields(value: AnyValue): { str: AnyValue; num: bigint; unit: AnyValue } | undefined {
  if (
    value === null ||
    typeof value !== 'object' ||
    !('values' in value) ||
    Array.isArray(value) ||
    value instanceof Uint8Array
  ) {
    return undefined;
  }
  const fields = { str: '' as AnyValue, num: 0n, unit: '' as AnyValue };
  for (const { key, value: field } of value.values) {
    if (key === 'num' && typeof field === 'bigint') fields.num = field;
    else if (key === 'str' && (typeof field === 'string' || field instanceof Uint8Array)) fields.str = field;
    else if (key === 'num_unit' && (typeof field === 'string' || field instanceof Uint8Array)) fields.unit = field;
    else return undefined;
  }
  return fields;
}

/** The rank of each string that is a key of an attribute, in byte order. */
function rankKeys({ strings, attributes }: Dictionary): Int32Array {
  const keys = distinctBelow(strings.length, attributes.key);
  keys.sort((a, b) => compareBytes(strings.bytes(a), strings.bytes(b)));
  const ranks = new Int32Array(strings.length);
  keys.forEach((key, rank) => {
    ranks[key] = rank;
  });
  return ranks;
}
