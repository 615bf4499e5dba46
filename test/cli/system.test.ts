import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pprof } from './profile.ts';
import { listing, PROGRAM, run, start, workspace } from './run.ts';

const LARGE = 'x'.repeat(48_000_000);
const hasDevFull = existsSync('/dev/full');
const hasScript = spawnSync('script', ['--version']).status === 0;
const hasMkfifo = spawnSync('mkfifo', ['--version']).status === 0;

function withProfile(name = 'cpu.pb', bytes: Uint8Array = pprof()): string {
  const dir = workspace();
  writeFileSync(join(dir, name), bytes);
  return dir;
}

describe('targets that exist', () => {
  it('keep their mode', async () => {
    const dir = withProfile();
    writeFileSync(join(dir, 'cpu.otlp'), 'old');
    chmodSync(join(dir, 'cpu.otlp'), 0o640);
    expect(await run(['cpu.pb', '--force'], { cwd: dir })).toMatchObject({ status: 0 });
    expect(statSync(join(dir, 'cpu.otlp')).mode & 0o777).toBe(0o640);
  });

  it('behind a symbolic link are replaced, the link stays', async () => {
    const dir = withProfile();
    mkdirSync(join(dir, 'real'));
    writeFileSync(join(dir, 'real/x'), 'old');
    symlinkSync('real/x', join(dir, 'link'));
    expect(await run(['cpu.pb', '--force', '-o', 'link'], { cwd: dir })).toMatchObject({ status: 0 });
    expect(readlinkSync(join(dir, 'link'))).toBe('real/x');
    expect(readFileSync(join(dir, 'real/x'), 'latin1')).not.toBe('old');
    expect(listing(join(dir, 'real'))).toEqual(['x']);
  });

  it('are a link to nowhere: that exists, too', async () => {
    const dir = withProfile();
    symlinkSync('nowhere', join(dir, 'cpu.otlp'));
    expect(await run(['cpu.pb'], { cwd: dir })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('exists; '),
    });
    expect(listing(dir)).toEqual(['cpu.otlp', 'cpu.pb']);
    expect(readlinkSync(join(dir, 'cpu.otlp'))).toBe('nowhere');
  });

  it('stay as they were when the input is bad', async () => {
    const dir = withProfile('cpu.pb', pprof().subarray(0, -2));
    writeFileSync(join(dir, 'cpu.otlp'), 'old');
    expect((await run(['cpu.pb', '--force'], { cwd: dir })).status).toBe(3);
    expect(readFileSync(join(dir, 'cpu.otlp'), 'utf8')).toBe('old');
    expect(listing(dir)).toEqual(['cpu.otlp', 'cpu.pb']);
  });

  it('may have the longest of names', async () => {
    const dir = withProfile();
    const name = `${'n'.repeat(250)}.otlp`;
    expect(await run(['cpu.pb', '-o', name], { cwd: dir })).toMatchObject({ status: 0 });
    expect(listing(dir)).toEqual(['cpu.pb', name]);
  });
});

