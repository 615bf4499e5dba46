/**
 * How the messages of OTLP profiles lie in a file. OTLP itself knows requests and no files, so there are several ways:
 *
 *   protobuf  one message, as exporters and async-profiler dump it
 *   frames    each message behind its length, four bytes big endian: the Collector's file exporter with `format: proto`,
 *             or with `format: json` and `compression: zstd`. The message may be protobuf or JSON (`isJson` tells),
 *             and zstd data of its own.
 *             https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/fileexporter
 *   json      one document of OTLP/JSON
 *   jsonl     a document a line: the Collector's file exporter with `format: json`
 *   jeffrey   "OTLP", version 1 as four bytes little endian, then each message behind its length as a varint:
 *             recordings of Jeffrey, https://github.com/petrbouda/jeffrey
 */

import { PprofOtlpError } from '../errors.ts';
import { concat } from './bytes.ts';
import { compressionOf, DEFAULT_MAX_SIZE } from './compression.ts';
import { tooBig } from './decompress.ts';
import { linesOf, withoutMark } from './json.ts';
import { storedFrame, unzstd } from './zstd.ts';

export type Container = 'protobuf' | 'frames' | 'json' | 'jsonl' | 'jeffrey';

export interface Split {
  /** Uncompressed; for JSON the text of each document. */
  messages: Uint8Array[];
  /** What `join` needs to write the file as it was. */
  form: Uint8Array;
}

/** The first byte of a form is the place of its container here: append only. */
const CONTAINERS: readonly Container[] = ['protobuf', 'frames', 'json', 'jsonl', 'jeffrey'];

/** Messages may be empty; without an end to them a small file could take all memory. */
const MAX_MESSAGES = 1_000_000;

const LENGTH_BYTES = 4;
const MOST_VARINT_BYTES = 5;
const JEFFREY_MAGIC = Uint8Array.of(0x4f, 0x54, 0x4c, 0x50);
const JEFFREY_VERSION = 1;
const JEFFREY_HEADER = 8;

/** Notes in a form, a byte for each message: nothing to say, and that a frame was zstd data. For jeffrey: see `split`. */
const PLAIN = 0;
const ZSTD = 1;

/**
 * Cuts an uncompressed file into its messages.
 *
 * The form is one byte for the container, then one note for each message, without the zeros at the end: whether a frame
 * was zstd data, or how many bytes its length takes in a jeffrey file where that is more than it needs.
 *
 * @param bytes the file, decompressed
 * @param maxSize most bytes that all messages together may have, uncompressed
 * @throws PprofOtlpError `bad-input` with the offset where the file breaks off or is no such container, `limit` above
 *   `maxSize` or a million messages
 */
export function split(bytes: Uint8Array, container: Container, maxSize = DEFAULT_MAX_SIZE): Split {
  const pieces = PIECES[container](bytes, maxSize);
  const messages: Uint8Array[] = [];
  const notes: number[] = [];
  let size = 0;
  for (const { message, note } of pieces) {
    size += message.length;
    if (size > maxSize) throw tooBig(maxSize);
    if (messages.length === MAX_MESSAGES) {
      throw new PprofOtlpError('limit', `more than ${MAX_MESSAGES} messages in one file; cut it into several`, {
        stage: 'decode',
      });
    }
    messages.push(message);
    notes.push(note);
  }
  while (notes.at(-1) === PLAIN) notes.pop();
  return { messages, form: Uint8Array.from([CONTAINERS.indexOf(container), ...notes]) };
}

/** The form of a new file, with nothing special about any message. */
export function plainForm(container: Container): Uint8Array {
  return Uint8Array.of(CONTAINERS.indexOf(container));
}

/** The container that a form is of. Throws PprofOtlpError `bad-input` for a form that nothing gave. */
export function containerOf(form: Uint8Array): Container {
  const container = CONTAINERS[form[0]];
  if (container === undefined) throw badForm('the form names no container');
  return container;
}

/**
 * Puts messages together to a file: `join(messages, form)` of what `split` gave is the file again, byte for byte for
 * `protobuf`, `frames` and `jeffrey`. Two things are not kept:
 *
 * - A frame that was zstd data is a zstd frame again, but one that holds the message as it is: what a compressor chose
 *   can't be known, and all readers of zstd read this.
 * - Of JSON the byte order mark, and of JSON lines also blank lines and a missing line feed at the end.
 *
 * @param messages uncompressed; for `jsonl` none may have a line feed in it
 * @param form as `split` or `plainForm` gave it; messages beyond its notes are plain
 * @throws PprofOtlpError `bad-input` for a form that nothing gave, or that takes one message and gets several
 */
export function join(messages: readonly Uint8Array[], form: Uint8Array): Uint8Array {
  const container = containerOf(form);
  const noteOf = (index: number): number => form[index + 1] ?? PLAIN;
  switch (container) {
    case 'protobuf':
    case 'json':
      if (messages.length === 1) return messages[0];
      throw badForm(`one message of ${container} can't hold ${messages.length}`);
    case 'jsonl':
      return concat(messages.flatMap((message) => [message, Uint8Array.of(0x0a)]));
    case 'frames':
      return concat(messages.flatMap((message, index) => frame(message, noteOf(index))));
    case 'jeffrey':
      return concat([
        JEFFREY_MAGIC,
        Uint8Array.of(JEFFREY_VERSION, 0, 0, 0),
        ...messages.flatMap((message, index) => [varint(message.length, noteOf(index)), message]),
      ]);
  }
}

