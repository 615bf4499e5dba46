// Reads a file of either format, told by its content.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { otlpMeaning } from './otlpMeaning.mjs';
import { pprofMeaning } from './pprofMeaning.mjs';
import { decode } from './protobuf.mjs';
import { OTLP, PPROF } from './schema.mjs';

/** @returns {Buffer} the content, uncompressed */
export function readBytes(path) {
  const bytes = readFileSync(path);
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}

export function readOtlp(bytes) {
  if (!mayBeJson(bytes)) return decode(OTLP, 'ProfilesData', bytes);
  try {
    return parseJson(bytes);
  } catch (error) {
    // Protobuf may begin with a line feed and a brace: a resource of 123 bytes.
    if (bytes[0] !== 0x0a) throw error;
    return decode(OTLP, 'ProfilesData', bytes);
  }
}
export const readPprof = (bytes) => decode(PPROF, 'Profile', bytes);

/** JSON numbers of many digits become strings: a number of JavaScript would lose some. */
export function parseJson(bytes) {
  const text = utf8(bytes).replace(/^\ufeff/, '');
  return JSON.parse(
    text.replaceAll(/("(?:[^"\\]|\\.)*")|(-?\d{16,})(?![\d.eE])/g, (_, string, digits) => string ?? `"${digits}"`),
  );
}

const utf8 = (bytes) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
const mayBeJson = (bytes) => /^\ufeff?\s*\{/.test(utf8(bytes.subarray(0, 64)));

/**
 * @param {'otlp' | 'pprof'} format
 * @param {Buffer} bytes uncompressed
 * @throws Error for what is not of this format
 */
export function meaning(format, bytes, options = {}) {
  return format === 'otlp' ? otlpMeaning(readOtlp(bytes), options) : pprofMeaning(readPprof(bytes));
}

/** Pprof and OTLP are both protobuf: a pprof has a string_table as field 6 and no ProfilesData has such a field. */
export function formatOf(bytes) {
  const isOf = (format) => {
    try {
      meaning(format, bytes);
      return true;
    } catch {
      return false;
    }
  };
  const { stringTable = [] } = isOf('pprof') ? readPprof(bytes) : {};
  if (stringTable.length > 0) return 'pprof';
  if (isOf('otlp')) return 'otlp';
  throw new Error('neither OTLP Profiles 1.10 or 1.11 nor pprof');
}
