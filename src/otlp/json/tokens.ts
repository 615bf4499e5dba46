import { PprofOtlpError } from '../../errors.ts';
import { decodeText } from '../../wire/text.ts';
import { Writer } from '../../wire/writer.ts';
import { hexDigit } from './binary.ts';
import { numberEnd } from './numbers.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;

/** What a backslash and a character stand for, but for \u. */
const ESCAPES = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }).map(
    ([character, meaning]) => [character.charCodeAt(0), meaning.charCodeAt(0)],
  ),
);

/** What a value is, by its first character. */
const NOUNS = new Map(
  Object.entries({ '"': 'text', '{': 'an object', '[': 'an array', t: 'true', f: 'false', n: 'null', '-': 'a number' })
    .concat([...'0123456789'].map((digit) => [digit, 'a number']))
    .map(([character, noun]) => [character.charCodeAt(0), noun]),
);

/** Unknown values deeper than this are refused, so that the stack holds. */
const MAX_SKIPPED_DEPTH = 200;
const MAX_NUMBER_LENGTH = 4096;
/** So much of a value is shown in a message. */
const SHOWN = 40;

/**
 * Reads JSON (RFC 8259) from UTF-8 bytes, one token after the other, as its caller asks for them.
 * Throws PprofOtlpError `bad-input` with the offset where the text is no JSON or not what was asked for.
 */
export class Tokens {
  /** The string or number read last is `bytes` from `start` to `end`: in the text, or where its escapes were resolved. */
  bytes: Uint8Array;
  start = 0;
  end = 0;
  /** Whether the string read last is ASCII for sure. */
  ascii = true;
  /** Where the token read last begins in the text. */
  at = 0;
  private readonly unescaped = new Writer(64);

  constructor(
    readonly text: Uint8Array,
    public pos: number,
    /** Where the text ends. */
    readonly limit: number,
  ) {
    this.bytes = text;
  }

  fail(message: string, offset = this.pos): PprofOtlpError {
    return new PprofOtlpError('bad-input', message, { stage: 'decode', offset });
  }

  private notJson(expected: string): PprofOtlpError {
    const { pos, text } = this;
    const byte = text[pos];
    const printable = byte > 0x20 && byte < 0x7f;
    const name = printable ? String.fromCharCode(byte) : `byte 0x${byte?.toString(16).padStart(2, '0')}`;
    const found = pos >= this.limit ? 'the end of the text' : name;
    return this.fail(`is not JSON: expected ${expected} but found ${found}`);
  }

  /** The error for a value that its field cannot take. */
  misfit(takes: string): PprofOtlpError {
    const noun = NOUNS.get(this.peek());
    return noun === undefined ? this.notJson('a value') : this.fail(`is ${noun}, but ${takes}`);
  }

  /** The string or number read last. */
  content(): string {
    return decodeText(this.bytes.subarray(this.start, this.end));
  }

  /** The string or number read last as it stands in the text, cut when it is long. */
  shown(): string {
    const cut = this.pos - this.at > SHOWN;
    return `${decodeText(this.text.subarray(this.at, cut ? this.at + SHOWN : this.pos))}${cut ? '…' : ''}`;
  }

