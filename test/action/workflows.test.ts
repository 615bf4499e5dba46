// What other programs read of this repository: workflows, hooks of pre-commit, and the recipes in docs/ci.md.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CHECK_FORMATS, COMMANDS } from '../../src/cli/specs.ts';
import { PROGRAM, workspace } from '../cli/run.ts';
import { MANIFEST } from '../package/packed.ts';
import { ACTION, ROOT } from './composite.ts';

interface Step {
  uses?: string;
  run?: string;
  shell?: string;
  with?: Record<string, string>;
  env?: Record<string, string>;
}

interface Job {
  permissions?: Record<string, string>;
  'timeout-minutes'?: number;
  strategy?: { matrix: Record<string, string[]> };
  steps: Step[];
}

interface Workflow {
  on: Record<string, { tags?: string[] } | null>;
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
}

const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const workflow = (name: string): Workflow => parse(read(`.github/workflows/${name}`));
const names = readdirSync(join(ROOT, '.github/workflows'));

function parsesAsShell(script: string): void {
  const plain = script.replaceAll(/\$\{\{.*?\}\}/g, 'x');
  expect(spawnSync('bash', ['-n'], { input: plain, encoding: 'utf8' }).stderr).toBe('');
}

describe.each(names)('.github/workflows/%s', (name) => {
  const { permissions, jobs } = workflow(name);
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  it('may read, and no more unless a job says so', () => {
    expect(permissions).toEqual({ contents: 'read' });
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
  });

  it('has scripts that a shell takes, and no expression in them', () => {
    for (const { run, uses } of steps) {
      expect([run, uses].filter((each) => each !== undefined)).toHaveLength(1);
      if (run !== undefined) parsesAsShell(run);
      expect(run ?? '').not.toContain('${{');
    }
  });

  it('runs what there is, with inputs that there are', () => {
    for (const { run = '', uses, with: inputs = {} } of steps) {
      for (const [, script] of run.matchAll(/npm run (?:--silent )?([\w:]+)/g))
        expect(MANIFEST.scripts).toHaveProperty(script);
      for (const [file] of run.matchAll(/^\.ci\/\w+/gm)) expect(existsSync(join(ROOT, file))).toBe(true);
      if (uses === './') for (const input of Object.keys(inputs)) expect(ACTION.inputs).toHaveProperty(input);
    }
  });
});

it('CI runs the whole check on every Node that the package is for', () => {
  const { check } = workflow('ci.yml').jobs;
  expect(check.strategy?.matrix.node).toEqual(['20.19', '22', '24']);
  expect(MANIFEST.engines.node).toBe('>=20.19');
  expect(check.steps.at(-1)?.run).toBe('.ci/run');
});

it('the action is used on three systems', () => {
  const { use } = workflow('action.yml').jobs;
  expect(use.strategy?.matrix.os).toEqual(['ubuntu-latest', 'macos-latest', 'windows-latest']);
  expect(use.steps.filter(({ uses }) => uses === './').length).toBeGreaterThan(3);
});

