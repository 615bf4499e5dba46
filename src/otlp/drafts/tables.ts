import type { Table } from '../schema.ts';
import type { Dictionary, NewAttribute } from './dictionary.ts';
import type { AnyValue, Attribute, Entry, KeyValue, Location, Mapping, TableOwner } from './draft.ts';
import * as keys from './keys.ts';
import type { Message, Place } from './message.ts';
import type { Layout } from './schemas.ts';

/** The tables of one owner in a draft, moved into the dictionary: old indexes become new ones here. */
export class Tables {
  private readonly strings: string[];
  private readonly units = new Map<string, { unit: number; used: boolean }>();
  private readonly moved: Record<Exclude<Table, 'string'>, number[]> = {
    link: [],
    attribute: [],
    function: [],
    mapping: [],
    location: [],
    stack: [],
  };

  constructor(
    owner: TableOwner,
    readonly dictionary: Dictionary,
    private readonly layout: Layout,
    private readonly warnings: Set<string>,
  ) {
    this.strings = owner.string_table ?? [];
    if ((this.strings[0] ?? '') !== '') throw owner.place.error('is not the empty string', 'string_table[0]');
    for (const text of this.strings) dictionary.string(text);
    this.readUnits(owner);
    const { moved } = this;
    const move = <T>(table: keyof typeof moved, entries: T[] | undefined, entry: (from: T) => number) => {
      for (const from of entries ?? []) moved[table].push(entry(from));
    };
    // Each table before those that refer to it.
    move('link', owner.link_table, (link) => dictionary.entry('link', link));
    move('attribute', owner.attribute_table, (attribute) => this.newAttribute(attribute));
    move('function', owner.function_table, (fn) => this.newFunction(fn));
    move('mapping', owner.mapping_table, (mapping) => this.newMapping(mapping));
    move('location', owner.location_table, (location) => this.newLocation(location));
    move('stack', owner.stack_table, (stack) => this.stack(stack.location_indices ?? [], stack.place));
  }

  get locationCount(): number {
    return this.moved.location.length;
  }

  /** The text of a string index. Index 0 needs no table to stand for the empty string. */
  text(index = 0, place: Place, field: string): string {
    const { strings } = this;
    if (index === 0) return '';
    if (index >= strings.length) throw missing('string_table', index, strings.length, place, field);
    return strings[index];
  }

  string(index: number | undefined, place: Place, field: string): number {
    return this.dictionary.string(this.text(index, place, field));
  }

  /** The new index of an entry; what an empty table does not have is the zero value. */
  entry(table: Exclude<Table, 'string'>, index = 0, place: Place, field: string): number {
    const { [table]: entries } = this.moved;
    if (index === 0) return entries[0] ?? 0;
    if (index >= entries.length) throw missing(`${table}_table`, index, entries.length, place, field);
    return entries[index];
  }

  /** The same for a field that is optional in 1.4 to 1.7, where 0 is an entry like any other. */
  optional(table: 'mapping' | 'link', index: number | undefined, place: Place, field: string): number {
    const { layout } = this;
    if (index === undefined && (layout === '1.5' || layout === '1.6' || layout === '1.7')) return 0;
    const moved = this.entry(table, index, place, field);
    // Mappings and links begin at 0 in 1.3, and an index 0 is not written.
    if (layout === '1.3' && table === 'link' && moved !== 0 && (index ?? 0) === 0) {
      this.warnings.add('1.3 cannot say that a sample has no link: those without one have the first of link_table');
    }
    return moved;
  }

  /** A stack from locations of the draft, leaf first. */
  stack(locations: readonly number[], place: Place): number {
    const location_indices = locations.map((index) => this.entry('location', index, place, 'location_indices'));
    return this.dictionary.entry('stack', { location_indices });
  }

  /** An attribute set: what the draft lists, then what its fields say. */
  attributes(listed: readonly number[] = [], place: Place, added: readonly NewAttribute[]): number[] {
    const set = listed.map((index) => this.entry('attribute', index, place, 'attribute_indices'));
    return this.extended(set, added);
  }

  /** The set with more attributes. A key that it has already with another value gets the drafts' prefix. */
  extended(set: readonly number[], added: readonly NewAttribute[]): number[] {
    if (added.length === 0) return [...set];
    const { dictionary } = this;
    const whole = new Set(set);
    const taken = new Set(set.map((index) => dictionary.key(index)));
    for (const attribute of added) {
      const index = dictionary.attribute(attribute);
      if (whole.has(index)) continue;
      const { key } = attribute;
      whole.add(taken.has(key) ? dictionary.attribute({ ...attribute, key: keys.DRAFT + key }) : index);
    }
    return [...set, ...[...whole].slice(new Set(set).size)];
  }

  /** A key with its value, with string indexes resolved and the unit of its key. */
  keyValue(from: KeyValue): NewAttribute {
    const { key, value } = this.resolved(from, from.place);
    const unit = this.units.get(key);
    if (unit !== undefined) unit.used = true;
    return { key, value, unit: unit?.unit ?? 0 };
  }

