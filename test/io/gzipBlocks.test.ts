import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { concat } from '../../src/io/bytes.ts';
import { portable } from '../../src/io/decompress.ts';
import { compress, compressAsItComes } from '../../src/io/node/compress.ts';
import { BLOCK, BlocksAhead, gzipBlocks } from '../../src/io/node/gzipBlocks.ts';

/** Text that repeats itself over long distances, so that a block has something to point back to. */
function text(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    bytes[i] = i >= 20_000 && state % 500 !== 0 ? bytes[i - 20_000] : 97 + (state % 20);
  }
  return bytes;
}

async function partsOf(output: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for await (const part of output) parts.push(part);
  return parts;
}

async function gzipped(bytes: Uint8Array, level: number): Promise<Uint8Array> {
  return concat(await partsOf(gzipBlocks(bytes, level)));
}

describe('gzipBlocks', () => {
  const lengths = [BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 6 * BLOCK + 7];

  it.each(lengths)('gives one member of gzip that every inflater reads: %i bytes', async (length) => {
    const bytes = text(length);
    const stored = await gzipped(bytes, 6);
    expect(Buffer.compare(zlib.gunzipSync(stored), bytes)).toBe(0);
    const { bytes: inflated, complete } = portable.gunzip(stored, length + 1);
    expect(complete).toBe(true);
    expect(Buffer.compare(inflated, bytes)).toBe(0);
  });

  it.each([0, 1, 6, 9])('writes level %i', async (level) => {
    const bytes = text(3 * BLOCK);
    const stored = await gzipped(bytes, level);
    expect(Buffer.compare(zlib.gunzipSync(stored), bytes)).toBe(0);
    // No larger than what one thread makes of it, but for the ends of blocks.
    expect(stored.length).toBeLessThan(zlib.gzipSync(bytes, { level }).length * 1.02 + 100);
  });

  it('gives the same bytes each time', async () => {
    const bytes = text(5 * BLOCK);
    expect(Buffer.compare(await gzipped(bytes, 1), await gzipped(bytes, 1))).toBe(0);
  });

  it.each([3 * BLOCK, 3 * BLOCK + 1, 20 * BLOCK])(
    'takes the blocks that were begun while %i bytes were written',
    async (length) => {
      const buffer = new Uint8Array(length + 64);
      buffer.set(text(length));
      const ahead = new BlocksAhead(1);
      // A first attempt into another buffer, and one into this that began anew.
      ahead.written(text(2 * BLOCK + 1), 2 * BLOCK + 1);
      ahead.written(buffer, 2 * BLOCK + 1);
      for (let end = 1000; end < length; end += 300_000) ahead.written(buffer, end);
      ahead.written(buffer, length);
      const bytes = buffer.subarray(0, length);
      const begun = ahead.of(bytes);
      expect(begun.length).toBeGreaterThan(1);
      const stored = concat(await partsOf(gzipBlocks(bytes, 1, begun)));
      expect(Buffer.compare(stored, await gzipped(bytes, 1))).toBe(0);
      expect(Buffer.compare(zlib.gunzipSync(stored), bytes)).toBe(0);
      // Of a copy nothing was begun.
      expect(ahead.of(bytes.slice())).toEqual([]);
    },
  );

  it('is for large bytes and gzip only', () => {
    const large = text(BLOCK + 1);
    expect(compressAsItComes(large, 'none')).toBe(large);
    const small = large.subarray(0, BLOCK);
    expect(compressAsItComes(small, 'gzip', 1)).toEqual(compress(small, 'gzip', 1));
    expect(compressAsItComes(large, 'gzip')).not.toBeInstanceOf(Uint8Array);
  });
});
