import { describe, expect, test } from 'vitest';
import { hexId, SPAN_KEYS, SPAN_SIZE, TRACE_KEYS, TRACE_SIZE } from '../../src/model/links.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

describe('an id', () => {
  test('in hex is itself, in lower case', () => {
    expect(hexId(TRACE, TRACE_SIZE, false)).toBe(TRACE);
    expect(hexId(SPAN.toUpperCase(), SPAN_SIZE, false)).toBe(SPAN);
  });

  test('in decimal is its hex, filled with zeros, where it may be', () => {
    expect(hexId(`${BigInt(`0x${TRACE}`)}`, TRACE_SIZE, true)).toBe(TRACE);
    expect(hexId('255', SPAN_SIZE, true)).toBe('00000000000000ff');
    expect(hexId('255', SPAN_SIZE, false)).toBeUndefined();
    expect(hexId(TRACE, TRACE_SIZE, true)).toBe(TRACE);
  });

  test('of digits only is decimal where it may be', () => {
    const digits = '1234567890123456';
    expect(hexId(digits, SPAN_SIZE, false)).toBe(digits);
    expect(hexId(digits, SPAN_SIZE, true)).toBe(BigInt(digits).toString(16).padStart(16, '0'));
  });

  test.each<[string, string, number]>([
    ['nothing', '', SPAN_SIZE],
    ['too short', SPAN.slice(1), SPAN_SIZE],
    ['too long', `${SPAN}0`, SPAN_SIZE],
    ['a trace for a span', TRACE, SPAN_SIZE],
    ['zeros', '0'.repeat(16), SPAN_SIZE],
    ['0', '0', SPAN_SIZE],
    ['no hex', `${SPAN.slice(1)}g`, SPAN_SIZE],
    ['a sign', '-255', SPAN_SIZE],
    ['more than 64 bits', `${1n << 64n}`, SPAN_SIZE],
    ['more than 128 bits', `${1n << 128n}`, TRACE_SIZE],
    ['very many digits', '1'.repeat(100_000), TRACE_SIZE],
  ])('that is none: %s', (_, text, size) => {
    expect(hexId(text, size, true)).toBeUndefined();
    expect(hexId(text, size, false)).toBeUndefined();
  });
});

test('keys of traces are not keys of spans', () => {
  expect(TRACE_KEYS.filter((key) => SPAN_KEYS.includes(key))).toEqual([]);
  expect([...TRACE_KEYS, ...SPAN_KEYS].filter((key) => key.includes(' '))).toEqual(['trace id', 'span id']);
});
