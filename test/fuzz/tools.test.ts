import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Coverage } from '../../fuzz/coverage.ts';
import { instrument } from '../../fuzz/instrument.mjs';
import { minimise } from '../../fuzz/minimise.ts';
import { buildLibrary } from '../../scripts/build.mjs';

describe('counters', () => {
  const code = `export function f(x) {
    if (x > 1) return 'big'; else x++;
    for (const y of [1, 2]) x += y;
    switch (x) { case 4: return x ? 'a' : 'b'; default: }
    return x === 3 && (() => 'arrow')() || class { get z() { return 1 } }.name;
  }`;

  test('change nothing but count which way was taken', async () => {
    const { code: counted, next } = instrument(code, 3);
    const counters = new Uint8Array(next);
    Object.assign(globalThis, { fuzzCounters: counters });
    const load = (text: string): Promise<{ f: (x: number) => unknown }> =>
      import(`data:text/javascript,${encodeURIComponent(text)}`);
    const [plain, instrumented] = [await load(code), await load(counted)];
    const coverage = new Coverage(counters);
    for (const [x, isNew] of [
      [5, true],
      [5, false],
      [0, true],
      [-1, true],
      [-1, false],
    ] as const) {
      coverage.reset();
      expect(instrumented.f(x)).toEqual(plain.f(x));
      expect(coverage.isNew()).toBe(isNew);
    }
    expect(counters.subarray(0, 3)).toEqual(new Uint8Array(3));
    expect(coverage.reached).toBeGreaterThan(6);
  });
});

test('minimising keeps what fails and little else', () => {
  const bytes = Uint8Array.from({ length: 250 }, (_, i) => i);
  const small = minimise(bytes, (candidate) => candidate.includes(7) && candidate.includes(200));
  expect([...small]).toEqual([7, 200]);
});

describe('the soak test', () => {
  let dir = '';
  let library = '';
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'pprof-otlp-soak-'));
    library = join(dir, 'index.mjs');
    await buildLibrary(library);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const soak = fileURLToPath(new URL('../../fuzz/soak.mjs', import.meta.url));

  test('finds memory flat over a short run', { timeout: 120_000 }, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...[soak, '--conversions', '160', '--library', library],
    ]);
    expect(stdout).toMatch(/^flat: /m);
  });
});
