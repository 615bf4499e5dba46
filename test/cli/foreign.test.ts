import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { container, fixture } from '../support/fixtures.ts';
import { decodeOtlp, decodePprof, encodePprof } from '../support/oracle.ts';
import { contentOf, reported, withFiles } from './files.ts';
import { field, message, pprof } from './profile.ts';
import { listing, run } from './run.ts';

const ASYNC_PROFILER = fixture('async-profiler-alloc.otlp.pb');
const EBPF = fixture('ebpf-reporter-synthetic.otlp.pb');
const COLLECTOR = fixture('contrib-go-cpu.otlp.pb');
const FRAMES = container('frames.otlp.pb');

/** The values of a numeric or string label, sample by sample. */
function labels(bytes: Uint8Array, key: string): (string | bigint | undefined)[] {
  const { sample, string_table } = decodePprof(bytes);
  const text = (index: bigint): string => Buffer.from(string_table[Number(index)]).toString();
  return sample.map(({ label }) => {
    const found = label.find((one) => text(one.key) === key);
    return found && (found.str === 0n ? found.num : text(found.str));
  });
}

const sums = (bytes: Uint8Array): bigint[] => {
  const { sample, sample_type } = decodePprof(bytes);
  return sample_type.map((_, i) => sample.reduce((sum, { value }) => sum + value[i], 0n));
};

const timestampsIn = (payload: Uint8Array): number =>
  decodeOtlp(payload)
    .resource_profiles.flatMap(({ scope_profiles }) => scope_profiles)
    .flatMap(({ profiles }) => profiles)
    .flatMap(({ samples }) => samples)
    .reduce((sum, { timestamps_unix_nano }) => sum + timestamps_unix_nano.length, 0);

describe('OTLP of other programs', () => {
  it.each([
    ['async-profiler', ASYNC_PROFILER],
    ['the eBPF profiler', EBPF],
    ["the Collector's translator", COLLECTOR],
  ])('of %s comes back to the last byte', async (_, bytes) => {
    const dir = withFiles({ 'x.otlp': bytes });
    const there = await reported(dir, ['x.otlp']);
    expect(there.status).toBe(0);
    expect(there.reports).toMatchObject([
      {
        ...{ input: 'x.otlp', output: 'x.pb.gz', from: 'otlp', to: 'pprof', inputBytes: bytes.length },
        ...{ outputBytes: contentOf(dir, 'x.pb.gz').length, fidelity: 'exact', carried: 'structured' },
        ...{ proven: true, exactReturn: null, warnings: [], error: null, exit: 0 },
      },
    ]);
    const back = await reported(dir, ['x.pb.gz', '-o', 'y.otlp']);
    expect(back.reports).toMatchObject([
      {
        ...{ from: 'pprof', to: 'otlp', outputBytes: bytes.length, carried: 'structured', proven: true },
        ...{ exactReturn: true, samples: there.reports[0].samples, sampleTypes: there.reports[0].sampleTypes },
        residualBytes: there.reports[0].residualBytes,
      },
    ]);
    expect(contentOf(dir, 'y.otlp').equals(bytes)).toBe(true);
    const verified = await run(['verify', 'x.otlp', 'x.pb.gz'], { cwd: dir });
    expect(verified).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/^x\.otlp: .*, proven\nx\.pb\.gz: .*, exact return, proven\n$/),
    });
    expect(listing(dir)).toEqual(['x.otlp', 'x.pb.gz', 'y.otlp']);
  });

  it('becomes the same pprof without the proof', async () => {
    const dir = withFiles({ 'x.otlp': EBPF });
    await run(['x.otlp', '-o', 'a.pb'], { cwd: dir });
    const { reports } = await reported(dir, ['x.otlp', '-o', 'b.pb', '--no-verify']);
    expect(reports).toMatchObject([{ proven: false, carried: 'structured', exit: 0 }]);
    expect(contentOf(dir, 'b.pb').equals(contentOf(dir, 'a.pb'))).toBe(true);
  });

  it('has standard fields only with --fidelity semantic', async () => {
    const dir = withFiles({ 'x.otlp': EBPF });
    await run(['x.otlp', '-o', 'exact.pb'], { cwd: dir });
    const { reports } = await reported(dir, ['x.otlp', '-o', 'x.pb', '--fidelity', 'semantic']);
    expect(reports).toMatchObject([{ fidelity: 'semantic', carried: 'none', residualBytes: 0 }]);
    const { residualBytes } = (await reported(dir, ['verify', 'x.otlp'])).reports[0];
    const exact = contentOf(dir, 'exact.pb');
    const semantic = contentOf(dir, 'x.pb');
    expect(exact.subarray(0, semantic.length).equals(semantic)).toBe(true);
    expect(residualBytes).toBeLessThanOrEqual(exact.length - semantic.length);
  });
});

