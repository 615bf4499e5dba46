import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import zlib, { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { generatePprof } from '../../bench/generate.mjs';
import { otlp, pprof } from './profile.ts';
import { listing, run, workspace } from './run.ts';

/** A directory with cpu.pb.gz in it. */
function withProfile(name = 'cpu.pb.gz', bytes = pprof()): { dir: string; bytes: Uint8Array } {
  const dir = workspace();
  writeFileSync(join(dir, name), gzipSync(bytes));
  return { dir, bytes };
}

/** Name and digest of everything in a directory. */
const contents = (dir: string): string[] =>
  listing(dir).map((name) => {
    const path = join(dir, name);
    return `${name} ${statSync(path).isFile() ? createHash('sha1').update(readFileSync(path)).digest('hex') : 'directory'}`;
  });

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

describe('there and back', () => {
  it('writes beside the input and gives the same bytes again', async () => {
    const { dir, bytes } = withProfile();
    const there = await run(['cpu.pb.gz'], { cwd: dir });
    expect(there).toMatchObject({ status: 0, stdout: Buffer.alloc(0) });
    expect(there.stderr).toMatch(
      /^cpu\.pb\.gz -> cpu\.otlp: pprof \d+ B -> OTLP \d+ B, 1 sample of cpu\/nanoseconds, .*, proven\n$/,
    );
    expect(listing(dir)).toEqual(['cpu.otlp', 'cpu.pb.gz']);
    writeFileSync(join(dir, 'back.otlp'), readFileSync(join(dir, 'cpu.otlp')));
    const back = await run(['convert', 'back.otlp'], { cwd: dir });
    expect(back.stderr).toMatch(/^back\.otlp -> back\.pb\.gz: .*, exact return, proven\n$/);
    expect(same(gunzipSync(readFileSync(join(dir, 'back.pb.gz'))), bytes)).toBe(true);
  });

  it('goes through pipes', async () => {
    const bytes = pprof();
    const there = await run(['-'], { input: gzipSync(bytes) });
    expect(there.status).toBe(0);
    expect(there.stderr).toMatch(/^stdin -> stdout: /);
    const back = await run(['-o', '-', '--compress', 'none', '/dev/stdin'], { input: there.stdout });
    expect(same(back.stdout, bytes)).toBe(true);
  });

  it('takes OTLP of other programs', async () => {
    const dir = workspace();
    writeFileSync(join(dir, 'x.otlp'), otlp());
    expect(await run(['x.otlp'], { cwd: dir })).toMatchObject({ status: 0 });
    expect(await run(['verify', 'x.pb.gz'], { cwd: dir })).toMatchObject({ status: 0 });
  });
});

describe('output', () => {
  it('is a file, a directory that exists, a directory to be, or standard output', async () => {
    const { dir } = withProfile();
    mkdirSync(join(dir, 'out'));
    for (const [target, file] of [
      ['x.bin', 'x.bin'],
      ['out', 'out/cpu.otlp'],
      ['new/dir/', 'new/dir/cpu.otlp'],
    ]) {
      expect(await run(['cpu.pb.gz', '-o', target], { cwd: dir })).toMatchObject({ status: 0 });
      expect(statSync(join(dir, file)).size).toBeGreaterThan(0);
    }
    const piped = await run(['cpu.pb.gz', '-o', '-'], { cwd: dir });
    expect(same(piped.stdout, readFileSync(join(dir, 'x.bin')))).toBe(true);
  });

  it('names what comes from standard input in a directory', async () => {
    const dir = workspace();
    expect(await run(['-', '-o', 'out/'], { cwd: dir, input: pprof() })).toMatchObject({ status: 0 });
    expect(listing(join(dir, 'out'))).toEqual(['stdin.otlp']);
  });

  it('takes several files, goes on after a bad one, and ends with the worst status', async () => {
    const { dir } = withProfile('a.pb.gz');
    writeFileSync(join(dir, 'b.json'), '{}');
    writeFileSync(join(dir, 'c.pb'), pprof('other'));
    const result = await run(['a.pb.gz', 'b.json', 'missing', 'c.pb', '-o', 'out'], { cwd: dir });
    expect(result.status).toBe(4);
    const lines = result.stderr.trimEnd().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(/^a\.pb\.gz -> out\/a\.otlp: /),
      expect.stringMatching(/^b\.json: looks like JSON; /),
      expect.stringMatching(/^missing: can't read: no such file or directory \(ENOENT\)$/),
      expect.stringMatching(/^c\.pb -> out\/c\.otlp: /),
    ]);
    expect(listing(join(dir, 'out'))).toEqual(['a.otlp', 'c.otlp']);
    expect(await run(['a.pb.gz', 'b.json', '-o', 'out2'], { cwd: dir })).toMatchObject({ status: 3 });
  });

  it('is compressed as --compress or the ending of -o says', async () => {
    const { dir } = withProfile();
    await run(['cpu.pb.gz', '--compress', 'gzip'], { cwd: dir });
    await run(['cpu.pb.gz', '-o', 'x.gz'], { cwd: dir });
    expect(same(gunzipSync(readFileSync(join(dir, 'cpu.otlp.gz'))), gunzipSync(readFileSync(join(dir, 'x.gz'))))).toBe(
      true,
    );
    await run(['cpu.otlp.gz', '--compress', 'none'], { cwd: dir });
    expect(same(readFileSync(join(dir, 'cpu.pb')), pprof())).toBe(true);
    const larger = await run(['cpu.otlp.gz', '-o', '-', '--gzip-level', '0'], { cwd: dir });
    expect(larger.stdout.length).toBeGreaterThan(pprof().length);
  });

  it('is gzip of many blocks where it is large, to a file, to a pipe and by a thread', async () => {
    const bytes = generatePprof(2_500_000);
    const { dir } = withProfile('large.pb.gz', bytes);
    await run(['large.pb.gz', '-o', 'large.otlp'], { cwd: dir });
    const piped = await run(['large.otlp', '-o', '-', '--gzip-level', '1'], { cwd: dir });
    expect(same(gunzipSync(piped.stdout), bytes)).toBe(true);
    await run(['large.otlp', '-o', 'back.pb.gz'], { cwd: dir });
    expect(same(gunzipSync(readFileSync(join(dir, 'back.pb.gz'))), bytes)).toBe(true);
    writeFileSync(join(dir, 'again.otlp'), readFileSync(join(dir, 'large.otlp')));
    await run(['large.otlp', 'again.otlp', '-o', 'out/', '--jobs', '2'], { cwd: dir });
    for (const name of ['large.pb.gz', 'again.pb.gz'])
      expect(same(gunzipSync(readFileSync(join(dir, 'out', name))), bytes)).toBe(true);
    await run(['large.pb.gz', '-o', 'large.otlp.gz'], { cwd: dir });
    expect(same(gunzipSync(readFileSync(join(dir, 'large.otlp.gz'))), readFileSync(join(dir, 'large.otlp')))).toBe(
      true,
    );
  });

  it.skipIf(!('zstdCompressSync' in zlib))('is zstd where this Node can write it', async () => {
    const { dir, bytes } = withProfile();
    expect(await run(['cpu.pb.gz', '--compress', 'zstd'], { cwd: dir })).toMatchObject({ status: 0 });
    expect(readFileSync(join(dir, 'cpu.otlp.zst')).readUInt32LE(0)).toBe(0xfd2fb528);
    const back = await run(['cpu.otlp.zst', '-o', '-', '--compress', 'none'], { cwd: dir });
    expect(same(back.stdout, bytes)).toBe(true);
  });

  it.skipIf('zstdCompressSync' in zlib)('says when this Node writes no zstd', async () => {
    const { dir } = withProfile();
    const result = await run(['cpu.pb.gz', '--compress', 'zstd'], { cwd: dir });
    expect(result).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^pprof-otlp: writing zstd needs Node 22\.15/),
    });
  });
});

