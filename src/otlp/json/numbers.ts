import { decodeText, utf8 } from '../../wire/text.ts';
import type { Writer } from '../../wire/writer.ts';

/** Numbers as decimal text and back, 64 bits exact: no integer goes through a double that could round it. */

const BILLION = 1e9;
const TWO_32 = 0x100000000;
const TWO_16 = 0x10000;
/** 2^64 has 20 digits. */
const MAX_DIGITS = 20;

/** Where the JSON number (RFC 8259, section 6) that begins at `start` ends; -1 when none does. */
export function numberEnd(buf: Uint8Array, start: number, end: number): number {
  let pos = start < end && buf[start] === 0x2d /* - */ ? start + 1 : start;
  const whole = digitsEnd(buf, pos, end);
  if (whole === pos) return -1;
  // No digit follows a leading zero.
  pos = buf[pos] === 0x30 ? pos + 1 : whole;
  if (pos < end && buf[pos] === 0x2e /* . */) {
    const fraction = digitsEnd(buf, pos + 1, end);
    if (fraction === pos + 1) return -1;
    pos = fraction;
  }
  if (pos < end && (buf[pos] | 0x20) === 0x65 /* e */) {
    pos++;
    if (pos < end && (buf[pos] === 0x2b || buf[pos] === 0x2d)) pos++;
    const exponent = digitsEnd(buf, pos, end);
    if (exponent === pos) return -1;
    pos = exponent;
  }
  return pos;
}

function digitsEnd(buf: Uint8Array, start: number, end: number): number {
  let pos = start;
  while (pos < end && buf[pos] >= 0x30 && buf[pos] <= 0x39) pos++;
  return pos;
}

/** A whole number as sign and 64 bits of magnitude. */
export class Integer {
  negative = false;
  lo = 0;
  hi = 0;

  /** Takes the value of a JSON number. When that is no whole number or takes more than 64 bits, it says so. */
  read(buf: Uint8Array, start: number, end: number): 'whole' | 'fraction' | 'huge' {
    this.negative = buf[start] === 0x2d;
    const first = this.negative ? start + 1 : start;
    return digitsEnd(buf, first, end) === end ? this.digits(buf, first, end) : this.scientific(buf, first, end);
  }

  /** With a fraction or an exponent: 5.0 and 1e3 are whole numbers too. */
  private scientific(buf: Uint8Array, start: number, end: number): 'whole' | 'fraction' | 'huge' {
    const [mantissa, exponent = '0'] = decodeText(buf.subarray(start, end)).toLowerCase().split('e');
    const [whole, fraction = ''] = mantissa.split('.');
    const digits = whole + fraction;
    let last = digits.length;
    while (last > 0 && digits[last - 1] === '0') last--;
    let first = 0;
    while (first < last && digits[first] === '0') first++;
    // How many zeros follow the digits that count.
    const zeros = first === last ? 0 : Number(exponent) - fraction.length + digits.length - last;
    if (zeros < 0) return 'fraction';
    if (last - first + zeros > MAX_DIGITS) return 'huge';
    const plain = utf8(digits.slice(first, last) + '0'.repeat(zeros));
    return this.digits(plain, 0, plain.length);
  }

  private digits(buf: Uint8Array, start: number, end: number): 'whole' | 'huge' {
    if (end - start > MAX_DIGITS) return 'huge';
    const split = Math.max(start, end - 9);
    let upper = 0;
    for (let i = start; i < split; i++) upper = upper * 10 + buf[i] - 0x30;
    let lower = 0;
    for (let i = split; i < end; i++) lower = lower * 10 + buf[i] - 0x30;
    // upper × 10^9 + lower, where upper takes 37 bits: its two parts are multiplied one by one, below 2^53.
    const product = Math.floor(upper / TWO_16) * BILLION;
    const low = (upper % TWO_16) * BILLION + lower + (product % TWO_16) * TWO_16;
    const high = Math.floor(product / TWO_16) + Math.floor(low / TWO_32);
    this.lo = low | 0;
    this.hi = high | 0;
    return high < TWO_32 ? 'whole' : 'huge';
  }
}

/** Writes a whole number below 2^53. */
export function writeUint(w: Writer, value: number): void {
  let size = 1;
  for (let power = 10; power <= value; power *= 10) size++;
  writeDigits(w, value, size);
}

/** Writes an unsigned 64-bit integer. */
export function writeUint64(w: Writer, lo: number, hi: number): void {
  if (hi === 0) {
    writeUint(w, lo >>> 0);
    return;
  }
  // Division by 10^9, sixteen bits at a time.
  const high = hi >>> 0;
  let rest = (high % BILLION) * TWO_16 + (lo >>> 16);
  let quotient = Math.floor(high / BILLION) * TWO_16 + Math.floor(rest / BILLION);
  rest = (rest % BILLION) * TWO_16 + (lo & 0xffff);
  quotient = quotient * TWO_16 + Math.floor(rest / BILLION);
  if (quotient === 0) writeUint(w, rest);
  else {
    writeUint(w, quotient);
    writeDigits(w, rest % BILLION, 9);
  }
}

/** Writes a signed 64-bit integer. */
export function writeInt64(w: Writer, lo: number, hi: number): void {
  if (hi >= 0) writeUint64(w, lo, hi);
  else {
    w.byte(0x2d);
    writeUint64(w, -lo | 0, lo === 0 ? -hi | 0 : ~hi);
  }
}

function writeDigits(w: Writer, value: number, size: number): void {
  w.reserve(size);
  const { buf } = w;
  let rest = value;
  for (let at = w.pos + size - 1; at >= w.pos; at--) {
    const tenth = Math.floor(rest / 10);
    buf[at] = 0x30 + rest - tenth * 10;
    rest = tenth;
  }
  w.pos += size;
}

const double = new DataView(new ArrayBuffer(8));

/** Writes a double as fixed 64 bits. */
export function writeDoubleBits(w: Writer, value: number): void {
  double.setFloat64(0, value, true);
  w.fixed64(double.getInt32(0, true), double.getInt32(4, true));
}

/** The text of a double in JSON: the shortest that reads back as the same; what no JSON number can be goes in quotes. */
export function doubleText(lo: number, hi: number): string {
  double.setInt32(0, lo, true);
  double.setInt32(4, hi, true);
  const value = double.getFloat64(0, true);
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? '-0' : String(value);
}