describe('--timestamps', () => {
  it('labels makes a sample of each observation, and comes back the same', async () => {
    const dir = withFiles({ 'x.otlp': EBPF });
    await run(['x.otlp', '-o', 'default.pb'], { cwd: dir });
    for (const kind of ['aggregate', 'labels']) {
      const { status, reports } = await reported(dir, ['x.otlp', '-o', `${kind}.pb`, '--timestamps', kind]);
      expect(status).toBe(0);
      expect(reports).toMatchObject([{ carried: 'structured', proven: true }]);
      const back = await run([`${kind}.pb`, '-o', '-'], { cwd: dir });
      expect(back.stdout.equals(EBPF)).toBe(true);
    }
    const aggregate = contentOf(dir, 'aggregate.pb');
    const each = contentOf(dir, 'labels.pb');
    expect(contentOf(dir, 'default.pb').equals(aggregate)).toBe(true);
    expect(labels(aggregate, 'timestamp_ns').filter(Boolean)).toHaveLength(0);
    expect(labels(each, 'timestamp_ns').filter(Boolean)).toHaveLength(timestampsIn(EBPF));
    expect(sums(each)).toEqual(sums(aggregate));
  });

  it('labels are the times of the samples', async () => {
    const dir = withFiles({ 'x.otlp': FRAMES });
    await run(['x.otlp', '-o', 'x.pb', '--timestamps', 'labels'], { cwd: dir });
    const seconds = [0n, 0n, 1n, 2n, 2n];
    const micros = [1n, 2n, 1n, 1n, 2n];
    expect(labels(contentOf(dir, 'x.pb'), 'timestamp_ns')).toEqual(
      seconds.map((second, i) => 1_700_000_000_000_000_000n + second * 1_000_000_000n + micros[i] * 1000n),
    );
  });
});

