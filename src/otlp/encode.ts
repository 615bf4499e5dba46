import {
  type AnyValue,
  BOOL,
  BYTES,
  type Dictionary,
  DOUBLE,
  type EntityRef,
  INT,
  type KeyValue,
  type Model,
  type Profile,
  type Resource,
  type Samples,
  type Scope,
  STRING,
  UNSET,
  type ValueType,
} from '../model/model.ts';
import { high, type Int64Column, low } from '../wire/columns.ts';
import { utf8 } from '../wire/text.ts';
import { Writer } from '../wire/writer.ts';

/**
 * Encodes the model as ProfilesData (profiles.proto 1.11): fields ascending, repeated numbers packed, zeros left out.
 * ExportProfilesServiceRequest has the same wire form.
 */
export function encode(model: Model, sizeHint = 1024): Uint8Array {
  const encoder = new Encoder(sizeHint);
  for (const resource of model.resources) encoder.resource(resource);
  encoder.dictionary(model.dictionary);
  return encoder.w.finish();
}

/** The encoded size of the resources and of the dictionary is not known before: a guess that is rarely wrong for large files. */
const WIDE = 4;

/** Writes the parts of a payload; `encode` and the way back of an extension put them together. */
export class Encoder {
  readonly w: Writer;

  constructor(sizeHint: number) {
    this.w = new Writer(sizeHint);
  }

  resource({ attributes, droppedAttributesCount, entityRefs, schemaUrl, scopes }: Resource): void {
    this.nested(0x0a, WIDE, () => {
      if (attributes.length > 0 || droppedAttributesCount > 0 || entityRefs.length > 0) {
        this.nested(0x0a, 2, () => {
          this.keyValues(0x0a, attributes);
          this.index(0x10, droppedAttributesCount);
          for (const entityRef of entityRefs) this.entityRef(entityRef);
        });
      }
      for (const scope of scopes) this.nested(0x12, WIDE, () => this.scope(scope));
      this.text(0x1a, schemaUrl);
    });
  }

  private entityRef({ schemaUrl, type, idKeys, descriptionKeys }: EntityRef): void {
    this.nested(0x1a, 1, () => {
      this.text(0x0a, schemaUrl);
      this.text(0x12, type);
      for (const key of idKeys) this.w.field(0x1a, utf8(key));
      for (const key of descriptionKeys) this.w.field(0x22, utf8(key));
    });
  }

  private scope({ name, version, attributes, droppedAttributesCount, schemaUrl, profiles }: Scope): void {
    this.nested(0x0a, 2, () => {
      this.text(0x0a, name);
      this.text(0x12, version);
      this.keyValues(0x1a, attributes);
      this.index(0x20, droppedAttributesCount);
    });
    for (const profile of profiles) this.nested(0x12, WIDE, () => this.profile(profile));
    this.text(0x1a, schemaUrl);
  }

  private profile(profile: Profile): void {
    const { w } = this;
    this.valueType(0x0a, profile.sampleType);
    this.samples(profile.samples);
    if (profile.timeUnixNano !== 0n) {
      w.byte(0x19);
      w.fixed64(low(profile.timeUnixNano), high(profile.timeUnixNano));
    }
    this.int64(0x20, profile.durationNano);
    this.valueType(0x2a, profile.periodType);
    this.int64(0x30, profile.period);
    if (profile.profileId.length > 0) w.field(0x3a, profile.profileId);
    this.index(0x40, profile.droppedAttributesCount);
    this.text(0x4a, profile.originalPayloadFormat);
    if (profile.originalPayload.length > 0) w.field(0x52, profile.originalPayload);
    this.indexes(0x5a, profile.attributes, 0, profile.attributes.length);
  }

