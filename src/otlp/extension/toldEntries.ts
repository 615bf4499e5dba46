import { Misfit } from '../../errors.ts';
import { type Dictionary, STRING } from '../../model/model.ts';
import { equalBytes } from '../../wire/bytes.ts';
import { Reader } from '../../wire/reader.ts';
import { StringTable } from '../../wire/strings.ts';
import { Writer } from '../../wire/writer.ts';
import type { Entries } from './sampleWalk.ts';

/** Entries of a table that no sample tells: which, and their bytes. */
export interface Listed {
  index: number;
  bytes: Uint8Array;
}

export interface ListedEntries {
  stack: Listed[];
  attribute: Listed[];
  link: Listed[];
}

export const TOLD_TABLES = ['stack', 'attribute', 'link'] as const;
export type ToldTable = (typeof TOLD_TABLES)[number];

/** What a sample of the pprof tells about the entries that it uses, in the canonical bytes of the entry. */
class Teller {
  constructor(
    private readonly dictionary: Dictionary,
    /** The pprof location that stands for index 0. */
    private readonly noLocation: number,
  ) {}

  stack(index: number): Uint8Array {
    const { stacks } = this.dictionary;
    const w = new Writer(64);
    if (stacks.end(index) > stacks.start(index)) {
      w.byte(0x0a);
      const start = w.open(1);
      for (let at = stacks.start(index); at < stacks.end(index); at++) {
        const location = stacks.values.array[at];
        w.uint32(location === this.noLocation ? 0 : location);
      }
      w.close(start, 1);
    }
    return w.finish();
  }

  attribute(label: number): Uint8Array {
    const { attributes, strings } = this.dictionary;
    const w = new Writer(64);
    const index = (tag: number, value: number) => {
      if (value === 0) return;
      w.byte(tag);
      w.uint32(value);
    };
    index(0x08, attributes.key.array[label]);
    w.byte(0x12);
    const start = w.open(1);
    if (attributes.kind.array[label] === STRING) {
      const text = attributes.text.array[label];
      w.field(0x0a, strings.buffer(text), strings.start.array[text], strings.end.array[text]);
    } else {
      w.byte(0x18);
      w.varint(attributes.number.lo[label], attributes.number.hiAt(label));
    }
    w.close(start, 1);
    index(0x18, attributes.unit.array[label]);
    return w.finish();
  }

  link(trace: number, span: number): Uint8Array {
    const w = new Writer(64);
    [trace, span].forEach((label, i) => {
      const bytes = hexBytes(this.text(label));
      if (bytes.length > 0) w.field(i === 0 ? 0x0a : 0x12, bytes);
    });
    return w.finish();
  }

  private text(label: number): string {
    const { attributes, strings } = this.dictionary;
    return attributes.kind.array[label] === STRING ? strings.text(attributes.text.array[label]) : '';
  }
}

function hexBytes(hex: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/.test(hex)) return new Uint8Array(0);
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

/** The writer's side: finds the entries that must be listed. */
export class EntryLister implements Entries {
  readonly lengths: Record<ToldTable, number>;
  private readonly told: Record<ToldTable, Uint8Array>;
  private readonly teller: Teller;
  private readonly labels: number[] = [];

  constructor(
    dictionary: Dictionary,
    noLocation: number,
    private readonly tables: Record<ToldTable, StringTable>,
  ) {
    this.teller = new Teller(dictionary, noLocation);
    const { stack, attribute, link } = tables;
    this.lengths = { stack: stack.length, attribute: attribute.length, link: link.length };
    this.told = {
      stack: new Uint8Array(stack.length),
      attribute: new Uint8Array(attribute.length),
      link: new Uint8Array(link.length),
    };
  }

  stackUsed(index: number, stack: number): void {
    if (stack >= 0) this.compare('stack', index, this.teller.stack(stack));
  }

  attributeUsed(index: number, label: number): void {
    if (label >= 0) this.compare('attribute', index, this.teller.attribute(label));
  }

  linkUsed(index: number, trace: number, span: number): void {
    if (trace >= 0) this.compare('link', index, this.teller.link(trace, span));
  }

  labelsOf(attribute: number): number {
    this.labels[attribute] ??= labelsIn(this.tables.attribute.bytes(attribute));
    return this.labels[attribute];
  }

  private compare(table: ToldTable, index: number, bytes: Uint8Array): void {
    if (equalBytes(bytes, this.tables[table].bytes(index))) this.told[table][index] = 1;
  }

  /** To be called once all samples were walked. */
  listed(): ListedEntries {
    const listed: ListedEntries = { stack: [], attribute: [], link: [] };
    for (const name of TOLD_TABLES) {
      const table = this.tables[name];
      for (let index = 0; index < table.length; index++)
        if (this.told[name][index] === 0) listed[name].push({ index, bytes: table.bytes(index) });
    }
    return listed;
  }
}

/** The reader's side: puts together what is listed and what samples tell. */
export class EntryCollector implements Entries {
  private readonly entries: Record<ToldTable, (Uint8Array | undefined)[]>;
  private readonly teller: Teller;
  private readonly labels: number[] = [];

  constructor(
    dictionary: Dictionary,
    noLocation: number,
    readonly lengths: Record<ToldTable, number>,
    listed: ListedEntries,
  ) {
    this.teller = new Teller(dictionary, noLocation);
    this.entries = { stack: [], attribute: [], link: [] };
    for (const name of TOLD_TABLES) {
      for (const { index, bytes } of listed[name]) {
        if (index >= lengths[name]) throw new Misfit('a listed entry is out of range');
        this.entries[name][index] = bytes;
      }
    }
  }

  stackUsed(index: number, stack: number): void {
    if (stack >= 0) this.entries.stack[index] ??= this.teller.stack(stack);
  }

  attributeUsed(index: number, label: number): void {
    if (label >= 0) this.entries.attribute[index] ??= this.teller.attribute(label);
  }

  linkUsed(index: number, trace: number, span: number): void {
    if (trace >= 0) this.entries.link[index] ??= this.teller.link(trace, span);
  }

  labelsOf(attribute: number): number {
    const bytes = this.entries.attribute[attribute];
    if (bytes === undefined) throw new Misfit('no sample tells an attribute');
    this.labels[attribute] ??= labelsIn(bytes);
    return this.labels[attribute];
  }

  /** All entries of a table, once all samples were walked. */
  table(name: ToldTable): StringTable {
    const table = new StringTable();
    for (let index = 0; index < this.lengths[name]; index++) {
      const bytes = this.entries[name][index];
      if (bytes === undefined) throw new Misfit('no sample tells an entry');
      table.add(bytes);
    }
    return table;
  }
}

/** How many labels a KeyValueAndUnit becomes: each element of an array is one. */
function labelsIn(bytes: Uint8Array): number {
  let labels = 1;
  fields(bytes, (tag, value) => {
    if (tag !== 0x12) return;
    fields(value, (inner, array) => {
      if (inner !== 0x2a) return;
      labels = 0;
      fields(array, () => labels++);
    });
  });
  return labels;
}

/** The LEN fields of a message. */
function fields(bytes: Uint8Array, visit: (tag: number, value: Uint8Array) => void): void {
  const r = new Reader(bytes);
  while (r.pos < r.end) {
    const tag = r.tag();
    if ((tag & 7) !== 2) r.skip(tag);
    else {
      const end = r.limit();
      visit(tag, bytes.subarray(r.pos, end));
      r.pos = end;
    }
  }
}