describe('several results', () => {
  const LINES = container('lines.otlp.jsonl');

  /** A pprof, another one, and the three messages of another program, a line each. */
  async function mixed(): Promise<string> {
    const dir = withFiles({ 'a.pb': pprof('first'), 'b.pb': pprof('second') });
    const a = await run(['a.pb', '--to', 'otlp-jsonl', '-o', '-'], { cwd: dir });
    const b = await run(['b.pb', '--to', 'otlp-jsonl', '-o', '-'], { cwd: dir });
    writeFileSync(join(dir, 'mixed.jsonl'), Buffer.concat([a.stdout, LINES, b.stdout]));
    return dir;
  }

  it('are one for each scope that was a pprof, one for the rest, numbered in the directory that is made', async () => {
    const dir = await mixed();
    const { status, reports } = await reported(dir, ['mixed.jsonl', '-o', 'new/out/']);
    expect(status).toBe(0);
    expect(reports).toMatchObject([
      { output: 'new/out/mixed-1.pb.gz', samples: 1, exactReturn: true, proven: true },
      { output: 'new/out/mixed-2.pb.gz', samples: 1, exactReturn: true, proven: true },
      { output: 'new/out/mixed-3.pb.gz', samples: 5, exactReturn: null, proven: true },
    ]);
    expect(listing(join(dir, 'new/out'))).toEqual(['mixed-1.pb.gz', 'mixed-2.pb.gz', 'mixed-3.pb.gz']);
    expect(contentOf(dir, 'new/out/mixed-1.pb.gz').equals(pprof('first'))).toBe(true);
    expect(contentOf(dir, 'new/out/mixed-2.pb.gz').equals(pprof('second'))).toBe(true);
  });

  it('are one for each scope with --split, and each comes back on its own', async () => {
    const dir = withFiles({ 'x.jsonl': LINES });
    const { status, reports } = await reported(dir, ['x.jsonl', '--split', '-o', 'out']);
    expect(status).toBe(0);
    expect(reports.map(({ output, samples }) => [output, samples])).toEqual([
      ['out/x-1.pb.gz', 2],
      ['out/x-2.pb.gz', 1],
      ['out/x-3.pb.gz', 2],
    ]);
    const back = await reported(dir, ['out/x-1.pb.gz', 'out/x-2.pb.gz', 'out/x-3.pb.gz', '-o', 'otlp/']);
    expect(back.reports).toMatchObject([{ exactReturn: true }, { exactReturn: true }, { exactReturn: true }]);
    const ids = listing(join(dir, 'otlp')).map((name) => {
      const [{ scope_profiles }] = decodeOtlp(contentOf(dir, `otlp/${name}`)).resource_profiles;
      return scope_profiles[0].profiles[0].profile_id.at(-1);
    });
    expect(ids).toEqual([1, 2, 3]);
    const one = await reported(dir, ['otlp/x-2.otlp', '--split']);
    expect(one.reports).toMatchObject([{ output: 'otlp/x-2.pb.gz', samples: 1 }]);
  });

  it('are one with --merge, which holds all', async () => {
    const dir = await mixed();
    const { status, reports } = await reported(dir, ['mixed.jsonl', '--merge']);
    expect(status).toBe(0);
    expect(reports).toMatchObject([{ output: 'mixed.pb.gz', samples: 7, carried: 'structured', proven: true }]);
    const back = await run(['mixed.pb.gz', '-o', '-'], { cwd: dir });
    expect(back.stdout.equals(contentOf(dir, 'mixed.jsonl'))).toBe(true);
  });

  it('need a directory: else nothing is written', async () => {
    const dir = await mixed();
    writeFileSync(join(dir, 'x.jsonl'), LINES);
    const before = listing(dir);
    for (const [args, count] of [
      [['mixed.jsonl'], 3],
      [['mixed.jsonl', '-o', '-'], 3],
      [['mixed.jsonl', '-o', 'x.pb.gz'], 3],
      [['x.jsonl', '--split'], 3],
      [['mixed.jsonl', '--split'], 5],
    ] as const) {
      const result = await run(args, { cwd: dir });
      expect(result.stderr).toBe(`${args[0]}: gives ${count} pprof files; give -o DIR for them\n`);
      expect(result).toMatchObject({ status: 2, stdout: Buffer.alloc(0) });
    }
    const piped = await run(['-', '--split'], { cwd: dir, input: LINES });
    expect(piped).toMatchObject({
      status: 2,
      stdout: Buffer.alloc(0),
      stderr: expect.stringMatching(/^stdin: gives 3 /),
    });
    expect(listing(dir)).toEqual(before);
    await run(['-', '--split', '-o', 'out'], { cwd: dir, input: LINES });
    expect(listing(join(dir, 'out'))).toEqual(['stdin-1.pb.gz', 'stdin-2.pb.gz', 'stdin-3.pb.gz']);
  });

  it('are all written or none: the second target exists', async () => {
    const dir = withFiles({ 'x.jsonl': LINES, 'x-2.pb.gz': 'old' });
    const result = await run(['x.jsonl', '--split', '-o', '.'], { cwd: dir });
    expect(result).toMatchObject({ status: 2, stderr: expect.stringContaining('x-2.pb.gz exists; ') });
    expect(listing(dir)).toEqual(['x-2.pb.gz', 'x.jsonl']);
    expect(await run(['x.jsonl', '--split', '-o', '.', '--force'], { cwd: dir })).toMatchObject({ status: 0 });
  });

  it('with --compress none or another ending', async () => {
    const dir = withFiles({ 'x.otlp.jsonl': LINES });
    await run(['x.otlp.jsonl', '--split', '-o', 'out/', '--compress', 'none'], { cwd: dir });
    expect(listing(join(dir, 'out'))).toEqual(['x-1.pb', 'x-2.pb', 'x-3.pb']);
  });
});

