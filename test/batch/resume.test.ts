// --resume: what is there already and gives the input is left as it is; anything else is not.

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { reported, withFiles } from '../cli/files.ts';
import { otlp, pprof } from '../cli/profile.ts';
import { listing, run } from '../cli/run.ts';

/** Name, time and inode of every file: nothing of it changes where nothing is written. */
const state = (dir: string): string =>
  listing(dir)
    .map((name) => `${name} ${statSync(join(dir, name)).mtimeMs} ${statSync(join(dir, name)).ino}`)
    .join('\n');

describe.each([['one thread'], ['threads']])('with %s', (kind) => {
  const jobs = kind === 'threads' ? ['--jobs', '2'] : ['--jobs', '1'];

  it('what is proven is left alone, what is missing is written', async () => {
    const dir = withFiles({
      'a.pb.gz': gzipSync(pprof('a')),
      'b.pb': pprof('b'),
      'c.otlp': otlp(),
      'd.pb': pprof('d'),
    });
    expect((await run(['a.pb.gz', 'b.pb', 'c.otlp', '-o', 'out/', ...jobs], { cwd: dir })).status).toBe(0);
    const before = state(join(dir, 'out'));
    const result = await run(['a.pb.gz', 'b.pb', 'c.otlp', 'd.pb', '-o', 'out/', '--resume', ...jobs], { cwd: dir });
    expect(result.status).toBe(0);
    expect(result.stderr.split('\n').slice(0, 3)).toEqual([
      'a.pb.gz -> out/a.otlp: already there, proven',
      'b.pb -> out/b.otlp: already there, proven',
      'c.otlp -> out/c.pb.gz: already there, proven',
    ]);
    expect(result.stderr).toMatch(/\nd\.pb -> out\/d\.otlp: pprof .*, proven\n$/);
    expect(
      state(join(dir, 'out'))
        .split('\n')
        .filter((line) => !line.startsWith('d.')),
    ).toEqual(before.split('\n'));
  });

  it('is told in JSON with what the output still says', async () => {
    const dir = withFiles({ 'a.pb': pprof('a'), 'b.pb': pprof('b') });
    const first = await reported(dir, ['a.pb', 'b.pb', ...jobs]);
    const again = await reported(dir, ['a.pb', 'b.pb', '--resume', ...jobs]);
    expect(again.reports).toEqual(first.reports.map((report) => ({ ...report, skipped: true })));
  });

  it.each<[string, (output: Buffer) => Uint8Array]>([
    ['half of it', (output) => output.subarray(0, output.length >> 1)],
    ['nothing', () => new Uint8Array(0)],
    ['of another input', () => otlp()],
    ['the input itself', () => pprof('a')],
    [
      'one changed byte',
      (output) => Buffer.from(output).fill(0x7a, output.indexOf('main'), output.indexOf('main') + 1),
    ],
  ])('%s is refused, and replaced with --force', async (_, damage) => {
    const dir = withFiles({ 'a.pb': pprof('main'), 'b.pb': pprof('b') });
    await run(['a.pb', 'b.pb', ...jobs], { cwd: dir });
    const whole = readFileSync(join(dir, 'a.otlp'));
    const damaged = damage(whole);
    writeFileSync(join(dir, 'a.otlp'), damaged);
    const refused = await reported(dir, ['a.pb', 'b.pb', '--resume', ...jobs]);
    expect(refused.status).toBe(2);
    expect(refused.reports[0].error?.message).toMatch(/^a\.otlp exists.*; give --force to replace it or another -o$/);
    expect(refused.reports[1]).toMatchObject({ skipped: true, exit: 0 });
    expect(readFileSync(join(dir, 'a.otlp')).equals(damaged)).toBe(true);
    const forced = await reported(dir, ['a.pb', 'b.pb', '--resume', '--force', ...jobs]);
    expect(forced.status).toBe(0);
    expect(forced.reports.map(({ skipped }) => skipped)).toEqual([false, true]);
    expect(readFileSync(join(dir, 'a.otlp')).equals(whole)).toBe(true);
  });
});

it('knows the form that a pprof comes back in, JSON that is not compact, and several outputs', async () => {
  const dir = withFiles({ 'a.pb': pprof('a'), 'b.pb': pprof('b') });
  await run(['a.pb', '--to', 'otlp-json', '-o', 'a.json'], { cwd: dir });
  const json = JSON.parse(readFileSync(join(dir, 'a.json'), 'utf8'));
  writeFileSync(join(dir, 'loose.json'), JSON.stringify(json, undefined, 2));
  await run(['b.pb', '--to', 'otlp-jsonl', '-o', 'b.jsonl'], { cwd: dir });
  const lines = ['a.json', 'b.jsonl'].map((name) => readFileSync(join(dir, name), 'utf8').trim()).join('\n');
  writeFileSync(join(dir, 'two.jsonl'), lines);
  const files = ['loose.json', 'two.jsonl'];
  expect((await run([...files, '-o', 'out/'], { cwd: dir })).status).toBe(0);
  const before = state(join(dir, 'out'));
  const again = await reported(dir, [...files, '-o', 'out/', '--resume']);
  expect(again.reports.map(({ output, skipped }) => [output, skipped])).toEqual([
    ['out/loose.pb.gz', true],
    ['out/two-1.pb.gz', true],
    ['out/two-2.pb.gz', true],
  ]);
  // The way back: a pprof that holds JSON.
  writeFileSync(join(dir, 'foreign.json'), JSON.stringify(json).replace(/\{"key":"pprof_otlp\.residual".*?\}\},?/, ''));
  await run(['foreign.json', '-o', 'foreign.pb.gz'], { cwd: dir });
  await run(['foreign.pb.gz', '-o', 'out/'], { cwd: dir });
  const back = await reported(dir, ['foreign.pb.gz', '-o', 'out/', '--resume']);
  expect(back.reports).toMatchObject([{ skipped: true, output: expect.stringMatching(/^out\/foreign\.otlp/) }]);
  expect(state(join(dir, 'out'))).toContain(before.split('\n')[0]);
});

it('needs the fidelity that can be proven', async () => {
  const { status, stderr } = await run(['a.pb', '--resume', '--fidelity', 'semantic']);
  expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('contradict each other') });
  expect((await run(['a.pb', '--resume', '-o', '-'])).stderr).toMatch(
    /^pprof-otlp: --resume is for outputs that are files/,
  );
});
