import { high, type Int64Column, low } from '../wire/columns.ts';
import { RowInterner } from '../wire/rows.ts';
import { finishHash, SEED, Slots } from '../wire/slots.ts';
import { StringAppender, StringInterner } from '../wire/strings.ts';
import { isUtf8, toUtf8, utf8 } from '../wire/text.ts';
import { Writer } from '../wire/writer.ts';
import {
  type AnyValue,
  ARRAY,
  AttributeTable,
  BOOL,
  BYTES,
  type Dictionary,
  DOUBLE,
  FunctionTable,
  INT,
  type KeyValue,
  KVLIST,
  LocationTable,
  MappingTable,
  STRING,
  UNSET,
} from './model.ts';

export const LINK_SIZE = 24;

/** Builds a dictionary in which equal entries are one, each table in order of first use, entry 0 the zero value. */
export class DictionaryBuilder {
  private readonly strings = new StringInterner();
  private readonly texts = new StringInterner();
  private readonly links = new StringInterner();
  private readonly stacks = new RowInterner();
  private readonly functionRows = new RowInterner();
  private readonly mappingRows = new RowInterner();
  private readonly locationRows = new RowInterner();
  private readonly attributeSlots = new Slots();
  private readonly nestedRows = new StringInterner();
  private readonly functions = new FunctionTable();
  private readonly mappings = new MappingTable();
  private readonly locations = new LocationTable();
  private readonly attributes = new AttributeTable();
  private readonly scratch: number[] = [];

  readonly dictionary: Dictionary = {
    strings: this.strings.table,
    texts: this.texts.table,
    mappings: this.mappings,
    locations: this.locations,
    functions: this.functions,
    links: this.links.table,
    attributes: this.attributes,
    stacks: this.stacks.rows,
  };

  constructor() {
    this.strings.internText('');
    this.links.intern(new Uint8Array(LINK_SIZE));
    this.stacks.intern([]);
    this.function(0, 0, 0, 0, 0);
    this.mapping(0, 0, 0, 0, 0, 0, 0, []);
    this.location(0, 0, 0, [], []);
    this.attribute(0, 0, UNSET, 0, 0);
  }

  /** Makes room for attributes. */
  expectAttributes(count: number): void {
    this.attributeSlots.reserve(count);
  }

  /** A string of string_table; what is not UTF-8 becomes U+FFFD, since OTLP has no other strings. */
  string(buffer: Uint8Array, start = 0, end = buffer.length): number {
    return isUtf8(buffer, start, end)
      ? this.strings.intern(buffer, start, end)
      : this.strings.intern(toUtf8(buffer.subarray(start, end)));
  }

  stringText(text: string): number {
    return this.strings.internText(text);
  }

  function(name: number, systemName: number, filename: number, startLo: number, startHi: number): number {
    const index = this.functionRows.intern([name, systemName, filename, startLo, startHi]);
    const table = this.functions;
    if (index === table.length) {
      table.name.push(name);
      table.systemName.push(systemName);
      table.filename.push(filename);
      table.startLine.push(startLo, startHi);
    }
    return index;
  }

  mapping(
    startLo: number,
    startHi: number,
    limitLo: number,
    limitHi: number,
    offsetLo: number,
    offsetHi: number,
    filename: number,
    attributes: readonly number[],
  ): number {
    const index = this.mappingRows.intern([
      startLo,
      startHi,
      limitLo,
      limitHi,
      offsetLo,
      offsetHi,
      filename,
      ...attributes,
    ]);
    const table = this.mappings;
    if (index === table.length) {
      table.memoryStart.push(startLo, startHi);
      table.memoryLimit.push(limitLo, limitHi);
      table.fileOffset.push(offsetLo, offsetHi);
      table.filename.push(filename);
      for (const attribute of attributes) table.attributes.values.push(attribute);
      table.attributes.close();
    }
    return index;
  }

  /** `lines` holds five numbers a line: function, line low and high, column low and high. */
  location(
    mapping: number,
    addressLo: number,
    addressHi: number,
    lines: readonly number[],
    attributes: readonly number[],
  ): number {
    const row = this.scratch;
    row.length = 0;
    row.push(mapping, addressLo, addressHi, attributes.length);
    for (const attribute of attributes) row.push(attribute);
    for (const number of lines) row.push(number);
    const index = this.locationRows.intern(row);
    const table = this.locations;
    if (index === table.length) {
      table.mapping.push(mapping);
      table.address.push(addressLo, addressHi);
      for (let i = 0; i < lines.length; i += 5) {
        table.line.function.push(lines[i]);
        table.line.line.push(lines[i + 1], lines[i + 2]);
        table.line.column.push(lines[i + 3], lines[i + 4]);
      }
      table.lineStart.push(table.line.function.length);
      for (const attribute of attributes) table.attributes.values.push(attribute);
      table.attributes.close();
    }
    return index;
  }

  /** A stack's locations, leaf first; none is stack 0. */
  stack(locations: ArrayLike<number>, start = 0, end = locations.length): number {
    return this.stacks.intern(locations, start, end);
  }

  /** A link from its 24 bytes. */
  link(ids: Uint8Array): number {
    return this.links.intern(ids);
  }

  /** The text or bytes of attribute values; what is UTF-8 is STRING, all else BYTES. */
  text(buffer: Uint8Array, start = 0, end = buffer.length): number {
    return this.texts.intern(buffer, start, end);
  }

  /** An attribute of kind STRING or BYTES, by its text. */
  textAttribute(key: number, unit: number, kind: number, text: number): number {
    return this.attribute(key, unit, kind, text, 0);
  }

  /** An attribute of kind INT, BOOL, DOUBLE (by its bits) or UNSET. */
  numberAttribute(key: number, unit: number, kind: number, lo: number, hi: number): number {
    return this.attribute(key, unit, kind, lo, hi);
  }