describe('OTLP that came from a pprof and gained resource attributes', () => {
  const HEAP = fixture('google-rewrite-heap.pb.gz');

  it('gives both back, the pprof to its last byte and the attributes', async () => {
    const dir = withFiles({ 'heap.pb': HEAP });
    await run(['heap.pb', '--resource', 'service.name=shop', '--resource', 'zone=ü'], { cwd: dir });
    const home = await reported(dir, ['heap.otlp', '-o', 'home.pb']);
    expect(home.reports).toMatchObject([{ exactReturn: true, proven: true, carried: 'structured', warnings: [] }]);
    const bytes = contentOf(dir, 'home.pb');
    expect(bytes.subarray(0, HEAP.length).equals(HEAP)).toBe(true);
    expect(bytes.length).toBeGreaterThan(HEAP.length);
    await run(['home.pb', '-o', 'again.otlp'], { cwd: dir });
    expect(contentOf(dir, 'again.otlp').equals(contentOf(dir, 'heap.otlp'))).toBe(true);
    const [{ resource }] = decodeOtlp(contentOf(dir, 'again.otlp')).resource_profiles;
    expect(resource?.attributes.map(({ key, value }) => [key, value?.string_value])).toEqual([
      ['service.name', 'shop'],
      ['zone', 'ü'],
    ]);
    const json = await run(['home.pb', '--to', 'otlp-json', '-o', '-'], { cwd: dir });
    expect(JSON.parse(json.stdout.toString()).resourceProfiles[0].resource.attributes).toHaveLength(2);
    expect((await run(['verify', 'heap.otlp', 'home.pb'], { cwd: dir })).status).toBe(0);
  });

  it('may gain them as JSON, on the way', async () => {
    const dir = withFiles({ 'heap.pb': HEAP });
    await run(['heap.pb', '--to', 'otlp-json'], { cwd: dir });
    const payload = JSON.parse(contentOf(dir, 'heap.otlp.json').toString());
    payload.resourceProfiles[0].resource = { attributes: [{ key: 'host.name', value: { stringValue: 'a' } }] };
    writeFileSync(join(dir, 'x.json'), JSON.stringify(payload));
    const { reports } = await reported(dir, ['x.json', '-o', 'x.pb']);
    expect(reports).toMatchObject([{ exactReturn: true, proven: true }]);
    expect(contentOf(dir, 'x.pb').subarray(0, HEAP.length).equals(HEAP)).toBe(true);
    await run(['x.pb', '-o', 'x.otlp'], { cwd: dir });
    const [{ resource }] = decodeOtlp(contentOf(dir, 'x.otlp')).resource_profiles;
    expect(resource?.attributes.map(({ key }) => key)).toEqual(['host.name']);
  });

  it('has no additions with --fidelity semantic', async () => {
    const dir = withFiles({ 'heap.pb': HEAP });
    await run(['heap.pb', '--resource', 'service.name=shop'], { cwd: dir });
    await run(['heap.otlp', '-o', 'home.pb', '--fidelity', 'semantic'], { cwd: dir });
    expect(contentOf(dir, 'home.pb').equals(HEAP)).toBe(true);
  });

  it('gains more when --resource gives it more', async () => {
    const dir = withFiles({ 'heap.pb': HEAP });
    await run(['heap.pb', '--resource', 'service.name=shop'], { cwd: dir });
    await run(['heap.otlp', '-o', 'home.pb'], { cwd: dir });
    await run(['home.pb', '-o', 'more.otlp', '--resource', 'zone=1'], { cwd: dir });
    const [{ resource }] = decodeOtlp(contentOf(dir, 'more.otlp')).resource_profiles;
    expect(resource?.attributes.map(({ key }) => key).sort()).toEqual(['service.name', 'zone']);
  });
});

