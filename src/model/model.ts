import { Int32Column, Int64Column, sameColumn } from '../wire/columns.ts';
import { Rows } from '../wire/rows.ts';
import type { StringTable } from '../wire/strings.ts';

/**
 * The intermediate model: OTLP's data model (profiles.proto) in columns. An index 0 is the zero value of its table.
 * `toModel` of either format fills it in canonical order: each table in order of first use, walking profiles and
 * samples in order, equal entries once, attributes of a set by key. So two payloads that say the same give the same
 * model, whatever the order of their dictionaries.
 */
export interface Model {
  dictionary: Dictionary;
  resources: Resource[];
}

export interface Dictionary {
  /** string_table. Always UTF-8. */
  strings: StringTable;
  /** The text or bytes of attribute values; in OTLP they stand inline. */
  texts: StringTable;
  mappings: MappingTable;
  locations: LocationTable;
  functions: FunctionTable;
  links: LinkTable;
  attributes: AttributeTable;
  /** Location indexes, leaf first. */
  stacks: Rows;
}

export class MappingTable {
  readonly memoryStart = new Int64Column();
  readonly memoryLimit = new Int64Column();
  readonly fileOffset = new Int64Column();
  readonly filename = new Int32Column();
  readonly attributes = new Rows();

  get length(): number {
    return this.filename.length;
  }
}

export class LocationTable {
  readonly mapping = new Int32Column();
  readonly address = new Int64Column();
  /** Where each location's lines begin; one more entry than there are locations. */
  readonly lineStart = new Int32Column();
  readonly line = { function: new Int32Column(), line: new Int64Column(), column: new Int64Column() };
  readonly attributes = new Rows();

  constructor() {
    this.lineStart.push(0);
  }

  get length(): number {
    return this.mapping.length;
  }
}

export class FunctionTable {
  readonly name = new Int32Column();
  readonly systemName = new Int32Column();
  readonly filename = new Int32Column();
  readonly startLine = new Int64Column();

  get length(): number {
    return this.name.length;
  }
}

/** Links as 24 bytes each: the trace id's 16, the span id's 8. */
export type LinkTable = StringTable;

/** Which field of AnyValue's oneof an attribute value uses. */
export const UNSET = 0;
export const STRING = 1;
export const BOOL = 2;
export const INT = 3;
export const DOUBLE = 4;
export const ARRAY = 5;
export const KVLIST = 6;
export const BYTES = 7;

/** attribute_table: scalars in columns, what nests as `AnyValue`. */
export class AttributeTable {
  readonly key = new Int32Column();
  readonly unit = new Int32Column();
  readonly kind = new Int32Column();
  /** Index into `texts` for STRING and BYTES. */
  readonly text = new Int32Column();
  /** INT, BOOL as 0 or 1, DOUBLE as its bits. */
  readonly number = new Int64Column();
  /** ARRAY and KVLIST, by attribute index. */
  readonly nested = new Map<number, AnyValue>();

  get length(): number {
    return this.key.length;
  }

  /** Makes room for `count` more. */
  reserve(count: number): void {
    for (const column of [this.key, this.unit, this.kind, this.text, this.number]) column.reserve(count);
  }

  /** Appends a scalar and returns its index. */
  push(key: number, unit: number, kind: number, text: number, lo: number, hi: number): number {
    this.key.push(key);
    this.unit.push(unit);
    this.kind.push(kind);
    this.text.push(text);
    this.number.push(lo, hi);
    return this.length - 1;
  }

  /** A table that grows apart from this one. */
  copy(): AttributeTable {
    const copy = new AttributeTable();
    for (let i = 0; i < this.length; i++) {
      const { key, unit, kind, text, number } = this;
      copy.push(key.array[i], unit.array[i], kind.array[i], text.array[i], number.lo[i], number.hiAt(i));
    }
    for (const [index, value] of this.nested) copy.nested.set(index, value);
    return copy;
  }
}

/** common.proto's AnyValue as JavaScript says it: bigint is int_value, number double_value, null no value at all. */
export type AnyValue = null | string | boolean | bigint | number | Uint8Array | AnyValue[] | { values: KeyValue[] };

export interface KeyValue {
  key: string;
  value: AnyValue;
}

export interface Resource {
  attributes: KeyValue[];
  droppedAttributesCount: number;
  entityRefs: EntityRef[];
  schemaUrl: string;
  scopes: Scope[];
}

export interface EntityRef {
  schemaUrl: string;
  type: string;
  idKeys: string[];
  descriptionKeys: string[];
}

