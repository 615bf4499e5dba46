// Files may come from anybody: nothing in them reaches a terminal, a workflow, another file or the program itself.

import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { otlpToOtlp, otlpToPprof, pprofToOtlp } from '../../src/index.ts';
import { field, message, pprof } from '../cli/profile.ts';
import { listing, PROGRAM, run, start, workspace } from '../cli/run.ts';

const packageJson = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const hasStrace = spawnSync('strace', ['-V']).status === 0;

/** Moves the cursor, sets the title, turns text around, begins commands of workflows, breaks out of XML. */
const HOSTILE =
  '\x1b[2J\x1b]0;title\x07\x9b31m\x7f\r\n::error::injected\n##[error]injected\n::set-output name=a::b\u202etxt\u2028::warning::x%0A::error::y</failure>]]><x a="b">&lt;\t\ufffe';
/** As far as a name can be one; the rest is in the profile. */
const HOSTILE_NAME = '\x1b[31m\n::error::named,file=a:b\u202e##[error].pb';

/** A pprof that says it in every place that has a text. */
function hostile(more: Uint8Array = new Uint8Array()): Uint8Array {
  const strings = ['', HOSTILE, `${HOSTILE}2`].map((text) => field(6, text));
  return message(
    field(1, message(field(1, 1), field(2, 1))),
    field(
      2,
      message(
        field(1, 1),
        field(2, 7),
        field(3, message(field(1, 1), field(2, 1))),
        field(3, message(field(1, 2), field(3, 5), field(4, 1))),
      ),
    ),
    field(3, message(field(1, 1), field(3, 99), field(5, 1), field(6, 1))),
    field(4, message(field(1, 1), field(2, 1), field(4, message(field(1, 1), field(2, 7))))),
    field(5, message(field(1, 1), field(2, 1), field(3, 2), field(4, 1))),
    ...strings,
    ...[7, 8, 13, 14, 15].map((number) => field(number, 1)),
    field(11, message(field(1, 1), field(2, 1))),
    more,
  );
}

const STYLES: readonly [command: string, style: string][] = [
  ...['convert', 'verify'].flatMap((command) =>
    ['text', 'json', 'github'].map((style) => [command, style] as [string, string]),
  ),
  ...['text', 'json', 'github', 'junit'].map((style) => ['check', style] as [string, string]),
  ...['text', 'json'].map((style) => ['inspect', style] as [string, string]),
  ...['text', 'json', 'github'].map((style) => ['diff', style] as [string, string]),
];

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
/** A line that a workflow takes for a command: ours have the place of a file. */
const FOREIGN_COMMAND = /^\s*::(?!(error|warning|notice) file=[^:]*,title=[\w/-]+(%[0-9A-F]{2}[\w/-]*)*::)|##\[/m;

function expectHarmless(output: string, what: string, style = 'text'): void {
  expect(RAW.exec(output)?.[0], what).toBeUndefined();
  if (style === 'github') expect(FOREIGN_COMMAND.exec(output)?.[0], what).toBeUndefined();
}