  samples({ identity, values, timestamps }: Samples): void {
    const { w } = this;
    const { column, first, stride, start: valueStart } = values;
    let width = 1;
    for (let i = 0; i < identity.length; i++) {
      w.byte(0x12);
      const start = w.open(width);
      this.index(0x08, identity.stack.array[i]);
      this.indexes(0x12, identity.attributes.values.array, identity.attributes.start(i), identity.attributes.end(i));
      this.index(0x18, identity.link.array[i]);
      const from = valueStart === undefined ? first + i * stride : valueStart.array[i];
      this.packed(0x22, column, from, valueStart === undefined ? from + 1 : valueStart.array[i + 1]);
      if (timestamps !== undefined)
        this.timestamps(timestamps.unixNano, timestamps.start.array[i], timestamps.start.array[i + 1]);
      width = w.close(start, width);
    }
  }

  private packed(tag: number, column: Int64Column, from: number, to: number): void {
    if (from === to) return;
    const { w } = this;
    w.byte(tag);
    const start = w.open(1);
    for (let at = from; at < to; at++) w.varint(column.lo[at], column.hiAt(at));
    w.close(start, 1);
  }

  private timestamps(column: Int64Column, from: number, to: number): void {
    if (from === to) return;
    const { w } = this;
    w.byte(0x2a);
    w.uint32(8 * (to - from));
    for (let at = from; at < to; at++) w.fixed64(column.lo[at], column.hiAt(at));
  }

  dictionary(dictionary: Dictionary): void {
    this.nested(0x12, WIDE, () => {
      this.mappings(dictionary);
      this.locations(dictionary);
      this.functions(dictionary);
      this.links(dictionary);
      const { strings } = dictionary;
      for (let i = 0; i < strings.length; i++)
        this.w.field(0x2a, strings.buffer(i), strings.start.array[i], strings.end.array[i]);
      this.attributes(dictionary);
      this.stacks(dictionary);
    });
  }

  mappings({ mappings }: Dictionary): void {
    for (let i = 0; i < mappings.length; i++) {
      this.nested(0x0a, 1, () => {
        this.column(0x08, mappings.memoryStart, i);
        this.column(0x10, mappings.memoryLimit, i);
        this.column(0x18, mappings.fileOffset, i);
        this.index(0x20, mappings.filename.array[i]);
        this.indexes(0x2a, mappings.attributes.values.array, mappings.attributes.start(i), mappings.attributes.end(i));
      });
    }
  }

  locations({ locations }: Dictionary): void {
    const { w } = this;
    const { line } = locations;
    for (let i = 0; i < locations.length; i++) {
      w.byte(0x12);
      const start = w.open(1);
      this.index(0x08, locations.mapping.array[i]);
      this.column(0x10, locations.address, i);
      for (let at = locations.lineStart.array[i]; at < locations.lineStart.array[i + 1]; at++) {
        w.byte(0x1a);
        const inner = w.open(1);
        this.index(0x08, line.function.array[at]);
        this.column(0x10, line.line, at);
        this.column(0x18, line.column, at);
        w.close(inner, 1);
      }
      this.indexes(0x22, locations.attributes.values.array, locations.attributes.start(i), locations.attributes.end(i));
      w.close(start, 1);
    }
  }

  functions({ functions }: Dictionary): void {
    const { w } = this;
    for (let i = 0; i < functions.length; i++) {
      w.byte(0x1a);
      const start = w.open(1);
      this.index(0x08, functions.name.array[i]);
      this.index(0x10, functions.systemName.array[i]);
      this.index(0x18, functions.filename.array[i]);
      this.column(0x20, functions.startLine, i);
      w.close(start, 1);
    }
  }

  /** Link 0 is empty rather than zeros: both are allowed, but profcheck knows only this form. */
  private links({ links }: Dictionary): void {
    for (let i = 0; i < links.length; i++) {
      this.nested(0x22, 1, () => {
        if (i === 0) return;
        const ids = links.bytes(i);
        this.w.field(0x0a, ids, 0, 16);
        this.w.field(0x12, ids, 16, 24);
      });
    }
  }

