// Limits hold: nothing small becomes large, and what is large is refused before it costs anything.

import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { detect, otlpToPprof, pprofToOtlp } from '../../src/index.ts';
import { decompress } from '../../src/io/decompress.ts';
import { decompress as decompressNatively } from '../../src/io/node/decompress.ts';
import { StringInterner } from '../../src/wire/strings.ts';
import { field, message, otlp, pprof } from '../cli/profile.ts';
import { PROGRAM, run, start, workspace } from '../cli/run.ts';
import { failureOf } from './failure.ts';

const MIB = 1024 * 1024;
const hasTime = spawnSync('/usr/bin/time', ['-f', '%M', 'true']).status === 0;

/** 128 MiB of zeros; eight of them make a file of 1 GiB. */
const member = new Uint8Array(gzipSync(new Uint8Array(128 * MIB), { level: 9 }));
const gzipBomb = (members = 8): Uint8Array => message(...Array<Uint8Array>(members).fill(member));

/** Blocks of 128 KiB of one byte, four bytes each. */
function zstdBomb(size: number): Uint8Array {
  const count = Math.ceil(size / 0x20000);
  const blocks = Array.from({ length: count }, (_, i) => [i === count - 1 ? 3 : 2, 0, 0x10, 0]).flat();
  return Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38, ...blocks]);
}

function framed(content: Uint8Array): Uint8Array {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, content.length);
  return message(length, content);
}

describe('a bomb of 1 GiB', () => {
  const bombs: readonly [string, Uint8Array][] = [
    ['gzip', gzipBomb()],
    ['zstd', zstdBomb(1024 * MIB)],
    ['frames', message(framed(otlp()), framed(zstdBomb(1024 * MIB)))],
  ];

  it.skipIf(!hasTime).each(bombs)('in %s stops at the limit, within seconds and 300 MB', async (_, bomb) => {
    const dir = workspace();
    writeFileSync(join(dir, 'bomb'), bomb);
    for (const command of ['convert', 'verify', 'check', 'inspect']) {
      const before = performance.now();
      const program = [process.execPath, PROGRAM, command, 'bomb'];
      const { stderr } = await start('/usr/bin/time', ['-f', '%M KB', ...program], { cwd: dir });
      expect(stderr).toMatch(/bomb: [^\n]*more than 536870912 bytes uncompressed; raise the limit/);
      expect(Number(/(\d+) KB/.exec(stderr)?.[1]) * 1024).toBeLessThan(300_000_000);
      // Under a second alone; the machine may be busy.
      expect(performance.now() - before).toBeLessThan(5000);
    }
  });

  it('is not kept by the library either', () => {
    for (const [, bomb] of bombs.slice(0, 2)) {
      const before = process.memoryUsage().arrayBuffers;
      expect(failureOf(() => decompress(bomb))).toMatch(/^limit more than 536870912 bytes uncompressed/);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(256 * MIB);
    }
  });

  it('is told as far as that takes', () => {
    expect(failureOf(() => detect(gzipBomb()))).toMatch(/^limit its first 536870912 bytes do not tell what it is; /);
  });
});

describe('what only looks like a bomb', () => {
  const large = gzipBomb(1);

  it('is inflated, up to the limit to the byte', async () => {
    for (const inflate of [decompress, decompressNatively]) {
      expect(await inflate(large, 128 * MIB)).toHaveLength(128 * MIB);
      await expect((async () => inflate(large, 128 * MIB - 1))()).rejects.toThrow(/more than 134217727 bytes/);
    }
    expect(decompress(zstdBomb(128 * MIB), 128 * MIB)).toHaveLength(128 * MIB);
  });

  it('is checked to its end', async () => {
    const damaged = Uint8Array.from(large);
    damaged[damaged.length - 8] ^= 1;
    for (const inflate of [decompress, decompressNatively]) {
      await expect((async () => inflate(damaged, 512 * MIB))()).rejects.toThrow(/checksum does not match/);
    }
  });
});

