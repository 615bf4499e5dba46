import { PprofOtlpError } from '../errors.ts';
import { LINK_SIZE } from '../model/dictionary.ts';
import {
  type AnyValue,
  ARRAY,
  BOOL,
  BYTES,
  DOUBLE,
  INT,
  type KeyValue,
  KVLIST,
  type Profile,
  type Resource,
  SampleIdentity,
  type Scope,
  STRING,
  UNSET,
  type ValueType,
} from '../model/model.ts';
import { Int32Column, Int64Column } from '../wire/columns.ts';
import { LEN, Reader, VARINT } from '../wire/reader.ts';
import { decodeText, isUtf8 } from '../wire/text.ts';
import { emptyDictionary, type OtlpData } from './data.ts';

export interface Decoded {
  data: OtlpData;
  warnings: string[];
}

/** Deeper nesting of attribute values than any producer has. */
const MAX_DEPTH = 64;

/**
 * Decodes uncompressed ProfilesData or ExportProfilesServiceRequest (profiles.proto 1.10 and 1.11, one wire form).
 *
 * Throws PprofOtlpError `bad-input` with offset and message path for broken wire. Unknown fields are stepped over.
 */
export function decode(bytes: Uint8Array): Decoded {
  const decoder = new Decoder(bytes);
  try {
    decoder.profilesData();
  } catch (error) {
    throw decoder.locate(error);
  }
  return { data: decoder.data, warnings: [...decoder.warnings] };
}

class Decoder {
  readonly data: OtlpData = { dictionary: emptyDictionary(), resources: [] };
  readonly warnings = new Set<string>();
  private readonly r: Reader;
  private path: string[] = [];

  constructor(bytes: Uint8Array) {
    this.r = new Reader(bytes);
  }

  locate(error: unknown): unknown {
    if (!(error instanceof PprofOtlpError) || error.path !== undefined) return error;
    return new PprofOtlpError(error.code, error.message, {
      stage: 'decode',
      path: this.path.join('.') || 'profiles_data',
      ...(error.offset === undefined ? {} : { offset: error.offset }),
      cause: error,
    });
  }

  /** The string table first, then the other tables, then the resources: each may refer to those before. */
  profilesData(): void {
    const { r } = this;
    const whole = r.end;
    for (const pass of [this.strings, this.tables, undefined]) {
      r.pos = 0;
      r.end = whole;
      this.fields((tag) => {
        if (tag === 0x12) {
          if (pass === undefined) r.skip(tag);
          else this.message('dictionary', pass);
        } else if (tag === 0x0a && pass === undefined) {
          this.message(`resource_profiles[${this.data.resources.length}]`, this.resource);
        } else this.other(tag, 2, 'ProfilesData');
      });
    }
  }

  private strings(): void {
    const { r } = this;
    const { strings } = this.data.dictionary;
    this.fields((tag) => {
      if (tag !== 0x2a) {
        r.skip(tag);
        return;
      }
      const end = r.limit();
      if (!isUtf8(r.buf.subarray(r.pos, end)))
        throw r.fail('is not UTF-8', r.pos, `dictionary.string_table[${strings.length}]`);
      strings.add(r.buf, r.pos, end);
      r.pos = end;
    });
  }

  private tables(): void {
    const { r } = this;
    const { dictionary } = this.data;
    this.fields((tag) => {
      switch (tag) {
        case 0x0a: // mapping_table
          this.message(`mapping_table[${dictionary.mappings.length}]`, this.mapping);
          break;
        case 0x12: // location_table
          this.message(`location_table[${dictionary.locations.length}]`, this.location);
          break;
        case 0x1a: // function_table
          this.message(`function_table[${dictionary.functions.length}]`, this.function);
          break;
        case 0x22: // link_table
          this.message(`link_table[${dictionary.links.length}]`, this.link);
          break;
        case 0x2a: // string_table
          r.skip(tag);
          break;
        case 0x32: // attribute_table
          this.message(`attribute_table[${dictionary.attributes.length}]`, this.attribute);
          break;
        case 0x3a: // stack_table
          this.message(`stack_table[${dictionary.stacks.length}]`, this.stack);
          break;
        default:
          this.other(tag, 7, 'ProfilesDictionary');
      }
    });
  }

