import { SCHEMA } from '../../otlp/schema.ts';
import { StringInterner } from '../../wire/strings.ts';
import { Payload } from '../payload.ts';
import type { Place } from '../rule.ts';
import type { Format } from '../schema.ts';
import { NONE, type Spans, type Table } from '../table.ts';

export const OTLP: Format = { name: 'otlp', proto: 'profiles.proto', root: 'ProfilesData', schema: SCHEMA };

/** The dictionary's tables of messages: the name that indexes have for them, the message, the field. */
export const DICTIONARY = [
  ['mapping', 'Mapping', 'mapping_table'],
  ['location', 'Location', 'location_table'],
  ['function', 'Function', 'function_table'],
  ['link', 'Link', 'link_table'],
  ['attribute', 'KeyValueAndUnit', 'attribute_table'],
  ['stack', 'Stack', 'stack_table'],
] as const;

/** What has `attribute_indices`. */
export const ATTRIBUTE_OWNERS = ['Profile', 'Sample', 'Mapping', 'Location'] as const;

/** An OTLP payload: the tables, and what several rules ask of them. */
export class Otlp extends Payload {
  readonly profiles = this.table('Profile');
  readonly samples = this.table('Sample');
  readonly mappings = this.table('Mapping');
  readonly locations = this.table('Location');
  readonly lines = this.table('Line');
  readonly functions = this.table('Function');
  readonly links = this.table('Link');
  readonly attributes = this.table('KeyValueAndUnit');
  readonly stacks = this.table('Stack');
  readonly keyValues = this.table('KeyValue');
  readonly values = this.table('AnyValue');
  readonly strings: Spans = this.table('ProfilesDictionary').spanLists('string_table').values;
  private sameText: Int32Array | undefined;
  private readonly texts = new StringInterner();

  constructor(
    bytes: Uint8Array,
    /** The draft that the payload had the layout of before it was brought to this one. */
    readonly draft: string | undefined,
  ) {
    super(bytes, OTLP);
  }

  /** How many entries a table of the dictionary has. */
  size(table: string): number {
    if (table === 'string') return this.strings.length;
    return this.table(DICTIONARY.find(([name]) => name === table)?.[1] as string).length;
  }

  /** A string of the dictionary; empty for index 0, and when the index leads nowhere, which is another rule's business. */
  text(index: number): string {
    return index > 0 && index < this.strings.length ? this.strings.text(index) : '';
  }

  /** Equal for indexes of equal strings; negative for an index that leads nowhere. */
  textId(index: number): number {
    this.sameText ??= Int32Array.from({ length: this.strings.length }, (_, i) => this.internText(this.strings, i));
    return index >= 0 && index < this.sameText.length ? this.sameText[index] : NONE - (index & 0x7fffffff);
  }

  /** The same number for the same text, wherever it stands. */
  internText(spans: Spans, at: number): number {
    return this.texts.intern(this.bytes, spans.start.array[at], spans.end.array[at]);
  }

  /** The key of a KeyValue, by itself or by reference. */
  key(row: number): string {
    const index = this.keyValues.ints('key_strindex').array[row];
    return index === 0 ? this.keyValues.spans('key').text(row) : this.text(index);
  }
}

export function at(table: Table, row: number, field?: string, index?: number): Place {
  const place: Place = { table: table.name, row };
  if (field !== undefined) place.field = field;
  if (index !== undefined) place.index = index;
  return place;
}

/** A place among the entries of string_table. */
export const atString = (index: number): Place => ({
  table: 'ProfilesDictionary',
  row: 0,
  field: 'string_table',
  index,
});
