import { StringInterner } from '../../wire/strings.ts';
import { Writer } from '../../wire/writer.ts';
import type { MessageName } from '../schema.ts';
import { TABLE, type Table } from '../schema.ts';
import type { AnyValue } from './draft.ts';
import { encode } from './message.ts';

const MESSAGE_OF: Record<Exclude<Table, 'string'>, MessageName> = {
  mapping: 'Mapping',
  location: 'Location',
  function: 'Function',
  link: 'Link',
  attribute: 'KeyValueAndUnit',
  stack: 'Stack',
};

/** An attribute to add: key, value and, as an index of string_table, unit. */
export interface NewAttribute {
  key: string;
  value: AnyValue | undefined;
  unit?: number;
}

/** The ProfilesDictionary being made: equal entries are one, entry 0 of each table is its zero value. */
export class Dictionary {
  private readonly tables = Object.fromEntries(
    Object.keys(TABLE).map((table) => [table, new StringInterner()]),
  ) as Record<Table, StringInterner>;
  private readonly keys: string[] = [];

  constructor() {
    // A zero value has no bytes.
    for (const table of Object.values(this.tables)) table.internText('');
    this.keys.push('');
  }

  string(text: string): number {
    return this.tables.string.internText(text);
  }

  /** Adds an entry whose indexes are this dictionary's already. */
  entry(table: Exclude<Table, 'string'>, message: object): number {
    return this.tables[table].intern(encode(MESSAGE_OF[table], message));
  }

  attribute({ key, value, unit = 0 }: NewAttribute): number {
    const index = this.entry('attribute', { key_strindex: this.string(key), value, unit_strindex: unit });
    this.keys[index] = key;
    return index;
  }

  /** The key of an attribute of this dictionary. */
  key(attribute: number): string {
    return this.keys[attribute];
  }

  finish(): Uint8Array {
    const w = new Writer();
    for (const [name, field] of Object.entries(TABLE)) {
      const { table } = this.tables[name as Table];
      for (let i = 0; i < table.length; i++) w.field((field << 3) | 2, table.bytes(i));
    }
    return w.finish();
  }
}
