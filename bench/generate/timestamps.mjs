// OTLP as an always-on profiler of a whole machine sends it, not made from a pprof: a resource for each container, in
// it one profile for cpu and one for off-cpu time, each observation of a sample with its time and value.

import { createHash } from 'node:crypto';
import { randomOf } from './random.mjs';
import { Out } from './wire.mjs';

const LOCATIONS = 6000;
const STACKS = 8000;
const THREADS = 300;
/** What of the size goes to one resource. */
const RESOURCE_BYTES = 400_000;
/** 1.7e18 ns since 1970, as two words. */
const START_HIGH = 395_812_094;
const START_LOW = 908_722_176;

/** @type {import('./shapes.mjs').Generate} */
export function timestamps(size, seed) {
  const { next, below, pick, letters } = randomOf(seed);
  const out = new Out(size + 65_536);
  const tables = new Tables();
  const scale = Math.min(1, size / 4_000_000);
  for (let i = 0; i < 3; i++) tables.addMapping(`/usr/lib/lib${letters(6)}.so`);
  const locationCount = Math.max(30, Math.floor(LOCATIONS * scale));
  for (let i = 1; i <= locationCount; i++)
    tables.addLocation(
      below(3) + 1,
      0x1000 + i * 32,
      `${letters(6)}::${letters(14)}`,
      `${letters(9)}.rs`,
      1 + below(900),
    );
  const stackCount = Math.max(10, Math.floor(STACKS * scale));
  for (let i = 1; i <= stackCount; i++)
    tables.addStack(Array.from({ length: 8 + below(40) }, () => 1 + Math.floor(next() ** 2 * locationCount)));
  const threads = Array.from({ length: THREADS }, (_, i) => [
    tables.addAttribute('thread.name', `${pick(['worker', 'grpc', 'gc'])}-${i}`),
    tables.addAttribute('thread.id', 1000 + i),
    tables.addAttribute('process.pid', 100 + (i % 20)),
  ]);
  const cpu = tables.valueType('samples', 'count');
  const offCpu = tables.valueType('off_cpu', 'nanoseconds');
  const period = tables.valueType('cpu', 'nanoseconds');

  const resource = new Out();
  const part = new Out();
  const sample = new Out();
  const profile = new Out();
  const scope = new Out(RESOURCE_BYTES * 2);
  const writeProfile = (/** @type {Uint8Array} */ type, /** @type {number} */ end) => {
    bytes(profile, 1, type);
    while (profile.length < end) {
      sample.number(1, 1 + Math.floor(next() ** 2 * stackCount));
      sample.numbers(2, pick(threads));
      const observations = 1 + Math.floor(next() ** 3 * 40);
      const values = Array.from({ length: observations }, () => (type === cpu ? 1 : 1 + below(20_000_000)));
      sample.numbers(4, values);
      sample.varint(5 * 8 + 2);
      sample.varint(observations * 8);
      let low = START_LOW + below(1_000_000_000);
      for (let i = 0; i < observations; i++) {
        low += 50_000 + below(30_000_000);
        sample.fixed64(START_HIGH + Math.floor(low / 2 ** 32), low >>> 0);
      }
      profile.message(2, sample);
    }
    profile.varint(3 * 8 + 1);
    profile.fixed64(START_HIGH, START_LOW);
    profile.number(4, 5_000_000_000);
    bytes(profile, 5, period);
    profile.number(6, 52_631_578);
    bytes(profile, 7, createHash('md5').update(`${seed} ${out.length} ${scope.length}`).digest());
    scope.message(2, profile);
  };
  for (let container = 0; out.length + tables.size < size; container++) {
    const wanted = Math.min(RESOURCE_BYTES, size - out.length - tables.size);
    attribute(resource, 'service.name', `service-${container % 40}`);
    attribute(resource, 'container.id', `${letters(16)}${container}`);
    attribute(resource, 'host.name', 'node-7');
    part.message(1, resource);
    resource.string(1, 'ebpf-profiler');
    resource.string(2, 'v1.2.3');
    scope.message(1, resource);
    writeProfile(cpu, wanted * 0.75);
    writeProfile(offCpu, wanted * 0.25);
    part.message(2, scope);
    part.string(3, 'https://opentelemetry.io/schemas/1.37.0');
    out.message(1, part);
  }
  out.message(2, tables.dictionary());
  return out.take();
}