describe('--max-size', () => {
  const sizes = { raw: pprof(), gzip: new Uint8Array(gzipSync(pprof())) };

  it.each(Object.entries(sizes))('allows the size and not one byte more: %s', async (_, input) => {
    const size = pprof().length;
    for (const command of ['verify', 'check', 'inspect']) {
      expect((await run([command, '-', '--max-size', `${size}`], { input })).status, command).toBe(0);
      expect(await run([command, '-', '--max-size', `${size - 1}`], { input }), command).toMatchObject({
        status: 5,
        stderr: expect.stringMatching(/^stdin: (more|larger) than \d+ bytes[^\n]*raise the limit[^\n]*\n$/),
      });
    }
  });

  it('keeps a file that is too large from being read, and more than 2 GiB in any case', async () => {
    const dir = workspace();
    const sparse = openSync(join(dir, 'sparse'), 'w');
    ftruncateSync(sparse, 3 * 1024 * MIB);
    closeSync(sparse);
    expect(await run(['sparse'], { cwd: dir })).toMatchObject({
      status: 5,
      stderr: 'sparse: larger than 536870912 bytes; raise the limit (--max-size)\n',
    });
    expect(await run(['sparse', '--max-size', '4g'], { cwd: dir })).toMatchObject({
      status: 5,
      stderr: 'sparse: larger than 2 GiB, which is the most\n',
    });
  });
});

describe('depth', () => {
  const wrap = (depth: number, layer: (inner: Uint8Array) => Uint8Array): Uint8Array => {
    let inner: Uint8Array = new Uint8Array();
    for (let i = 0; i < depth; i++) inner = layer(inner);
    return inner;
  };

  it.each([
    ['arrays', (inner: Uint8Array) => field(5, field(1, inner))],
    ['key-value lists', (inner: Uint8Array) => field(6, field(1, field(2, inner)))],
  ])('of attribute values in %s', (_, layer) => {
    const payload = (depth: number) =>
      message(otlp(), field(1, field(1, field(1, message(field(1, 'k'), field(2, wrap(depth, layer)))))));
    expect(failureOf(() => otlpToPprof(payload(20)))).toBeUndefined();
    expect(failureOf(() => otlpToPprof(payload(1000)))).toMatch(/^limit .*nested more than \d+ deep/);
  });
});

describe('sizes that no encoder has', () => {
  it('a million messages in a few megabytes: test/io/container.test.ts', () => {
    expect(failureOf(() => otlpToPprof(new Uint8Array(4_000_004), { from: 'otlp-frames' }))).toMatch(
      /^limit more than/,
    );
  });

  // A text of these becomes longer in every form that can be printed, as JSON or as numbers, than a text can be.
  it.each([
    ['control characters', 0x01],
    ['bytes that are no UTF-8', 0xff],
  ])('a comment of 90 MB of %s', (_, byte) => {
    const comment = message(pprof(), field(6, new Uint8Array(90_000_000).fill(byte)), Uint8Array.of(104, 4));
    expect(pprofToOtlp(comment).report.proven).toBe(true);
  });
});

it('strings that are made to share one hash take no longer than others', () => {
  const hash = (bytes: Uint8Array, from: number, start: number): number => {
    let value = start;
    for (let i = from; i < bytes.length; i++) value = Math.imul(value ^ bytes[i], 0x01000193);
    return value;
  };
  // Pairs of blocks that collide, one behind the other: 2^14 strings of one FNV-1a hash.
  const BLOCK = 6;
  const STAGES = 14;
  let state = 0x811c9dc5 ^ (BLOCK * STAGES);
  const pairs: [Uint8Array, Uint8Array][] = [];
  for (let stage = 0, counter = 0; stage < STAGES; stage++) {
    const seen = new Map<number, Uint8Array>();
    for (;;) {
      const block = new Uint8Array(BLOCK);
      new DataView(block.buffer).setUint32(1, Math.imul(++counter, 0x9e3779b1));
      const end = hash(block, 0, state);
      const other = seen.get(end);
      if (other !== undefined) {
        pairs.push([other, block]);
        state = end;
        break;
      }
      seen.set(end, block);
    }
  }
  const strings = Array.from({ length: 2 ** STAGES }, (_, i) =>
    message(...pairs.map((pair, bit) => pair[(i >> bit) & 1])),
  );
  const start = 0x811c9dc5 ^ (BLOCK * STAGES);
  expect(new Set(strings.map((string) => hash(string, 0, start))).size).toBe(1);
  const before = performance.now();
  const interner = new StringInterner();
  for (const string of strings) interner.intern(string);
  expect(interner.table.length).toBe(strings.length);
  expect(performance.now() - before).toBeLessThan(1000);
});
