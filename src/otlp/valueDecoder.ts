import { PprofOtlpError } from '../errors.ts';
import type { AnyValue, KeyValue } from '../model/model.ts';
import type { Reader } from '../wire/reader.ts';
import type { StringTable } from '../wire/strings.ts';
import { WireDecoder } from './wireDecoder.ts';

/** Deeper nesting of attribute values than any producer has. */
const MAX_DEPTH = 64;

/** Reads AnyValue and KeyValue (common.proto), with references to the string table resolved. */
export class ValueDecoder extends WireDecoder {
  constructor(
    r: Reader,
    private readonly stringTable: StringTable,
  ) {
    super(r);
  }

  protected stringIndex(): number {
    const at = this.r.pos;
    const index = this.index();
    const { length } = this.stringTable;
    // Index 0 says "none", whether there is an entry 0 or not.
    if (index >= length && index !== 0)
      throw this.r.fail(`names string ${index}, but string_table has ${length} entries`, at);
    return index;
  }

  private string(index: number): string {
    return index < this.stringTable.length ? this.stringTable.text(index) : '';
  }

  /** A KeyValue, with key_strindex resolved. */
  protected keyValue(depth: number): KeyValue {
    const { r } = this;
    const end = r.limit();
    const outer = r.end;
    r.end = end;
    const entry: KeyValue = { key: '', value: null };
    this.fields((tag) => {
      // Either key or key_strindex is used; the other may be written as an explicit zero.
      if (tag === 0x0a) entry.key = this.text() || entry.key;
      else if (tag === 0x12) entry.value = this.anyValue(depth + 1, entry.value);
      else if (tag === 0x18) {
        const index = this.stringIndex();
        if (index !== 0) entry.key = this.string(index);
      } else this.other(tag, 3, 'KeyValue');
    });
    r.end = outer;
    return entry;
  }

  /** `earlier` is what pieces of the same value before this one say. */
  protected anyValue(depth: number, earlier: AnyValue = null): AnyValue {
    const { r } = this;
    if (depth > MAX_DEPTH)
      throw new PprofOtlpError('limit', `attribute values are nested more than ${MAX_DEPTH} deep`, {
        stage: 'decode',
        offset: r.pos,
      });
    const end = r.limit();
    const outer = r.end;
    r.end = end;
    let value = earlier;
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
          value = this.nestedValue(tag, depth, value);
          break;
        case 0x3a: {
          // bytes_value
          const last = r.limit();
          value = r.buf.subarray(r.pos, last);
          r.pos = last;
          break;
        }
        case 0x40: // string_value_strindex
          value = this.string(this.stringIndex());
          break;
        default:
          this.other(tag, 8, 'AnyValue');
      }
    });
    r.end = outer;
    return value;
  }

  /** An array or a list that comes in pieces is all of them strung together. */
  protected nestedValue(tag: number, depth: number, earlier: AnyValue = null): AnyValue {
    const { r } = this;
    const end = r.limit();
    const outer = r.end;
    r.end = end;
    const array: AnyValue[] = Array.isArray(earlier) ? earlier : [];
    const values: KeyValue[] = isList(earlier) ? earlier.values : [];
    this.fields((inner) => {
      if (inner !== 0x0a) this.other(inner, 1, 'values');
      else if (tag === 0x2a) array.push(this.anyValue(depth + 1));
      else values.push(this.keyValue(depth + 1));
    });
    r.end = outer;
    return tag === 0x2a ? array : { values };
  }
}

const isList = (value: AnyValue): value is { values: KeyValue[] } =>
  typeof value === 'object' && value !== null && 'values' in value && Array.isArray(value.values);