/** The dictionary's tables, each with its zero entry first. */
class Tables {
  #mappings = new Out();
  #locations = new Out();
  #functions = new Out();
  #stacks = new Out();
  #strings = new Out();
  #attributes = new Out();
  #part = new Out();
  #entry = new Out();
  #count = { mapping: 0, location: 0, function: 0, stack: 0, attribute: 0 };
  /** @type {Map<string, number>} */
  #indexes = new Map();

  constructor() {
    this.#string('');
    this.#mappings.message(1, this.#entry);
    this.#locations.message(2, this.#entry);
    this.#functions.message(3, this.#entry);
    this.#attributes.message(6, this.#entry);
    this.#stacks.message(7, this.#entry);
  }

  get size() {
    return [this.#mappings, this.#locations, this.#functions, this.#stacks, this.#strings, this.#attributes].reduce(
      (sum, { length }) => sum + length,
      0,
    );
  }

  /** @param {string} file */
  addMapping(file) {
    const start = 0x7f00_0000_0000 + this.#count.mapping++ * 0x100_0000;
    this.#entry.number(1, start);
    this.#entry.number(2, start + 0x100_0000);
    this.#entry.number(4, this.#string(file));
    this.#mappings.message(1, this.#entry);
  }

  /**
   * @param {number} mapping
   * @param {number} address
   * @param {string} name
   * @param {string} file
   * @param {number} line
   */
  addLocation(mapping, address, name, file, line) {
    this.#entry.number(1, this.#string(name));
    this.#entry.number(3, this.#string(file));
    this.#functions.message(3, this.#entry);
    this.#part.number(1, ++this.#count.function);
    this.#part.number(2, line);
    this.#entry.number(1, mapping);
    this.#entry.number(2, address);
    this.#entry.message(3, this.#part);
    this.#locations.message(2, this.#entry);
  }

  /** @param {number[]} locations */
  addStack(locations) {
    this.#entry.numbers(1, locations);
    this.#stacks.message(7, this.#entry);
  }

  /**
   * @param {string} key
   * @param {string | number} value
   * @returns {number} its index
   */
  addAttribute(key, value) {
    this.#entry.number(1, this.#string(key));
    anyValue(this.#part, value);
    this.#entry.message(2, this.#part);
    this.#attributes.message(6, this.#entry);
    return ++this.#count.attribute;
  }

  /**
   * @param {string} type
   * @param {string} unit
   * @returns {Uint8Array}
   */
  valueType(type, unit) {
    this.#entry.number(1, this.#string(type));
    this.#entry.number(2, this.#string(unit));
    const message = this.#entry.take();
    this.#entry.length = 0;
    return message;
  }

  /** @returns {Out} */
  dictionary() {
    const all = new Out(this.size + 16);
    for (const table of [this.#mappings, this.#locations, this.#functions]) all.append(table);
    all.message(4, this.#entry);
    for (const table of [this.#strings, this.#attributes, this.#stacks]) all.append(table);
    return all;
  }

  /** @param {string} text */
  #string(text) {
    let index = this.#indexes.get(text);
    if (index === undefined) {
      index = this.#indexes.size;
      this.#indexes.set(text, index);
      this.#strings.string(5, text);
    }
    return index;
  }
}

/**
 * @param {Out} out
 * @param {string | number} value an AnyValue
 */
function anyValue(out, value) {
  if (typeof value === 'string') out.string(1, value);
  else out.number(3, value);
}

/**
 * @param {Out} out
 * @param {string} key
 * @param {string} value
 */
function attribute(out, key, value) {
  const pair = new Out(256);
  const any = new Out(256);
  anyValue(any, value);
  pair.string(1, key);
  pair.message(2, any);
  out.message(1, pair);
}

/**
 * @param {Out} out
 * @param {number} field
 * @param {Uint8Array} message
 */
function bytes(out, field, message) {
  out.varint(field * 8 + 2);
  out.varint(message.length);
  out.reserve(message.length);
  out.bytes.set(message, out.length);
  out.length += message.length;
}
