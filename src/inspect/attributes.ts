import {
  ARRAY,
  attributeValue,
  BOOL,
  BYTES,
  type Dictionary,
  DOUBLE,
  INT,
  KVLIST,
  STRING,
  UNSET,
  valueText,
} from '../model/model.ts';
import { RowInterner } from '../wire/rows.ts';
import { StringInterner } from '../wire/strings.ts';
import type { AttributeLevel, AttributeSummary } from './summary.ts';
import type { Sums } from './sums.ts';

const KIND: Record<number, string> = {
  [UNSET]: 'none',
  [STRING]: 'string',
  [BOOL]: 'bool',
  [INT]: 'int',
  [DOUBLE]: 'double',
  [ARRAY]: 'array',
  [KVLIST]: 'kvlist',
  [BYTES]: 'bytes',
};

/** Gives equal attributes one number, whatever table they are in. */
export class AttributeInterner {
  readonly names = new StringInterner();
  private readonly values = new StringInterner();
  private readonly rows = new RowInterner();
  /** Of each number its key, as a number of `names`. */
  readonly key: number[] = [];

  intern(dictionary: Dictionary, index: number): number {
    const { attributes, strings, texts } = dictionary;
    const kind = attributes.kind.array[index];
    const key = this.names.internFrom(strings, attributes.key.array[index]);
    const unit = this.names.internFrom(strings, attributes.unit.array[index]);
    let lo = attributes.number.lo[index];
    let hi = attributes.number.hiAt(index);
    if (kind === STRING || kind === BYTES) lo = this.values.internFrom(texts, attributes.text.array[index]);
    else if (kind === ARRAY || kind === KVLIST) {
      lo = this.values.internText(valueText(attributeValue(dictionary, index)));
      hi = 0;
    }
    const number = this.rows.intern([key, unit, kind, lo, hi]);
    if (number === this.key.length) this.key.push(key);
    return number;
  }
}

/** Equal attributes of one dictionary as one: its table may hold the same twice. */
export class AttributeClasses {
  readonly of: Int32Array;
  /** Of each class its first attribute. */
  readonly first: number[] = [];
  /** Of each class the class of its key. */
  readonly key: number[];

  constructor(dictionary: Dictionary) {
    const interner = new AttributeInterner();
    this.of = new Int32Array(dictionary.attributes.length);
    for (let i = 0; i < this.of.length; i++) {
      this.of[i] = interner.intern(dictionary, i);
      if (this.of[i] === this.first.length) this.first.push(i);
    }
    this.key = interner.key;
  }
}

export interface Uses {
  level: AttributeLevel;
  /** How many things of the level have each attribute. */
  counts: ArrayLike<number>;
  /** How much of the chosen sample type lies on each attribute, where that makes sense. */
  weights: Sums | undefined;
}

/** The attribute keys in use at one level, most used first, each with its most used values. */
export function attributeSummaries(
  dictionary: Dictionary,
  classes: AttributeClasses,
  { level, counts, weights }: Uses,
  shown: number,
): AttributeSummary[] {
  const { attributes, strings } = dictionary;
  const count = new Int32Array(classes.first.length);
  const weight = weights && classes.first.map(() => 0n);
  for (let i = 0; i < attributes.length; i++) {
    count[classes.of[i]] += counts[i];
    if (weight !== undefined && counts[i] > 0) weight[classes.of[i]] += (weights as Sums).get(i);
  }
  const byKey = new Map<number, number[]>();
  for (let entry = 0; entry < count.length; entry++) {
    if (count[entry] === 0) continue;
    const known = byKey.get(classes.key[entry]);
    if (known === undefined) byKey.set(classes.key[entry], [entry]);
    else known.push(entry);
  }
  const summaries = [...byKey.values()].map((entries): AttributeSummary => {
    const sample = classes.first[entries[0]];
    const units = new Set(entries.map((entry) => attributes.unit.array[classes.first[entry]]));
    return {
      level,
      key: strings.text(attributes.key.array[sample]),
      unit: [...new Set([...units].map((unit) => strings.text(unit)))].filter(Boolean).join(', '),
      kinds: [...new Set(entries.map((entry) => KIND[attributes.kind.array[classes.first[entry]]]))],
      count: entries.reduce((sum, entry) => sum + count[entry], 0),
      values: entries.length,
      top: entries
        .sort((a, b) => count[b] - count[a] || a - b)
        .slice(0, shown)
        .map((entry) => ({
          value: valueText(attributeValue(dictionary, classes.first[entry])),
          count: count[entry],
          total: weight?.[entry] ?? null,
        })),
    };
  });
  return summaries.sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
}
