// Top functions and labels against `go tool pprof`, where Go is installed.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { decompress } from '../../src/index.ts';
import { inspect } from '../../src/inspect/inspect.ts';
import type { FunctionSummary } from '../../src/inspect/summary.ts';
import { pprofFiles } from '../support/corpus.ts';
import { decodePprof, encodePprof } from '../support/oracle.ts';

const present = spawnSync('go', ['tool', 'pprof', '-h']).status !== null;
const dir = mkdtempSync(join(tmpdir(), 'pprof-otlp-tool-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Files that `go tool pprof` reads, one of each producer and kind. */
const NAMES = [
  'go-runtime-cpu-plain.pb.gz',
  'go-runtime-cpu-labels.pb.gz',
  'go-runtime-heap.pb.gz',
  'go-runtime-block.pb.gz',
  'google-merge.pgo.pb.gz',
  'gperftools-pprof-cpu.pb.gz',
  'gperftools-pprof-heap.pb.gz',
  'node-datadog-heap.pb',
  'node-datadog-wall-lines.pb.gz',
  'node-pprof-wall.pb.gz',
  'python-gcp-cpu.pb.gz',
  'rust-pprof-cpu.pb',
];
const files = new Map(pprofFiles.filter(({ name }) => NAMES.includes(name)).map((file) => [file.name, file]));

/** The smallest unit, so that nothing is rounded. */
const UNIT: Record<string, string> = { nanoseconds: 'ns', microseconds: 'us', bytes: 'B' };

function tool(bytes: Uint8Array, unit: string, ...options: string[]): string[] {
  const path = join(dir, 'profile.pb');
  // The tool takes away the frames that drop_frames names.
  writeFileSync(path, encodePprof({ ...decodePprof(bytes), drop_frames: 0n, keep_frames: 0n }));
  const all = ['-nodecount=1000000', '-nodefraction=0', '-edgefraction=0', '-symbolize=none'];
  return execFileSync('go', ['tool', 'pprof', ...options, ...all, `-unit=${UNIT[unit] ?? 'minimum'}`, path], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, PPROF_TMPDIR: dir },
  }).split('\n');
}

const integer = (text: string): bigint => BigInt(text.replace(/[a-zA-Z]+$/, ''));

describe.skipIf(!present)('go tool pprof (skipped where Go is not installed)', () => {
  test('the files are there', () => {
    expect(files.size).toBeGreaterThanOrEqual(8);
  });

  test.each([...files.values()])('-top of $name', ({ read }) => {
    const bytes = decompress(read());
    const { top } = inspect(bytes, 'pprof', { top: 1_000_000 });
    const rows = tool(bytes, top.unit, '-top').flatMap((line) => {
      const match = /^ *(-?\d+\S*) +\S+% +\S+% +(-?\d+\S*) +\S+% {2}(.*)$/.exec(line);
      if (match === null) return [];
      const [, flat = '', cumulative = '', name = ''] = match;
      return [
        { name: name.replace(/ \((partial-)?inline\)$/, ''), flat: integer(flat), cumulative: integer(cumulative) },
      ];
    });
    const byName = (functions: readonly FunctionSummary[]) => new Map(functions.map((fn) => [fn.name, fn]));
    expect(rows.length).toBeGreaterThan(3);
    expect(byName(top.cumulative)).toEqual(byName(rows));
  });

  test.each([...files.values()])('-tags of $name', ({ read }) => {
    const bytes = decompress(read());
    const { attributes, top } = inspect(bytes, 'pprof', { values: 1_000_000 });
    let key = '';
    const shown = new Map<string, bigint>();
    for (const line of tool(bytes, top.unit, '-tags')) {
      key = /^ (.*): Total /.exec(line)?.[1] ?? key;
      const [, value, text] = /^ *(\d+\S*) \([^)]*%\): (.*)$/.exec(line) ?? [];
      if (value !== undefined) shown.set(`${key}=${text}`, integer(value));
    }
    // The tool scales numbers and leaves out labels of empty strings.
    const strings = attributes.filter(({ level, kinds }) => level === 'sample' && kinds.join() === 'string');
    for (const { key: name, top: values } of strings) {
      for (const { value, total } of values)
        if (value !== '') expect([name, value, shown.get(`${name}=${value}`)]).toEqual([name, value, total]);
    }
  });
});
