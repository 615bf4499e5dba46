import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { counted, duration, grouped, instant, quantity, share } from '../../src/cli/inspectQuantity.ts';
import { otlp, pprof } from './profile.ts';
import { PROGRAM, run, workspace } from './run.ts';

function withFiles(files: Record<string, Uint8Array>): string {
  const dir = workspace();
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(dir, name), bytes);
  return dir;
}

const EVIL = 'evil\x1b[2J\u202e\n';

describe('inspect', () => {
  it('says on standard output what is in each file', async () => {
    const dir = withFiles({ 'a.pb.gz': gzipSync(pprof()), 'b.otlp': otlp() });
    const { status, stdout, stderr } = await run(['inspect', 'a.pb.gz', 'b.otlp'], { cwd: dir });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const text = stdout.toString();
    expect(text).toMatch(/^a\.pb\.gz\n {2}format +pprof, gzip, \d+ B stored, \d+ B uncompressed\n/);
    expect(text).toMatch(/\n\nb\.otlp\n {2}format +OTLP Profiles, 1\.10 or 1\.11, \d+ B uncompressed\n/);
    expect(text).toMatch(/sample types cpu\/nanoseconds +10ns {2}default\n/);
    expect(text).toMatch(/ {2}translation +to OTLP: .* carried structured in \d+ B\n/);
    expect(text).toMatch(/flat of cpu\/nanoseconds, 1 function\n +10ns +100% █{16} main\n/);
  });

  it('reads standard input', async () => {
    const { status, stdout } = await run(['inspect', '-'], { input: pprof() });
    expect(status).toBe(0);
    expect(stdout.toString()).toMatch(/^stdin\n/);
  });

  it('--format json prints one object a file, 64-bit integers as strings', async () => {
    const dir = withFiles({ 'a.pb': pprof(), b: Buffer.from('hello\n') });
    const { status, stdout, stderr } = await run(['inspect', 'a.pb', 'b', '--format', 'json'], { cwd: dir });
    expect({ status, stderr }).toEqual({ status: 3, stderr: '' });
    const [good, bad] = stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(good).toMatchObject({
      ...{ input: 'a.pb', schema: 1, format: 'pprof', bytes: pprof().length },
      file: { compression: 'none', storedBytes: pprof().length },
      sampleTypes: [{ type: 'cpu', unit: 'nanoseconds', total: '10' }],
      translation: { to: 'otlp', carried: 'structured' },
    });
    expect(bad).toMatchObject({ input: 'b', exit: 3, error: { code: 'bad-input' } });
  });

  it('has its schema documented, key by key', async () => {
    const { stdout } = await run(['inspect', '-', '--format', 'json'], { input: otlp() });
    const documented = readFileSync(new URL('../../docs/inspect.md', import.meta.url), 'utf8');
    const keys = new Set<string>();
    JSON.stringify(JSON.parse(stdout.toString()), (key, value) => {
      if (key !== '' && !/^\d+$/.test(key)) keys.add(key);
      return value;
    });
    expect(keys.size).toBeGreaterThan(40);
    expect([...keys].filter((key) => !documented.includes(`\`${key}\``))).toEqual([]);
  });

  it('reads OTLP in all its forms', async () => {
    const dir = withFiles({ 'a.pb': pprof() });
    await run(['a.pb', '--to', 'otlp-json', '-o', 'a.json'], { cwd: dir });
    const { stdout } = await run(['inspect', 'a.json', '--format', 'json'], { cwd: dir });
    expect(JSON.parse(stdout.toString())).toMatchObject({
      format: 'otlp',
      file: { container: 'otlp-json', version: '1.10 or 1.11' },
      sampleTypes: [{ total: '10' }],
    });
    expect((await run(['inspect', 'a.json', '--dump'], { cwd: dir })).stdout.toString()).toContain(
      'string_table: "main"',
    );
  });

  it('--sample-type and --top choose the functions', async () => {
    const json = async (...args: string[]) =>
      JSON.parse((await run(['inspect', '-', '--format', 'json', ...args], { input: pprof() })).stdout.toString());
    expect((await json('--top', '0')).top).toMatchObject({ type: 'cpu', total: '10', flat: [], cumulative: [] });
    expect((await json('--sample-type', 'cpu')).top.flat).toEqual([{ name: 'main', flat: '10', cumulative: '10' }]);
    const unknown = await run(['inspect', '-', '--sample-type', 'wall'], { input: pprof() });
    expect(unknown).toMatchObject({ status: 2, stderr: 'stdin: has no sample type "wall"; it has cpu/nanoseconds\n' });
    expect(await run(['inspect', '-', '--top', 'x'], { input: pprof() })).toMatchObject({ status: 2 });
  });

  it('--dump prints everything; of a damaged file as far as it goes', async () => {
    const whole = (await run(['inspect', '-', '--dump'], { input: pprof() })).stdout.toString();
    expect(whole).toMatch(/^sample_type \{ {2}# \[0\] @0\n {2}type: 1 {2}# "cpu"\n/);
    expect(whole).toContain('    function_id: 1  # main\n');
    const dir = withFiles({ 'a.pb': pprof().subarray(0, -1) });
    const cut = await run(['inspect', 'a.pb', '--dump', '--from', 'pprof'], { cwd: dir });
    expect(cut).toMatchObject({ status: 3, stderr: expect.stringMatching(/^a\.pb: @\d+/) });
    // The name of the function was cut off.
    expect(cut.stdout.toString()).toContain('    function_id: 1  # no name\n');
    expect(cut.stdout.toString()).toMatch(/string_table: "nanoseconds" {2}# \[2\]\n$/);
    expect(await run(['inspect', '-', '--dump', '--format', 'json'], { input: pprof() })).toMatchObject({ status: 2 });
  });

  it('ends in silence when the reader of a dump leaves', async () => {
    const dir = withFiles({ 'a.pb': pprof('main', 'x'.repeat(3_000_000)) });
    const child = spawn('sh', ['-c', `"${process.execPath}" "${PROGRAM}" inspect a.pb --dump | head -1`], { cwd: dir });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.stdout.resume();
    await new Promise((resolve) => child.on('close', resolve));
    expect(stderr).toBe('');
  });

  it('lets no control character of the content through', async () => {
    for (const args of [[], ['--dump']]) {
      const { stdout } = await run(['inspect', '-', ...args], { input: pprof(EVIL) });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
      expect(stdout.toString()).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
      expect(stdout.toString()).toContain('evil');
    }
  });

  it('colors only for a terminal or when asked to', async () => {
    const text = async (...args: string[]) =>
      (await run(['inspect', '-', ...args], { input: pprof() })).stdout.toString();
    expect(await text()).not.toContain('\x1b');
    expect(await text('--color')).toContain('\x1b[');
    expect((await run(['inspect', '-'], { input: pprof(), env: { FORCE_COLOR: '1' } })).stdout.toString()).toContain(
      '\x1b[',
    );
  });
});

describe('quantities', () => {
  it.each([
    [0n, 'nanoseconds', '0ns'],
    [999n, 'nanoseconds', '999ns'],
    [1_250_000_000n, 'nanoseconds', '1.25s'],
    [-90_000_000_000n, 'nanoseconds', '-90s'],
    [7200n, 'seconds', '2h'],
    [1500n, 'microseconds', '1.5ms'],
    [3_670_016n, 'bytes', '3.5 MiB'],
    [1_234_567n, 'count', '1,234,567'],
    [12n, 'pages\x1b', '12 pages\\x1b'],
  ] as const)('%s %s is %s', (value, unit, text) => {
    expect(quantity(value, unit)).toBe(text);
  });

  it('shares never round to all or nothing', () => {
    expect([share(0, 9), share(9, 9), share(0, 0), share(1, 100_000), share(99_999, 100_000), share(1, 3)]).toEqual([
      '0%',
      '100%',
      '0%',
      '<0.1%',
      '>99.9%',
      '33.3%',
    ]);
  });

  it('numbers, nouns, times', () => {
    expect([grouped(1234), grouped(-1234n), counted(1, 'sample'), counted(1000, 'sample')]).toEqual([
      '1,234',
      '-1,234',
      '1 sample',
      '1,000 samples',
    ]);
    expect(duration(1_500)).toBe('1.5µs');
    expect(instant(1_700_000_000_123_000_000n)).toBe('2023-11-14T22:13:20.123Z');
    expect(instant(1n << 63n)).toBe('2262-04-11T23:47:16.854Z');
    expect(instant(10n ** 30n)).toBe(`${10n ** 30n}`);
  });
});
