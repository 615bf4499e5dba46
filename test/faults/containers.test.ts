// Damaged files around a profile, through the program. What each inflater says of each fault: test/io/decompress.test.ts;
// of frames, JSON lines and Jeffrey's files: test/io/container.test.ts.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { join as joinFile, plainForm } from '../../src/io/container.ts';
import { storedFrame } from '../../src/io/zstd.ts';
import { message, otlp, pprof } from '../cli/profile.ts';
import { listing, run, workspace } from '../cli/run.ts';

const bytes = (...content: number[]): Uint8Array => Uint8Array.from(content);
const gzip = new Uint8Array(gzipSync(pprof()));
const zstd = storedFrame(pprof());
const frames = joinFile([otlp(), otlp()], plainForm('frames'));
const withTime = message(pprof(), bytes(72, 1));

function changed(data: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(data);
  copy[at < 0 ? copy.length + at : at] ^= 1;
  return copy;
}

const COMMANDS = ['convert', 'verify', 'check', 'inspect'] as const;

describe('is bad input', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['an empty file', bytes(), /the file is empty; /],
    ['an empty gzip file', gzipSync(''), /the file is empty inside its gzip|the file is empty; /],
    ['truncated gzip', gzip.subarray(0, -9), /the gzip data ends early, at byte \d+ of the file; get the file again/],
    ['a gzip header alone', gzip.subarray(0, 10), /the gzip data ends early/],
    ['a wrong CRC', changed(gzip, -8), /the gzip checksum does not match; get the file again/],
    ['a wrong length', changed(gzip, -1), /the gzip length does not match; get the file again/],
    ['junk behind gzip', message(gzip, bytes(1, 2, 3)), /3 bytes follow the gzip data, from byte \d+ of the file on; /],
    ['a truncated second member', message(gzip, gzip.subarray(0, -4)), /the gzip data ends early/],
    ['gzip in gzip', gzipSync(gzip), /compressed twice: gzip inside gzip; decompress it once first/],
    ['a zlib stream', deflateSync(pprof()), /looks like|is neither pprof nor OTLP profiles/],
    ['truncated zstd', zstd.subarray(0, -5), /the zstd data ends early; get the file again/],
    ['a zstd frame of another size', changed(zstd, 6), /damaged zstd data: the frame says \d+ bytes and holds \d+; /],
    ['junk behind zstd', message(zstd, bytes(1, 2, 3)), /3 bytes follow the zstd data/],
    [
      'a frame that says too much',
      changed(frames, 2),
      /says \d+ bytes, but the file ends after \d+; get the file again/,
    ],
    ['a truncated frame', frames.subarray(0, -1), /@\d+ \[message 1\]: says \d+ bytes, but the file ends after \d+; /],
  ])('%s', async (_, input, said) => {
    const dir = workspace();
    writeFileSync(join(dir, 'in'), input);
    for (const command of COMMANDS) {
      const { status, stderr } = await run([command, 'in'], { cwd: dir });
      expect(`${status} ${stderr}`, command).toMatch(said);
      expect(`${status} ${stderr}`, command).toMatch(/^3 in: [^\n]*\n$/);
    }
    expect(listing(dir)).toEqual(['in']);
  });
});

it('several members are one file', async () => {
  const dir = workspace();
  const parts = [pprof().subarray(0, 20), pprof().subarray(20)].map((part) => gzipSync(part));
  writeFileSync(join(dir, 'in'), message(...parts));
  expect(await run(['verify', 'in'], { cwd: dir })).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('proven'),
  });
});

it.each<[string, Uint8Array]>([
  ['two profiles', message(withTime, withTime)],
  ['two compressed profiles', message(gzipSync(withTime), gzipSync(withTime))],
])('%s run together are told from one', async (_, input) => {
  for (const command of ['convert', 'verify', 'inspect']) {
    expect(await run([command, '-'], { input })).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/^stdin: @\d+ time_nanos: a second time_nanos: two profiles were run together; /),
    });
  }
  // Here it is a finding.
  expect((await run(['check', '-'], { input })).status).toBe(1);
});
