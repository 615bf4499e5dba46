import { LINK_SIZE } from '../model/dictionary.ts';
import { ARRAY, BOOL, BYTES, type Dictionary, DOUBLE, INT, KVLIST, STRING, UNSET } from '../model/model.ts';
import type { Reader } from '../wire/reader.ts';
import { isUtf8 } from '../wire/text.ts';
import { ValueDecoder } from './valueDecoder.ts';

/** The tables of ProfilesDictionary by field number. */
const TABLES: readonly string[] = [
  '',
  'mapping_table',
  'location_table',
  'function_table',
  'link_table',
  'string_table',
  'attribute_table',
  'stack_table',
];

/** Reads ProfilesDictionary into columns. */
export class DictionaryDecoder extends ValueDecoder {
  readonly warnings = new Set<string>();
  /** Which entry of which table is read, 0 for none: apart from `path`, since entries are many. */
  protected row = 0;
  protected table = 0;

  constructor(
    r: Reader,
    protected readonly dictionary: Dictionary,
  ) {
    super(r, dictionary.strings);
  }

  /** Where in the message tree the reader is, for errors. */
  where(): string {
    const [first, ...rest] = this.path;
    const path = this.table === 0 ? this.path : [first, `${TABLES[this.table]}[${this.row}]`, ...rest];
    return path.join('.') || 'profiles_data';
  }

  /** The first pass: all else refers to strings. Makes room for the attributes, of which there may be many. */
  protected strings(): void {
    const { r } = this;
    const { strings, attributes } = this.dictionary;
    let attributeCount = 0;
    while (r.pos < r.end) {
      const tag = r.tag();
      if (tag !== 0x2a) {
        if (tag === 0x32) attributeCount++;
        r.skip(tag);
        continue;
      }
      const end = r.limit();
      if (!isUtf8(r.buf, r.pos, end)) throw r.fail('is not UTF-8', r.pos, `dictionary.string_table[${strings.length}]`);
      strings.add(r.buf, r.pos, end);
      r.pos = end;
    }
    attributes.reserve(attributeCount);
  }

  protected tables(): void {
    const { r } = this;
    const { mappings, locations, functions, links, attributes, stacks } = this.dictionary;
    while (r.pos < r.end) {
      const tag = r.tag();
      switch (tag) {
        case 0x0a: // mapping_table
          this.entry(tag, mappings.length, this.mapping);
          break;
        case 0x12: // location_table
          this.entry(tag, locations.length, this.location);
          break;
        case 0x1a: // function_table
          this.entry(tag, functions.length, this.function);
          break;
        case 0x22: // link_table
          this.entry(tag, links.length, this.link);
          break;
        case 0x2a: // string_table
          r.skip(tag);
          break;
        case 0x32: // attribute_table
          this.entry(tag, attributes.length, this.attribute);
          break;
        case 0x3a: // stack_table
          this.entry(tag, stacks.length, this.stack);
          break;
        default:
          this.other(tag, 7, 'ProfilesDictionary');
      }
    }
  }

  private entry(tag: number, row: number, read: () => void): void {
    this.row = row;
    this.table = tag >>> 3;
    this.nested(read);
    this.table = 0;
  }

  private mapping(): void {
    const { mappings } = this.dictionary;
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
    const { locations } = this.dictionary;
    const row = locations.length;
    locations.mapping.push(0);
    locations.address.push(0, 0);
    while (r.pos < r.end) {
      const tag = r.tag();
      if (tag === 0x08) locations.mapping.array[row] = this.index();
      else if (tag === 0x10) this.into(locations.address, row);
      else if (tag === 0x1a) {
        const end = r.limit();
        const outer = r.end;
        r.end = end;
        this.line();
        r.end = outer;
      } else if (!this.indexes(tag, 4, locations.attributes.values)) this.other(tag, 4, 'Location');
    }
    locations.lineStart.push(locations.line.function.length);
    locations.attributes.close();
  }

  private line(): void {
    const { r } = this;
    const { line } = this.dictionary.locations;
    const row = line.function.length;
    line.function.push(0);
    line.line.push(0, 0);
    line.column.push(0, 0);
    while (r.pos < r.end) {
      const tag = r.tag();
      if (tag === 0x08) line.function.array[row] = this.index();
      else if (tag === 0x10) this.into(line.line, row);
      else if (tag === 0x18) this.into(line.column, row);
      else this.other(tag, 3, 'Line');
    }
  }

  private function(): void {
    const { r } = this;
    const { functions } = this.dictionary;
    const row = functions.length;
    functions.name.push(0);
    functions.systemName.push(0);
    functions.filename.push(0);
    functions.startLine.push(0, 0);
    while (r.pos < r.end) {
      const tag = r.tag();
      if (tag === 0x08) functions.name.array[row] = this.index();
      else if (tag === 0x10) functions.systemName.array[row] = this.index();
      else if (tag === 0x18) functions.filename.array[row] = this.index();
      else if (tag === 0x20) this.into(functions.startLine, row);
      else this.other(tag, 4, 'Function');
    }
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
    this.dictionary.links.add(ids);
  }

  private attribute(): void {
    const { r } = this;
    const { attributes } = this.dictionary;
    const row = attributes.length;
    attributes.key.push(0);
    attributes.unit.push(0);
    attributes.kind.push(UNSET);
    attributes.text.push(0);
    attributes.number.push(0, 0);
    while (r.pos < r.end) {
      const tag = r.tag();
      if (tag === 0x08) attributes.key.array[row] = this.index();
      else if (tag === 0x18) attributes.unit.array[row] = this.index();
      else if (tag === 0x12) {
        const end = r.limit();
        const outer = r.end;
        r.end = end;
        this.attributeValue(row);
        r.end = outer;
      } else this.other(tag, 3, 'KeyValueAndUnit');
    }
  }

  /** AnyValue of an attribute_table entry, into columns. */
  private attributeValue(row: number): void {
    const { r } = this;
    const { attributes, texts, strings } = this.dictionary;
    while (r.pos < r.end) {
      const tag = r.tag();
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
          attributes.text.array[row] =
            index < strings.length
              ? texts.add(strings.buffer(index), strings.start.array[index], strings.end.array[index])
              : texts.add(r.buf, 0, 0);
          break;
        }
        case 0x2a: // array_value
        case 0x32: {
          // kvlist_value
          const isNested = attributes.kind.array[row] === ARRAY || attributes.kind.array[row] === KVLIST;
          attributes.nested.set(row, this.nestedValue(tag, 0, isNested ? attributes.nested.get(row) : null));
          attributes.kind.array[row] = tag === 0x2a ? ARRAY : KVLIST;
          break;
        }
        default:
          this.other(tag, 8, 'AnyValue');
      }
    }
  }

  private stack(): void {
    const { r } = this;
    const { stacks } = this.dictionary;
    while (r.pos < r.end) {
      const tag = r.tag();
      if (!this.indexes(tag, 1, stacks.values)) this.other(tag, 1, 'Stack');
    }
    stacks.close();
  }
}
