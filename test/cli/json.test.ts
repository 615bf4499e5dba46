import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FIXTURES, fixture } from '../support/fixtures.ts';
import { decodeOtlp } from '../support/oracle.ts';
import { contentOf, reported, withFiles } from './files.ts';
import { pprof } from './profile.ts';
import { listing, run } from './run.ts';

const HEAP = fixture('google-rewrite-heap.pb.gz');

describe('--to otlp-json and otlp-jsonl', () => {
  it('write a pprof as one document, or as one line', async () => {
    const dir = withFiles({ 'heap.pb': HEAP });
    const { status, reports } = await reported(dir, ['heap.pb', '--to', 'otlp-json']);
    expect(status).toBe(0);
    expect(reports).toMatchObject([{ output: 'heap.otlp.json', from: 'pprof', to: 'otlp-json', proven: true }]);
    const text = contentOf(dir, 'heap.otlp.json').toString();
    expect(reports[0].outputBytes).toBe(Buffer.byteLength(text));
    expect(Object.keys(JSON.parse(text))).toEqual(['resourceProfiles', 'dictionary']);
    expect(await run(['heap.pb', '--to', 'otlp-jsonl'], { cwd: dir })).toMatchObject({ status: 0 });
    expect(contentOf(dir, 'heap.otlp.jsonl').toString()).toBe(`${text}\n`);
    for (const name of ['heap.otlp.json', 'heap.otlp.jsonl']) {
      const back = await run([name, '-o', '-', '--compress', 'none'], { cwd: dir });
      expect(back.stderr).toMatch(/, exact return, proven\n$/);
      expect(back.stdout.equals(HEAP)).toBe(true);
    }
  });

  it('write the same text from OTLP, and OTLP the same bytes from it', async () => {
    const dir = withFiles({ 'heap.pb': HEAP });
    await run(['heap.pb'], { cwd: dir });
    await run(['heap.pb', '--to', 'otlp-json'], { cwd: dir });
    const from = { otlp: 'heap.otlp', 'otlp-json': 'heap.otlp.json' };
    for (const [to, name] of [
      ['otlp-json', from.otlp],
      ['otlp', from['otlp-json']],
    ] as const) {
      const { status, reports } = await reported(dir, [name, '--to', to, '-o', `x.${to}`]);
      expect(status).toBe(0);
      expect(reports).toMatchObject([{ to, fidelity: 'exact', carried: 'none', proven: true }]);
      expect(contentOf(dir, `x.${to}`).equals(contentOf(dir, from[to]))).toBe(true);
    }
  });

  it('write what the golden file has', async () => {
    const name = 'google-synthetic-allfields';
    const golden = readFileSync(`${FIXTURES}golden/${name}.otlp.json`, 'utf8');
    const { stdout } = await run([`${FIXTURES}${name}.pb.gz`, '--to', 'otlp-json', '-o', '-']);
    expect(stdout.toString()).toBe(golden);
  });

  it('are refused where the file is that already', async () => {
    const dir = withFiles({ 'heap.pb': HEAP });
    await run(['heap.pb', '--to', 'otlp-json'], { cwd: dir });
    const again = await run(['heap.otlp.json', '--to', 'otlp-json', '-o', 'x'], { cwd: dir });
    expect(again).toMatchObject({ status: 2, stderr: expect.stringContaining(': is otlp-json already; ') });
    expect(listing(dir)).toEqual(['heap.otlp.json', 'heap.pb']);
  });

  it('make compact what is not', async () => {
    const compact = fixture('contrib-go-cpu.otlp.json.gz');
    const spacious = `\ufeff\n${JSON.stringify(JSON.parse(Buffer.from(compact).toString()), null, 2)}\n`;
    const dir = withFiles({ 'x.json': spacious });
    expect(await run(['x.json', '--to', 'otlp-json', '-o', 'y.json'], { cwd: dir })).toMatchObject({ status: 0 });
    expect(contentOf(dir, 'y.json').equals(compact)).toBe(true);
  });
});