export interface Scope {
  name: string;
  version: string;
  attributes: KeyValue[];
  droppedAttributesCount: number;
  schemaUrl: string;
  profiles: Profile[];
}

export interface ValueType {
  type: number;
  unit: number;
}

export interface Profile {
  sampleType: ValueType;
  samples: Samples;
  timeUnixNano: bigint;
  durationNano: bigint;
  periodType: ValueType;
  period: bigint;
  profileId: Uint8Array;
  droppedAttributesCount: number;
  attributes: number[];
  originalPayloadFormat: string;
  originalPayload: Uint8Array;
}

/** What identifies samples: profiles of one pprof share it, only their values differ. */
export class SampleIdentity {
  readonly stack: Int32Column;
  readonly link: Int32Column;

  /** `samples`: how many there is room for at first. */
  constructor(
    readonly attributes = new Rows(),
    samples = 0,
  ) {
    this.stack = new Int32Column(samples);
    this.link = new Int32Column(samples);
  }

  get length(): number {
    return this.stack.length;
  }
}

export interface Samples {
  identity: SampleIdentity;
  values: Values;
  /** Timestamps of each sample; absent when no sample has any. */
  timestamps: { start: Int32Column; unixNano: Int64Column } | undefined;
}

/**
 * The values of each sample. Without `start` there is one a sample, entry `first + i * stride`
 * of a column that several profiles may share; with it there may be any number.
 */
export interface Values {
  column: Int64Column;
  first: number;
  stride: number;
  start: Int32Column | undefined;
}

/** Where the values of sample `i` begin in their column. */
export const valuesFrom = ({ first, stride, start }: Values, i: number): number =>
  start === undefined ? first + i * stride : start.array[i];

/** Where the values of sample `i` end in their column. */
export const valuesTo = ({ first, stride, start }: Values, i: number): number =>
  start === undefined ? first + i * stride + 1 : start.array[i + 1];

/** Whether samples agree one for one in stack, attributes and link. */
export const sameIdentity = (a: SampleIdentity, b: SampleIdentity): boolean =>
  a === b ||
  (sameColumn(a.stack, b.stack) &&
    sameColumn(a.link, b.link) &&
    sameColumn(a.attributes.offsets, b.attributes.offsets) &&
    sameColumn(a.attributes.values, b.attributes.values));

export const newResource = (scopes: Scope[] = []): Resource => ({
  attributes: [],
  droppedAttributesCount: 0,
  entityRefs: [],
  schemaUrl: '',
  scopes,
});

export const newScope = (profiles: Profile[] = []): Scope => ({
  name: '',
  version: '',
  attributes: [],
  droppedAttributesCount: 0,
  schemaUrl: '',
  profiles,
});

export const newProfile = (samples: Samples): Profile => ({
  sampleType: { type: 0, unit: 0 },
  samples,
  timeUnixNano: 0n,
  durationNano: 0n,
  periodType: { type: 0, unit: 0 },
  period: 0n,
  profileId: new Uint8Array(0),
  droppedAttributesCount: 0,
  attributes: [],
  originalPayloadFormat: '',
  originalPayload: new Uint8Array(0),
});

/** The value of an attribute as a JavaScript value. */
export function attributeValue({ attributes, texts }: Dictionary, index: number): AnyValue {
  const { text, number } = attributes;
  switch (attributes.kind.array[index]) {
    case STRING:
      return texts.text(text.array[index]);
    case BYTES:
      return texts.bytes(text.array[index]);
    case BOOL:
      return !number.isZero(index);
    case INT:
      return number.signed(index);
    case DOUBLE: {
      const bits = new DataView(new ArrayBuffer(8));
      bits.setBigUint64(0, number.unsigned(index));
      return bits.getFloat64(0);
    }
    default:
      return attributes.nested.get(index) ?? null;
  }
}

/** A value as text, for where only text can stand: strings as they are, all else as OTLP/JSON says it. */
export function valueText(value: AnyValue): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : json(value);
}

function json(value: AnyValue): string {
  if (value === null) return 'null';
  // OTLP/JSON names the numbers that JSON has not: NaN, Infinity.
  if (typeof value === 'number') return Number.isFinite(value) ? `${value}` : `"${value}"`;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? `${value}` : `"${value}"`;
  if (value instanceof Uint8Array) return `"${btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join(''))}"`;
  if (Array.isArray(value)) return `[${value.map(json).join(',')}]`;
  if (typeof value === 'object')
    return `{${value.values.map((entry) => `${JSON.stringify(entry.key)}:${json(entry.value)}`).join(',')}}`;
  return JSON.stringify(value);
}
