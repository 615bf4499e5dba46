import { Misfit } from '../../errors.ts';
import { concat, equalBytes } from '../../wire/bytes.ts';
import { deflate, inflate } from '../../wire/deflate.ts';
import { digest } from '../../wire/digest.ts';
import { MessageReader, MessageWriter } from '../../wire/message.ts';
import { LEN, Reader } from '../../wire/reader.ts';
import { Writer } from '../../wire/writer.ts';
import type { Part } from '../join/join.ts';
import { TABLE } from '../schema.ts';

/** The field of pprof's Profile in which the extension rides; readers of pprof step over it. */
export const EXTENSION_FIELD = 535_707_117;

const VERSION = 1;

/** What a file says about itself and a digest that tells whether somebody changed it. */
export interface Fingerprint {
  length: number;
  digest: Uint8Array;
}

export const fingerprint = (bytes: Uint8Array): Fingerprint => ({ length: bytes.length, digest: digest(bytes) });

export const matches = (bytes: Uint8Array, { length, digest: expected }: Fingerprint): boolean =>
  bytes.length === length && equalBytes(digest(bytes), expected);

/** The extension of a pprof that was made from OTLP: proto/extension.proto, docs/format.md. */
export interface Extension {
  /** Of the pprof without this field. */
  pprof: Fingerprint;
  /** Of what the content gives, and of how it lay in its file: see `wholeOf`. */
  payload: Fingerprint;
  file: FileForm;
  content: Content;
}

/** How the messages lay in the file. */
export interface FileForm {
  /** The container's own facts, see its `join`; empty for a bare message. */
  container: Uint8Array;
  /** For each message whether it was JSON; empty when none was. */
  json: boolean[];
}

/** What the payload's fingerprint is of: the messages one after the other, then how they lay in their file. */
export const wholeOf = (messages: readonly Uint8Array[], { container, json }: FileForm): Uint8Array =>
  concat([...messages, container, Uint8Array.from(json, Number)]);

/**
 * `structured`: what the payload says beyond the pprof (payloadFacts.ts); the parts that it was joined from, none for a
 * single message, and the wire layout of each message.
 * `additions`: the pprof came back to its last byte; what the payload says beyond it, as a payload without samples.
 * `original`: the messages themselves.
 */
export type Content =
  | { kind: 'structured'; facts: Uint8Array; parts: Part[]; layouts: Uint8Array[] }
  | { kind: 'additions'; shell: Uint8Array }
  | { kind: 'original'; messages: Uint8Array[] };

/** What inflates to more than this, and to more than so many times its size, was made to harm. */
const INFLATED_LIMIT = 1024 * 1024;
const INFLATED_RATIO = 100;

const inflatedLimit = (deflated: Uint8Array): number => Math.max(INFLATED_LIMIT, INFLATED_RATIO * deflated.length);

/** The pprof with the extension behind it. */
export function appendExtension(pprof: Uint8Array, extension: Uint8Array): Uint8Array {
  const w = new Writer(pprof.length + extension.length + 16);
  w.bytes(pprof);
  w.uint32(EXTENSION_TAG);
  w.uint32(extension.length);
  w.bytes(extension);
  return w.finish();
}

const EXTENSION_TAG = ((EXTENSION_FIELD << 3) | LEN) >>> 0;

/**
 * Takes a pprof and its extension apart; undefined for one without. Where something stands behind the extension, the
 * pprof is all of it, and not the one that the extension was made for.
 */
export function findExtension(bytes: Uint8Array): { pprof: Uint8Array; extension: Uint8Array } | undefined {
  const r = new Reader(bytes);
  while (r.pos < r.end) {
    const at = r.pos;
    const tag = r.tag();
    if (tag !== EXTENSION_TAG) {
      r.skip(tag);
      continue;
    }
    const end = r.limit();
    const pprof = end === bytes.length ? bytes.subarray(0, at) : bytes;
    return { pprof, extension: bytes.subarray(r.pos, end) };
  }
  return undefined;
}

export function encodeExtension({ pprof, payload, file, content }: Extension): Uint8Array {
  const body = new MessageWriter().bytes(1, file.container).packed(2, file.json.map(Number));
  if (content.kind === 'structured') {
    body.bytes(3, content.facts).packed(4, content.parts.flatMap(encodePart)).list(5, content.layouts);
  } else if (content.kind === 'additions') body.bytes(6, content.shell);
  else body.list(7, content.messages);
  const message = new MessageWriter()
    .uint(1, VERSION)
    .uint(2, pprof.length)
    .bytes(3, pprof.digest)
    .uint(4, payload.length)
    .bytes(5, payload.digest);
  const bytes = body.finish();
  const short = deflate(bytes);
  if (short.length < bytes.length && bytes.length <= inflatedLimit(short)) message.bytes(7, short);
  else message.bytes(6, bytes);
  return message.finish();
}

/** Throws Misfit for an extension that is damaged or of a later version; any other wrong one the digests find out. */
export function decodeExtension(bytes: Uint8Array): Extension {
  try {
    return readExtension(bytes);
  } catch (error) {
    throw error instanceof Misfit ? error : new Misfit('the extension is damaged', { cause: error });
  }
}

function readExtension(bytes: Uint8Array): Extension {
  const message = new MessageReader(bytes);
  if (message.uint(1) !== VERSION)
    throw new Misfit(`the extension has version ${message.uint(1)}, which this release does not know`);
  const short = message.bytes(7);
  const inflated = short.length > 0 ? inflate(short, inflatedLimit(short)) : message.bytes(6);
  if (inflated === undefined) throw new Misfit('the extension does not inflate');
  const body = new MessageReader(inflated);
  return {
    pprof: { length: message.uint(2), digest: message.bytes(3) },
    payload: { length: message.uint(4), digest: message.bytes(5) },
    file: { container: body.bytes(1), json: body.packedNumbers(2).map(Boolean) },
    content: contentOf(body),
  };
}

function contentOf(body: MessageReader): Content {
  const messages = body.list(7);
  if (messages.length > 0) return { kind: 'original', messages };
  const facts = body.bytes(3);
  if (facts.length === 0) return { kind: 'additions', shell: body.bytes(6) };
  return { kind: 'structured', facts, parts: decodeParts(body.packedNumbers(4)), layouts: body.list(5) };
}

const NUMBERS_A_PART = 2 + Object.keys(TABLE).length;

const encodePart = ({ resources, dictionary, entries }: Part): number[] => [resources, dictionary ? 1 : 0, ...entries];

function decodeParts(numbers: readonly number[]): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < numbers.length; at += NUMBERS_A_PART) {
    const [resources, dictionary, ...entries] = numbers.slice(at, at + NUMBERS_A_PART);
    if (entries.length < NUMBERS_A_PART - 2) throw new Misfit('a part is cut off');
    parts.push({ resources, dictionary: dictionary !== 0, entries });
  }
  return parts;
}
