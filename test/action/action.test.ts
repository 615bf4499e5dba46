// The composite action, its steps run as a runner runs them.

import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROGRAM, workspace } from '../cli/run.ts';
import { type Packed, pack } from '../package/packed.ts';
import { ACTION, checkout, ROOT, type Runner, use } from './composite.ts';

const SLOW = 180_000;
const fixture = (name: string): Buffer => readFileSync(join(ROOT, 'fixtures', name));
const HOSTILE = 'bad|<b>`x`%0A::error::##[error] @all [a](http:b).pb.gz';

/** A repository of profiles, one of them damaged. */
function repository(): string {
  const dir = workspace();
  mkdirSync(join(dir, 'profiles/deep'), { recursive: true });
  writeFileSync(join(dir, 'profiles/heap.pb.gz'), fixture('go-runtime-heap.pb.gz'));
  writeFileSync(join(dir, 'profiles/deep/labels.pb.gz'), fixture('go-runtime-cpu-labels.pb.gz'));
  return dir;
}

/** The action with the program of this run: a checkout in which dist/ is built. */
function built(): string {
  const dir = checkout(workspace(), '0.0.0');
  symlinkSync(join(ROOT, 'action'), join(dir, 'action'));
  for (const name of ['bin', 'dist'])
    cpSync(join(dirname(dirname(PROGRAM)), name), join(dir, name), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(dir, 'package.json'));
  return dir;
}

const source = (inputs: Record<string, string>, runner: Runner) =>
  use({ version: 'source', ...inputs }, { action: built(), ...runner });