describe('what a file says is printed harmlessly', () => {
  it.each(STYLES)('by %s --format %s', async (command, style) => {
    const dir = workspace();
    const otlp = pprofToOtlp(hostile()).otlp;
    const files: Record<string, Uint8Array> = {
      [HOSTILE_NAME]: hostile(),
      'other.pb': hostile(field(2, message(field(1, 1), field(2, 8), field(3, message(field(1, 2), field(2, 1)))))),
      'cut.pb': hostile().subarray(0, -1),
      'x.otlp': otlp,
      'unknown.json': new TextEncoder().encode(`{"resourceProfiles":[],${JSON.stringify(HOSTILE)}:1}`),
      'number.json': new TextEncoder().encode(
        `{"dictionary":{"mappingTable":[{"memoryStart":${JSON.stringify(HOSTILE)}}]}}`,
      ),
    };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
    const names = Object.keys(files);
    const calls =
      command === 'diff' ? names.slice(1).map((name) => [HOSTILE_NAME, name]) : [[...names, `none${HOSTILE_NAME}`]];
    for (const call of calls) {
      const to = command === 'convert' ? ['-o', 'out/'] : [];
      const { stdout, stderr } = await run([command, ...call, ...to, '--format', style], { cwd: dir });
      expectHarmless(`${stdout}\n${stderr}`, call.join(), style);
      expect(`${stdout}${stderr}`).not.toBe('');
      if (style !== 'json') continue;
      for (const line of stdout.toString().trim().split('\n')) if (line !== '') JSON.parse(line);
    }
  });

  it('by inspect --dump, in messages about arguments, and in those about the environment', async () => {
    const dir = workspace();
    writeFileSync(join(dir, 'a.pb'), hostile());
    const env = { OTEL_RESOURCE_ATTRIBUTES: HOSTILE.replaceAll('\0', '') };
    for (const args of [
      ['inspect', '--dump', 'a.pb'],
      ['check', 'a.pb', '--rule', HOSTILE],
      ['a.pb', '-o', `${HOSTILE}/x`],
      ['a.pb', `--${HOSTILE}`],
      ['a.pb', '--max-size', HOSTILE],
      ['a.pb', '-o', 'x', '--format', 'github'],
      ['inspect', 'a.pb', '--sample-type', HOSTILE],
    ]) {
      const { stdout, stderr } = await run(args, { cwd: dir, env });
      expectHarmless(`${stdout}\n${stderr}`, args.join(), args.at(-1));
    }
  });

  it('and a JUnit report stays XML', async () => {
    const dir = workspace();
    writeFileSync(join(dir, HOSTILE_NAME), hostile());
    const { stdout } = await run(['check', HOSTILE_NAME, '--format', 'junit', '--strict'], { cwd: dir });
    const xml = stdout.toString();
    expect(xml).toMatch(/^<\?xml version="1\.0"/);
    expect(
      xml.replace(/<\?xml[^>]*\?>|<\/?(testsuites?|testcase|failure|error|system-out)( [\w-]+="[^"<]*")*\/?>/g, ''),
    ).not.toMatch(/[<>]/);
    expect(xml.replace(/&(amp|lt|gt|quot);/g, '')).not.toContain('&');
  });
});

describe('no name from a file', () => {
  it.skipIf(!hasStrace)('is ever opened or connected to', async () => {
    const dir = workspace();
    const secret = join(dir, 'secret');
    writeFileSync(secret, 'secret');
    const strings = ['', 'cpu', 'ns', secret, `file://${secret}`, 'http://127.0.0.1:9/x'];
    const profile = message(
      field(1, message(field(1, 1), field(2, 2))),
      field(2, message(field(1, 1), field(2, 7))),
      field(3, message(field(1, 1), field(3, 4096), field(5, 3), field(6, 3))),
      field(4, message(field(1, 1), field(2, 1), field(4, message(field(1, 1), field(2, 1))))),
      field(5, message(field(1, 1), field(2, 3), field(4, 4))),
      ...strings.map((text) => field(6, text)),
      field(15, 5),
    );
    writeFileSync(join(dir, 'a.pb'), profile);
    for (const args of [
      ['a.pb'],
      ['verify', 'a.pb'],
      ['check', 'a.pb'],
      ['inspect', 'a.pb'],
      ['diff', 'a.pb', 'a.otlp'],
    ]) {
      const trace = join(dir, 'trace');
      const traced = ['-f', '-qq', '-e', 'trace=%file,connect', '-s', '4096', '-o', trace];
      const { status } = await start('strace', [...traced, process.execPath, PROGRAM, ...args], { cwd: dir });
      expect([0, 1]).toContain(status);
      const calls = readFileSync(trace, 'utf8');
      expect(calls).toContain('a.pb');
      expect(calls).not.toContain('secret');
      expect(calls).not.toContain('connect(');
    }
  });
});

describe('prototypes', () => {
  it('keep what they are, whatever keys a profile has', () => {
    const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'];
    const before = Reflect.ownKeys(Object.prototype).length;
    const labels = keys.map((_, i) => field(3, message(field(1, 4 + i), field(2, 3))));
    const profile = message(
      field(1, message(field(1, 1), field(2, 2))),
      field(2, message(field(1, 1), field(2, 7), ...labels)),
      field(4, message(field(1, 1), field(4, message(field(1, 1))))),
      field(5, message(field(1, 1), field(2, 4))),
      ...['', 'cpu', 'ns', 'main', ...keys].map((text) => field(6, text)),
    );
    const resource = Object.fromEntries(keys.map((key) => [key, 'polluted']));
    const { otlp } = pprofToOtlp(profile, { resource });
    const { otlp: json } = otlpToOtlp(otlp, { to: 'otlp-json' });
    for (const payload of [otlp, json]) {
      const { pprofs, reports } = otlpToPprof(payload);
      expect(reports[0].exactReturn).toBe(true);
      expect(Buffer.from(pprofs[0]).includes(Buffer.from(profile))).toBe(true);
    }
    for (const key of keys) expect(Buffer.from(json).includes(`"${key}"`)).toBe(true);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Reflect.ownKeys(Object.prototype)).toHaveLength(before);
  });
});

