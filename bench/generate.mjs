// Makes pprofs of a wanted size that are shaped like a service's cpu profile: two
// sample types, labels, stacks 20 to 40 deep, thousands of functions, many strings.
// The same seed and size give the same bytes.
//
//   node bench/generate.mjs MEGABYTES [FILE] [--seed N] [--gzip]
//
// Without FILE the bytes go to stdout.

import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

const FUNCTIONS = 6000;
const LOCATIONS = 9000;
const STACKS = 20_000;
/** About what one takes in the function table, without its strings. */
const FUNCTION_BYTES = 18;

/**
 * Numbers that the seed fixes (mulberry32): each call gives one from 0 up to, not including, 1.
 *
 * @param {number} seed
 */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** Protobuf bytes in one array that doubles when full. */
class Out {
  bytes;
  length = 0;

  /** @param {number} capacity */
  constructor(capacity) {
    this.bytes = new Uint8Array(capacity);
  }

  /** @param {number} count */
  reserve(count) {
    if (this.length + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  /** @param {number} value a whole number that a double holds exactly, not negative */
  varint(value) {
    this.reserve(10);
    while (value > 0x7f) {
      this.bytes[this.length++] = (value % 0x80) | 0x80;
      value = Math.floor(value / 0x80);
    }
    this.bytes[this.length++] = value;
  }

  /**
   * @param {number} field
   * @param {number} value
   */
  number(field, value) {
    if (value === 0) return;
    this.varint(field * 8);
    this.varint(value);
  }

  /**
   * @param {number} field
   * @param {Out} body emptied for the next use
   */
  message(field, body) {
    this.varint(field * 8 + 2);
    this.varint(body.length);
    this.reserve(body.length);
    this.bytes.set(body.bytes.subarray(0, body.length), this.length);
    this.length += body.length;
    body.length = 0;
  }

  /** @param {string} text in ASCII */
  text(text) {
    this.reserve(text.length);
    for (let i = 0; i < text.length; i++) this.bytes[this.length++] = text.charCodeAt(i);
  }
}

const PACKAGES = [
  'net/http',
  'encoding/json',
  'database/sql',
  'runtime',
  'crypto/tls',
  'internal/orders',
  'internal/search',
  'cache',
];
const VERBS = ['Read', 'Write', 'Parse', 'Encode', 'Lookup', 'Handle', 'Flush', 'Merge', 'Walk', 'Sort'];
const NOUNS = ['Request', 'Row', 'Token', 'Index', 'Session', 'Buffer', 'Header', 'Frame', 'Node', 'Key'];

/**
 * @param {number} size bytes wanted, met to within a percent
 * @param {number} [seed]
 * @returns {Uint8Array}
 */
export function generatePprof(size, seed = 1) {
  const random = randomOf(seed);
  const below = (/** @type {number} */ bound) => Math.floor(random() * bound);
  const pick = (/** @type {readonly string[]} */ list) => /** @type {string} */ (list[below(list.length)]);
  const out = new Out(size + 65_536);
  const body = new Out(4096);
  const part = new Out(1024);
  const table = new Out(1024);

  /** @type {Map<string, number>} */
  const strings = new Map([['', 0]]);
  let stringBytes = 0;
  const count = (/** @type {string} */ text) => {
    stringBytes += text.length + (text.length > 127 ? 3 : 2);
  };
  const string = (/** @type {string} */ text) => {
    let index = strings.get(text);
    if (index === undefined) {
      index = strings.size;
      strings.set(text, index);
      count(text);
    }
    return index;
  };
  const valueType = (/** @type {number} */ field, /** @type {string} */ type, /** @type {string} */ unit) => {
    body.number(1, string(type));
    body.number(2, string(unit));
    out.message(field, body);
  };

  valueType(1, 'samples', 'count');
  valueType(1, 'cpu', 'nanoseconds');

  // A small file can't hold the tables of a big one.
  const scale = Math.min(1, size / 4_000_000);
  const functionCount = Math.max(20, Math.floor(FUNCTIONS * scale));
  const locationCount = Math.max(30, Math.floor(LOCATIONS * scale));
  const stackCount = Math.max(10, Math.floor(STACKS * Math.min(1, size / 20_000_000)));

  // Frames near the root are few, as in real programs, and shared by many stacks.
  const stacks = Array.from({ length: stackCount }, () => {
    const depth = 20 + below(21);
    return Uint32Array.from({ length: depth }, (_, frame) =>
      below(Math.max(2, Math.floor(locationCount * ((depth - frame) / depth) ** 3))),
    );
  });

  // Real encoders number locations and functions as samples first reach them.
  const functionIds = new Uint32Array(functionCount);
  /** @type {{ name: string, file: string, line: number }[]} */
  const functions = [];
  const functionId = (/** @type {number} */ which) => {
    if (functionIds[which] === 0) {
      const where = pick(PACKAGES);
      const what = `${pick(VERBS)}${pick(NOUNS)}`;
      const name = `example.com/shop/${where}.(*${pick(NOUNS)}${which}).${what}`;
      const file = `/go/src/example.com/shop/${where}/${what.toLowerCase()}_${which % 500}.go`;
      functionIds[which] = functions.push({ name, file, line: 1 + below(1500) });
      count(name);
      count(file);
    }
    return functionIds[which];
  };
  const locationIds = new Uint32Array(locationCount);
  const locations = new Out(1 << 20);
  let located = 0;
  const locationId = (/** @type {number} */ which) => {
    if (locationIds[which] === 0) {
      locationIds[which] = ++located;
      const mapping = random() < 0.9 ? 0 : 1 + below(2);
      table.number(1, located);
      table.number(2, mapping + 1);
      table.number(3, 0x400000 + mapping * 0x1000_0000 + which * 64 + below(64));
      for (let line = random() < 0.15 ? 2 : 1; line > 0; line--) {
        part.number(1, functionId(below(functionCount)));
        part.number(2, 1 + below(2000));
        table.message(4, part);
      }
      locations.message(4, table);
    }
    return locationIds[which];
  };

  let request = 0;
  while (out.length + locations.length + stringBytes + functions.length * FUNCTION_BYTES < size) {
    const ids = /** @type {Uint32Array} */ (stacks[Math.floor(random() ** 2 * stackCount)]).map(locationId);
    for (const id of ids) part.varint(id);
    body.message(1, part);
    const times = 1 + below(5);
    part.varint(times);
    part.varint(times * 10_000_000);
    body.message(2, part);
    const label = (/** @type {string} */ key, /** @type {string} */ value) => {
      part.number(1, string(key));
      part.number(2, string(value));
      body.message(3, part);
    };
    label('endpoint', `/api/v1/${pick(NOUNS).toLowerCase()}/${below(40)}`);
    label('tenant', `tenant-${below(300)}`);
    if (random() < 0.3) label('request', `req-${(request++).toString(36).padStart(8, '0')}`);
    part.number(1, string('bytes'));
    part.number(3, 1 + below(1_000_000));
    part.number(4, string('bytes'));
    body.message(3, part);
    out.message(2, body);
  }

  for (const [i, file] of ['/usr/local/bin/shop', '/lib/x86_64-linux-gnu/libc.so.6', '[vdso]'].entries()) {
    body.number(1, i + 1);
    body.number(2, 0x400000 + i * 0x1000_0000);
    body.number(3, 0x400000 + (i + 1) * 0x1000_0000);
    body.number(5, string(file));
    body.number(6, string(`${i}`.repeat(40)));
    body.number(7, 1);
    out.message(3, body);
  }
  out.reserve(locations.length);
  out.bytes.set(locations.bytes.subarray(0, locations.length), out.length);
  out.length += locations.length;
  for (const [i, { name, file, line }] of functions.entries()) {
    body.number(1, i + 1);
    body.number(2, string(name));
    body.number(3, string(name));
    body.number(4, string(file));
    body.number(5, line);
    out.message(5, body);
  }
  // period_type's strings are in the table already, so the table can be written before it.
  for (const text of strings.keys()) {
    body.text(text);
    out.message(6, body);
  }
  out.number(9, 1_700_000_000_000_000_000);
  out.number(10, 30_000_000_000);
  valueType(11, 'cpu', 'nanoseconds');
  out.number(12, 10_000_000);
  return out.bytes.slice(0, out.length);
}

function main() {
  const words = process.argv.slice(2);
  const seedAt = words.indexOf('--seed');
  const seed = seedAt < 0 ? 1 : Number(words.splice(seedAt, 2)[1]);
  const gzip = words.includes('--gzip');
  const [megabytes, file] = words.filter((word) => word !== '--gzip');
  if (!(Number(megabytes) > 0)) {
    process.stderr.write('usage: node bench/generate.mjs MEGABYTES [FILE] [--seed N] [--gzip]\n');
    process.exitCode = 2;
    return;
  }
  const pprof = generatePprof(Math.round(Number(megabytes) * 1_000_000), seed);
  const bytes = gzip ? gzipSync(pprof, { level: 6 }) : pprof;
  if (file === undefined) process.stdout.write(bytes);
  else writeFileSync(file, bytes);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
