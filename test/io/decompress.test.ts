import { execFileSync, spawnSync } from 'node:child_process';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { PprofOtlpError } from '../../src/errors.ts';
import { decompress, decompressPrefix, type Inflaters, portable } from '../../src/io/decompress.ts';
import { native } from '../../src/io/node/decompress.ts';

/** Compressible and not, longer than a deflate window. */
const DATA = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i * 31 + (i >> 3)) & (i % 5000 < 2500 ? 0xff : 0x07));
const LIMIT = 2 ** 29;
const concat = (...parts: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const hasZstd = spawnSync('zstd', ['--version']).status === 0;
const zstd = (data: Uint8Array, ...options: string[]): Uint8Array =>
  execFileSync('zstd', ['-q', '-c', ...options], { input: data, maxBuffer: 2 ** 30 });

function changed(data: Uint8Array, at: number, by = 1): Uint8Array {
  const copy = Uint8Array.from(data);
  copy[at < 0 ? copy.length + at : at] ^= by;
  return copy;
}

function failure(work: () => unknown): { code: string; message: string } {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(PprofOtlpError);
    const { code, stage, message } = error as PprofOtlpError;
    expect(stage).toBe('decompress');
    return { code, message };
  }
  return { code: 'none', message: '' };
}

describe.each<[string, Inflaters]>([
  ['portable', portable],
  ['node:zlib', native],
])('gzip, %s', (_, inflaters) => {
  const inflate = (input: Uint8Array, limit = LIMIT): Uint8Array => decompress(input, limit, inflaters);

  it.each([0, 1, 9])('inflates what level %i made', (level) => {
    expect(Buffer.compare(inflate(gzipSync(DATA, { level })), DATA)).toBe(0);
  });

  it('inflates nothing', () => {
    expect(inflate(gzipSync(''))).toHaveLength(0);
  });

  it('leaves other bytes alone', () => {
    expect(inflate(DATA)).toBe(DATA);
  });

  it('takes several members for one', () => {
    const parts = [DATA.subarray(0, 70_000), new Uint8Array(), DATA.subarray(70_000, 70_001), DATA.subarray(70_001)];
    expect(Buffer.compare(inflate(concat(...parts.map((part) => gzipSync(part)))), DATA)).toBe(0);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['a wrong checksum', changed(gzipSync(DATA), -8), /^the gzip checksum does not match; /],
    ['a wrong length', changed(gzipSync(DATA), -1), /^the gzip length does not match; /],
    ['a cut trailer', gzipSync(DATA).subarray(0, -3), /^the gzip data ends early, at byte \d+ of the file; /],
    ['cut data', gzipSync(DATA).subarray(0, 1000), /^the gzip data ends early, at byte 1000 of the file; /],
    ['a cut header', gzipSync(DATA).subarray(0, 5), /^the gzip data ends early, at byte 5 of the file; /],
    ['nothing but the magic', gzipSync(DATA).subarray(0, 2), /^the gzip data ends early, at byte 2 of the file; /],
    ['a cut second member', concat(gzipSync(DATA), gzipSync(DATA).subarray(0, 30)), /^the gzip data ends early/],
    ['an unknown method', changed(gzipSync(DATA), 2), /^no gzip header at byte 0 of the file; /],
    ['an impossible block', changed(gzipSync(DATA), 10, 0x06), /^damaged gzip data near byte \d+ of the file \(/],
    [
      'a byte behind it',
      concat(gzipSync(DATA), Uint8Array.of(7)),
      /^1 byte follows the gzip data, from byte \d+ of the file on; /,
    ],
    ['zeros behind it', concat(gzipSync(DATA), new Uint8Array(512)), /^512 bytes follow the gzip data, from byte /],
    ['a zlib stream behind it', concat(gzipSync(DATA), deflateSync(DATA)), /^\d+ bytes follow the gzip data, /],
    ['gzip inside', gzipSync(gzipSync(DATA)), /^compressed twice: gzip inside gzip; /],
  ])('refuses %s', (__, input, message) => {
    const { code, message: said } = failure(() => inflate(input));
    expect(said).toMatch(message);
    expect(code).toBe('bad-input');
  });

  it('allows the limit and not one byte more', () => {
    for (const level of [0, 6]) {
      const input = gzipSync(DATA, { level });
      expect(inflate(input, DATA.length)).toHaveLength(DATA.length);
      expect(failure(() => inflate(input, DATA.length - 1)).code).toBe('limit');
    }
    const members = concat(gzipSync(DATA.subarray(0, 500)), gzipSync(''), gzipSync(DATA.subarray(500)));
    expect(inflate(members, DATA.length)).toHaveLength(DATA.length);
    expect(failure(() => inflate(members, 500)).code).toBe('limit');
    expect(failure(() => inflate(DATA, DATA.length - 1)).code).toBe('limit');
  });

  it('checks the checksum of data that ends at the limit', () => {
    expect(failure(() => inflate(changed(gzipSync(DATA), -8), DATA.length)).message).toMatch(/checksum/);
  });

  it('stops a bomb at the limit', () => {
    const bomb = gzipSync(new Uint8Array(100_000_000));
    const before = process.memoryUsage().arrayBuffers;
    let peak = 0;
    expect(failure(() => inflate(bomb, 1_000_000)).code).toBe('limit');
    peak = process.memoryUsage().arrayBuffers - before;
    expect(peak).toBeLessThan(50_000_000);
  });
});

it('reports the same error whichever inflater found it', () => {
  const inputs = [changed(gzipSync(DATA), -8), gzipSync(DATA).subarray(0, 1000), changed(gzipSync(DATA), 10, 0x06)];
  for (const input of inputs) {
    const said = [portable, native].map((inflaters) => failure(() => decompress(input, LIMIT, inflaters)));
    expect(said[0]).toEqual(said[1]);
  }
});

describe('a prefix', () => {
  it('stops without a word about what follows', () => {
    expect(decompressPrefix(gzipSync(DATA).subarray(0, 40_000), 1000)).toEqual({
      bytes: DATA.slice(0, 1000),
      complete: false,
    });
    expect(decompressPrefix(gzipSync(DATA), DATA.length).complete).toBe(true);
    expect(decompressPrefix(DATA, 10)).toEqual({ bytes: DATA.slice(0, 10), complete: false });
    expect(decompressPrefix(DATA, DATA.length).complete).toBe(true);
  });
});

/** "abc" as the zstd program frames it, so that something is tested where the program is missing. */
const ABC = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x03, 0x19, 0x00, 0x00, 0x61, 0x62, 0x63]);
const SKIPPABLE = Uint8Array.from([0x53, 0x2a, 0x4d, 0x18, 0x02, 0, 0, 0, 9, 9]);

