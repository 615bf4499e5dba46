import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digest } from '../../src/wire/digest.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** MurmurHash3_x86_128 by its description (Appleby, smhasher), seed 0: slow, with bigints, nothing taken from src/. */
function reference(bytes: Uint8Array): string {
  const word = (value: bigint): bigint => value & 0xffffffffn;
  const rotate = (value: bigint, by: bigint): bigint => word((value << by) | (value >> (32n - by)));
  const times = (a: bigint, b: bigint): bigint => word(a * b);
  const c = [0x239b961bn, 0xab0e9789n, 0x38b34ae5n, 0xa1e38b93n];
  const h = [0n, 0n, 0n, 0n];
  const scramble = (k: bigint, i: number): bigint =>
    times(rotate(times(k, c[i] as bigint), [15n, 16n, 17n, 18n][i] as bigint), c[(i + 1) % 4] as bigint);
  const padded = new Uint8Array(Math.ceil(bytes.length / 16) * 16);
  padded.set(bytes);
  const at = (offset: number): bigint =>
    [0, 1, 2, 3].reduce((sum, i) => sum | (BigInt(padded[offset + i] as number) << BigInt(8 * i)), 0n);
  const whole = Math.floor(bytes.length / 16);
  for (let block = 0; block < whole; block++) {
    for (let i = 0; i < 4; i++) {
      h[i] = (h[i] as bigint) ^ scramble(at(16 * block + 4 * i), i);
      h[i] = rotate(h[i] as bigint, [19n, 17n, 15n, 13n][i] as bigint);
      h[i] = word((h[i] as bigint) + (h[(i + 1) % 4] as bigint));
      h[i] = word((h[i] as bigint) * 5n + ([0x561ccd1bn, 0x0bcaa747n, 0x96cd1c35n, 0x32ac3b17n][i] as bigint));
    }
  }
  if (padded.length > 16 * whole)
    for (let i = 0; i < 4; i++) h[i] = (h[i] as bigint) ^ scramble(at(16 * whole + 4 * i), i);
  const mixSum = (): void => {
    h[0] = word(h.reduce((a, b) => a + b, 0n));
    for (const i of [1, 2, 3]) h[i] = word((h[i] as bigint) + (h[0] as bigint));
  };
  for (let i = 0; i < 4; i++) h[i] = (h[i] as bigint) ^ BigInt(bytes.length);
  mixSum();
  for (let i = 0; i < 4; i++) {
    let k = h[i] as bigint;
    k = times(k ^ (k >> 16n), 0x85ebca6bn);
    k = times(k ^ (k >> 13n), 0xc2b2ae35n);
    h[i] = k ^ (k >> 16n);
  }
  mixSum();
  const result = Buffer.alloc(16);
  h.forEach((value, i) => {
    result.writeUInt32LE(Number(value), 4 * i);
  });
  return result.toString('hex');
}

describe('digest', () => {
  test('of nothing is zeros', () => {
    expect(hex(digest(new Uint8Array(0)))).toBe('00'.repeat(16));
  });

  test('is what the reference gives for every length of the tail', () => {
    const bytes = Uint8Array.from({ length: 70 }, (_, i) => (i * 37 + 200) & 0xff);
    for (let length = 0; length <= bytes.length; length++) {
      expect(hex(digest(bytes.subarray(0, length)))).toBe(reference(bytes.subarray(0, length)));
    }
  });

  test('is what the reference gives for any bytes, wherever they lie in their buffer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 9 }), (bytes, offset) => {
        const moved = new Uint8Array(bytes.length + offset + 3).fill(0xee);
        moved.set(bytes, offset);
        expect(hex(digest(moved.subarray(offset, offset + bytes.length)))).toBe(reference(bytes));
      }),
    );
  });

  test('tells one flipped bit', () => {
    const bytes = new Uint8Array(100);
    const seen = new Set([hex(digest(bytes))]);
    for (let bit = 0; bit < 800; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = 1 << (bit & 7);
      seen.add(hex(digest(flipped)));
    }
    expect(seen.size).toBe(801);
  });
});
