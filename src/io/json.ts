/**
 * Tells OTLP/JSON by its structure, without parsing it.
 *
 * White space and `{` alone say nothing: 0x0a begins both protobuf formats, and 0x7b may be the length behind it.
 * JSON goes on with a quote or `}`, and holds no control characters; a protobuf of ours can't do without them.
 */

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** A JSON that has none of our keys in its first megabyte is none of ours. */
export const ENOUGH_KEYS = 1024 * 1024;
/** How much of a message tells whether it is JSON. */
const ENOUGH_HEAD = 4096;

/** Whether one message, such as that of a frame, is OTLP/JSON and not protobuf. */
export function isJson(message: Uint8Array): boolean {
  return topKeys(message.subarray(0, ENOUGH_HEAD)) !== undefined;
}

/**
 * The keys of the outermost object, or of all of them in JSON lines, as far as the bytes go and not beyond
 * `ENOUGH_KEYS`. Undefined when this is no JSON object.
 */
export function topKeys(bytes: Uint8Array): Set<string> | undefined {
  const start = skipSpace(bytes, markLength(bytes));
  const first = bytes[skipSpace(bytes, start + 1)];
  if (bytes[start] !== OPEN || (first !== QUOTE && first !== CLOSE)) return undefined;
  const keys = new Set<string>();
  const end = Math.min(bytes.length, ENOUGH_KEYS);
  let depth = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      const text = at + 1;
      for (at++; at < end && bytes[at] !== QUOTE; at++) {
        if (bytes[at] < SPACE) return undefined;
        if (bytes[at] === BACKSLASH) at++;
      }
      if (depth === 1 && bytes[skipSpace(bytes, at + 1)] === COLON) {
        keys.add(new TextDecoder().decode(bytes.subarray(text, at)));
      }
    } else if (byte === OPEN || byte === OPEN_ARRAY) depth++;
    else if (byte === CLOSE || byte === CLOSE_ARRAY) depth--;
    else if ((byte < SPACE && !isSpace(byte)) || byte > 0x7e) return undefined;
  }
  return keys;
}

/**
 * One document, or JSON lines: an object that ends with its line, and another after it. No single document has
 * `}` and `{` with nothing but white space between. Undefined when more bytes may tell.
 *
 * @param complete false when `bytes` is a prefix
 */
export function jsonContainer(bytes: Uint8Array, complete: boolean): 'json' | 'jsonl' | undefined {
  const end = bytes.indexOf(LF, skipSpace(bytes, markLength(bytes)));
  if (end < 0) return complete ? 'json' : undefined;
  let last = end - 1;
  while (isSpace(bytes[last])) last--;
  const next = skipSpace(bytes, end);
  if (bytes[last] !== CLOSE) return 'json';
  if (next === bytes.length) return complete ? 'json' : undefined;
  return bytes[next] === OPEN ? 'jsonl' : 'json';
}

/** The lines that are not blank, without their line feeds. */
export function* linesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(LF, at);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.subarray(at, end);
    if (skipSpace(line, 0) < line.length) yield line;
    at = end + 1;
  }
}

/** The text behind its byte order mark. */
export function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(markLength(bytes));
}

function markLength(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at++;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === LF || byte === CR || byte === TAB;
}