describe('a release', () => {
  const { on, jobs } = workflow('release.yml');

  it('is made by a tag, checked, published with provenance, and has a bill of materials', () => {
    expect(on.push?.tags).toEqual(['v*']);
    const scripts = (job: Job) => job.steps.map(({ run = '' }) => run).join('\n');
    expect(scripts(jobs.build)).toMatch(/\.ci\/run\n[\s\S]*npm pack[\s\S]*npm run --silent sbom/);
    expect(scripts(jobs.publish)).toMatch(/^\s*npm publish .*--provenance --access public/m);
    expect(scripts(jobs.release)).toContain('gh release create');
  });

  it('lets the one job that publishes have an identity, and the one that makes the release write', () => {
    expect(jobs.build.permissions).toBeUndefined();
    expect(jobs.publish.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(jobs.release.permissions).toEqual({ contents: 'write' });
    // Nothing of the repository runs beside the identity.
    expect(jobs.publish.steps.some(({ uses = '' }) => uses.startsWith('actions/checkout'))).toBe(false);
  });

  it('refuses a tag that is not the version', () => {
    const check = jobs.build.steps.find(({ run = '' }) => run.includes('GITHUB_REF_NAME') && run.startsWith('test'));
    const status = (tag: string) =>
      spawnSync('bash', ['-c', check?.run ?? ''], { cwd: ROOT, env: { ...process.env, GITHUB_REF_NAME: tag } }).status;
    expect(status(`v${MANIFEST.version}`)).toBe(0);
    expect(status('v99.0.0')).toBe(1);
  });
});

interface Hook {
  id: string;
  language: string;
  entry: string;
  files: string;
}

const HOOKS: Hook[] = parse(read('.pre-commit-hooks.yaml'));

it('hooks of pre-commit run commands on files that are profiles', () => {
  for (const { language, entry, files } of HOOKS) {
    expect(language).toBe('node');
    const [program, command, ...options] = entry.split(' ');
    expect(Object.keys(MANIFEST.bin)).toContain(program);
    const known = COMMANDS.find(({ name }) => name === command)?.options ?? {};
    for (const option of options) expect(known).toHaveProperty(option.replace('--', ''));
    const pattern = new RegExp(files);
    for (const name of ['a.pb.gz', 'x/a.pprof', 'a.otlp', 'a.otlp.json', 'a.otlp.jsonl.zst', 'a.otlp.gz'])
      expect(name).toMatch(pattern);
    for (const name of ['a.pb', 'a.json', 'a.gz', 'otlp', 'a.pprof.txt']) expect(name).not.toMatch(pattern);
  }
});

describe('docs/ci.md', () => {
  const page = read('docs/ci.md');
  const blocks = (language: string) =>
    [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
      .filter(([, name]) => name === language)
      .map(([, , text]) => text);
  const recipes = blocks('yaml').map((text) => parse(text));
  const NPX = `npx --yes pprof-otlp@${MANIFEST.version}`;

  it('names the version of the package everywhere', () => {
    const versions = [...page.matchAll(/pprof-otlp@v?(\d[\w.-]*\w)|rev: v(.*)/g)].map(([, npm, rev]) => npm ?? rev);
    expect(versions.length).toBeGreaterThan(5);
    expect(new Set(versions)).toEqual(new Set([MANIFEST.version]));
  });

  it('uses inputs and outputs of the action, and its tables have all of them', () => {
    const steps: Step[] = recipes[0].jobs.profiles.steps;
    const step = steps.find(({ uses }) => uses?.startsWith('OWNER/pprof-otlp@'));
    for (const input of Object.keys(step?.with ?? {})) expect(ACTION.inputs).toHaveProperty(input);
    for (const [, output] of page.matchAll(/steps\.profiles\.outputs\.([\w-]+)/g))
      expect(ACTION.outputs).toHaveProperty(output);
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));
    const named = rows.flatMap((row) => [...row.split('|')[1].matchAll(/`([\w-]+)`/g)].map(([, name]) => name));
    expect(named).toEqual(expect.arrayContaining([...Object.keys(ACTION.inputs), ...Object.keys(ACTION.outputs)]));
    for (const [name, { default: usual }] of Object.entries(ACTION.inputs)) {
      if (usual !== undefined && usual !== '') expect(page).toContain(`| \`${name}\` | \`${usual}\` |`);
    }
  });

  it('uses hooks that there are', () => {
    const [local, ours] = recipes.filter(({ repos }) => repos !== undefined).map(({ repos }) => repos[0]);
    expect(HOOKS.map(({ entry }) => entry)).toContain(local.hooks[0].entry);
    expect(ours.hooks.map(({ id }: Hook) => id)).toEqual(HOOKS.map(({ id }) => id));
  });

  const gitlab = recipes.find((recipe) => recipe?.profiles !== undefined)?.profiles;
  const github = recipes.find((recipe) => Array.isArray(recipe))?.[0];
  const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

  /** Runs a recipe with the program of this run, in a folder with profiles. */
  function recipe(script: string, files: Readonly<Record<string, Uint8Array>>) {
    const dir = workspace();
    mkdirSync(join(dir, 'profiles'));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, 'profiles', name), content);
    expect(script).toContain(NPX);
    const command = script.replaceAll(NPX, `"${process.execPath}" "${PROGRAM}"`);
    return { dir, ...spawnSync('bash', ['-ec', command], { cwd: dir, encoding: 'utf8' }) };
  }
  const good = { 'a.pb.gz': readFileSync(join(ROOT, 'fixtures/go-runtime-heap.pb.gz')) };
  const bad = { ...good, 'b.pb.gz': good['a.pb.gz'].subarray(0, 1000) };

  for (const script of [github.run, ...gitlab.script, ...blocks('sh')]) {
    const usesJq = script.includes('jq');
    it.skipIf(usesJq && !has('jq'))(`${script}`, () => {
      expect(recipe(script, good)).toMatchObject({ status: 0 });
      const failed = recipe(script, bad);
      if (usesJq) expect(failed.stdout).toMatch(/^profiles\/b\.pb\.gz: the gzip data ends early/);
      else expect(failed.status).toBe(3);
    });
  }

  it('writes the JUnit report where GitLab looks for it', () => {
    expect(CHECK_FORMATS).toContain('junit');
    const { dir } = recipe(gitlab.script[0], bad);
    const report = readFileSync(join(dir, gitlab.artifacts.reports.junit), 'utf8');
    expect(report).toMatch(/^<\?xml .*\n<testsuites name="pprof-otlp check">\n/);
    expect(report).toContain('<testsuite name="profiles/b.pb.gz" tests="1" failures="0" errors="1">');
  });
});