describe('the temporary file', () => {
  it.skipIf(!hasStrace)('has a random name, is made anew and never followed', async () => {
    const dir = workspace();
    writeFileSync(join(dir, 'a.pb'), pprof());
    const names = new Set<string>();
    for (let i = 0; i < 3; i++) {
      const trace = join(dir, 'trace');
      const traced = ['-f', '-qq', '-e', 'trace=openat,open', '-o', trace, process.execPath, PROGRAM];
      expect((await start('strace', [...traced, 'a.pb', '-f'], { cwd: dir })).status).toBe(0);
      const opened = readFileSync(trace, 'utf8').match(/"[^"]*\.pprof-otlp-[0-9a-f]{16}\.tmp", [A-Z_|]+/g) ?? [];
      expect(opened).toHaveLength(1);
      expect(opened[0]).toMatch(/O_WRONLY\|O_CREAT\|O_EXCL/);
      names.add(opened[0] as string);
    }
    expect(names.size).toBe(3);
    expect(listing(dir)).toEqual(['a.otlp', 'a.pb', 'trace']);
  });

  it('does not write through a link that points elsewhere', async () => {
    const dir = workspace();
    writeFileSync(join(dir, 'a.pb'), pprof());
    writeFileSync(join(dir, 'victim'), 'old');
    symlinkSync('victim', join(dir, 'a.otlp'));
    expect((await run(['a.pb'], { cwd: dir })).status).toBe(2);
    expect(readFileSync(join(dir, 'victim'), 'utf8')).toBe('old');
    expect(lstatSync(join(dir, 'a.otlp')).isSymbolicLink()).toBe(true);
  });
});

describe('the package', () => {
  it('runs nothing when it is installed but its own build', () => {
    const { scripts } = packageJson;
    for (const name of ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'postprepare']) {
      expect(scripts[name], name).toBeUndefined();
    }
    expect(scripts.prepare).toBe('node scripts/prepare.mjs');
    expect(packageJson.dependencies ?? {}).toEqual({});
  });

  it('has a program that evaluates no text as code and starts no other program', () => {
    const bundle = readFileSync(join(dirname(dirname(PROGRAM)), 'dist/cli.js'), 'utf8');
    expect(bundle.length).toBeGreaterThan(100_000);
    expect(bundle).not.toMatch(/\beval\s*\(|\bnew Function\b|[^.\w]Function\s*\(\s*["'`]/);
    expect(bundle).not.toMatch(/["'](node:)?(child_process|vm|net|dgram)["']/);
    // Threads run the program itself and nothing else.
    expect(bundle.match(/\bWorker\(/g)).toHaveLength(1);
    const pool = readFileSync(new URL('../../src/cli/batch/pool.ts', import.meta.url), 'utf8');
    const main = readFileSync(new URL('../../src/cli/main.ts', import.meta.url), 'utf8');
    expect(pool).toContain('Worker(programUrl(), ');
    expect(main).toContain('startedFrom(import.meta.url);');
    expect(existsSync(new URL('../../SECURITY.md', import.meta.url))).toBe(true);
  });

  it('loads what speaks to the network only for a URL in the call', async () => {
    const bundle = readFileSync(join(dirname(dirname(PROGRAM)), 'dist/cli.js'), 'utf8');
    const network = [...bundle.matchAll(/.{7}["'](?:node:)?(?:https?|tls|http2)["']/g)].map(([text]) => text);
    expect(network.length).toBeGreaterThan(0);
    for (const text of network) expect(text).toMatch(/^import\(["']node:(https?|tls)["']$/);
    const dir = workspace();
    writeFileSync(join(dir, 'a.pb'), pprof());
    writeFileSync(
      join(dir, 'tell.mjs'),
      "process.on('exit', () => console.log(process.moduleLoadList.filter((name) => /(^| )(https?|_http_client)$/.test(name))));",
    );
    const loaded = (input: string) =>
      start(process.execPath, ['--import', './tell.mjs', PROGRAM, 'verify', input], { cwd: dir });
    expect((await loaded('a.pb')).stdout.toString()).toBe('[]\n');
    expect((await loaded('http://127.0.0.1:9/')).stdout.toString()).toContain('_http_client');
  });
});