  private mapping(): void {
    const { mappings } = this.data.dictionary;
    const row = mappings.length;
    mappings.memoryStart.push(0, 0);
    mappings.memoryLimit.push(0, 0);
    mappings.fileOffset.push(0, 0);
    mappings.filename.push(0);
    this.fields((tag) => {
      if (tag === 0x08) this.into(mappings.memoryStart, row);
      else if (tag === 0x10) this.into(mappings.memoryLimit, row);
      else if (tag === 0x18) this.into(mappings.fileOffset, row);
      else if (tag === 0x20) mappings.filename.array[row] = this.index();
      else if (!this.indexes(tag, 5, mappings.attributes.values)) this.other(tag, 5, 'Mapping');
    });
    mappings.attributes.close();
  }

  private location(): void {
    const { r } = this;
    const { locations } = this.data.dictionary;
    const row = locations.length;
    locations.mapping.push(0);
    locations.address.push(0, 0);
    this.fields((tag) => {
      if (tag === 0x08) locations.mapping.array[row] = this.index();
      else if (tag === 0x10) this.into(locations.address, row);
      else if (tag === 0x1a) {
        const end = r.limit();
        const outer = r.end;
        r.end = end;
        this.line();
        r.end = outer;
      } else if (!this.indexes(tag, 4, locations.attributes.values)) this.other(tag, 4, 'Location');
    });
    locations.lineStart.push(locations.line.function.length);
    locations.attributes.close();
  }

  private line(): void {
    const { line } = this.data.dictionary.locations;
    const row = line.function.length;
    line.function.push(0);
    line.line.push(0, 0);
    line.column.push(0, 0);
    this.fields((tag) => {
      if (tag === 0x08) line.function.array[row] = this.index();
      else if (tag === 0x10) this.into(line.line, row);
      else if (tag === 0x18) this.into(line.column, row);
      else this.other(tag, 3, 'Line');
    });
  }

  private function(): void {
    const { functions } = this.data.dictionary;
    const row = functions.length;
    functions.name.push(0);
    functions.systemName.push(0);
    functions.filename.push(0);
    functions.startLine.push(0, 0);
    this.fields((tag) => {
      if (tag === 0x08) functions.name.array[row] = this.index();
      else if (tag === 0x10) functions.systemName.array[row] = this.index();
      else if (tag === 0x18) functions.filename.array[row] = this.index();
      else if (tag === 0x20) this.into(functions.startLine, row);
      else this.other(tag, 4, 'Function');
    });
  }

  private link(): void {
    const { r } = this;
    const ids = new Uint8Array(LINK_SIZE);
    this.fields((tag) => {
      if (tag !== 0x0a && tag !== 0x12) {
        this.other(tag, 2, 'Link');
        return;
      }
      const size = tag === 0x0a ? 16 : 8;
      const end = r.limit();
      const length = end - r.pos;
      if (length === size) ids.set(r.buf.subarray(r.pos, end), tag === 0x0a ? 0 : 16);
      else if (length !== 0) this.warnings.add('a link with an id of the wrong length was left out');
      r.pos = end;
    });
    this.data.dictionary.links.add(ids);
  }

  private attribute(): void {
    const { r } = this;
    const { attributes } = this.data.dictionary;
    const row = attributes.length;
    attributes.key.push(0);
    attributes.unit.push(0);
    attributes.kind.push(UNSET);
    attributes.text.push(0);
    attributes.number.push(0, 0);
    this.fields((tag) => {
      if (tag === 0x08) attributes.key.array[row] = this.index();
      else if (tag === 0x18) attributes.unit.array[row] = this.index();
      else if (tag === 0x12) {
        const end = r.limit();
        const outer = r.end;
        r.end = end;
        this.attributeValue(row);
        r.end = outer;
      } else this.other(tag, 3, 'KeyValueAndUnit');
    });
  }