describe.each<[string, Inflaters]>([
  ['portable', portable],
  ['node:zlib where it can', native],
])('zstd, %s', (_, inflaters) => {
  const inflate = (input: Uint8Array, limit = LIMIT): Uint8Array => decompress(input, limit, inflaters);

  it('decodes a raw block, several frames, skippable frames', () => {
    expect(Buffer.from(inflate(ABC)).toString()).toBe('abc');
    expect(Buffer.from(inflate(concat(SKIPPABLE, ABC, SKIPPABLE, ABC))).toString()).toBe('abcabc');
    expect(inflate(SKIPPABLE)).toHaveLength(0);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['a cut block', ABC.subarray(0, 11), /^the zstd data ends early; /],
    ['a cut header', ABC.subarray(0, 5), /^the zstd data ends early; /],
    ['a cut skippable frame', SKIPPABLE.subarray(0, 9), /^the zstd data ends early; /],
    ['a wrong content size', changed(ABC, 5, 0x04), /^damaged zstd data: the frame says 7 bytes and holds 3; /],
    ['junk behind it', concat(ABC, Uint8Array.of(1, 2, 3)), /^damaged zstd data: 3 bytes follow the zstd data/],
    ['a reserved block type', changed(ABC, 6, 0x06), /^damaged zstd data: /],
    ['a dictionary', concat(ABC.subarray(0, 4), Uint8Array.of(0x21, 5), ABC.subarray(5)), /needs dictionary 5/],
    [
      'a weight table without end',
      Buffer.from('28b52ffd200a850000a2000304f003ffff0102030405060700', 'hex'),
      /without end/,
    ],
  ])('refuses %s', (__, input, message) => {
    const { code, message: said } = failure(() => inflate(input));
    expect(said).toMatch(message);
    expect(code).toBe('bad-input');
  });

  it('refuses a window that the zstd program would refuse, too', () => {
    const huge = concat(ABC.subarray(0, 4), Uint8Array.of(0x00, 0xa0, 0x19, 0, 0, 0x61, 0x62, 0x63));
    expect(failure(() => inflate(huge))).toMatchObject({ code: 'limit', message: expect.stringContaining('window') });
  });

  it('stops a bomb at the limit', () => {
    // Blocks of 128 KiB that take four bytes each.
    const block = (last: number): number[] =>
      [(0x20000 << 3) & 0xff, (0x20000 >> 5) & 0xff, 0x10, 0].map((b, i) => (i === 0 ? b | 2 | last : b));
    const blocks = Array.from({ length: 200 }, (__, i) => block(i === 199 ? 1 : 0)).flat();
    const bomb = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38, ...blocks]);
    expect(inflate(bomb)).toHaveLength(200 * 0x20000);
    expect(failure(() => inflate(bomb, 1_000_000)).code).toBe('limit');
  });

  it.skipIf(!hasZstd)('decodes what the zstd program made and checks its checksum', () => {
    for (const options of [['-1'], ['-19'], ['--no-check']]) {
      expect(Buffer.compare(inflate(zstd(DATA, ...options)), DATA)).toBe(0);
      expect(inflate(zstd(DATA, ...options), DATA.length)).toHaveLength(DATA.length);
      expect(failure(() => inflate(zstd(DATA, ...options), DATA.length - 1)).code).toBe('limit');
    }
    // Lengths around every branch of the checksum.
    for (const length of [0, 1, 3, 4, 7, 8, 15, 31, 32, 33, 63, 64, 1000]) {
      expect(Buffer.compare(inflate(zstd(DATA.subarray(0, length))), DATA.subarray(0, length))).toBe(0);
    }
    expect(failure(() => inflate(changed(zstd(DATA), -1)))).toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('checksum'),
    });
  });
});
