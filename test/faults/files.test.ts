// Trouble with files and names, through the program. Interruption, terminals, pipes, full devices, modes and links as
// targets: test/cli/system.test.ts.

import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { asFailure, statusOf } from '../../src/cli/status.ts';
import { field, message, pprof } from '../cli/profile.ts';
import { listing, PROGRAM, run, start, workspace } from '../cli/run.ts';

const COMMANDS = ['convert', 'verify', 'check', 'inspect'] as const;

function withProfile(...names: string[]): string {
  const dir = workspace();
  for (const name of names) writeFileSync(join(dir, name), pprof());
  return dir;
}

/** Runs a line of the shell in which "$@" is the program. */
const inShell = (line: string, dir: string) =>
  start('bash', ['-c', line, 'bash', process.execPath, PROGRAM], { cwd: dir });

describe('an output that is the input', () => {
  it.each<[string, (dir: string) => void]>([
    ['a.pb', () => {}],
    ['./a.pb', () => {}],
    ['sub/../a.pb', (dir) => mkdirSync(join(dir, 'sub'))],
    ['symbolic', (dir) => symlinkSync('a.pb', join(dir, 'symbolic'))],
    ['hard', (dir) => linkSync(join(dir, 'a.pb'), join(dir, 'hard'))],
  ])('is refused as %s, even with --force', async (output, prepare) => {
    const dir = withProfile('a.pb');
    prepare(dir);
    expect(await run(['a.pb', '--force', '-o', output], { cwd: dir })).toMatchObject({
      status: 2,
      stderr: `a.pb: ${output} is the input itself; give another -o\n`,
    });
    expect(Buffer.compare(readFileSync(join(dir, 'a.pb')), pprof())).toBe(0);
  });

  it('is refused when it is another input, or was just written', async () => {
    const dir = withProfile('a.pb', 'a.prof');
    const { status, stderr } = await run(['a.pb', 'a.prof', '-o', 'out/'], { cwd: dir });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^a\.prof: out\/a\.otlp was just written for a\.pb; give another -o$/m);
  });
});

describe('an output that is a directory', () => {
  it('takes the file, and is not replaced where a file was meant', async () => {
    const dir = withProfile('a.pb');
    mkdirSync(join(dir, 'out'));
    mkdirSync(join(dir, 'a.otlp'));
    expect((await run(['a.pb', '-o', 'out'], { cwd: dir })).status).toBe(0);
    expect(listing(join(dir, 'out'))).toEqual(['a.otlp']);
    expect(await run(['a.pb', '--force'], { cwd: dir })).toMatchObject({
      status: 2,
      stderr: 'a.pb: a.otlp is a directory; give -o FILE\n',
    });
  });
});

describe('an input that can not be read', () => {
  it.each(COMMANDS)('%s says which and why', async (command) => {
    const dir = workspace();
    mkdirSync(join(dir, 'dir'));
    symlinkSync('loop', join(dir, 'loop'));
    for (const [name, why] of [
      ['dir', 'is a directory; give a file, or --recursive for what is below it'],
      ['none', "can't read: no such file or directory (ENOENT)"],
      ['dir/none/x', "can't read: no such file or directory (ENOENT)"],
      ['loop', "can't read: too many symbolic links (ELOOP)"],
      ['n'.repeat(300), "can't read: the name is too long (ENAMETOOLONG)"],
    ]) {
      expect(await run([command, name], { cwd: dir })).toMatchObject({ status: 4, stderr: `${name}: ${why}\n` });
    }
  });

  it('is given twice as standard input, or is an empty name', async () => {
    expect((await run(['-', '-', '-o', 'x/'])).status).toBe(2);
    expect(await run([''])).toMatchObject({ status: 2, stderr: 'pprof-otlp: the name of a FILE is empty\n' });
  });
});

describe('names', () => {
  it.each(['007', '1e3', '-', '-x', '--force', 'true', 'new\nline', 'tab\there', ' ', '~', '$HOME', 'ü', '__proto__'])(
    'such as %j are names',
    async (name) => {
      const dir = workspace();
      writeFileSync(join(dir, name === '-' ? './-' : name), pprof());
      const given = name === '-' ? './-' : name;
      expect((await run(['--', given], { cwd: dir })).status).toBe(0);
      expect(listing(dir)).toEqual([name, `${name}.otlp`].sort());
      const report = await run(['verify', '--format', 'json', '--', given], { cwd: dir });
      expect(JSON.parse(report.stdout.toString())).toMatchObject({ input: given, proven: true });
    },
  );

  it('behind a dash need -- or ./ before them', async () => {
    const dir = withProfile('-x');
    expect(await run(['-x'], { cwd: dir })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('unknown option -x'),
    });
    expect((await run(['./-x'], { cwd: dir })).status).toBe(0);
  });

  it('that are not UTF-8 can not be opened by Node, and there is a way', async () => {
    const dir = workspace();
    const name = Buffer.concat([Buffer.from(`${dir}/x`), Buffer.of(0xff, 0xfe), Buffer.from('.pb')]);
    try {
      writeFileSync(name, pprof());
    } catch {
      return; // Not every file system has such names.
    }
    for (const command of COMMANDS) {
      expect(await inShell(`"$@" ${command} x*.pb`, dir)).toMatchObject({
        status: 4,
        stderr: expect.stringMatching(/^x\ufffd+\.pb: can't read: its name is not UTF-8, [^\n]*\(- < FILE\)\n$/),
      });
    }
    expect(await inShell('"$@" - < x*.pb', dir)).toMatchObject({ status: 0 });
  });
});