describe('a pprof that was made from OTLP and changed since', () => {
  const WARNING = 'changed since it was made from OTLP: what the pprof says is translated';

  async function made(): Promise<{ dir: string; bytes: Buffer }> {
    const dir = withFiles({ 'x.otlp': COLLECTOR });
    await run(['x.otlp', '-o', 'x.pb'], { cwd: dir });
    return { dir, bytes: contentOf(dir, 'x.pb') };
  }

  /** Another letter in the name of a function. */
  function edited(bytes: Buffer): Buffer {
    const copy = Buffer.from(bytes);
    copy.write('R', copy.indexOf('runtime.'), 'latin1');
    return copy;
  }

  it('says what it says now, with a warning, and comes back as it is', async () => {
    const { dir, bytes } = await made();
    writeFileSync(join(dir, 'y.pb'), edited(bytes));
    const { status, reports } = await reported(dir, ['y.pb']);
    expect(status).toBe(0);
    expect(reports).toMatchObject([{ to: 'otlp', exactReturn: null, proven: true, warnings: [WARNING] }]);
    expect(contentOf(dir, 'y.otlp').includes('Runtime.')).toBe(true);
    await run(['y.otlp', '-o', 'back.pb'], { cwd: dir });
    expect(contentOf(dir, 'back.pb').equals(edited(bytes))).toBe(true);
    const verified = await reported(dir, ['verify', 'y.pb']);
    expect(verified).toMatchObject({ status: 0, reports: [{ proven: true, warnings: [WARNING] }] });
    const json = await reported(dir, ['y.pb', '--to', 'otlp-json']);
    expect(json.reports).toMatchObject([{ to: 'otlp-json', warnings: [WARNING] }]);
  });

  it('by a tool that forgets fields that it does not know is a pprof like any other', async () => {
    const { dir, bytes } = await made();
    const profile = decodePprof(bytes);
    profile.sample = profile.sample.filter((_, i) => i % 2 === 0);
    const filtered = encodePprof(profile);
    writeFileSync(join(dir, 'y.pb'), filtered);
    const { reports } = await reported(dir, ['y.pb']);
    expect(reports).toMatchObject([{ samples: profile.sample.length, proven: true, warnings: [] }]);
    await run(['y.otlp', '-o', 'back.pb'], { cwd: dir });
    expect(contentOf(dir, 'back.pb').equals(filtered)).toBe(true);
  });

  it('by a field behind the extension falls back with a warning, too', async () => {
    const { dir, bytes } = await made();
    writeFileSync(join(dir, 'y.pb'), message(bytes, field(12, 5)));
    const { reports } = await reported(dir, ['y.pb']);
    expect(reports).toMatchObject([{ proven: true, warnings: [expect.stringContaining('made from OTLP')] }]);
  });

  it('in its extension falls back with a warning', async () => {
    const { dir, bytes } = await made();
    const damaged = Buffer.from(bytes);
    damaged[damaged.length - 5] ^= 0xff;
    writeFileSync(join(dir, 'y.pb'), damaged);
    const { status, reports } = await reported(dir, ['y.pb']);
    expect(status).toBe(0);
    expect(reports).toMatchObject([{ proven: true, warnings: [expect.stringContaining('made from OTLP')] }]);
    await run(['y.otlp', '-o', 'back.pb'], { cwd: dir });
    expect(contentOf(dir, 'back.pb').equals(damaged)).toBe(true);
  });

  it('does not take resource attributes while it is unchanged, and says so', async () => {
    const { dir } = await made();
    const result = await run(['x.pb', '-o', 'y.otlp', '--resource', 'service.name=shop'], { cwd: dir });
    expect(result.stderr).toMatch(/warning: comes back as the OTLP that it was made from: resource attributes are not/);
    expect(contentOf(dir, 'y.otlp').equals(COLLECTOR)).toBe(true);
  });
});