  /** AnyValue of an attribute_table entry, into columns. */
  private attributeValue(row: number): void {
    const { r } = this;
    const { attributes, texts, strings } = this.data.dictionary;
    this.fields((tag) => {
      switch (tag) {
        case 0x0a: // string_value
        case 0x3a: {
          // bytes_value
          const end = r.limit();
          if (tag === 0x0a) this.checkText(end);
          attributes.kind.array[row] = tag === 0x0a ? STRING : BYTES;
          attributes.text.array[row] = texts.add(r.buf, r.pos, end);
          r.pos = end;
          break;
        }
        case 0x10: // bool_value
        case 0x18: // int_value
          r.varint();
          attributes.kind.array[row] = tag === 0x10 ? BOOL : INT;
          if (tag === 0x10) attributes.number.set(row, r.lo === 0 && r.hi === 0 ? 0 : 1, 0);
          else attributes.number.set(row, r.lo, r.hi);
          break;
        case 0x21: // double_value
          r.fixed64();
          attributes.kind.array[row] = DOUBLE;
          attributes.number.set(row, r.lo, r.hi);
          break;
        case 0x40: {
          // string_value_strindex
          const index = this.stringIndex();
          attributes.kind.array[row] = STRING;
          attributes.text.array[row] = texts.add(
            strings.buffer(index),
            strings.start.array[index],
            strings.end.array[index],
          );
          break;
        }
        case 0x2a: // array_value
        case 0x32: // kvlist_value
          attributes.kind.array[row] = tag === 0x2a ? ARRAY : KVLIST;
          attributes.nested.set(row, this.nestedValue(tag, 0));
          break;
        default:
          this.other(tag, 8, 'AnyValue');
      }
    });
  }

  private stack(): void {
    const { stacks } = this.data.dictionary;
    this.fields((tag) => {
      if (!this.indexes(tag, 1, stacks.values)) this.other(tag, 1, 'Stack');
    });
    stacks.close();
  }

  private resource(): void {
    const resource: Resource = { attributes: [], scopes: [] };
    this.data.resources.push(resource);
    this.fields((tag) => {
      if (tag === 0x0a) {
        this.message('resource', () => {
          this.fields((inner) => {
            if (inner === 0x0a) resource.attributes.push(this.keyValue(0));
            else this.other(inner, 3, 'Resource', [2, 3]);
          });
        });
      } else if (tag === 0x12) this.message(`scope_profiles[${resource.scopes.length}]`, () => this.scope(resource));
      else this.other(tag, 3, 'ResourceProfiles', [3]);
    });
  }

  private scope(resource: Resource): void {
    const scope: Scope = { name: '', version: '', attributes: [], profiles: [] };
    resource.scopes.push(scope);
    this.fields((tag) => {
      if (tag === 0x0a) {
        this.message('scope', () => {
          this.fields((inner) => {
            if (inner === 0x0a) scope.name = this.text();
            else if (inner === 0x12) scope.version = this.text();
            else if (inner === 0x1a) scope.attributes.push(this.keyValue(0));
            else this.other(inner, 4, 'InstrumentationScope', [4]);
          });
        });
      } else if (tag === 0x12)
        this.message(`profiles[${scope.profiles.length}]`, () => scope.profiles.push(this.profile()));
      else this.other(tag, 3, 'ScopeProfiles', [3]);
    });
  }

