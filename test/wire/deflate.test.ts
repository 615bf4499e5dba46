import { deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deflate, inflate } from '../../src/wire/deflate.ts';
import { utf8 } from '../../src/wire/text.ts';

const LIMIT = 1 << 20;
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 500 }).map(utf8),
);
const dictionary = fc.option(bytes, { nil: undefined });

test('what goes in comes out, with and without a preset dictionary', () => {
  fc.assert(
    fc.property(bytes, dictionary, (input, preset) => {
      expect(inflate(deflate(input, preset), LIMIT, preset)).toEqual(input);
    }),
  );
});

test('it is raw deflate, as zlib writes and reads it', () => {
  const input = utf8('runtime.main runtime.mallocgc '.repeat(20));
  const preset = utf8('runtime.mallocgc');
  expect(new Uint8Array(inflateRawSync(deflate(input)))).toEqual(input);
  expect(new Uint8Array(inflateRawSync(deflate(input, preset), { dictionary: preset }))).toEqual(input);
  expect(inflate(new Uint8Array(deflateRawSync(input, { dictionary: preset })), LIMIT, preset)).toEqual(input);
  expect(inflate(new Uint8Array(deflateRawSync(input, { strategy: 4 })), LIMIT)).toEqual(input);
});

test('a preset dictionary saves what it names', () => {
  const name = utf8('github.com/example/project/internal/server.(*Handler).ServeHTTP');
  expect(deflate(name, name).length).toBeLessThan(10);
  expect(deflate(name).length).toBeGreaterThan(40);
});

describe('inflate stops', () => {
  const zeros = (length: number): Uint8Array => new Uint8Array(deflateRawSync(new Uint8Array(length)));

  test('at the limit exactly', () => {
    expect(inflate(zeros(1000), 1000)).toHaveLength(1000);
    expect(inflate(zeros(1000), 999)).toBeUndefined();
    expect(inflate(zeros(0), 0)).toHaveLength(0);
  });

  test('early at a bomb, not after it', () => {
    const bomb = zeros(64 * 1024 * 1024);
    const start = performance.now();
    expect(inflate(bomb, 1000)).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(100);
  });

  test.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['a reserved block type', Uint8Array.of(0x07)],
    ['a stored block of a wrong length', Uint8Array.of(0x01, 5, 0, 0, 0)],
    ['a distance too far back', Uint8Array.of(0x03 | 0, 0x02, 0x10)],
    ['a gzip header', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3)],
  ])('at %s', (_, damaged) => {
    const result = inflate(damaged, LIMIT);
    expect(result === undefined || result.length === 0).toBe(true);
  });

  test('at a cut stream, wherever it is cut', () => {
    const whole = deflate(utf8('the quick brown fox jumps over the lazy dog, twice, the quick brown fox'));
    for (let length = 0; length < whole.length; length++) {
      expect(inflate(whole.subarray(0, length), LIMIT)).toBeUndefined();
    }
  });

  test('at the wrong dictionary, or gives something else', () => {
    const input = utf8('main.handler '.repeat(4));
    const result = inflate(deflate(input, utf8('main.handler')), LIMIT);
    expect(result).not.toEqual(input);
  });
});
