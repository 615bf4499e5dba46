import { Reader } from '../../wire/reader.ts';
import { Writer } from '../../wire/writer.ts';
import type { Table } from '../schema.ts';
import {
  countsOf,
  DICTIONARY,
  lengthOf,
  outline,
  RESOURCE_PROFILES,
  type Run,
  SCOPE_PROFILES,
  type Span,
  writeMessage,
} from './outline.ts';
import { References, type Renumber, TABLES } from './references.ts';

/** The tables whose entries refer to others, each before those that it refers to. */
export const REFERRING_TABLES: readonly Table[] = ['stack', 'location', 'mapping', 'function', 'attribute'];

/**
 * The payload with only those scopes that are to be kept, resources and scopes counted from 0 as they stand. Resources
 * that no scope is left of are dropped, and so are the entries of the dictionary that nothing leads to any more, but
 * for entry 0 of each table, which stands for "none". All else keeps its order.
 * Takes and gives uncompressed ProfilesData in canonical wire form.
 *
 * Throws PprofOtlpError: `bad-input` for an index in what is kept that its table has no entry for, `limit` for
 * attribute values nested more than 64 deep.
 */
export function reduce(payload: Uint8Array, keep: (resource: number, scope: number) => boolean): Uint8Array {
  const { resources, dictionary, tables } = outline(payload);
  const references = new References(payload, countsOf(tables));
  const kept = keptPieces(payload, resources, keep);

  const reached = tables.map(({ count }) => new Uint8Array(count).fill(1, 0, 1));
  for (const { start, end } of kept.flat()) references.mark('ResourceProfiles', start, end, reached);
  for (const table of REFERRING_TABLES) {
    const t = TABLES.indexOf(table);
    eachReached(payload, tables[t], reached[t], (start, end) => {
      references.mark('ProfilesDictionary', start, end, reached);
    });
  }

  const numbers = reached.map(ranksOf);
  const renumber: Renumber = (table, index) => (index === 0 ? 0 : numbers[table][index]);
  const w = new Writer(payload.length);
  for (const pieces of kept) {
    writeMessage(w, RESOURCE_PROFILES, lengthOf(pieces), () => {
      for (const { start, end } of pieces) references.copy('ResourceProfiles', start, end, w, renumber);
    });
  }
  if (dictionary) {
    writeMessage(w, DICTIONARY, lengthOf(tables), () => {
      for (const [t, table] of tables.entries()) {
        eachReached(payload, table, reached[t], (start, end) => {
          references.copy('ProfilesDictionary', start, end, w, renumber);
        });
      }
    });
  }
  return w.finish();
}

/** For each resource that a scope is kept of, its fields without the other scopes. */
function keptPieces(payload: Uint8Array, { start, end }: Run, keep: (resource: number, scope: number) => boolean) {
  const kept: Span[][] = [];
  const r = new Reader(payload, start, end);
  for (let resource = 0; r.pos < end; resource++) {
    r.tag();
    const last = r.limit();
    const pieces: Span[] = [];
    let from = r.pos;
    let scope = 0;
    let keptScopes = 0;
    while (r.pos < last) {
      const at = r.pos;
      const tag = r.tag();
      r.skip(tag);
      if (tag !== SCOPE_PROFILES) continue;
      if (keep(resource, scope++)) keptScopes++;
      else {
        pieces.push({ start: from, end: at });
        from = r.pos;
      }
    }
    pieces.push({ start: from, end: last });
    if (keptScopes > 0) kept.push(pieces);
  }
  return kept;
}

/** Visits the entries of a table that are reached, neighbours together. */
function eachReached(
  payload: Uint8Array,
  { start, end }: Run,
  reached: Uint8Array,
  visit: (start: number, end: number) => void,
): void {
  const r = new Reader(payload, start, end);
  let from = start;
  for (let i = 0; i < reached.length; i++) {
    const at = r.pos;
    r.skip(r.tag());
    if (reached[i] === 1) continue;
    if (from < at) visit(from, at);
    from = r.pos;
  }
  if (from < end) visit(from, end);
}

/** The new number of each entry that is reached. */
function ranksOf(reached: Uint8Array): Int32Array {
  const ranks = new Int32Array(reached.length);
  for (let i = 0, next = 0; i < reached.length; i++) {
    ranks[i] = next;
    next += reached[i];
  }
  return ranks;
}
