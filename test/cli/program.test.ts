import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completionScript } from '../../src/cli/completion.ts';
import { otlp, pprof } from './profile.ts';
import { run, workspace } from './run.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

function withFile(name: string, bytes: Uint8Array): string {
  const dir = workspace();
  writeFileSync(join(dir, name), bytes);
  return dir;
}

describe('general options', () => {
  it('--version', async () => {
    expect(await run(['--version'])).toMatchObject({ status: 0, stderr: '', stdout: Buffer.from(`${version}\n`) });
    expect((await run(['verify', 'x', '--version'])).status).toBe(0);
  });

  it('--help, of the program and of a command, even in a line with mistakes', async () => {
    const help = await run(['--help']);
    expect(help).toMatchObject({ status: 0, stderr: '' });
    expect(help.stdout.toString()).toMatch(/^pprof-otlp \[convert\] FILE.*Examples:.*verify FILE/s);
    expect((await run(['verify', '-h'])).stdout.toString()).toMatch(/^pprof-otlp verify FILE/);
    expect((await run(['--nonsense', '--help'])).status).toBe(0);
  });

  it('--quiet keeps quiet about what went well only', async () => {
    const dir = withFile('a.pb', pprof());
    expect(await run(['verify', '-q', 'a.pb'], { cwd: dir })).toMatchObject({
      status: 0,
      stderr: '',
      stdout: Buffer.alloc(0),
    });
    expect((await run(['verify', '-q', 'a.pb', 'b'], { cwd: dir })).stderr).toMatch(/^b: [^\n]*\n$/);
  });

  it('NO_COLOR and FORCE_COLOR', async () => {
    const dir = withFile('a.pb', pprof());
    const stderr = async (env: Record<string, string>, ...args: string[]): Promise<string> =>
      (await run(['verify', 'a.pb', ...args], { cwd: dir, env })).stderr;
    expect(await stderr({})).not.toContain('\x1b');
    expect(await stderr({ FORCE_COLOR: '1' })).toContain('\x1b[32mproven');
    expect(await stderr({ FORCE_COLOR: '1' }, '--no-color')).not.toContain('\x1b');
    expect(await stderr({ NO_COLOR: '1' }, '--color')).toContain('\x1b[');
  });
});

describe('verify', () => {
  it('proves both formats and writes nothing', async () => {
    const dir = withFile('a.pb', pprof());
    await run(['a.pb'], { cwd: dir });
    const result = await run(['verify', 'a.pb', 'a.otlp'], { cwd: dir });
    expect(result.status).toBe(0);
    expect(result.stderr).toMatch(/^a\.pb: .*, proven\na\.otlp: .*, exact return, proven\n$/);
  });

  it('proves OTLP of other programs', async () => {
    const dir = withFile('foreign.otlp', otlp());
    const result = await run(['verify', 'foreign.otlp', '--format', 'json'], { cwd: dir });
    expect(result.status).toBe(0);
    expect(JSON.parse(result.stdout.toString())).toMatchObject({
      ...{ from: 'otlp', to: 'pprof', output: null, samples: 1, sampleTypes: ['cpu/nanoseconds'] },
      ...{ carried: 'structured', proven: true, exactReturn: null, error: null, exit: 0 },
    });
  });

  it('believes --from', async () => {
    const dir = withFile('a.pb', pprof());
    expect((await run(['verify', 'a.pb', '--from', 'pprof'], { cwd: dir })).status).toBe(0);
    expect((await run(['verify', 'a.pb', '--from', 'otlp'], { cwd: dir })).status).toBe(3);
    expect((await run(['a.pb', '--from', 'otlp'], { cwd: dir })).status).toBe(3);
  });

  it('ends with 3 for what is no profile, 4 for what is not there', async () => {
    const dir = withFile('x', Buffer.from('hello\n'));
    expect((await run(['verify', 'x'], { cwd: dir })).status).toBe(3);
    expect((await run(['verify', 'y'], { cwd: dir })).status).toBe(4);
  });
});

