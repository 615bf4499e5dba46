import { utf8 } from '../../wire/text.ts';
import type { Writer } from '../../wire/writer.ts';

/** Bytes as text: hex for ids, base64 for the rest (proto3 JSON mapping; OTLP, "JSON Protobuf Encoding"). */

const HEX = utf8('0123456789abcdef');
const BASE64 = utf8('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const PAD = 0x3d;

/** The value of each character; -1 for what is no digit. */
const HEX_VALUES = valuesOf([HEX, utf8('0123456789ABCDEF')]);
/** Standard and URL-safe. */
const BASE64_VALUES = valuesOf([BASE64, utf8('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')]);

function valuesOf(alphabets: Uint8Array[]): Int8Array {
  const values = new Int8Array(256).fill(-1);
  for (const alphabet of alphabets) for (const [value, character] of alphabet.entries()) values[character] = value;
  return values;
}

/** The value of a hex digit, -1 for any other character. */
export const hexDigit = (character: number): number => HEX_VALUES[character];

export function isHex(buf: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (HEX_VALUES[buf[i]] < 0) return false;
  return (end - start) % 2 === 0;
}

/** Writes the bytes of hex text that `isHex` found good. */
export function writeFromHex(w: Writer, buf: Uint8Array, start: number, end: number): void {
  for (let i = start; i < end; i += 2) w.byte((HEX_VALUES[buf[i]] << 4) | HEX_VALUES[buf[i + 1]]);
}

export function writeHex(w: Writer, buf: Uint8Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    w.byte(HEX[buf[i] >>> 4]);
    w.byte(HEX[buf[i] & 15]);
  }
}

/**
 * Writes the bytes of base64 text, standard or URL-safe, with padding or without.
 * False when the text is none; what was written then is of no use.
 */
export function writeFromBase64(w: Writer, buf: Uint8Array, start: number, end: number): boolean {
  let last = end;
  if ((end - start) % 4 === 0) while (last > start && last > end - 2 && buf[last - 1] === PAD) last--;
  if ((last - start) % 4 === 1) return false;
  w.reserve(Math.floor(((last - start) * 3) / 4));
  const out = w.buf;
  let pos = w.pos;
  let bits = 0;
  let count = 0;
  for (let i = start; i < last; i++) {
    const value = BASE64_VALUES[buf[i]];
    if (value < 0) return false;
    bits = (bits << 6) | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out[pos++] = bits >>> count;
    }
  }
  w.pos = pos;
  return true;
}

/** Writes bytes as standard base64 with padding. */
export function writeBase64(w: Writer, buf: Uint8Array, start: number, end: number): void {
  w.reserve(Math.ceil((end - start) / 3) * 4);
  const out = w.buf;
  let pos = w.pos;
  for (let i = start; i < end; i += 3) {
    const left = end - i;
    const bits = (buf[i] << 16) | (left > 1 ? buf[i + 1] << 8 : 0) | (left > 2 ? buf[i + 2] : 0);
    out[pos++] = BASE64[bits >>> 18];
    out[pos++] = BASE64[(bits >>> 12) & 63];
    out[pos++] = left > 1 ? BASE64[(bits >>> 6) & 63] : PAD;
    out[pos++] = left > 2 ? BASE64[bits & 63] : PAD;
  }
  w.pos = pos;
}
