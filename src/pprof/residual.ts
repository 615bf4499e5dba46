import { Misfit } from '../errors.ts';
import type { Dictionary } from '../model/model.ts';
import { concat } from '../wire/bytes.ts';
import type { Int32Column } from '../wire/columns.ts';
import { deflate, inflate } from '../wire/deflate.ts';
import { MessageReader, MessageWriter } from '../wire/message.ts';
import type { StringTable } from '../wire/strings.ts';
import { type Facts, noFacts } from './facts.ts';
import type { Layout } from './layout.ts';
import { decodeFacts, decodeMappings, encodeFacts, encodeMappings } from './residualFacts.ts';
import { decodeLayout, encodeLayout } from './residualLayout.ts';

/** What a residual says: proto/residual.proto, docs/format.md. */
export interface Residual {
  /** Of the original's uncompressed bytes. */
  length: number;
  digest: Uint8Array;
  /** Undefined when the original rides whole in original_payload. */
  structure: { facts: Facts; layout: Layout } | undefined;
}

const VERSION = 1;
/** What inflates to more than this, and to more than so many times its size, was made to harm. */
const INFLATED_LIMIT = 1024 * 1024;
const INFLATED_RATIO = 100;

const inflatedLimit = (deflated: Uint8Array): number => Math.max(INFLATED_LIMIT, INFLATED_RATIO * deflated.length);

/** `dictionary` is the model's, in canonical order: its strings are the text that deflate may refer to. */
export function encodeResidual({ length, digest, structure }: Residual, dictionary: Dictionary): Uint8Array {
  const residual = new MessageWriter().uint(1, VERSION).uint(2, length).bytes(3, digest);
  if (structure === undefined) return residual.uint(4, 1).finish();
  const { facts, layout } = structure;
  deflated(residual, 5, encodeMappings(facts), () => mappingNames(dictionary));
  const body = new MessageWriter();
  encodeFacts(body, facts);
  encodeLayout(body, layout);
  deflated(residual, 7, body.finish(), () => allNames(dictionary));
  return residual.bytes(9, facts.scatteredStrings).finish();
}

/** Throws Misfit for a residual that is damaged or of a later version; any other wrong one the digest finds out. */
export function decodeResidual(bytes: Uint8Array, dictionary: Dictionary): Residual {
  return orMisfit(() => {
    const residual = readResidual(bytes);
    const head = { length: residual.uint(2), digest: residual.bytes(3) };
    if (residual.uint(4) === 1) return { ...head, structure: undefined };
    const facts = noFacts();
    const body = inflated(residual, 7, () => allNames(dictionary));
    decodeFacts(body, facts);
    decodeMappings(
      inflated(residual, 5, () => mappingNames(dictionary)),
      facts,
    );
    facts.scatteredStrings = residual.bytes(9);
    return { ...head, structure: { facts, layout: decodeLayout(body) } };
  });
}

/**
 * The facts of a residual that stand alone, whatever became of the rest: the mappings that no location names, and
 * their place. Throws Misfit for a residual that is damaged or of a later version.
 */
export function decodeMappingFacts(bytes: Uint8Array, dictionary: Dictionary): Facts {
  return orMisfit(() => {
    const facts = noFacts();
    decodeMappings(
      inflated(readResidual(bytes), 5, () => mappingNames(dictionary)),
      facts,
    );
    return facts;
  });
}

function readResidual(bytes: Uint8Array): MessageReader {
  const residual = new MessageReader(bytes);
  if (residual.uint(1) !== VERSION)
    throw new Misfit(`the residual has version ${residual.uint(1)}, which this release does not know`);
  return residual;
}

/** So few bytes hardly become fewer, and to find that out would cost a small file more than all the rest of its residual. */
const FEW_BYTES = 64;

/** Writes bytes as field `field`, or deflated as the field after it where that is shorter. */
function deflated(message: MessageWriter, field: number, bytes: Uint8Array, preset: () => Uint8Array): void {
  const short = bytes.length > FEW_BYTES ? deflate(bytes, preset()) : bytes;
  if (short.length < bytes.length && bytes.length <= inflatedLimit(short)) message.bytes(field + 1, short);
  else message.bytes(field, bytes);
}

function inflated(message: MessageReader, field: number, preset: () => Uint8Array): MessageReader {
  const short = message.bytes(field + 1);
  const bytes = short.length > 0 ? inflate(short, inflatedLimit(short), preset()) : message.bytes(field);
  if (bytes === undefined) throw new Misfit('the residual does not inflate');
  return new MessageReader(bytes);
}

/** What deflate can look back at. */
const WINDOW = 32 * 1024;

const mappingNames = ({ strings, mappings }: Dictionary): Uint8Array => namesIn(strings, [mappings.filename]);

/** The names that unused entries are likely to share. */
const allNames = ({ strings, mappings, functions }: Dictionary): Uint8Array =>
  namesIn(strings, [functions.filename, mappings.filename, functions.name]);

/** Each name once, in table order, as far as deflate can look back. */
function namesIn(strings: StringTable, columns: readonly Int32Column[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const seen = new Set<number>();
  let length = 0;
  for (const column of columns) {
    for (let i = 0; i < column.length; i++) {
      const index = column.array[i];
      if (seen.has(index) || length + strings.size(index) > WINDOW) continue;
      seen.add(index);
      length += strings.size(index);
      parts.push(strings.bytes(index));
    }
  }
  return concat(parts);
}

function orMisfit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Misfit ? error : new Misfit('the residual is damaged', { cause: error });
  }
}