  /** An attribute of any value. */
  valueAttribute(key: number, unit: number, value: AnyValue): number {
    const scalar = scalarOf(value);
    if (scalar !== undefined) {
      const lo = scalar.bytes === undefined ? scalar.lo : this.texts.intern(scalar.bytes);
      return this.attribute(key, unit, scalar.kind, lo, scalar.hi);
    }
    const nested = this.nestedRows.intern(fingerprint(value));
    const index = this.attribute(key, unit, Array.isArray(value) ? ARRAY : KVLIST, nested, 0);
    this.attributes.nested.set(index, value);
    return index;
  }

  /** `lo` is the index into `texts` for STRING and BYTES. */
  private attribute(key: number, unit: number, kind: number, lo: number, hi: number): number {
    const table = this.attributes;
    const isText = kind === STRING || kind === BYTES;
    const text = isText ? lo : 0;
    // Of what nests, the number of its fingerprint stands where numbers do.
    const numLo = isText ? 0 : lo;
    let mixed = Math.imul(SEED ^ key ^ (kind << 24) ^ (unit << 12), 0x9e3779b1);
    mixed = Math.imul(mixed ^ (mixed >>> 15) ^ hi, 0x85ebca6b);
    const hash = finishHash(Math.imul(mixed ^ (mixed >>> 13) ^ lo, 0x9e3779b1));
    const { slots, mask, hashes } = this.attributeSlots;
    let slot = hash & mask;
    for (; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const index = slots[slot] - 1;
      if (
        hashes.array[index] === hash &&
        table.key.array[index] === key &&
        table.unit.array[index] === unit &&
        table.kind.array[index] === kind &&
        table.text.array[index] === text &&
        table.number.lo[index] === numLo &&
        table.number.hiAt(index) === hi
      )
        return index;
    }
    this.attributeSlots.fill(slot, hash);
    return table.push(key, unit, kind, text, numLo, hi);
  }
}

/** Adds to a dictionary without changing what is listed in it; a copy, so that the one given stays as it is. */
export class DictionaryAppender {
  readonly dictionary: Dictionary;
  private readonly strings: StringAppender;

  constructor(listed: Dictionary) {
    this.strings = new StringAppender(listed.strings);
    this.strings.internText('');
    this.dictionary = {
      ...listed,
      strings: this.strings.table,
      texts: listed.texts.copy(),
      attributes: listed.attributes.copy(),
    };
  }

  /** The index of a string, the first where it is listed twice. */
  string(text: string): number {
    return this.strings.internText(text);
  }

  /** The first index of a string that may be listed twice. */
  firstString(index: number): number {
    return this.strings.internFrom(this.dictionary.strings, index);
  }

  /** Appends an attribute and returns its index. */
  attribute(key: string, unit: string, value: AnyValue): number {
    const { attributes, texts } = this.dictionary;
    const name = this.string(key);
    const unitName = this.string(unit);
    const scalar = scalarOf(value);
    if (scalar === undefined) {
      const index = attributes.push(name, unitName, Array.isArray(value) ? ARRAY : KVLIST, 0, 0, 0);
      attributes.nested.set(index, value);
      return index;
    }
    const text = scalar.bytes === undefined ? 0 : texts.add(scalar.bytes);
    return attributes.push(name, unitName, scalar.kind, text, scalar.lo, scalar.hi);
  }
}

/** A value without anything nested in it: its kind, and its bytes or the halves of its number. */
function scalarOf(value: AnyValue): { kind: number; bytes?: Uint8Array; lo: number; hi: number } | undefined {
  if (typeof value === 'string') return { kind: STRING, bytes: utf8(value), lo: 0, hi: 0 };
  if (value instanceof Uint8Array) return { kind: BYTES, bytes: value, lo: 0, hi: 0 };
  if (typeof value === 'boolean') return { kind: BOOL, lo: value ? 1 : 0, hi: 0 };
  if (typeof value === 'bigint') return { kind: INT, lo: low(value), hi: high(value) };
  if (typeof value === 'number') {
    const bits = new DataView(new ArrayBuffer(8));
    bits.setFloat64(0, value);
    return { kind: DOUBLE, lo: bits.getInt32(4), hi: bits.getInt32(0) };
  }
  return value === null ? { kind: UNSET, lo: 0, hi: 0 } : undefined;
}

/** Bytes that are equal for equal values only. A value may be as large as the input, too large for text. */
function fingerprint(value: AnyValue): Uint8Array {
  const w = new Writer();
  writeFingerprint(w, value);
  return w.finish();
}

function writeFingerprint(w: Writer, value: AnyValue): void {
  const scalar = scalarOf(value);
  if (scalar !== undefined) {
    w.byte(scalar.kind);
    w.fixed64(scalar.lo, scalar.hi);
    if (scalar.bytes !== undefined) writeSized(w, scalar.bytes);
  } else if (Array.isArray(value)) {
    w.byte(ARRAY);
    w.uint32(value.length);
    for (const item of value) writeFingerprint(w, item);
  } else {
    const { values } = value as { values: KeyValue[] };
    w.byte(KVLIST);
    w.uint32(values.length);
    for (const entry of values) {
      writeSized(w, utf8(entry.key));
      writeFingerprint(w, entry.value);
    }
  }
}

function writeSized(w: Writer, bytes: Uint8Array): void {
  w.uint32(bytes.length);
  w.bytes(bytes);
}

/** Appends the lines of a location in the form that `location` takes. */
export function pushLine(lines: number[], fn: number, line: Int64Column, column: Int64Column, at: number): void {
  lines.push(fn, line.lo[at], line.hiAt(at), column.lo[at], column.hiAt(at));
}