describe('standard input', () => {
  it('is - and /dev/stdin, from a pipe and from a file', async () => {
    const dir = withProfile('a.pb');
    const sizes = await Promise.all(
      ['cat a.pb | "$@" -', 'cat a.pb | "$@" /dev/stdin', '"$@" - < a.pb', '"$@" /dev/stdin < a.pb'].map(
        async (line) => (await inShell(line, dir)).stdout.length,
      ),
    );
    expect(sizes[0]).toBeGreaterThan(100);
    expect(new Set(sizes).size).toBe(1);
    expect(listing(dir)).toEqual(['a.pb']);
  });

  it('closed or empty is an empty file', async () => {
    const dir = workspace();
    for (const line of ['"$@" - <&-', '"$@" - < /dev/null']) {
      expect(await inShell(line, dir)).toMatchObject({
        status: 3,
        stderr: expect.stringContaining('the file is empty'),
      });
    }
  });
});

it('one bad file in many keeps none of the others, and the worst status is the result', async () => {
  const dir = withProfile('a.pb', 'c.pb');
  writeFileSync(join(dir, 'b.pb'), pprof().subarray(0, -1));
  for (const command of COMMANDS) {
    const out = command === 'convert' ? ['-o', 'out/'] : [];
    const result = await run([command, 'a.pb', 'b.pb', 'none.pb', 'c.pb', '--format', 'json', ...out], { cwd: dir });
    expect(result.status).toBe(4);
    const lines = result.stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ input }) => input)).toEqual(['a.pb', 'b.pb', 'none.pb', 'c.pb']);
    expect(lines.map(({ error }) => error?.code)).toEqual([undefined, 'bad-input', 'io', undefined]);
  }
  expect(listing(join(dir, 'out'))).toEqual(['a.otlp', 'c.otlp']);
});

describe('when writing fails', () => {
  it('in the middle of a file, the old one stays and no temporary one does', async () => {
    const dir = workspace();
    writeFileSync(join(dir, 'big.pb'), pprof('main', 'x'.repeat(100_000)));
    writeFileSync(join(dir, 'big.otlp'), 'old');
    // A limit of 20 KiB a file stands for a disk that is full.
    expect(await inShell('ulimit -f 20; "$@" big.pb --force', dir)).toMatchObject({
      status: 4,
      stderr: "big.pb: can't write big.otlp: the file is too large for the file system (EFBIG)\n",
    });
    expect(readFileSync(join(dir, 'big.otlp'), 'utf8')).toBe('old');
    expect(listing(dir)).toEqual(['big.otlp', 'big.pb']);
  });

  it('because the file system is read-only, it says so', async (context) => {
    const dir = withProfile('a.pb');
    mkdirSync(join(dir, 'disk'));
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro,size=64k', 'tmpfs', join(dir, 'disk')]);
    if (mounted.status !== 0) return context.skip();
    onTestFinished(() => void spawnSync('umount', [join(dir, 'disk')]));
    expect(await run(['a.pb', '-o', 'disk/a.otlp'], { cwd: dir })).toMatchObject({
      status: 4,
      stderr: "a.pb: can't write disk/a.otlp: the file system is read-only (EROFS)\n",
    });
  });

  it.each([
    'check',
    'check --format json',
    'inspect',
    'inspect --dump',
    'verify --format json',
    '--help',
    'completion bash',
  ])('to a full standard output, %s says so once', async (call) => {
    const dir = withProfile('a.pb');
    const file = /^(--help|completion)/.test(call) ? '' : 'a.pb';
    const { status, stderr } = await inShell(`"$@" ${call} ${file} > /dev/full`, dir);
    expect({ status, stderr }).toEqual({
      status: 4,
      stderr: expect.stringMatching(/^[\w.-]+: can't write standard output: no space left on the device \(ENOSPC\)\n$/),
    });
  });

  it.each(['check', 'check --format junit', 'inspect', 'inspect --dump', 'diff b.pb'])(
    'because the reader left, %s says nothing',
    async (call) => {
      const dir = withProfile('b.pb');
      const labels = Array.from({ length: 3000 }, (_, i) => field(6, `unused ${i} ${'x'.repeat(100)}`));
      writeFileSync(join(dir, 'a.pb'), message(pprof(), ...labels));
      const { stderr } = await inShell(`"$@" ${call} a.pb | true`, dir);
      expect(stderr).toBe('');
    },
  );

  it.each(['convert -o -', 'convert --compress gzip --gzip-level 0 -o -'])(
    'because the reader left a pipe, %s ends with 4, too, and silently',
    async (call) => {
      const dir = withProfile('b.pb');
      const samples = Array.from({ length: 3000 }, (_, i) => field(6, `unused ${i} ${'x'.repeat(1000)}`));
      writeFileSync(join(dir, 'a.pb'), message(pprof(), ...samples));
      const { status, stderr } = await inShell(`{ "$@" ${call} a.pb; echo $? >&2; } | head -c 10 > out`, dir);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '4\n' });
    },
  );
});

it('a defect of the program says that it is one, and what to report', () => {
  const defect = asFailure(new TypeError("can't read properties of undefined"));
  expect(defect.code).toBe('internal');
  expect(statusOf(defect.code)).toBe(1);
  expect(defect.describe()).toMatch(
    /^defect in pprof-otlp, TypeError: .*; please report it with the file, PPROF_OTLP_DEBUG=1 shows where$/,
  );
});