  /** The next byte behind white space, -1 at the end of the text. */
  peek(): number {
    const { text, limit } = this;
    let { pos } = this;
    while (pos < limit) {
      const byte = text[pos];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) {
        this.pos = pos;
        return byte;
      }
      pos++;
    }
    this.pos = pos;
    return -1;
  }

  /** Steps over a UTF-8 byte order mark. */
  skipBom(): void {
    const { text, pos, limit } = this;
    if (limit - pos >= 3 && text[pos] === 0xef && text[pos + 1] === 0xbb && text[pos + 2] === 0xbf) this.pos += 3;
  }

  expectEnd(): void {
    if (this.peek() >= 0) throw this.notJson('the end of the text');
  }

  /** Enters an object or array; false when it is empty, and it is left then. `owner` is who takes nothing else. */
  open(bracket: number, owner: string): boolean {
    if (this.peek() !== bracket) {
      throw this.misfit(`${owner} takes an ${bracket === OPEN_OBJECT ? 'object' : 'array'}`);
    }
    this.pos++;
    // In ASCII a closing bracket is two behind its opening one.
    if (this.peek() !== bracket + 2) return true;
    this.pos++;
    return false;
  }

  /** Whether another item follows; leaves the object or array when none does. */
  more(close: number): boolean {
    const byte = this.peek();
    if (byte !== COMMA && byte !== close) throw this.notJson(`, or ${String.fromCharCode(close)}`);
    this.pos++;
    return byte === COMMA;
  }

  /** Reads the name of an object's member and the colon. */
  key(): void {
    if (this.peek() !== QUOTE) throw this.notJson('a name in quotes');
    this.string();
    if (this.peek() !== COLON) throw this.notJson(':');
    this.pos++;
  }

  /** Reads null, if it is there. */
  tryNull(): boolean {
    if (this.peek() !== 0x6e /* n */) return false;
    this.at = this.pos;
    this.literal('null');
    return true;
  }

  boolean(takes: string): boolean {
    const byte = this.peek();
    if (byte !== 0x74 /* t */ && byte !== 0x66 /* f */) throw this.misfit(takes);
    this.literal(byte === 0x74 ? 'true' : 'false');
    return byte === 0x74;
  }

  private literal(word: string): void {
    const { text, pos, limit } = this;
    for (let i = 0; i < word.length; i++) {
      this.pos = pos + i;
      if (this.pos >= limit || text[this.pos] !== word.charCodeAt(i)) throw this.notJson(word);
    }
    this.pos++;
  }

  /** Reads a string, if one is there, and resolves its escapes. Whether it is UTF-8 is left to the caller. */
  tryString(): boolean {
    if (this.peek() !== QUOTE) return false;
    this.string();
    return true;
  }

  private string(): void {
    const { text, limit } = this;
    this.at = this.pos;
    const start = this.pos + 1;
    let pos = start;
    let bits = 0;
    let escaped = false;
    for (;;) {
      if (pos >= limit) throw this.fail('is not JSON: the text ends inside a string', limit);
      const byte = text[pos];
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) {
        escaped = true;
        // What follows may be an escaped quote.
        pos += 2;
      } else {
        if (byte < 0x20) throw this.fail('is not JSON: a control character in a string must be escaped', pos);
        bits |= byte;
        pos++;
      }
    }
    this.pos = pos + 1;
    this.bytes = text;
    this.start = start;
    this.end = pos;
    this.ascii = bits < 0x80 && !escaped;
    if (escaped) this.unescape();
  }

  private unescape(): void {
    const { text, end, unescaped } = this;
    unescaped.pos = 0;
    let pos = this.start;
    for (;;) {
      const run = pos;
      while (pos < end && text[pos] !== BACKSLASH) pos++;
      unescaped.bytes(text, run, pos);
      if (pos >= end) break;
      if (text[pos + 1] === 0x75 /* u */) {
        let code = this.codeUnit(pos);
        pos += 6;
        if (isHighSurrogate(code) && text[pos] === BACKSLASH && text[pos + 1] === 0x75) {
          const next = this.codeUnit(pos);
          if (isLowSurrogate(next)) {
            code = 0x10000 + ((code & 0x3ff) << 10) + (next & 0x3ff);
            pos += 6;
          }
        }
        writeCodePoint(unescaped, code);
      } else {
        const meaning = ESCAPES.get(text[pos + 1]);
        if (meaning === undefined) throw this.fail('is not JSON: a backslash begins no escape', pos);
        unescaped.byte(meaning);
        pos += 2;
      }
    }
    this.bytes = unescaped.buf;
    this.start = 0;
    this.end = unescaped.pos;
  }

  /** The four hex digits of the \u at `at`. They cannot run past the string: the quote behind it is no digit. */
  private codeUnit(at: number): number {
    let code = 0;
    for (let i = at + 2; i < at + 6; i++) {
      const digit = hexDigit(this.text[i]);
      if (digit < 0) throw this.fail('is not JSON: \\u takes four hex digits', at);
      code = (code << 4) | digit;
    }
    return code;
  }

  /** Reads a number, bare or in quotes, or one of `words` in quotes. `takes` says what the field takes when none is there. */
  number(takes: string, words?: ReadonlySet<string>): void {
    const quoted = this.tryString();
    if (!quoted) this.bareNumber(takes);
    const { bytes, start, end } = this;
    const isShort = end - start <= MAX_NUMBER_LENGTH;
    if (quoted && numberEnd(bytes, start, end) !== end && !(isShort && words?.has(this.content()))) {
      throw this.fail(`is ${this.shown()}, but ${takes}`, this.at);
    }
    if (!isShort) {
      const place = { stage: 'decode', offset: this.at } as const;
      throw new PprofOtlpError('limit', `is a number of more than ${MAX_NUMBER_LENGTH} characters`, place);
    }
  }

  private bareNumber(takes: string): void {
    if (NOUNS.get(this.peek()) !== 'a number') throw this.misfit(takes);
    const { text, pos, limit } = this;
    const end = numberEnd(text, pos, limit);
    if (end < 0) throw this.fail('is not JSON: a number is incomplete');
    this.at = pos;
    this.pos = end;
    this.bytes = text;
    this.start = pos;
    this.end = end;
  }

  /**
   * Reads a whole number of at most nine digits, bare or in quotes: nearly all are such.
   * -1 when something else is there; nothing was read then.
   */
  smallNumber(): number {
    const byte = this.peek();
    const { text, limit } = this;
    const quoted = byte === QUOTE;
    const first = quoted ? this.pos + 1 : this.pos;
    const last = Math.min(limit - 1, first + 9);
    let pos = first;
    let value = 0;
    for (; pos < last; pos++) {
      const digit = text[pos] - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (pos === first || (text[first] === 0x30 && pos > first + 1)) return -1;
    if (quoted ? text[pos] !== QUOTE : continuesNumber(text[pos])) return -1;
    this.pos = quoted ? pos + 1 : pos;
    return value;
  }

  /** Steps over any value. */
  skip(depth = 0): void {
    switch (this.peek()) {
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        this.skipItems(this.text[this.pos], depth);
        return;
      case QUOTE:
        this.string();
        return;
      case 0x74:
      case 0x66:
        this.boolean('');
        return;
      case 0x6e:
        this.tryNull();
        return;
      default:
        this.bareNumber('');
    }
  }

  private skipItems(bracket: number, depth: number): void {
    if (depth >= MAX_SKIPPED_DEPTH) {
      const place = { stage: 'decode', offset: this.pos } as const;
      throw new PprofOtlpError('limit', `an unknown field is nested more than ${MAX_SKIPPED_DEPTH} deep`, place);
    }
    if (!this.open(bracket, '')) return;
    do {
      if (bracket === OPEN_OBJECT) this.key();
      this.skip(depth + 1);
    } while (this.more(bracket + 2));
  }
}

const continuesNumber = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || byte === 0x2e || (byte | 0x20) === 0x65;

const isHighSurrogate = (code: number): boolean => (code & 0xfc00) === 0xd800;
const isLowSurrogate = (code: number): boolean => (code & 0xfc00) === 0xdc00;

/** As UTF-8. Half a surrogate pair gets three bytes too, which no check of UTF-8 lets pass. */
function writeCodePoint(w: Writer, code: number): void {
  if (code < 0x80) {
    w.byte(code);
    return;
  }
  if (code < 0x800) w.byte(0xc0 | (code >> 6));
  else {
    if (code < 0x10000) w.byte(0xe0 | (code >> 12));
    else {
      w.byte(0xf0 | (code >> 18));
      w.byte(0x80 | ((code >> 12) & 0x3f));
    }
    w.byte(0x80 | ((code >> 6) & 0x3f));
  }
  w.byte(0x80 | (code & 0x3f));
}