describe('action.yml', () => {
  it('hands every input to a step, and has what a runner asks for', () => {
    const used = JSON.stringify(ACTION.runs.steps.map(({ env }) => env ?? {}));
    for (const name of Object.keys(ACTION.inputs)) expect(used).toContain(`inputs.${name} `);
    expect(ACTION.runs.using).toBe('composite');
    for (const step of ACTION.runs.steps) {
      if (step.run !== undefined) expect(step.shell).toBe('bash');
      // An expression in a script would be a way to run what an input says.
      expect(step.run ?? '').not.toContain('${{');
    }
  });

  it('every input that a step reads is one', () => {
    const read = [
      ...readFileSync(join(ROOT, 'action/inputs.mjs'), 'utf8').matchAll(/(?:text|lines|choice|flag)\('([\w-]+)'/g),
    ];
    const names = new Set([...read.map(([, name]) => name), 'version']);
    expect([...names].sort()).toEqual(Object.keys(ACTION.inputs).sort());
  });
});

describe('verify', () => {
  it('passes, with outputs, a report and a table', () => {
    const ran = source({ files: 'profiles/**/*.pb.gz' }, { workspace: repository() });
    const { report, ...outputs } = ran.outputs;
    expect({ outcome: ran.outcome, outputs }).toEqual({
      outcome: 'success',
      outputs: { status: 'passed', 'exit-code': '0', files: '2', failed: '0', errors: '0', warnings: '1' },
    });
    const lines = readFileSync(report, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).proven)).toEqual([true, true]);
    expect(ran.log).toContain('pprof-otlp: profiles/heap.pb.gz: carried structured in 121 B, proven\n');
    expect(ran.log).toMatch(/^::warning file=profiles\/deep\/labels\.pb\.gz,title=pprof-otlp::labels with an empty/m);
    expect(ran.summary).toMatch(/^### pprof-otlp verify: 2 of 2 files come back\n/);
    expect(ran.summary).toMatch(
      /^\| ✅ \| <code>profiles\/heap&#46;pb&#46;gz<\/code> \| pprof → otlp \| .* \| 486 \|/m,
    );
  });

  it('fails for a bad file, and names of files stay text', () => {
    const dir = repository();
    writeFileSync(join(dir, 'profiles', HOSTILE), fixture('go-runtime-heap.pb.gz').subarray(0, 1000));
    const ran = source({ files: '**/*.pb.gz' }, { workspace: dir });
    expect(ran).toMatchObject({
      outcome: 'failure',
      outputs: { status: 'failed', 'exit-code': '3', files: '3', failed: '1', errors: '1' },
    });
    const commands = ran.log.split('\n').filter((line) => /^\s*::|##\[/.test(line));
    expect(commands).toEqual([
      expect.stringMatching(
        /^::error file=profiles\/bad\|<b>`x`%250A%3A%3Aerror%3A%3A# #\[error\] @all .*::the gzip data/,
      ),
      expect.stringMatching(/^::warning file=profiles\/deep/),
    ]);
    const rows = ran.summary.split('\n').filter((line) => line.startsWith('|'));
    expect(new Set(rows.map((row) => row.split('|').length))).toEqual(new Set([8]));
    expect(rows[2]).toMatch(/^\| ❌ \| <code>profiles\/bad&#124;&#60;b&#62;/);
    expect(ran.summary).not.toMatch(/@all|<b>|\[a\]/);
  });

  it('fails without failing the step', () => {
    const dir = repository();
    writeFileSync(join(dir, 'bad.pb.gz'), 'no profile');
    const ran = source(
      { files: 'bad.pb.gz\nprofiles/heap.pb.gz', fail: 'false', summary: 'false' },
      { workspace: dir },
    );
    expect(ran).toMatchObject({ outcome: 'success', summary: '', outputs: { status: 'failed', 'exit-code': '3' } });
  });

  it('names files from the root of the repository, wherever it works', () => {
    const ran = source({ files: '*/labels.pb.gz', 'working-directory': 'profiles' }, { workspace: repository() });
    expect(ran.log).toContain('pprof-otlp: deep/labels.pb.gz: ');
    expect(ran.log).toContain('::warning file=profiles/deep/labels.pb.gz,');
  });

  it('says when nothing matches', () => {
    const dir = repository();
    const files = 'nothing/*.pb.gz';
    expect(source({ files }, { workspace: dir })).toMatchObject({
      outcome: 'failure',
      log: expect.stringContaining('::error title=pprof-otlp::files: nothing matches nothing/*.pb.gz'),
      outputs: { 'exit-code': '2', files: '0' },
    });
    expect(source({ files, 'if-no-files-found': 'warn' }, { workspace: dir })).toMatchObject({
      outcome: 'success',
      log: expect.stringContaining('::warning title=pprof-otlp::files: nothing matches'),
    });
    expect(source({ files, 'if-no-files-found': 'ignore' }, { workspace: dir })).toMatchObject({
      outcome: 'success',
      log: '',
    });
  });

  it('goes through more files than one call takes', () => {
    const dir = workspace();
    const names = Array.from({ length: 200 }, (_, index) => `${'x'.repeat(200)}/${index}.pb`);
    mkdirSync(join(dir, 'x'.repeat(200)));
    for (const name of names) writeFileSync(join(dir, name), '');
    // A program that says what it was called with.
    const action = built();
    const calls = join(dir, 'calls');
    const program = `import { appendFileSync } from 'node:fs';
      appendFileSync(${JSON.stringify(calls)}, JSON.stringify(process.argv.slice(2)) + '\\n');`;
    writeFileSync(join(action, 'bin/pprof-otlp.js'), program);
    expect(source({ files: '*/*.pb' }, { workspace: dir, action }).outputs).toMatchObject({ files: '200' });
    const lines = readFileSync(calls, 'utf8').trim().split('\n');
    expect(lines).toHaveLength(2);
    // What Windows takes.
    for (const line of lines) expect(line.length).toBeLessThan(32_767);
    const called: string[] = lines.flatMap((line) => JSON.parse(line).slice(JSON.parse(line).indexOf('--') + 1));
    expect(called.sort()).toEqual(names.sort());
  });
});

describe('check', () => {
  const labels = 'profiles/deep/labels.pb.gz';

  it('annotates by rule, and strict lets warnings count', () => {
    const dir = repository();
    const ran = source({ command: 'check', files: labels }, { workspace: dir });
    expect(ran).toMatchObject({ outcome: 'success', outputs: { warnings: '901', errors: '0' } });
    expect(ran.log).toMatch(
      /^::warning file=profiles\/deep\/labels\.pb\.gz,title=pprof\/label-empty::@583 .*%0Aand 896 more/m,
    );
    expect(ran.summary).toContain('| <code>901 warnings, 4 infos</code> |');
    const strict = source({ command: 'check', files: labels, strict: 'true' }, { workspace: dir });
    expect(strict).toMatchObject({ outcome: 'failure', outputs: { 'exit-code': '1', failed: '1' } });
  });

  it('takes arguments, one a line, which no shell sees', () => {
    const args = '--rule=pprof/label-empty=off\n--max-size\n1m';
    const ran = source({ command: 'check', files: labels, args }, { workspace: repository() });
    expect(ran.outputs).toMatchObject({ warnings: '0' });
    const bad = source(
      { command: 'check', files: labels, args: '--no such; echo "$HOME"' },
      { workspace: repository() },
    );
    expect(bad).toMatchObject({ outcome: 'failure', outputs: { 'exit-code': '2' } });
    expect(bad.log).toMatch(/^::error title=pprof-otlp::.*--no such; echo "\$HOME"/m);
  });
});

describe('convert', () => {
  it('writes into a directory', () => {
    const dir = repository();
    const ran = source({ command: 'convert', files: 'profiles/heap.pb.gz', output: 'out' }, { workspace: dir });
    expect(ran).toMatchObject({ outcome: 'success', outputs: { files: '1' } });
    expect(readFileSync(join(dir, 'out/heap.otlp')).length).toBeGreaterThan(1000);
    expect(ran.summary).toContain('<code>profiles/heap&#46;pb&#46;gz</code> → <code>out/heap&#46;otlp</code>');
    const again = source({ command: 'convert', files: 'profiles/heap.pb.gz', output: 'out/' }, { workspace: dir });
    expect(again).toMatchObject({ outcome: 'failure', outputs: { 'exit-code': '2' } });
    expect(again.summary).toContain('exists');
  });
});

describe('wrong inputs', () => {
  it.each([
    [{ command: 'push' }, 'command: "push" is none of verify, check, convert'],
    [{ files: ' \n' }, 'files: give paths or globs, one a line'],
    [{ strict: 'yes' }, 'strict: "yes" is none of false, true'],
    [{ output: 'out' }, 'output: verify writes nothing; leave it out'],
    [{ files: 'a[z-a]' }, 'files: "a[z-a]" is no pattern; [a-z] goes from the lower to the higher'],
  ])('%j', (inputs, message) => {
    const ran = source({ files: '*', ...inputs }, { workspace: repository() });
    expect(ran).toMatchObject({ outcome: 'failure', outputs: { status: 'failed', 'exit-code': '2' } });
    expect(ran.log).toContain(`::error title=pprof-otlp::${message}\n`);
  });
});

describe('the program', () => {
  let packed: Packed;
  beforeAll(async () => {
    packed = await pack();
  }, SLOW);
  afterAll(() => packed?.remove());

  /** No registry, and no cache that could have the package. */
  const alone = () => ({
    npm_config_registry: 'http://127.0.0.1:9/',
    npm_config_fetch_retries: '0',
    npm_config_cache: workspace(),
  });
  const files = 'profiles/heap.pb.gz';

  it('is installed of a tarball', { timeout: SLOW }, () => {
    const ran = use({ files, version: packed.tarball }, { workspace: repository(), env: alone() });
    expect(ran).toMatchObject({ outcome: 'success', outputs: { files: '1', status: 'passed' } });
  });

  it('is by itself the version that the action is of', { timeout: SLOW }, () => {
    const action = checkout(workspace(), '7.8.9');
    symlinkSync(join(ROOT, 'action'), join(action, 'action'));
    const ran = use({ files }, { workspace: repository(), action, env: alone() });
    expect(ran.outcome).toBe('failure');
    expect(ran.log).toContain('::error title=pprof-otlp::could not install pprof-otlp@7.8.9; give another version,');
  });

  it('has a version that is no option of npm and no script', () => {
    for (const version of ['--help', '1; touch x', '$(id)']) {
      const ran = use({ files, version }, { workspace: repository(), env: alone() });
      expect(ran).toMatchObject({ outcome: 'failure' });
      expect(ran.log).toContain('::error title=pprof-otlp::version: give a version');
    }
  });
});
