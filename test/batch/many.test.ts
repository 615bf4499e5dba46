// Many files through the program: threads, order, statuses, trouble in a thread, interruption.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { contentOf, reported, withFiles } from '../cli/files.ts';
import { field, message, otlp, pprof } from '../cli/profile.ts';
import { listing, PROGRAM, run, start, workspace } from '../cli/run.ts';

const THREADS = ['--jobs', '3'];

/** `count` profiles, each another one; the first ones are larger, so that they are done last. */
function withProfiles(count: number): string {
  const names = Array.from({ length: count }, (_, i) => `p${String(i).padStart(3, '0')}.pb.gz`);
  return withFiles(
    Object.fromEntries(
      names.map((name, i) => [name, gzipSync(pprof(`f${i}`, 'x'.repeat(i < 3 ? 3_000_000 : 10 + i)))]),
    ),
  );
}

describe('threads', () => {
  it.each(['convert', 'verify', 'check', 'inspect'])('%s: the same reports in the same order', async (command) => {
    const dir = withProfiles(30);
    writeFileSync(join(dir, 'p010.pb.gz'), 'no profile');
    writeFileSync(join(dir, 'p020.pb.gz'), gzipSync(pprof()).subarray(0, 40));
    const files = [...listing(dir), 'none.pb'];
    const one = command === 'convert' ? ['-o', 'one'] : [];
    const three = command === 'convert' ? ['-o', 'three'] : [];
    for (const format of ['text', 'json']) {
      const options = ['--format', format, '--force'].slice(0, command === 'convert' ? 3 : 2);
      const expected = await run([command, ...files, ...one, ...options, '--jobs', '1'], { cwd: dir });
      const found = await run([command, ...files, ...three, ...options, ...THREADS], { cwd: dir });
      const as = (text: string): string => text.replaceAll('three/', 'one/');
      expect(as(found.stdout.toString())).toBe(expected.stdout.toString());
      expect(as(found.stderr)).toBe(expected.stderr);
      expect([found.status, expected.status]).toEqual([4, 4]);
    }
    if (command !== 'convert') return;
    expect(listing(join(dir, 'three'))).toEqual(listing(join(dir, 'one')));
    expect(listing(join(dir, 'three'))).toHaveLength(28);
    for (const name of listing(join(dir, 'one')))
      expect(contentOf(join(dir, 'three'), name).equals(contentOf(join(dir, 'one'), name))).toBe(true);
  });

  it('junit is one document of all files', async () => {
    const dir = withProfiles(8);
    const { stdout, status } = await run(['check', ...listing(dir), '--format', 'junit', ...THREADS], { cwd: dir });
    expect(status).toBe(0);
    expect([...stdout.toString().matchAll(/<testsuite name="(\w+)\.pb\.gz"/g)].map(([, name]) => name)).toEqual(
      listing(dir).map((name) => name.slice(0, 4)),
    );
  });

  it('read standard input in its turn', async () => {
    const dir = withProfiles(5);
    const files = [...listing(dir).slice(0, 3), '-', ...listing(dir).slice(3)];
    const result = await run(['verify', ...files, '--format', 'json', ...THREADS], { cwd: dir, input: pprof() });
    const lines = result.stdout.toString().trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).input)).toEqual(files);
    expect(result.status).toBe(0);
    const written = await run(['-', ...listing(dir), ...THREADS], { cwd: dir, input: pprof() });
    expect(written.status).toBe(0);
    expect(written.stdout.length).toBeGreaterThan(100);
    expect(listing(dir).filter((name) => name.endsWith('.otlp'))).toHaveLength(5);
  });

  it('are not started for little work', async () => {
    const dir = withProfiles(3);
    // A thread would announce itself: the flag is of the process, and prints a line for each that starts.
    const trace = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(TELL_THREAD)}` };
    const few = await run(['verify', ...listing(dir)], { cwd: dir, env: trace });
    expect(few.stderr).not.toContain('in a thread');
    const asked = await run(['verify', ...listing(dir), '--jobs', '2'], { cwd: dir, env: trace });
    expect(asked.stderr).toContain('in a thread');
  });

  it.each(['0', '-1', 'x', '1.5', '9999'])('--jobs %s is refused', async (jobs) => {
    expect((await run(['verify', 'a', `--jobs=${jobs}`])).status).toBe(2);
  });
});

const TELL_THREAD =
  "import { isMainThread } from 'node:worker_threads'; if (!isMainThread) console.error('in a thread')";

describe('outputs', () => {
  it('of the same name: the first input gets it', async () => {
    const names = ['a.pb', 'a.prof', 'a.pprof', 'b.pb', 'b.prof'];
    for (const force of [[], ['--force']]) {
      const dir = withFiles(Object.fromEntries(names.map((name) => [name, pprof(name, 'x'.repeat(200_000))])));
      const { status, reports } = await reported(dir, [...names, '-o', 'out/', ...THREADS, ...force]);
      expect(status).toBe(2);
      expect(reports.map(({ error }) => error?.message)).toEqual([
        undefined,
        'out/a.otlp was just written for a.pb; give another -o',
        'out/a.otlp was just written for a.pb; give another -o',
        undefined,
        'out/b.otlp was just written for b.pb; give another -o',
      ]);
      expect(readFileSync(join(dir, 'out/a.otlp')).includes('a.prof')).toBe(false);
    }
  });

  it('are never inputs', async () => {
    const dir = withFiles({ 'a.pb': pprof(), 'a.otlp': otlp(), 'b.pb': pprof(), 'c.pb': pprof() });
    const { status, reports } = await reported(dir, ['a.pb', 'b.pb', 'c.pb', 'a.otlp', '--force', ...THREADS]);
    expect(status).toBe(2);
    expect(reports.map(({ error }) => error?.message)).toEqual([
      'a.otlp is the input itself; give another -o',
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('a thread that runs out of memory', () => {
  /** Every finding of `check --all` is an object: a small file has more of them than a small heap holds. */
  const greedy = (): Uint8Array => {
    const orphans = Array.from({ length: 300_000 }, (_, i) => field(5, message(field(1, i + 2), field(2, 3))));
    return Buffer.concat([pprof(), ...orphans]);
  };

  it('costs its input alone a line; the others go on', async () => {
    const dir = withProfiles(12);
    writeFileSync(join(dir, 'p006.pb.gz'), gzipSync(greedy()));
    const result = await run(['check', '--all', ...listing(dir), '--format', 'json', '--jobs', '2'], {
      cwd: dir,
      env: { NODE_OPTIONS: '--max-old-space-size=20' },
    });
    const reports = result.stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(reports.map(({ input }) => input)).toEqual(listing(dir));
    expect(reports.filter(({ exit }) => exit !== 0)).toMatchObject([
      {
        input: 'p006.pb.gz',
        exit: 5,
        error: {
          code: 'limit',
          message: expect.stringMatching(/^needs more memory than a thread has, \d+ MiB; NODE_OPT/),
        },
      },
    ]);
    expect(result.status).toBe(5);
  });

  it('leaves no temporary file, and what it had beside it is written', async () => {
    const dir = withProfiles(12);
    writeFileSync(join(dir, 'p006.pb.gz'), gzipSync(greedy()));
    const result = await run([...listing(dir), '-o', 'out/', '--format', 'json', '--jobs', '2'], {
      cwd: dir,
      env: { NODE_OPTIONS: '--max-old-space-size=20' },
    });
    expect(result.status).toBe(5);
    const expected = listing(dir).filter((name) => name.endsWith('.gz') && name !== 'p006.pb.gz');
    expect(listing(join(dir, 'out'))).toEqual(expected.map((name) => name.replace('.pb.gz', '.otlp')));
    const reports = result.stdout.toString().trim().split('\n');
    expect(reports.map((line) => JSON.parse(line).exit)).toEqual([0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0]);
  });
});

describe('an interruption', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s leaves no temporary file, in no directory', async (signal, status) => {
    const dir = workspace();
    const names = Array.from({ length: 12 }, (_, i) => `d${i}/p.pb`);
    for (const name of names) {
      mkdirSync(join(dir, name, '..'), { recursive: true });
      writeFileSync(join(dir, name), pprof('f', 'x'.repeat(20_000_000)));
    }
    const files = (): string[] => names.flatMap((_, i) => listing(join(dir, `d${i}`)));
    let seen = false;
    const result = await run([...names, '--no-verify', ...THREADS], {
      cwd: dir,
      during: async (child) => {
        while (child.exitCode === null && !seen) {
          seen = files().some((name) => name.endsWith('.tmp'));
          if (!seen) await sleep(1);
        }
        child.kill(signal);
      },
    });
    expect(seen).toBe(true);
    expect(result.status).toBe(status);
    expect(files().filter((name) => name.endsWith('.tmp'))).toEqual([]);
    // What is there is whole.
    for (const i of names.keys()) {
      const output = join(dir, `d${i}/p.otlp`);
      if (existsSync(output)) expect(spawnSync(process.execPath, [PROGRAM, 'verify', output]).status).toBe(0);
    }
  });
});

describe('lists and shards', () => {
  it('come by standard input, and all shards together are all files', async () => {
    const dir = withProfiles(20);
    const list = listing(dir).join('\0');
    const shards = await Promise.all(
      [1, 2, 3].map(async (i) => {
        const options = ['--files-from', '-', '-0', '--shard', `${i}/3`, '-o', `out/`, '--format', 'json'];
        const { stdout, status } = await run(options, { cwd: dir, input: Buffer.from(list) });
        expect(status).toBe(0);
        return stdout
          .toString()
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line).input);
      }),
    );
    expect(shards.flat().sort()).toEqual(list.split('\0'));
    expect(listing(join(dir, 'out'))).toHaveLength(20);
  });

  it('that are empty are no mistake', async () => {
    const none = await run(['--files-from', '-', '-o', 'out/'], { input: new Uint8Array(0) });
    expect(none).toMatchObject({ status: 0, stderr: 'pprof-otlp: no files were found\n' });
    expect((await run(['convert', '-o', 'out/'])).status).toBe(2);
  });
});

describe('directories', () => {
  function archive(): string {
    const dir = withFiles({});
    const files: Record<string, Uint8Array | string> = {
      'in/a/cpu.pb.gz': gzipSync(pprof()),
      'in/a/b/heap.pprof': pprof('g'),
      'in/b/cpu.pb.gz': gzipSync(pprof('h')),
      'in/b/foreign.otlp': otlp(),
      'in/b/README.md': 'What is here.\n',
      'in/b/image': Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
      'in/b/package.json': '{ "name": "x" }',
    };
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(join(dir, name, '..'), { recursive: true });
      writeFileSync(join(dir, name), content);
    }
    return dir;
  }

  it('give a tree of outputs; what is no profile is passed over', async () => {
    const dir = archive();
    const result = await run(['-r', 'in', '-o', 'out', '--format', 'json'], { cwd: dir });
    expect(result.stderr).toBe('pprof-otlp: passed over 3 files that are no profile\n');
    const reports = result.stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(reports.map(({ input, output }) => [input, output])).toEqual([
      ['in/a/b/heap.pprof', 'out/a/b/heap.otlp'],
      ['in/a/cpu.pb.gz', 'out/a/cpu.otlp'],
      ['in/b/cpu.pb.gz', 'out/b/cpu.otlp'],
      ['in/b/foreign.otlp', 'out/b/foreign.pb.gz'],
    ]);
    expect(result.status).toBe(0);
    for (const command of ['verify', 'check', 'inspect']) {
      const told = await run([command, '-r', 'in'], { cwd: dir });
      expect(told.stderr).toContain('passed over 3 files');
    }
  });

  it('have a line for what is called a profile and is none', async () => {
    const dir = archive();
    writeFileSync(join(dir, 'in/empty.pb.gz'), '');
    writeFileSync(join(dir, 'in/page.pb'), '<!doctype html><html><body>502</body></html>');
    const { status, reports } = await reported(dir, ['-r', 'in', '-o', 'out']);
    expect(status).toBe(3);
    expect(reports.filter(({ error }) => error !== null).map(({ input }) => input)).toEqual([
      'in/empty.pb.gz',
      'in/page.pb',
    ]);
  });

  it('are not taken without the option, nor without a place for the outputs, nor with --from', async () => {
    const dir = archive();
    expect((await run(['in', '-o', 'out/'], { cwd: dir })).stderr).toMatch(
      /^in: is a directory; give a file, or --rec/,
    );
    expect((await run(['-r', 'in'], { cwd: dir })).stderr).toMatch(/^pprof-otlp: --recursive needs -o DIR, or --to: /);
    expect((await run(['-r', 'in', '-o', 'out', '--from', 'pprof'], { cwd: dir })).status).toBe(2);
    const beside = await run(['-r', 'in', '--to', 'otlp', '-q'], { cwd: dir });
    expect(beside).toMatchObject({ status: 0, stderr: '' });
    expect(listing(join(dir, 'in/a'))).toEqual(['b', 'cpu.otlp', 'cpu.pb.gz']);
    const again = await run(['-r', 'in', '--to', 'otlp', '--resume'], { cwd: dir });
    expect(again.status).toBe(0);
    expect(again.stderr.match(/already there, proven/g)).toHaveLength(3);
  });
});

describe('progress', () => {
  const hasTools = ['script', 'mkfifo'].every((tool) => spawnSync(tool, ['--version']).status === 0);

  it.skipIf(!hasTools)('says how far it is on a terminal, and leaves no trace', async () => {
    const names = ['a.pb', 'b.pb', 'c.pb'];
    const dir = withFiles(Object.fromEntries(names.map((name) => [name, pprof()])));
    // Whoever writes to the pipe takes longer than the program waits before it says anything.
    const pipe = 'mkfifo pipe && (sleep 3; cat a.pb > pipe) &';
    const line = `${pipe} sleep 0.2; ${process.execPath} ${PROGRAM} verify a.pb b.pb pipe c.pb --jobs 2`;
    const result = await start('script', ['-qec', line, '/dev/null'], { cwd: dir });
    const [...shown] = result.stdout.toString().split('\r\x1b[K');
    expect(shown.join('\n')).toMatch(/^verifying [23]\/4 \(\d+(\.\d)? files\/s, [\d.]+ [KM]?i?B\/s, 0:\d\d left\)/m);
    expect(shown.at(-1)).toMatch(/^pipe: .*\n.*c\.pb: .*/s);
    expect(shown.at(-1)).not.toContain('verifying');
  });
});

it('a gzip of a thread is the gzip of the program', async () => {
  const dir = withFiles({ 'a.otlp': otlp(), 'b.otlp': otlp() });
  expect((await run(['a.otlp', 'b.otlp', '--gzip-level', '9', ...THREADS], { cwd: dir })).status).toBe(0);
  expect(gunzipSync(readFileSync(join(dir, 'a.pb.gz'))).equals(gunzipSync(readFileSync(join(dir, 'b.pb.gz'))))).toBe(
    true,
  );
});