/** By the magic and the small version behind it; protobuf and text have neither. */
export function isJeffrey(bytes: Uint8Array): boolean {
  return (
    bytes.length >= JEFFREY_HEADER &&
    JEFFREY_MAGIC.every((byte, index) => bytes[index] === byte) &&
    bytes[6] === 0 &&
    bytes[7] === 0
  );
}

/**
 * What the first frame that is not empty holds, as far as the bytes go: it tells whether these are frames at all.
 * Undefined where the file begins like a protobuf, whose first byte is 8 or more; frames do so from 128 MiB on.
 */
export function firstFramed(bytes: Uint8Array): { content: Uint8Array; whole: boolean } | undefined {
  if (bytes[0] >= 8) return undefined;
  for (let at = 0; at + LENGTH_BYTES < bytes.length; at += LENGTH_BYTES) {
    const length = readLength(bytes, at);
    const start = at + LENGTH_BYTES;
    if (length > 0) return { content: bytes.subarray(start, start + length), whole: start + length <= bytes.length };
  }
  return undefined;
}

interface Piece {
  message: Uint8Array;
  note: number;
}

const PIECES: Record<Container, (bytes: Uint8Array, maxSize: number) => Iterable<Piece>> = {
  protobuf: (bytes) => [{ message: bytes, note: PLAIN }],
  json: (bytes) => [{ message: withoutMark(bytes), note: PLAIN }],
  jsonl: lines,
  frames,
  jeffrey,
};

function* lines(bytes: Uint8Array): Generator<Piece> {
  for (const message of linesOf(withoutMark(bytes))) yield { message, note: PLAIN };
}

function* frames(bytes: Uint8Array, maxSize: number): Generator<Piece> {
  let room = maxSize;
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const place = { at, index };
    if (at + LENGTH_BYTES > bytes.length) throw broken(place, `${bytes.length - at} bytes where a length takes four`);
    const length = readLength(bytes, at);
    at += LENGTH_BYTES;
    const content = piece(bytes, at, length, place);
    at += length;
    const isZstd = compressionOf(content) === 'zstd';
    const message = isZstd ? inflate(content, room, maxSize, place) : content;
    room -= message.length;
    yield { message, note: isZstd ? ZSTD : PLAIN };
  }
}

function* jeffrey(bytes: Uint8Array): Generator<Piece> {
  if (!isJeffrey(bytes)) throw badInput('does not begin with "OTLP" and a version, as recordings of Jeffrey do', 0);
  const version = bytes[4] + bytes[5] * 256;
  if (version !== JEFFREY_VERSION) throw badInput(`version ${version} of Jeffrey's files; only version 1 is known`, 4);
  for (let at = JEFFREY_HEADER, index = 0; at < bytes.length; index++) {
    const place = { at, index };
    let length = 0;
    let width = 0;
    let byte: number;
    do {
      if (at === bytes.length) throw broken(place, 'the file ends inside its length');
      if (width === MOST_VARINT_BYTES) throw broken(place, 'its length takes more than five bytes');
      byte = bytes[at++];
      length += (byte & 0x7f) * 128 ** width++;
    } while (byte >= 0x80);
    const message = piece(bytes, at, length, place);
    at += length;
    // The last byte adds nothing: the length would do with less.
    yield { message, note: width > 1 && byte === 0 ? width : PLAIN };
  }
}

/** Where a message begins with its length, and which one it is. */
interface Place {
  at: number;
  index: number;
}

function piece(bytes: Uint8Array, at: number, length: number, place: Place): Uint8Array {
  const left = bytes.length - at;
  if (length > left) throw broken(place, `says ${length} bytes, but the file ends after ${left}`);
  return bytes.subarray(at, at + length);
}

function inflate(content: Uint8Array, room: number, maxSize: number, place: Place): Uint8Array {
  try {
    const { bytes, complete } = unzstd(content, room);
    if (!complete) throw tooBig(maxSize);
    return bytes;
  } catch (error) {
    if (!(error instanceof PprofOtlpError)) throw error;
    const { code, message } = error;
    throw new PprofOtlpError(code, message, { stage: 'decompress', ...where(place), cause: error });
  }
}

function frame(message: Uint8Array, note: number): Uint8Array[] {
  if (note !== PLAIN && note !== ZSTD) throw badForm(`the form has note ${note} for a frame`);
  const content = note === ZSTD ? storedFrame(message) : message;
  if (content.length > 0xffffffff) throw new PprofOtlpError('limit', 'a frame has at most 4 GiB', { stage: 'encode' });
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setUint32(0, content.length);
  return [length, content];
}

/** @param width at least so many bytes, the last of them without a bit set */
function varint(value: number, width = 1): Uint8Array {
  if (width > MOST_VARINT_BYTES) throw badForm(`the form wants a length of ${width} bytes`);
  const bytes: number[] = [];
  for (let rest = value; rest > 0 || bytes.length < Math.max(1, width); rest = Math.floor(rest / 128)) {
    if (bytes.length > 0) bytes[bytes.length - 1] |= 0x80;
    bytes.push(rest % 128);
  }
  return Uint8Array.from(bytes);
}

function readLength(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}

const where = ({ at, index }: Place) => ({ path: `[message ${index}]`, offset: at });

function broken(place: Place, reason: string): PprofOtlpError {
  return new PprofOtlpError('bad-input', `${reason}; get the file again`, { stage: 'decode', ...where(place) });
}

function badInput(message: string, offset: number): PprofOtlpError {
  return new PprofOtlpError('bad-input', message, { stage: 'decode', offset });
}

function badForm(message: string): PprofOtlpError {
  return new PprofOtlpError('bad-input', message, { stage: 'encode' });
}