  private profile(): Profile {
    const { r } = this;
    const identity = new SampleIdentity();
    const column = new Int64Column();
    const start = new Int32Column();
    const timestamps = { start: new Int32Column(), unixNano: new Int64Column() };
    start.push(0);
    timestamps.start.push(0);
    const attributes = new Int32Column();
    const profile: Profile = {
      sampleType: { type: 0, unit: 0 },
      samples: { identity, values: { column, first: 0, stride: 1, start }, timestamps: undefined },
      timeUnixNano: 0n,
      durationNano: 0n,
      periodType: { type: 0, unit: 0 },
      period: 0n,
      attributes: [],
      originalPayloadFormat: '',
      originalPayload: new Uint8Array(0),
    };
    this.fields((tag) => {
      switch (tag) {
        case 0x0a: // sample_type
          this.message('sample_type', () => this.valueType(profile.sampleType));
          break;
        case 0x12: {
          // samples
          const end = r.limit();
          const outer = r.end;
          r.end = end;
          this.sample(identity, column, timestamps.unixNano);
          r.end = outer;
          start.push(column.length);
          timestamps.start.push(timestamps.unixNano.length);
          break;
        }
        case 0x19: // time_unix_nano
          r.fixed64();
          profile.timeUnixNano = (BigInt(r.hi >>> 0) << 32n) | BigInt(r.lo >>> 0);
          break;
        case 0x20: // duration_nano
          profile.durationNano = BigInt.asUintN(64, this.int64());
          break;
        case 0x2a: // period_type
          this.message('period_type', () => this.valueType(profile.periodType));
          break;
        case 0x30: // period
          profile.period = this.int64();
          break;
        case 0x4a: // original_payload_format
          profile.originalPayloadFormat = this.text();
          break;
        case 0x52: {
          // original_payload
          const end = r.limit();
          profile.originalPayload = r.buf.subarray(r.pos, end);
          r.pos = end;
          break;
        }
        default:
          if (!this.indexes(tag, 11, attributes)) this.other(tag, 11, 'Profile', [7, 8]);
      }
    });
    profile.attributes = Array.from(attributes.array.subarray(0, attributes.length));
    if (timestamps.unixNano.length > 0) profile.samples.timestamps = timestamps;
    return profile;
  }

  private sample(identity: SampleIdentity, column: Int64Column, timestamps: Int64Column): void {
    const { r } = this;
    let stack = 0;
    let link = 0;
    while (r.pos < r.end) {
      const at = r.pos;
      const tag = r.tag();
      switch (tag) {
        case 0x08: // stack_index
          stack = this.index();
          break;
        case 0x10: // attribute_indices
        case 0x12: // attribute_indices, packed
          this.indexes(tag, 2, identity.attributes.values);
          break;
        case 0x18: // link_index
          link = this.index();
          break;
        case 0x20: // values
          r.varint();
          column.push(r.lo, r.hi);
          break;
        case 0x22: {
          // values, packed
          const end = r.limit();
          const outer = r.end;
          r.end = end;
          while (r.pos < end) {
            r.varint();
            column.push(r.lo, r.hi);
          }
          r.end = outer;
          break;
        }
        case 0x29: // timestamps_unix_nano
          r.fixed64();
          timestamps.push(r.lo, r.hi);
          break;
        case 0x2a: {
          // timestamps_unix_nano, packed
          const end = r.limit();
          if ((end - r.pos) % 8 !== 0) throw r.fail('timestamps_unix_nano is no whole number of fixed64');
          while (r.pos < end) {
            r.fixed64();
            timestamps.push(r.lo, r.hi);
          }
          break;
        }
        case 0x1a:
          throw r.fail(
            'has the layout of OTLP profiles before 1.10, which this release does not read; convert it with the producer or a Collector',
            at,
          );
        default:
          this.other(tag, 5, 'Sample');
      }
    }
    identity.stack.push(stack);
    identity.link.push(link);
    identity.attributes.close();
  }

  private valueType(type: ValueType): void {
    this.fields((tag) => {
      if (tag === 0x08) type.type = this.index();
      else if (tag === 0x10) type.unit = this.index();
      else this.other(tag, 2, 'ValueType');
    });
  }

  /** A KeyValue, with key_strindex resolved. */
  private keyValue(depth: number): KeyValue {
    const { r } = this;
    const end = r.limit();
    const outer = r.end;
    r.end = end;
    const entry: KeyValue = { key: '', value: null };
    this.fields((tag) => {
      // Either key or key_strindex is used; the other may be written as an explicit zero.
      if (tag === 0x0a) entry.key = this.text() || entry.key;
      else if (tag === 0x12) entry.value = this.anyValue(depth + 1);
      else if (tag === 0x18) {
        const index = this.stringIndex();
        if (index !== 0) entry.key = this.data.dictionary.strings.text(index);
      } else this.other(tag, 3, 'KeyValue');
    });
    r.end = outer;
    return entry;
  }

