/**
 * Several payloads as one, and back, without decoding them.
 *
 * All payloads here are uncompressed ProfilesData in canonical wire form: fields ascending, repeated numbers packed,
 * zeros absent, varints minimal, nothing unknown.
 */

import { Misfit, PprofOtlpError } from '../../errors.ts';
import { Reader } from '../../wire/reader.ts';
import { Writer } from '../../wire/writer.ts';
import { countsOf, DICTIONARY, lengthOf, type Outline, outline, take, writeMessage } from './outline.ts';
import { References, type Renumber, TABLES } from './references.ts';

/** What one message brought into a joined payload. */
export interface Part {
  resources: number;
  /** Whether there was a dictionary, be it an empty one. */
  dictionary: boolean;
  /** The entries of each dictionary table, in the order of TABLES. */
  entries: number[];
}

/** Most bytes that protobuf lets a message have. */
const MAX_LENGTH = 0x7fffffff;

/**
 * Makes one payload of several: their resources in turn, each dictionary table their tables in turn, and each index
 * moved by the entries before. Index 0 stays 0, as it says "none". A single message is given back as it is.
 *
 * Throws PprofOtlpError: `bad-input` for an index that its message's table has no entry for, `limit` for attribute
 * values nested more than 64 deep and for more than 2 GiB in all.
 */
export function join(messages: readonly Uint8Array[]): { payload: Uint8Array; parts: Part[] } {
  const outlines = messages.map(outline);
  const parts = outlines.map(partOf);
  if (messages.length === 1) return { payload: messages[0], parts };

  const length = messages.reduce((sum, message) => sum + message.length, 0);
  checkLength(length);
  // Moved indexes are longer; memory that is not touched costs nothing.
  const w = new Writer(Math.ceil(length * 1.2));
  const copies = startsOf(parts).map((starts, i) => {
    const references = new References(messages[i], parts[i].entries, `[message ${i}] `);
    const renumber: Renumber = (table, index) => (index === 0 ? 0 : index + starts[table]);
    return { references, renumber, ...outlines[i] };
  });
  for (const { references, renumber, resources } of copies)
    references.copy('ProfilesData', resources.start, resources.end, w, renumber);
  if (parts.some(({ dictionary }) => dictionary)) {
    writeMessage(w, DICTIONARY, length, () => {
      for (const t of TABLES.keys()) {
        for (const { references, renumber, tables } of copies)
          references.copy('ProfilesDictionary', tables[t].start, tables[t].end, w, renumber);
      }
    });
  }
  checkLength(w.pos);
  return { payload: w.finish(), parts };
}

/**
 * The messages that `join` made a payload of, byte for byte.
 *
 * Throws Misfit when the parts are not those of the payload, PprofOtlpError `limit` like `join`.
 */
export function split(payload: Uint8Array, parts: readonly Part[]): Uint8Array[] {
  const { resources, dictionary, tables } = outline(payload);
  const sum = (count: (part: Part) => number): number => parts.reduce((total, part) => total + count(part), 0);
  const fits =
    parts.every(isPart) &&
    parts.some((part) => part.dictionary) === dictionary &&
    sum((part) => part.resources) === resources.count &&
    tables.every(({ count }, t) => sum((part) => part.entries[t]) === count);
  if (!fits) throw new Misfit('the parts are not those of the payload');
  if (parts.length === 1) return [payload];

  const references = new References(payload, countsOf(tables));
  const resourceReader = new Reader(payload, resources.start, resources.end);
  const entryReaders = tables.map(({ start, end }) => new Reader(payload, start, end));
  const starts = startsOf(parts);
  const message = (part: Part, i: number): Uint8Array => {
    const renumber: Renumber = (table, index) => {
      if (index === 0) return 0;
      const own = index - starts[i][table];
      if (own <= 0 || own >= part.entries[table]) throw new Misfit('an index leads to an entry of another message');
      return own;
    };
    const ownResources = take(resourceReader, part.resources);
    const ownTables = part.entries.map((count, t) => take(entryReaders[t], count));
    const length = lengthOf(ownTables);
    // Indexes only get shorter.
    const w = new Writer(lengthOf([ownResources]) + length + 16);
    references.copy('ProfilesData', ownResources.start, ownResources.end, w, renumber);
    if (part.dictionary) {
      writeMessage(w, DICTIONARY, length, () => {
        for (const { start, end } of ownTables) references.copy('ProfilesDictionary', start, end, w, renumber);
      });
    }
    return w.finish();
  };
  try {
    return parts.map(message);
  } catch (error) {
    if (error instanceof PprofOtlpError && error.code === 'bad-input') throw new Misfit(error.describe());
    throw error;
  }
}

function checkLength(length: number): void {
  if (length > MAX_LENGTH) throw new PprofOtlpError('limit', 'the messages together exceed 2 GiB', { stage: 'map' });
}

function partOf({ resources, dictionary, tables }: Outline): Part {
  return { resources: resources.count, dictionary, entries: countsOf(tables) };
}

function isPart({ resources, dictionary, entries }: Part): boolean {
  const sound = [resources, ...entries].every((count) => Number.isInteger(count) && count >= 0);
  return sound && entries.length === TABLES.length && (dictionary || entries.every((count) => count === 0));
}

/** For each part the number of entries that the parts before it have, by table. */
function startsOf(parts: readonly Part[]): number[][] {
  let next = TABLES.map(() => 0);
  return parts.map(({ entries }) => {
    const starts = next;
    next = starts.map((start, t) => start + entries[t]);
    return starts;
  });
}