describe('--format', () => {
  it('json prints one object a file, to standard output', async () => {
    const dir = withFile('a.pb', pprof());
    const result = await run(['a.pb', 'b', '--format', 'json'], { cwd: dir });
    expect(result.stderr).toBe('');
    const [good, bad] = result.stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(good).toMatchObject({
      input: 'a.pb',
      output: 'a.otlp',
      from: 'pprof',
      to: 'otlp',
      proven: true,
      exit: 0,
      error: null,
    });
    expect(good.inputBytes).toBe(pprof().length);
    expect(good.outputBytes).toBe(readFileSync(join(dir, 'a.otlp')).length);
    expect(bad).toMatchObject({ input: 'b', output: null, exit: 4, error: { code: 'io' } });
    expect(Object.keys(bad)).toEqual(Object.keys(good));
  });

  it('json makes way when data goes to standard output', async () => {
    const result = await run(['-', '--format', 'json'], { input: pprof() });
    expect(JSON.parse(result.stderr)).toMatchObject({ input: '-', output: '-', outputBytes: result.stdout.length });
  });

  it('github prints annotations', async () => {
    const dir = withFile('a,b.pb', Buffer.from('{"x": 1}'));
    const result = await run(['verify', 'a,b.pb', '--format', 'github'], { cwd: dir });
    expect(result.stdout.toString()).toMatch(/^::error file=a%2Cb\.pb,title=pprof-otlp::looks like JSON; [^\n]*\n$/);
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'] as const)('%s knows commands, options and choices', (shell) => {
    const script = completionScript(shell);
    for (const word of [
      ...['convert', 'verify', 'completion', 'gzip-level', 'exact semantic', 'none gzip zstd'],
      ...['merge', 'split', 'strict', 'otlp-version', 'timestamps', 'aggregate labels'],
      ...['pprof otlp otlp-json otlp-jsonl', 'otlp-frames otlp-jeffrey'],
    ]) {
      expect(script).toContain(word);
    }
  });

  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    it.skipIf(!has(shell))(`the script for ${shell} is one`, () => {
      const dir = withFile('script', Buffer.from(completionScript(shell)));
      expect(spawnSync(shell, ['-n', 'script'], { cwd: dir, encoding: 'utf8' })).toMatchObject({
        status: 0,
        stderr: '',
      });
    });
  }

  it.skipIf(!has('bash'))('bash completes', () => {
    const complete = (...words: string[]): string[] => {
      const script = `${completionScript('bash')}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pprof_otlp; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout } = spawnSync('bash', ['-c', script, 'bash', 'pprof-otlp', ...words], {
        encoding: 'utf8',
        cwd: workspace(),
      });
      return stdout.trim().split('\n');
    };
    expect(complete('ver')).toEqual(['verify']);
    expect(complete('--fid')).toEqual(['--fidelity']);
    expect(complete('--fidelity', 's')).toEqual(['semantic']);
    expect(complete('verify', '--fo')).toEqual(['--format']);
    expect(complete('--to', 'otlp-j')).toEqual(['otlp-json', 'otlp-jsonl']);
    expect(complete('--from', 'otlp-f')).toEqual(['otlp-frames']);
    expect(complete('--timestamps', 'l')).toEqual(['labels']);
    expect(complete('--sp')).toEqual(['--split']);
    expect(complete('verify', '--otlp')).toEqual(['--otlp-version']);
    expect(complete('completion', 'z')).toEqual(['zsh']);
  });

  it('needs a shell that it knows', async () => {
    expect(await run(['completion', 'bsh'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('did you mean bash?'),
    });
    expect((await run(['completion'])).status).toBe(2);
    expect((await run(['completion', 'zsh'])).stdout.toString()).toBe(completionScript('zsh'));
  });
});