describe('OTLP/JSON of other programs', () => {
  it.each(['contrib-go-cpu', 'ebpf-reporter-synthetic'])('%s comes back as the same text', async (name) => {
    const text = fixture(`${name}.otlp.json.gz`);
    const dir = withFiles({ 'x.otlp.json': text });
    const there = await reported(dir, ['x.otlp.json']);
    expect(there.reports).toMatchObject([
      { output: 'x.pb.gz', from: 'otlp-json', carried: 'structured', proven: true },
    ]);
    const back = await reported(dir, ['x.pb.gz', '-o', 'y.otlp.json']);
    expect(back.reports).toMatchObject([{ to: 'otlp-json', exactReturn: true, proven: true }]);
    expect(contentOf(dir, 'y.otlp.json').equals(text)).toBe(true);
    await run(['x.pb.gz', '--to', 'otlp', '-o', 'y.otlp'], { cwd: dir });
    expect(decodeOtlp(contentOf(dir, 'y.otlp'))).toEqual(decodeOtlp(fixture(`${name}.otlp.pb`)));
    expect(await run(['verify', 'x.otlp.json', 'x.pb.gz', 'y.otlp'], { cwd: dir })).toMatchObject({ status: 0 });
  });

  it('keeps integers beyond 2^53', async () => {
    const text = JSON.stringify({
      resourceProfiles: [
        {
          scopeProfiles: [
            { profiles: [{ sampleType: { typeStrindex: 1 }, samples: [{ values: ['9007199254740993'] }] }] },
          ],
        },
      ],
      dictionary: { stringTable: ['', 'cpu'] },
    });
    const dir = withFiles({ 'x.json': text, 'y.json': text.replace('"9007199254740993"', '9007199254740993') });
    for (const name of ['x.json', 'y.json']) {
      await run([name, '-o', 'x.pb', '--force'], { cwd: dir });
      const back = await run(['x.pb', '-o', '-'], { cwd: dir });
      expect(back.stdout.toString()).toBe(text);
    }
  });

  it('is told from JSON lines by its content', async () => {
    const line = fixture('contrib-go-cpu.otlp.json.gz');
    const dir = withFiles({ 'one.jsonl': line, 'two.json': Buffer.concat([line, Buffer.from('\n'), line]) });
    const { reports } = await reported(dir, ['one.jsonl', 'two.json', '-o', 'out']);
    expect(reports).toMatchObject([
      { output: 'out/one.pb.gz', from: 'otlp-json', samples: 114 },
      { output: 'out/two.pb.gz', from: 'otlp-jsonl', samples: 228 },
    ]);
  });

  it('is refused with the place where it breaks', async () => {
    const text = Buffer.from(fixture('contrib-go-cpu.otlp.json.gz')).toString();
    const dir = withFiles({
      'cut.json': text.slice(0, -100),
      'type.json': text.replace('"stackIndex":1', '"stackIndex":"one"'),
      'index.json': text.replace('"stackIndex":1,', '"stackIndex":123456,'),
    });
    for (const [name, reason] of [
      ['cut.json', /^cut\.json: @\d+.*\n$/],
      ['type.json', /^type\.json: @\d+ resource_?[pP]rofiles\[0\].*samples\[0\].*stack_?[iI]ndex.*\n$/],
      ['index.json', /^index\.json: resource_profiles\[0\].*: leads to stack_table\[123456\], but /],
    ] as const) {
      const result = await run([name], { cwd: dir });
      expect(result.stderr).toMatch(reason);
      expect(result.status).toBe(3);
    }
    expect(listing(dir)).toHaveLength(3);
  });
});

describe('fields that OTLP does not know', () => {
  const TEXT = Buffer.from(fixture('contrib-go-cpu.otlp.json.gz')).toString();
  const WITH = TEXT.replace('"sampleType":', '"colour":"red","sampleType":');
  const PATH = 'resourceProfiles[].scopeProfiles[].profiles[].colour';

  it('are left out with a warning', async () => {
    const dir = withFiles({ 'x.json': WITH });
    const { status, reports } = await reported(dir, ['x.json']);
    expect(status).toBe(0);
    expect(reports[0].warnings).toEqual([`fields that OTLP does not know: ${PATH}; left out`]);
    const back = await run(['x.pb.gz', '-o', '-'], { cwd: dir });
    expect(back.stdout.toString()).toBe(TEXT);
    const verified = await run(['verify', 'x.json'], { cwd: dir });
    expect(verified).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('warning: fields that OTLP does not'),
    });
  });

  it('are an error with --strict', async () => {
    const dir = withFiles({ 'x.json': WITH, 'lines.json': `${TEXT}\n${WITH}\n`, 'good.json': TEXT });
    for (const args of [
      ['x.json', '--strict'],
      ['verify', 'x.json', '--strict'],
      ['x.json', '--strict', '--to', 'otlp'],
    ]) {
      const result = await run(args, { cwd: dir });
      expect(result).toMatchObject({
        status: 3,
        stderr: expect.stringMatching(/^x\.json: fields that OTLP does not know: /),
      });
      expect(result.stderr).toContain(PATH);
    }
    const lines = await run(['lines.json', '--strict'], { cwd: dir });
    expect(lines).toMatchObject({ status: 3, stderr: expect.stringMatching(/^lines\.json: \[message 1\]: fields /) });
    expect(listing(dir)).toEqual(['good.json', 'lines.json', 'x.json']);
    expect(await run(['good.json', '--strict'], { cwd: dir })).toMatchObject({ status: 0 });
  });
});

it('pipes carry JSON', async () => {
  const there = await run(['-', '--to', 'otlp-json'], { input: pprof() });
  expect(there.status).toBe(0);
  const back = await run(['-', '--compress', 'none'], { input: there.stdout });
  expect(back.stdout.equals(pprof())).toBe(true);
});

it('compression is that of --compress or of the name', async () => {
  const dir = withFiles({ 'x.pb': pprof() });
  await run(['x.pb', '--to', 'otlp-json', '--compress', 'gzip'], { cwd: dir });
  await run(['x.pb', '--to', 'otlp-jsonl', '-o', 'y.jsonl.gz'], { cwd: dir });
  expect(listing(dir)).toEqual(['x.otlp.json.gz', 'x.pb', 'y.jsonl.gz']);
  for (const name of ['x.otlp.json.gz', 'y.jsonl.gz']) {
    expect(readFileSync(join(dir, name)).readUInt16BE(0)).toBe(0x1f8b);
    writeFileSync(join(dir, 'z'), contentOf(dir, name));
    const back = await run(['z', '-o', '-', '--compress', 'none'], { cwd: dir });
    expect(back.stdout.equals(pprof())).toBe(true);
  }
});
