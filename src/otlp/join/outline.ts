/** What stands where in a payload in canonical wire form: resources first, then the dictionary, table by table. */

import { PprofOtlpError } from '../../errors.ts';
import { LEN, Reader, varintSize } from '../../wire/reader.ts';
import type { Writer } from '../../wire/writer.ts';
import { TABLE } from '../schema.ts';
import { TABLES } from './references.ts';

export interface Span {
  start: number;
  end: number;
}

/** Fields of one number, one after the other. */
export interface Run extends Span {
  count: number;
}

export interface Outline {
  resources: Run;
  dictionary: boolean;
  /** In the order of TABLES. */
  tables: Run[];
}

export const RESOURCE_PROFILES = (1 << 3) | LEN;
export const DICTIONARY = (2 << 3) | LEN;
export const SCOPE_PROFILES = (2 << 3) | LEN;

export function outline(payload: Uint8Array): Outline {
  const r = new Reader(payload);
  const resources = takeAll(r, RESOURCE_PROFILES);
  const dictionary = r.pos < r.end;
  if (dictionary) {
    if (r.tag() !== DICTIONARY) throw notCanonical();
    r.end = r.limit();
  }
  const tables = TABLES.map((table) => takeAll(r, (TABLE[table] << 3) | LEN));
  if (r.pos < payload.length) throw notCanonical();
  return { resources, dictionary, tables };
}

const notCanonical = () => new PprofOtlpError('internal', 'the payload is not canonical', { stage: 'map' });

/** Steps over the fields of this tag that come next. */
function takeAll(r: Reader, tag: number): Run {
  const start = r.pos;
  let end = start;
  let count = 0;
  while (r.pos < r.end && r.tag() === tag) {
    r.skip(tag);
    end = r.pos;
    count++;
  }
  r.pos = end;
  return { start, end, count };
}

/** Steps over the next fields. */
export function take(r: Reader, count: number): Span {
  const start = r.pos;
  for (let i = 0; i < count; i++) r.skip(r.tag());
  return { start, end: r.pos };
}

export const countsOf = (runs: readonly Run[]): number[] => runs.map(({ count }) => count);
export const lengthOf = (spans: readonly Span[]): number => spans.reduce((sum, { start, end }) => sum + end - start, 0);

/** `length`: what the content had before, a guess at what it has now. */
export function writeMessage(w: Writer, tag: number, length: number, content: () => void): void {
  w.uint32(tag);
  const width = varintSize(length);
  const start = w.open(width);
  content();
  w.close(start, width);
}