describe('devices and pipes', () => {
  it('are written to directly', async () => {
    const dir = withProfile();
    expect(await run(['cpu.pb', '-o', '/dev/null'], { cwd: dir })).toMatchObject({ status: 0 });
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it.skipIf(!hasMkfifo)('are read, and their output goes to standard output', async () => {
    const dir = workspace();
    const fifo = join(dir, 'fifo');
    spawnSync('mkfifo', [fifo]);
    const result = await run(['fifo'], {
      cwd: dir,
      during: () => {
        // Opening blocks until the program reads; a process of its own may wait for that.
        void start('sh', ['-c', 'cat > fifo'], { cwd: dir, input: gzipSync(pprof()) });
      },
    });
    expect(result).toMatchObject({ status: 0, stderr: expect.stringMatching(/^fifo -> stdout: /) });
    expect(result.stdout.length).toBeGreaterThan(100);
    expect(listing(dir)).toEqual(['fifo']);
  });

  it.skipIf(!hasScript)('that are terminals get no binary', async () => {
    const dir = withProfile();
    const inTerminal = async (command: string): Promise<string> => {
      const result = await start('script', ['-qec', command, '/dev/null'], { cwd: dir });
      return `${result.status} ${result.stdout}`;
    };
    const program = `${process.execPath} ${PROGRAM}`;
    expect(await inTerminal(`${program} cpu.pb -o -`)).toMatch(/^2 .*would write binary to the terminal/s);
    expect(await inTerminal(`${program} cpu.pb -o /dev/tty`)).toMatch(/^2 .*would write binary to the terminal/s);
    expect(await inTerminal(`${program} - -o x`)).toMatch(/^2 .*standard input is a terminal/s);
    expect(await inTerminal(`${program} cpu.pb`)).toMatch(/^0 .*proven/s);
  });

  it.skipIf(!hasScript)('that are terminals see the progress of long work, and it goes away', async () => {
    const dir = withProfile('big.pb', pprof('main', 'x'.repeat(20_000_000)));
    const result = await start('script', ['-qec', `${process.execPath} ${PROGRAM} verify big.pb`, '/dev/null'], {
      cwd: dir,
    });
    const [shown, after] = result.stdout.toString().split('\r\x1b[K').slice(-2);
    expect(shown).toBe('verifying big.pb...');
    expect(after).toMatch(/^big\.pb: /);
  });
});

describe('when writing fails', () => {
  it.skipIf(!hasDevFull)('because the device is full, the status is 4', async () => {
    const dir = withProfile();
    expect(await run(['cpu.pb', '-o', '/dev/full'], { cwd: dir })).toMatchObject({
      status: 4,
      stderr: expect.stringMatching(/^cpu\.pb: can't write \/dev\/full: no space left on the device \(ENOSPC\)\n$/),
    });
    const full = openSync('/dev/full', 'w');
    onTestFinished(() => closeSync(full));
    const piped = await run(['cpu.pb', '-o', '-'], { cwd: dir, stdio: ['ignore', full, 'pipe'] });
    expect(piped).toMatchObject({ status: 4, stderr: expect.stringContaining('standard output: no space left') });
  });

  it('because the disk is full, no temporary file stays and the old file does', async (context) => {
    const dir = workspace();
    const disk = join(dir, 'disk');
    mkdirSync(disk);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).status !== 0) return context.skip();
    onTestFinished(() => void spawnSync('umount', [disk]));
    writeFileSync(join(dir, 'big.pb'), pprof('main', 'x'.repeat(200_000)));
    writeFileSync(join(disk, 'old'), 'old');
    const result = await run(['big.pb', '--force', '-o', 'disk/old'], { cwd: dir });
    expect(result).toMatchObject({ status: 4, stderr: expect.stringContaining('no space left on the device') });
    expect(listing(disk)).toEqual(['old']);
    expect(readFileSync(join(disk, 'old'), 'utf8')).toBe('old');
  });

  it('because the reader left, nothing is said', async () => {
    const dir = withProfile('big.pb', pprof('main', 'x'.repeat(2_000_000)));
    const result = await run(['big.pb', '-o', '-'], { cwd: dir, during: (child) => void child.stdout?.destroy() });
    expect(result).toMatchObject({ status: 4, signal: null, stderr: '' });
    const help = await run(['--help'], { during: (child) => void child.stdout?.destroy() });
    expect(help).toMatchObject({ status: 0, stderr: '' });
  });

  it.skipIf(process.getuid?.() === 0)('because it is not allowed, the status is 4', async () => {
    const dir = withProfile();
    chmodSync(dir, 0o500);
    onTestFinished(() => chmodSync(dir, 0o700));
    expect(await run(['cpu.pb'], { cwd: dir })).toMatchObject({
      status: 4,
      stderr: expect.stringContaining('permission denied'),
    });
  });
});

describe('interrupted', () => {
  it.each<[NodeJS.Signals, number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('by %s while it waits: status %i', async (signal, status) => {
    const dir = withProfile();
    const result = await run(['cpu.pb', '-', '-o', 'out'], {
      cwd: dir,
      during: (child) => {
        // The report of the first file says that the second is waited for.
        child.stderr?.once('data', () => child.kill(signal));
      },
    });
    expect(result).toMatchObject({ status, signal: null });
    expect(listing(join(dir, 'out'))).toEqual(['cpu.otlp']);
  });

  it('while it writes: no temporary file, no output', async () => {
    const dir = withProfile('big.pb', pprof('main', LARGE));
    mkdirSync(join(dir, 'out'));
    let seen = false;
    const result = await run(['big.pb', '-o', 'out', '--no-verify'], {
      cwd: dir,
      during: async (child) => {
        while (child.exitCode === null && !seen) {
          seen = listing(join(dir, 'out')).some((name) => name.endsWith('.tmp'));
          if (!seen) await sleep(1);
        }
        child.kill('SIGINT');
      },
    });
    expect(seen).toBe(true);
    expect(result.status).toBe(130);
    expect(listing(join(dir, 'out'))).toEqual([]);
  });

  it('while it translates: it ends at once', async () => {
    const dir = withProfile('big.pb', pprof('main', LARGE));
    const result = await run(['verify', 'big.pb'], {
      cwd: dir,
      during: async (child) => {
        await sleep(500);
        child.kill('SIGINT');
      },
    });
    // By the signal itself or by its handler: a shell says 130 either way.
    expect(result.signal ?? result.status).toBe(result.signal === null ? 130 : 'SIGINT');
  });
});