describe('refusals: nothing is written, what exists stays', () => {
  const OLD = 'old content';

  async function refused(dir: string, args: string[], reason: RegExp, status = 2): Promise<void> {
    const before = contents(dir);
    const result = await run(args, { cwd: dir });
    expect(result.stderr).toMatch(reason);
    expect(result.status).toBe(status);
    expect(result.stdout).toHaveLength(0);
    expect(contents(dir)).toEqual(before);
  }

  it('of a target that exists, without --force', async () => {
    const { dir } = withProfile();
    writeFileSync(join(dir, 'cpu.otlp'), OLD);
    await refused(dir, ['cpu.pb.gz'], /^cpu\.pb\.gz: cpu\.otlp exists; give --force to replace it or another -o\n$/);
    await refused(dir, ['cpu.pb.gz', '-o', 'cpu.otlp'], /exists; /);
    expect(await run(['cpu.pb.gz', '--force'], { cwd: dir })).toMatchObject({ status: 0 });
    expect(readFileSync(join(dir, 'cpu.otlp'), 'latin1')).not.toBe(OLD);
  });

  it('of the input: by path, symbolic link, hard link, standard input', async () => {
    const { dir } = withProfile();
    mkdirSync(join(dir, 'sub'));
    symlinkSync('cpu.pb.gz', join(dir, 'soft'));
    linkSync(join(dir, 'cpu.pb.gz'), join(dir, 'hard'));
    for (const target of ['cpu.pb.gz', './sub/../cpu.pb.gz', 'soft', 'hard']) {
      await refused(dir, ['cpu.pb.gz', '--force', '-o', target], /is the input itself; give another -o\n$/);
    }
    writeFileSync(join(dir, 'x.otlp'), pprof());
    await refused(dir, ['x.otlp', '--force'], /^x\.otlp: x\.otlp is the input itself; /);
    await refused(
      dir,
      ['x.otlp', 'cpu.pb.gz', '--force', '--from', 'pprof', '-o', 'cpu.pb.gz'],
      /is a file; several outputs/,
    );
  });

  it('of another input of the same call', async () => {
    const { dir } = withProfile('a.pb');
    writeFileSync(join(dir, 'a.otlp'), pprof('other'));
    const result = await run(['a.pb', 'a.otlp', '--force'], { cwd: dir });
    expect(result.stderr.split('\n')[0]).toBe('a.pb: a.otlp is the input itself; give another -o');
    expect(same(readFileSync(join(dir, 'a.otlp')), pprof('other'))).toBe(true);
  });

  it('of what was just written, even by force', async () => {
    const { dir } = withProfile('a.pb');
    writeFileSync(join(dir, 'a.pprof'), pprof('other'));
    const result = await run(['a.pb', 'a.pprof', '--force'], { cwd: dir });
    expect(result.status).toBe(2);
    expect(result.stderr).toMatch(/a\.pprof: a\.otlp was just written for a\.pb; give another -o\n$/);
  });

  it('of a directory', async () => {
    const { dir } = withProfile();
    mkdirSync(join(dir, 'cpu.otlp'));
    await refused(dir, ['cpu.pb.gz', '--force'], /cpu\.otlp is a directory; /);
    await refused(
      dir,
      ['cpu.otlp'],
      /^cpu\.otlp: is a directory; give a file, or --recursive for what is below it\n$/,
      4,
    );
  });

  it('of a directory that is not there or a file in its place', async () => {
    const { dir } = withProfile();
    await refused(
      dir,
      ['cpu.pb.gz', '-o', 'no/such/x.otlp'],
      /can't write no\/such\/x\.otlp: no such file or directory/,
      4,
    );
    await refused(dir, ['cpu.pb.gz', 'cpu.pb.gz', '-o', 'cpu.pb.gz'], /is a file; several outputs need a directory/);
    await refused(dir, ['cpu.pb.gz', 'cpu.pb.gz', '-o', 'a.otlp'], /do not fit into a\.otlp; -o a\.otlp\/ makes a dir/);
    // A directory comes into being with the first file in it.
    await refused(dir, ['no', 'nor', '-o', 'out'], /^no: can't read: .*\nnor: can't read: /, 4);
  });

  it.each<[string, string[], RegExp]>([
    ['options that do nothing here', ['cpu.pb.gz', '--gzip-level', '3'], /--gzip-level is for gzip output/],
    ['a direction that is none', ['cpu.pb.gz', '--to', 'pprof'], /is pprof already; /],
    ['levels beyond 9', ['cpu.pb.gz', '--gzip-level', '10'], /"10" is not a number from 0 to 9/],
    ['colors on and off', ['cpu.pb.gz', '--color', '--no-color'], /contradict each other/],
    ['two standard inputs', ['-', '-'], /standard input is given twice/],
    [
      'several files to standard output',
      ['cpu.pb.gz', 'cpu.pb.gz', '-o', '-'],
      /2 files do not fit into standard output/,
    ],
    ['no file', [], /^pprof-otlp: no FILE given; see pprof-otlp convert --help\n$/],
    ['an empty name', [''], /the name of a FILE is empty/],
    ['an unknown option', ['cpu.pb.gz', '--fource'], /^pprof-otlp: unknown option --fource; did you mean --force\?\n$/],
    ['a resource without =', ['cpu.pb.gz', '--resource', 'x'], /--resource: "x" is not KEY=VALUE/],
  ])('of %s', async (_, args, reason) => {
    const { dir } = withProfile();
    await refused(dir, args, reason);
  });

  it('of --resource where the output is a pprof', async () => {
    const dir = workspace();
    writeFileSync(join(dir, 'x.otlp'), otlp());
    await refused(
      dir,
      ['x.otlp', '--resource', 'a=b'],
      /^x\.otlp: --resource is for what is made from a pprof; leave it out\n$/,
    );
  });

  it('of input beyond --max-size, compressed or not', async () => {
    const { dir } = withProfile('big.pb.gz', pprof('main', 'x'.repeat(3_000_000)));
    writeFileSync(join(dir, 'big.pb'), pprof('main', 'x'.repeat(3_000_000)));
    await refused(dir, ['big.pb.gz', '--max-size', '1m'], /^big\.pb\.gz: more than 1048576 bytes uncompressed; /, 5);
    await refused(dir, ['big.pb', '--max-size', '1m'], /^big\.pb: larger than 1048576 bytes; /, 5);
    expect(await run(['big.pb.gz', '--max-size', '4m'], { cwd: dir })).toMatchObject({ status: 0 });
    const piped = await run(['-', '--max-size', '1m'], { input: readFileSync(join(dir, 'big.pb')) });
    expect(piped).toMatchObject({ status: 5, stdout: Buffer.alloc(0) });
    // A writer that never ends is left alone once it has said too much.
    const endless = await run(['-', '--max-size', '1m'], {
      during: (child) => void child.stdin?.write(new Uint8Array(3_000_000)),
    });
    expect(endless.status).toBe(5);
  });

  it('of damaged input, with the place', async () => {
    const dir = workspace();
    writeFileSync(join(dir, 'x.pb.gz'), gzipSync(pprof()).subarray(0, 40));
    writeFileSync(join(dir, 'y.pb'), pprof().subarray(0, -3));
    await refused(dir, ['x.pb.gz'], /^x\.pb\.gz: the gzip data ends early, at byte 40 of the file; /, 3);
    await refused(dir, ['y.pb'], /^y\.pb: @\d+ /, 3);
  });
});

