// Builds a pprof as encoders do: samples are written as they come, tables behind them, strings last.

import { Out } from './wire.mjs';

/** About what a function takes in its table, without its strings. */
const FUNCTION_BYTES = 18;

const MAPPINGS = ['/usr/local/bin/shop', '/lib/x86_64-linux-gnu/libc.so.6', '[vdso]'];
const MAPPING_START = 0x400000;
const MAPPING_SIZE = 0x1000_0000;

export class PprofBuilder {
  #out;
  #sample = new Out();
  #part = new Out();
  #location = new Out();
  #locations = new Out();
  #locationCount = 0;
  /** @type {{ name: string, file: string, line: number }[]} */
  #functions = [];
  #functionTextBytes = 0;
  #strings = new Out();
  /** @type {Map<string, number>} */
  #indexes = new Map();
  #stringCount = 0;

  /**
   * @param {number} capacity bytes
   * @param {readonly (readonly [type: string, unit: string])[]} sampleTypes the last is the period's, too
   */
  constructor(capacity, sampleTypes) {
    this.#out = new Out(capacity);
    this.string('');
    this.period = /** @type {readonly [string, string]} */ (sampleTypes.at(-1));
    for (const type of sampleTypes) this.#valueType(1, type);
  }

  /** About how long the pprof is when it ends here. */
  get size() {
    const functions = this.#functions.length * FUNCTION_BYTES + this.#functionTextBytes;
    return this.#out.length + this.#locations.length + this.#strings.length + functions;
  }

  /**
   * @param {string} text
   * @returns {number} its index, the same for the same text
   */
  string(text) {
    let index = this.#indexes.get(text);
    if (index === undefined) {
      index = this.newString(text);
      this.#indexes.set(text, index);
    }
    return index;
  }

  /**
   * @param {string} text that comes only once
   * @returns {number} its index
   */
  newString(text) {
    this.#strings.string(6, text);
    return this.#stringCount++;
  }

  /**
   * @param {string} name
   * @param {string} file
   * @param {number} line
   * @returns {number} its id
   */
  addFunction(name, file, line) {
    this.#functionTextBytes += 4 + name.length + file.length;
    return this.#functions.push({ name, file, line });
  }

  /**
   * A line of the location that is added next.
   *
   * @param {number} functionId
   * @param {number} line
   */
  line(functionId, line) {
    this.#part.number(1, functionId);
    this.#part.number(2, line);
    this.#location.message(4, this.#part);
  }

  /**
   * @param {number} mapping from 0 to 2
   * @param {number} offset of the address in the mapping
   * @returns {number} its id
   */
  addLocation(mapping, offset) {
    this.#part.number(1, ++this.#locationCount);
    this.#part.number(2, mapping + 1);
    this.#part.number(3, MAPPING_START + mapping * MAPPING_SIZE + offset);
    this.#part.append(this.#location);
    this.#location.length = 0;
    this.#locations.message(4, this.#part);
    return this.#locationCount;
  }

  /**
   * Of the sample that is added next.
   *
   * @param {ArrayLike<number>} locationIds leaf first
   * @param {ArrayLike<number>} values one for each sample type
   */
  stack(locationIds, values) {
    this.#sample.numbers(1, locationIds);
    this.#sample.numbers(2, values);
  }

  /**
   * Of the sample that is added next.
   *
   * @param {number} key index of a string
   * @param {number} value index of a string
   */
  label(key, value) {
    this.#part.number(1, key);
    this.#part.number(2, value);
    this.#sample.message(3, this.#part);
  }

  /**
   * Of the sample that is added next.
   *
   * @param {number} key index of a string
   * @param {number} value
   * @param {number} unit index of a string, 0 for none
   */
  numberLabel(key, value, unit) {
    this.#part.number(1, key);
    this.#part.number(3, value);
    this.#part.number(4, unit);
    this.#sample.message(3, this.#part);
  }

  /** Adds the sample of `stack` and the labels. */
  addSample() {
    this.#out.message(2, this.#sample);
  }

  /** @returns {Uint8Array} the pprof; the builder is used up */
  finish() {
    const out = this.#out;
    const body = this.#part;
    for (const [i, file] of MAPPINGS.entries()) {
      body.number(1, i + 1);
      body.number(2, MAPPING_START + i * MAPPING_SIZE);
      body.number(3, MAPPING_START + (i + 1) * MAPPING_SIZE);
      body.number(5, this.string(file));
      body.number(6, this.string(`${i}`.repeat(40)));
      body.number(7, 1);
      out.message(3, body);
    }
    out.append(this.#locations);
    for (const [i, { name, file, line }] of this.#functions.entries()) {
      body.number(1, i + 1);
      const text = this.string(name);
      body.number(2, text);
      body.number(3, text);
      body.number(4, this.string(file));
      body.number(5, line);
      out.message(5, body);
    }
    const [type, unit] = this.period.map((text) => this.string(text));
    out.append(this.#strings);
    out.number(9, 1_700_000_000_000_000_000);
    out.number(10, 30_000_000_000);
    body.number(1, /** @type {number} */ (type));
    body.number(2, /** @type {number} */ (unit));
    out.message(11, body);
    out.number(12, 10_000_000);
    return out.take();
  }

  /**
   * @param {number} field
   * @param {readonly [type: string, unit: string]} names
   */
  #valueType(field, [type, unit]) {
    this.#part.number(1, this.string(type));
    this.#part.number(2, this.string(unit));
    this.#out.message(field, this.#part);
  }
}
