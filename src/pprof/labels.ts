import type { DictionaryBuilder } from '../model/dictionary.ts';
import { type AnyValue, BYTES, INT, type KeyValue, STRING } from '../model/model.ts';
import { compareBytes } from '../wire/bytes.ts';
import { distinctBelow, Int32Column, sortByRank } from '../wire/columns.ts';
import type { Rows } from '../wire/rows.ts';
import { toUtf8 } from '../wire/text.ts';
import type { PprofData } from './data.ts';
import { LinkFinder } from './links.ts';

/** What one label holds besides its key. */
const TEXT = 0;
const NUMBER = 1;
/** Text and number at once, which profile.proto forbids but the wire can say. */
const BOTH = 2;

/**
 * Maps the labels of a sample to its attributes: one attribute a key, in byte order of the keys.
 *
 * A repeated key becomes an array in label order. Within one, a string is a string, a number of the attribute's unit
 * an integer, and any other label a key-value list of the fields it has: `str`, `num`, `num_unit`.
 */
export class LabelMapper {
  readonly keyRank: Int32Array;
  /** Model string of each pprof string that is a key or unit. */
  private readonly names: Int32Array;
  private readonly texts: Int32Array;
  /** The attribute that each label is where no other has its key, -1 while there was none. */
  private readonly attributes: Int32Array;
  /** By rank, whether a key's labels are numbers wherever they say what they are. */
  private readonly numericRanks: Uint8Array;
  private readonly links: LinkFinder;
  private readonly order = new Int32Column();

  constructor(
    private readonly data: PprofData,
    private readonly builder: DictionaryBuilder,
  ) {
    this.names = new Int32Array(data.strings.length).fill(-1);
    this.texts = new Int32Array(data.strings.length).fill(-1);
    this.attributes = new Int32Array(data.sample.label.length).fill(-1);
    this.keyRank = rankKeys(data);
    this.numericRanks = numericRanks(data, this.keyRank);
    this.links = new LinkFinder(data, builder);
    builder.expectAttributes(data.sample.label.length);
  }

  /** Appends the attributes of sample `row` to `attributes` as a row of its own; returns the sample's link. */
  map(row: number, attributes: Rows): number {
    const { labels, label } = this.data.sample;
    const { keyRank, order } = this;
    const start = labels.start(row);
    const end = labels.end(row);
    // By key; equal keys stay in label order.
    order.length = 0;
    order.append(labels.values.array, start, end);
    sortByRank(order, keyRank);
    const { values } = attributes;
    for (let i = 0; i < order.length; ) {
      const first = order.array[i];
      const rank = keyRank[first];
      let next = i + 1;
      while (next < order.length && keyRank[order.array[next]] === rank) next++;
      values.push(next === i + 1 ? this.single(first) : this.repeated(this.name(label.key.array[first]), i, next));
      i = next;
    }
    attributes.close();
    return this.links.find(start, end);
  }

  private kind(at: number): number {
    const { str } = this.data.sample.label;
    const hasNumber = isNumber(this.data, at);
    if (this.data.strings.size(str.array[at]) > 0) return hasNumber ? BOTH : TEXT;
    return hasNumber || this.numericRanks[this.keyRank[at]] === 1 ? NUMBER : TEXT;
  }

  /** The attribute of a label whose key no other label of its sample has. */
  private single(at: number): number {
    const known = this.attributes[at];
    if (known >= 0) return known;
    const { builder, data } = this;
    const { key: keys, str, num, numUnit } = data.sample.label;
    const key = this.name(keys.array[at]);
    const kind = this.kind(at);
    let attribute: number;
    if (kind === TEXT) {
      const text = this.text(str.array[at]);
      attribute = builder.textAttribute(key, 0, (text & 1) === 0 ? STRING : BYTES, text >> 1);
    } else if (kind === NUMBER) {
      attribute = builder.numberAttribute(key, this.name(numUnit.array[at]), INT, num.lo[at], num.hiAt(at));
    } else attribute = builder.valueAttribute(key, 0, this.fields(at));
    this.attributes[at] = attribute;
    return attribute;
  }

