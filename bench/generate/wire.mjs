// Writes protobuf; of src/ there is nothing in it, since what it writes is to test that.

/** Protobuf bytes in one array that doubles when full. */
export class Out {
  bytes;
  length = 0;

  /** @param {number} [capacity] */
  constructor(capacity = 1024) {
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
   * Left out when 0, as proto3 has it.
   *
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
   * @param {ArrayLike<number>} values packed; left out when there are none
   */
  numbers(field, values) {
    if (values.length === 0) return;
    let size = 0;
    for (let i = 0; i < values.length; i++) {
      size++;
      for (let value = /** @type {number} */ (values[i]); value > 0x7f; value = Math.floor(value / 0x80)) size++;
    }
    this.varint(field * 8 + 2);
    this.varint(size);
    for (let i = 0; i < values.length; i++) this.varint(/** @type {number} */ (values[i]));
  }

  /**
   * Eight bytes, without a tag.
   *
   * @param {number} high the upper 32 bits
   * @param {number} low the lower 32 bits
   */
  fixed64(high, low) {
    this.reserve(8);
    for (let i = 0; i < 4; i++) this.bytes[this.length++] = low >>> (8 * i);
    for (let i = 0; i < 4; i++) this.bytes[this.length++] = high >>> (8 * i);
  }

  /**
   * @param {number} field
   * @param {Out} body emptied for the next use
   */
  message(field, body) {
    this.varint(field * 8 + 2);
    this.varint(body.length);
    this.append(body);
    body.length = 0;
  }

  /** @param {Out} other */
  append(other) {
    this.reserve(other.length);
    this.bytes.set(other.bytes.subarray(0, other.length), this.length);
    this.length += other.length;
  }

  /**
   * @param {number} field
   * @param {string} text
   */
  string(field, text) {
    const size = Buffer.byteLength(text);
    this.varint(field * 8 + 2);
    this.varint(size);
    this.reserve(size);
    if (size < 64 && size === text.length)
      for (let i = 0; i < size; i++) this.bytes[this.length++] = text.charCodeAt(i);
    else this.length += encoder.encodeInto(text, this.bytes.subarray(this.length)).written;
  }

  /** A copy of what was written. */
  take() {
    return this.bytes.slice(0, this.length);
  }
}

const encoder = new TextEncoder();