describe('names', () => {
  it.each<[string, string[]]>([
    ['007', ['007']],
    ['1e3', ['1e3']],
    ['-x', ['--', '-x']],
    ['--force', ['--', '--force']],
    ['-5', ['--', '-5']],
    ['true', ['--no-verify', 'true']],
    ['verify', ['./verify']],
    ['a b', ['a b']],
    ['ü€', ['ü€']],
    ['__proto__', ['__proto__']],
    ['%41', ['%41']],
  ])('%s', async (name, args) => {
    const { dir } = withProfile(name);
    expect(await run(args, { cwd: dir })).toMatchObject({ status: 0 });
    expect(listing(dir)).toEqual([name, `${name}.otlp`].sort());
  });

  it('keeps a line feed in the name and out of the report', async () => {
    const { dir } = withProfile('a\nb\x1b[2J');
    const result = await run(['a\nb\x1b[2J'], { cwd: dir });
    expect(result.stderr).toMatch(/^a\\nb\\x1b\[2J -> a\\nb\\x1b\[2J\.otlp: .*\n$/);
    expect(listing(dir)).toContain('a\nb\x1b[2J.otlp');
  });

  it('suggests a command for a name that is nearly one', async () => {
    const result = await run(['verfy', 'x'], { cwd: workspace() });
    expect(result.stderr.split('\n')[0]).toMatch(/^verfy: .*ENOENT\); did you mean the command verify\?$/);
  });
});

describe('resource', () => {
  it('comes from the environment and --resource', async () => {
    const env = { OTEL_RESOURCE_ATTRIBUTES: 'team=a%20b,service.name=list', OTEL_SERVICE_NAME: 'from-name' };
    const { stdout } = await run(['-', '--resource', 'zone=z=1'], { input: pprof(), env });
    const text = stdout.toString('latin1');
    for (const part of ['team', 'a b', 'service.name', 'from-name', 'zone', 'z=1']) expect(text).toContain(part);
    expect(text).not.toContain('list');
  });

  it('warns about what it can not use and goes on', async () => {
    const result = await run(['-'], { input: pprof(), env: { OTEL_RESOURCE_ATTRIBUTES: 'a=%zz' } });
    expect(result.status).toBe(0);
    expect(result.stderr).toMatch(/^pprof-otlp: warning: OTEL_RESOURCE_ATTRIBUTES is ignored: /);
  });
});