describe('verify', () => {
  it('does not prove OTLP that was made from a pprof and changed since', async () => {
    const dir = withFiles({ 'x.pb': fixture('google-rewrite-heap.pb.gz') });
    await run(['x.pb', '--to', 'otlp-json'], { cwd: dir });
    const payload = JSON.parse(contentOf(dir, 'x.otlp.json').toString());
    payload.resourceProfiles[0].scopeProfiles[0].profiles[0].samples[0].values = ['12345'];
    writeFileSync(join(dir, 'y.json'), JSON.stringify(payload));
    const { status, reports } = await reported(dir, ['verify', 'y.json']);
    expect(status).toBe(1);
    expect(reports).toMatchObject([{ proven: false, exactReturn: false, exit: 1, error: { code: 'not-proven' } }]);
    expect(reports[0].error?.message).toBe('not proven: it was made from a pprof and changed since');
    expect(reports[0].warnings[0]).toMatch(/^modified in transit: /);
    const converted = await reported(dir, ['y.json', '-o', 'y.pb']);
    expect(converted).toMatchObject({ status: 0, reports: [{ fidelity: 'semantic', exactReturn: false }] });
  });

  it('refuses indexes that lead nowhere', async () => {
    const profile = message(field(1, message(field(1, 1), field(2, 2))), field(2, message(field(1, 9), field(4, 5))));
    const payload = message(
      field(1, message(field(2, message(field(2, profile))))),
      field(2, message(...['', 'cpu', 'ns'].map((text) => field(5, text)), field(7, message()))),
    );
    const dir = withFiles({ 'x.otlp': payload });
    for (const args of [['verify', 'x.otlp'], ['x.otlp'], ['x.otlp', '--to', 'otlp-json']]) {
      const result = await run(args, { cwd: dir });
      expect(result).toMatchObject({ status: 3, stderr: expect.stringMatching(/^x\.otlp: .*stack_table\[9\]/) });
    }
    expect(listing(dir)).toEqual(['x.otlp']);
  });
});

describe('options that would do nothing are refused', () => {
  it.each<[string[], RegExp]>([
    [['x.pb', '--timestamps', 'labels'], /^x\.pb: --timestamps is for pprof output; leave it out\n$/],
    [['x.pb', '--merge'], /^x\.pb: --merge is for pprof output; leave it out\n$/],
    [['x.pb', '--split'], /^x\.pb: --split is for pprof output; leave it out\n$/],
    [['x.otlp', '--merge', '--split'], /^pprof-otlp: --merge and --split contradict each other\n$/],
    [['x.otlp', '--to', 'otlp-json', '--merge'], /^x\.otlp: --merge is for pprof output; /],
    [['x.otlp', '--to', 'otlp-json', '--split'], /^x\.otlp: --split is for pprof output; /],
    [['x.otlp', '--to', 'otlp-jsonl', '--timestamps', 'labels'], /^x\.otlp: --timestamps is for pprof output; /],
    [['x.otlp', '--to', 'otlp-json', '--resource', 'a=b'], /^x\.otlp: --resource is for what is made from a pprof; /],
    [['x.otlp', '--to', 'otlp-json', '--gzip-level', '3'], /^x\.otlp: --gzip-level is for gzip output; /],
    [['x.otlp', '--to', 'otlp-json', '--fidelity', 'semantic'], /^x\.otlp: --fidelity /],
    [['x.otlp', '--to', 'otlp-json', '--no-verify'], /^x\.otlp: --no-verify /],
    [['verify', 'x.pb', '--otlp-version', '1.9'], /^x\.pb: --otlp-version is for OTLP input; leave it out\n$/],
    [
      ['x.json', '--otlp-version', '1.9'],
      /^x\.json: OTLP 1\.9 is read from protobuf only; leave out --otlp-version for JSON\n$/,
    ],
    [['x.otlp', '--to', 'otlp', '-o', 'y'], /^x\.otlp: is otlp already; leave out --to or give another\n$/],
    [['x.pb', '--to', 'pprof'], /^x\.pb: is pprof already; /],
  ])('%j', async (args, reason) => {
    const files = { 'x.pb': pprof(), 'x.otlp': COLLECTOR, 'x.json': fixture('contrib-go-cpu.otlp.json.gz') };
    const dir = withFiles(files);
    const result = await run(args, { cwd: dir });
    expect(result.stderr).toMatch(reason);
    expect(result.status).toBe(2);
    expect(listing(dir)).toEqual(['x.json', 'x.otlp', 'x.pb']);
  });
});
