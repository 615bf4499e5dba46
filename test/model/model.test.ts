import { describe, expect, test } from 'vitest';
import { DictionaryBuilder } from '../../src/model/dictionary.ts';
import { type AnyValue, attributeValue, BOOL, DOUBLE, INT, valueText } from '../../src/model/model.ts';

describe('attributeValue', () => {
  test.each<[string, number, number, number, AnyValue]>([
    ['an int below zero', INT, -1, -1, -1n],
    ['an int beyond 53 bits', INT, 1, 0x200000, (1n << 53n) + 1n],
    ['a bool written as 2', BOOL, 2, 0, true],
    ['a bool with an upper half', BOOL, 0, 1, true],
    ['false', BOOL, 0, 0, false],
    ['minus zero', DOUBLE, 0, -0x80000000, -0],
    ['infinity', DOUBLE, 0, 0x7ff00000, Number.POSITIVE_INFINITY],
    ['not a number', DOUBLE, 0, 0x7ff80000, Number.NaN],
  ])('%s', (_, kind, lo, hi, expected) => {
    const builder = new DictionaryBuilder();
    expect(attributeValue(builder.dictionary, builder.numberAttribute(1, 0, kind, lo, hi))).toBe(expected);
  });

  test('entry 0 has none', () => {
    expect(attributeValue(new DictionaryBuilder().dictionary, 0)).toBeNull();
  });
});

describe('valueText', () => {
  test.each<[string, AnyValue, string]>([
    ['a string, as it is', 'say "hi"\n', 'say "hi"\n'],
    ['nothing', null, ''],
    ['true', true, 'true'],
    ['an int', -42n, '-42'],
    ['a double', 0.5, '0.5'],
    ['a list', ['a', 1n, 2.5, false, null, ['b']], '["a",1,2.5,false,null,["b"]]'],
    ['key-values', { values: [{ key: 'k', value: { values: [{ key: 'n', value: 1n }] } }] }, '{"k":{"n":1}}'],
    ['a prototype is a key as any', { values: [{ key: '__proto__', value: 1n }] }, '{"__proto__":1}'],
    ['an int beyond 53 bits in a list, as a string', [(1n << 53n) + 1n], '["9007199254740993"]'],
    ['bytes in a list, as base64', [Uint8Array.of(0, 0xff, 0x10)], '["AP8Q"]'],
  ])('%s', (_, value, text) => {
    expect(valueText(value)).toBe(text);
  });

  test('what JSON has no number for is named, not null', () => {
    expect(valueText(Number.NaN)).toContain('NaN');
    expect(valueText(Number.POSITIVE_INFINITY)).toContain('Infinity');
    expect(valueText([Number.NEGATIVE_INFINITY])).toContain('-Infinity');
  });

  test('large bytes do not overflow the stack', () => {
    expect(valueText([new Uint8Array(300_000)]).length).toBe(400_004);
  });
});