  private attributes(dictionary: Dictionary): void {
    const { attributes, texts } = dictionary;
    const { w } = this;
    for (let i = 0; i < attributes.length; i++) {
      w.byte(0x32);
      const start = w.open(1);
      this.index(0x08, attributes.key.array[i]);
      const kind = attributes.kind.array[i];
      if (kind !== UNSET) {
        w.byte(0x12);
        const inner = w.open(1);
        if (kind === STRING || kind === BYTES) {
          const text = attributes.text.array[i];
          w.field(kind === STRING ? 0x0a : 0x3a, texts.buffer(text), texts.start.array[text], texts.end.array[text]);
        } else if (kind === INT || kind === BOOL) {
          w.byte(kind === INT ? 0x18 : 0x10);
          w.varint(attributes.number.lo[i], attributes.number.hiAt(i));
        } else if (kind === DOUBLE) {
          w.byte(0x21);
          w.fixed64(attributes.number.lo[i], attributes.number.hiAt(i));
        } else this.anyValue(attributes.nested.get(i) ?? null);
        w.close(inner, 1);
      }
      this.index(0x18, attributes.unit.array[i]);
      w.close(start, 1);
    }
  }

  private stacks({ stacks }: Dictionary): void {
    for (let i = 0; i < stacks.length; i++) {
      this.nested(0x3a, 1, () => this.indexes(0x0a, stacks.values.array, stacks.start(i), stacks.end(i)));
    }
  }

  private keyValues(tag: number, attributes: readonly KeyValue[]): void {
    for (const { key, value } of attributes) {
      this.nested(tag, 1, () => {
        this.text(0x0a, key);
        if (value !== null) this.nested(0x12, 1, () => this.anyValue(value));
      });
    }
  }

  private anyValue(value: AnyValue): void {
    const { w } = this;
    if (typeof value === 'string') w.field(0x0a, utf8(value));
    else if (typeof value === 'boolean') {
      w.byte(0x10);
      w.byte(value ? 1 : 0);
    } else if (typeof value === 'bigint') {
      w.byte(0x18);
      w.varint(low(value), high(value));
    } else if (typeof value === 'number') {
      const bits = new DataView(new ArrayBuffer(8));
      bits.setFloat64(0, value);
      w.byte(0x21);
      w.fixed64(bits.getInt32(4), bits.getInt32(0));
    } else if (value instanceof Uint8Array) w.field(0x3a, value);
    else if (Array.isArray(value)) {
      this.nested(0x2a, 1, () => {
        for (const element of value) this.nested(0x0a, 1, () => this.anyValue(element));
      });
    } else if (value !== null) this.nested(0x32, 1, () => this.keyValues(0x0a, value.values));
  }

  private valueType(tag: number, { type, unit }: ValueType): void {
    if (type === 0 && unit === 0) return;
    this.nested(tag, 1, () => {
      this.index(0x08, type);
      this.index(0x10, unit);
    });
  }

  private nested(tag: number, width: number, content: () => void): void {
    this.w.byte(tag);
    const start = this.w.open(width);
    content();
    this.w.close(start, width);
  }

  private index(tag: number, value: number): void {
    if (value === 0) return;
    this.w.byte(tag);
    this.w.uint32(value);
  }

  private indexes(tag: number, values: ArrayLike<number>, from: number, to: number): void {
    if (from === to) return;
    const { w } = this;
    w.byte(tag);
    const start = w.open(1);
    for (let at = from; at < to; at++) w.uint32(values[at]);
    w.close(start, 1);
  }

  private column(tag: number, column: Int64Column, row: number): void {
    if (column.isZero(row)) return;
    this.w.byte(tag);
    this.w.varint(column.lo[row], column.hiAt(row));
  }

  private int64(tag: number, value: bigint): void {
    if (value === 0n) return;
    this.w.byte(tag);
    this.w.varint(low(value), high(value));
  }

  private text(tag: number, value: string): void {
    if (value !== '') this.w.field(tag, utf8(value));
  }
}