  /** The same as it stands in a resource or a scope, where there are no units. */
  resolved({ key = '', key_strindex = 0, value }: Entry, place: Place): { key: string; value: AnyValue | undefined } {
    return { key: key || this.text(key_strindex, place, 'key_strindex'), value: value && this.value(value, place) };
  }

  /** Warns of units that no attribute has. To be called when all attributes were seen. */
  finish(): void {
    for (const [key, { used }] of this.units) {
      if (!used) this.warnings.add(`attribute_units gives a unit to ${JSON.stringify(key)}, which no attribute has`);
    }
  }

  private value(from: AnyValue, place: Place): AnyValue {
    if (from.string_value_strindex !== undefined) {
      return { string_value: this.text(from.string_value_strindex, place, 'value.string_value_strindex') };
    }
    const list = from.array_value?.values;
    if (list !== undefined) return { array_value: { values: list.map((one) => this.value(one, place)) } };
    const entries = from.kvlist_value?.values;
    if (entries === undefined) return from;
    return { kvlist_value: { values: entries.map((one) => this.resolved(one, place)) } };
  }

  private readUnits({ attribute_units = [] }: TableOwner): void {
    for (const { attribute_key_strindex, unit_strindex, place } of attribute_units) {
      const key = this.text(attribute_key_strindex, place, 'attribute_key_strindex');
      const unit = this.string(unit_strindex, place, 'unit_strindex');
      if ((this.units.get(key)?.unit ?? unit) !== unit) {
        this.warnings.add(`attribute_units gives ${JSON.stringify(key)} more than one unit; the first one is taken`);
      } else if (unit !== 0) this.units.set(key, { unit, used: false });
    }
  }

  private newAttribute(from: Attribute): number {
    const attribute = this.keyValue(from);
    if (from.unit_strindex !== undefined) attribute.unit = this.string(from.unit_strindex, from.place, 'unit_strindex');
    return this.dictionary.attribute(attribute);
  }

  private newFunction({ place, ...from }: Message): number {
    if (from.id !== undefined && from.id !== 0n) {
      this.warnings.add('the ids of functions are left out: functions have no attributes, and nothing refers to ids');
    }
    const string = (field: string) => this.string(from[field] as number | undefined, place, field);
    return this.dictionary.entry('function', {
      name_strindex: string('name_strindex'),
      system_name_strindex: string('system_name_strindex'),
      filename_strindex: string('filename_strindex'),
      start_line: from.start_line,
    });
  }

  private newMapping(from: Mapping): number {
    const { place } = from;
    const flags: [boolean | undefined, string][] = [
      [from.has_functions, keys.MAPPING_HAS_FUNCTIONS],
      [from.has_filenames, keys.MAPPING_HAS_FILENAMES],
      [from.has_line_numbers, keys.MAPPING_HAS_LINE_NUMBERS],
      [from.has_inline_frames, keys.MAPPING_HAS_INLINE_FRAMES],
    ];
    const added = [...idOf(from.id), ...this.buildId(from)];
    for (const [flag, key] of flags) if (flag) added.push({ key, value: { bool_value: true } });
    return this.dictionary.entry('mapping', {
      ...from,
      filename_strindex: this.string(from.filename_strindex, place, 'filename_strindex'),
      attribute_indices: this.attributes(from.attribute_indices, place, added),
    });
  }

  private buildId({ build_id, build_id_kind: kind = 0, place }: Mapping): NewAttribute[] {
    const id = this.text(build_id, place, 'build_id');
    const added: NewAttribute[] = [];
    const linkerKey = id.includes('/') ? keys.BUILD_ID_GO : keys.BUILD_ID_GNU;
    if (id !== '') added.push({ key: kind === HASH ? keys.BUILD_ID_HTLHASH : linkerKey, value: { string_value: id } });
    // The key of the build id tells the kind, if there is one and the kind is known.
    if (kind !== LINKER && (id === '' || kind !== HASH)) {
      added.push({ key: keys.BUILD_ID_KIND, value: { int_value: BigInt(kind) } });
    }
    return added;
  }

  private newLocation(from: Location): number {
    const { place, lines = [] } = from;
    const type = this.text(from.type_index, place, 'type_index');
    const added = idOf(from.id);
    if (type !== '') added.push({ key: keys.FRAME_TYPE, value: { string_value: type } });
    if (from.is_folded) added.push({ key: keys.LOCATION_IS_FOLDED, value: { bool_value: true } });
    return this.dictionary.entry('location', {
      mapping_index: this.optional('mapping', from.mapping_index, place, 'mapping_index'),
      address: from.address,
      lines: lines.map(({ function_index: index, ...line }) => ({
        ...line,
        function_index: this.entry('function', index, line.place, 'function_index'),
      })),
      attribute_indices: this.attributes(from.attribute_indices, place, added),
    });
  }
}

/** BuildIdKind of 1.3. */
const LINKER = 0;
const HASH = 1;

const idOf = (id = 0n): NewAttribute[] =>
  id === 0n ? [] : [{ key: keys.ID, value: { int_value: BigInt.asIntN(64, id) } }];

function missing(table: string, index: number, length: number, place: Place, field: string) {
  return place.error(`names entry ${index} of ${table}, which has ${length}`, field);
}
