import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareBytes, equalBytes } from '../../src/wire/bytes.ts';
import { decodeText, isUtf8, toUtf8, utf8 } from '../../src/wire/text.ts';

const bytes = fc.uint8Array({ maxLength: 12 });
const valid: [string, number[]][] = [
  ['nothing', []],
  ['ASCII with NUL', [0x61, 0x00]],
  ['two bytes', [0xc3, 0xa9]],
  ['four bytes', [0xf0, 0x9f, 0x94, 0xa5]],
  ['a byte order mark', [0xef, 0xbb, 0xbf, 0x61]],
  ['U+FFFD itself', [0xef, 0xbf, 0xbd]],
];
const broken: [string, number[], string][] = [
  ['a lone continuation', [0x61, 0x80], 'a\ufffd'],
  ['a cut sequence', [0xe2, 0x82], '\ufffd'],
  ['a surrogate', [0xed, 0xa0, 0x80], '\ufffd\ufffd\ufffd'],
  ['an overlong NUL', [0xc0, 0x80], '\ufffd\ufffd'],
  ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80], '\ufffd\ufffd\ufffd\ufffd'],
];

describe('UTF-8', () => {
  test.each(valid)('%s is valid and stays the same', (_, array) => {
    const input = Uint8Array.from(array);
    expect(isUtf8(input)).toBe(true);
    expect(toUtf8(input)).toBe(input);
    expect(utf8(decodeText(input))).toEqual(input);
  });

  test.each(broken)('%s is not, and becomes U+FFFD', (_, array, text) => {
    const input = Uint8Array.from(array);
    expect(isUtf8(input)).toBe(false);
    expect(decodeText(input)).toBe(text);
    expect(toUtf8(input)).toEqual(utf8(text));
  });

  test('what toUtf8 gives is UTF-8, always', () => {
    fc.assert(fc.property(bytes, (input) => isUtf8(toUtf8(input))));
  });
});

describe('bytes', () => {
  test('compare as Buffer compares them', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(a, b));
        expect(equalBytes(a, b)).toBe(Buffer.compare(a, b) === 0);
      }),
    );
  });

  test('a prefix goes first, and bytes are unsigned', () => {
    expect(compareBytes(utf8('a'), utf8('ab'))).toBeLessThan(0);
    expect(compareBytes(Uint8Array.of(0x80), Uint8Array.of(0x7f))).toBeGreaterThan(0);
    expect(equalBytes(utf8('ab'), utf8('ac'))).toBe(false);
    expect(equalBytes(utf8('a'), utf8('ab'))).toBe(false);
    expect(equalBytes(utf8('ab'), utf8('ab').slice())).toBe(true);
  });
});