  private anyValue(depth: number): AnyValue {
    const { r } = this;
    if (depth > MAX_DEPTH)
      throw new PprofOtlpError('limit', `attribute values are nested more than ${MAX_DEPTH} deep`, {
        stage: 'decode',
        offset: r.pos,
      });
    const end = r.limit();
    const outer = r.end;
    r.end = end;
    let value: AnyValue = null;
    this.fields((tag) => {
      switch (tag) {
        case 0x0a: // string_value
          value = this.text();
          break;
        case 0x10: // bool_value
          value = this.int64() !== 0n;
          break;
        case 0x18: // int_value
          value = this.int64();
          break;
        case 0x21: {
          // double_value
          const view = new DataView(r.buf.buffer, r.buf.byteOffset + r.pos);
          r.fixed64();
          value = view.getFloat64(0, true);
          break;
        }
        case 0x2a: // array_value
        case 0x32: // kvlist_value
          value = this.nestedValue(tag, depth);
          break;
        case 0x3a: {
          // bytes_value
          const last = r.limit();
          value = r.buf.subarray(r.pos, last);
          r.pos = last;
          break;
        }
        case 0x40: // string_value_strindex
          value = this.data.dictionary.strings.text(this.stringIndex());
          break;
        default:
          this.other(tag, 8, 'AnyValue');
      }
    });
    r.end = outer;
    return value;
  }

  private nestedValue(tag: number, depth: number): AnyValue {
    const { r } = this;
    const end = r.limit();
    const outer = r.end;
    r.end = end;
    const array: AnyValue[] = [];
    const values: KeyValue[] = [];
    this.fields((inner) => {
      if (inner !== 0x0a) this.other(inner, 1, 'values');
      else if (tag === 0x2a) array.push(this.anyValue(depth + 1));
      else values.push(this.keyValue(depth + 1));
    });
    r.end = outer;
    return tag === 0x2a ? array : { values };
  }

  private fields(visit: (tag: number) => void): void {
    const { r } = this;
    while (r.pos < r.end) visit(r.tag());
  }

  private message(name: string, read: () => void): void {
    const { r } = this;
    this.path.push(name);
    const end = r.limit();
    const outer = r.end;
    r.end = end;
    read.call(this);
    r.end = outer;
    this.path.pop();
  }

  /** Steps over a field that the mapping does not use; refuses a known one of the wrong wire type. */
  private other(tag: number, lastField: number, message: string, unused: readonly number[] = []): void {
    const { r } = this;
    const field = tag >>> 3;
    if (field <= lastField && field > 0 && !unused.includes(field) && message !== 'ProfilesData') {
      throw r.fail(`field ${field} of ${message} has wire type ${tag & 7}, which profiles.proto does not give it`);
    }
    r.skip(tag);
  }

  private index(): number {
    const { r } = this;
    const at = r.pos;
    r.varint();
    if (r.hi !== 0 || r.lo < 0) throw r.fail('a table index is negative or too large', at);
    return r.lo;
  }

  private stringIndex(): number {
    const at = this.r.pos;
    const index = this.index();
    const { length } = this.data.dictionary.strings;
    if (index >= length) throw this.r.fail(`names string ${index}, but string_table has ${length} entries`, at);
    return index;
  }

  /** A repeated int32 field, packed or not; false for any other field. */
  private indexes(tag: number, field: number, into: Int32Column): boolean {
    const { r } = this;
    if (tag === ((field << 3) | VARINT)) {
      into.push(this.index());
      return true;
    }
    if (tag !== ((field << 3) | LEN)) return false;
    const end = r.limit();
    const outer = r.end;
    r.end = end;
    while (r.pos < end) into.push(this.index());
    r.end = outer;
    return true;
  }

  private into(column: Int64Column, row: number): void {
    this.r.varint();
    column.set(row, this.r.lo, this.r.hi);
  }

  private int64(): bigint {
    const { r } = this;
    r.varint();
    return BigInt.asIntN(64, (BigInt(r.hi >>> 0) << 32n) | BigInt(r.lo >>> 0));
  }

  private text(): string {
    const { r } = this;
    const end = r.limit();
    this.checkText(end);
    const text = decodeText(r.buf.subarray(r.pos, end));
    r.pos = end;
    return text;
  }

  private checkText(end: number): void {
    const { r } = this;
    if (!isUtf8(r.buf.subarray(r.pos, end))) throw r.fail('a string is not UTF-8');
  }
}