  private repeated(key: number, from: number, to: number): number {
    const { builder, data, order } = this;
    const { num, numUnit } = data.sample.label;
    const rows = Array.from(order.array.subarray(from, to));
    const sameUnit = rows.every((at) => this.kind(at) === NUMBER && numUnit.array[at] === numUnit.array[rows[0]]);
    const unit = sameUnit ? numUnit.array[rows[0]] : 0;
    const values = rows.map((at): AnyValue => {
      const kind = this.kind(at);
      if (kind === TEXT) return this.value(data.sample.label.str.array[at]);
      return kind === NUMBER && numUnit.array[at] === unit ? num.signed(at) : this.fields(at);
    });
    return builder.valueAttribute(key, this.name(unit), values);
  }

  private fields(at: number): AnyValue {
    const { strings, sample } = this.data;
    const { str, num, numUnit } = sample.label;
    const values: KeyValue[] = [];
    if (strings.size(str.array[at]) > 0) values.push({ key: 'str', value: this.value(str.array[at]) });
    if (!num.isZero(at)) values.push({ key: 'num', value: num.signed(at) });
    if (strings.size(numUnit.array[at]) > 0) values.push({ key: 'num_unit', value: this.value(numUnit.array[at]) });
    return { values };
  }

  private value(index: number): string | Uint8Array {
    const { strings } = this.data;
    return strings.isUtf8(index) ? strings.text(index) : strings.bytes(index);
  }

  /** Twice the model's text of a pprof string, plus one when it is not UTF-8. */
  private text(index: number): number {
    if (this.texts[index] < 0) {
      const { strings } = this.data;
      const text = this.builder.text(strings.buffer(index), strings.start.array[index], strings.end.array[index]);
      this.texts[index] = 2 * text + (strings.isUtf8(index) ? 0 : 1);
    }
    return this.texts[index];
  }

  private name(index: number): number {
    if (this.names[index] < 0) {
      const { strings } = this.data;
      this.names[index] = this.builder.string(
        strings.buffer(index),
        strings.start.array[index],
        strings.end.array[index],
      );
    }
    return this.names[index];
  }
}

/** The rank of each label's key among all keys, by the bytes that OTLP will hold; keys that read the same there rank the same. */
function rankKeys(data: PprofData): Int32Array {
  const { label } = data.sample;
  const used = distinctBelow(data.strings.length, label.key);
  const keys = used.map((index) => ({ index, bytes: toUtf8(data.strings.bytes(index)) }));
  keys.sort((a, b) => compareBytes(a.bytes, b.bytes));
  const rankOf = new Int32Array(data.strings.length);
  keys.forEach((key, i) => {
    const before = keys[i - 1];
    rankOf[key.index] =
      before === undefined ? 0 : rankOf[before.index] + (compareBytes(before.bytes, key.bytes) === 0 ? 0 : 1);
  });
  const ranks = new Int32Array(label.length);
  for (let i = 0; i < label.length; i++) ranks[i] = rankOf[label.key.array[i]];
  return ranks;
}

/**
 * A label with neither text nor number is the wire form of an empty text and of the number 0. It is a number where its
 * key never holds text and holds a number somewhere.
 */
function numericRanks(data: PprofData, keyRank: Int32Array): Uint8Array {
  const { label } = data.sample;
  const ranks = keyRank.reduce((most, rank) => Math.max(most, rank), -1) + 1;
  const numeric = new Uint8Array(ranks);
  const textual = new Uint8Array(ranks);
  for (let i = 0; i < label.length; i++) {
    if (data.strings.size(label.str.array[i]) > 0) textual[keyRank[i]] = 1;
    else if (isNumber(data, i)) numeric[keyRank[i]] = 1;
  }
  for (let rank = 0; rank < ranks; rank++) if (textual[rank] === 1) numeric[rank] = 0;
  return numeric;
}

const isNumber = ({ sample: { label }, strings }: PprofData, at: number): boolean =>
  !label.num.isZero(at) || strings.size(label.numUnit.array[at]) > 0;
