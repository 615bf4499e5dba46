import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rulesOf } from '../../src/cli/check.ts';
import { validOtlp, validPprof } from '../check/valid.ts';
import { encodeOtlp, encodePprof } from '../support/oracle.ts';
import { run, workspace } from './run.ts';

const valid = encodeOtlp(validOtlp());

/** A payload with an error, a warning and an info. */
function spoiled(name = 'main'): Uint8Array {
  const data = validOtlp();
  const [profile] = data.resource_profiles[0]?.scope_profiles[0]?.profiles ?? [];
  Object.assign(profile as object, { profile_id: new Uint8Array(3), period: -1n });
  data.dictionary?.string_table.push(name);
  return encodeOtlp(data);
}

function onlyWarning(): Uint8Array {
  const data = validOtlp();
  data.dictionary?.string_table.push('orphan');
  return encodeOtlp(data);
}

function files(): string {
  const dir = workspace();
  writeFileSync(join(dir, 'good.otlp'), valid);
  writeFileSync(join(dir, 'bad.otlp'), spoiled('orphan'));
  writeFileSync(join(dir, 'warn.otlp'), onlyWarning());
  writeFileSync(join(dir, 'cut.otlp'), valid.slice(0, -1));
  return dir;
}

describe('exit status', () => {
  test.each([
    [['good.otlp'], 0],
    [['bad.otlp'], 1],
    [['warn.otlp'], 0],
    [['warn.otlp', '--strict'], 1],
    [['warn.otlp', '--rule', 'otlp/orphan-entry=error'], 1],
    [['bad.otlp', '--rule', 'otlp/profile-id-length=warn'], 0],
    [['cut.otlp', '--from', 'otlp'], 3],
    [['missing.otlp'], 4],
    [['cut.otlp', 'bad.otlp', 'good.otlp', '--from', 'otlp'], 3],
    [['good.otlp', '--rule', 'otlp/nothing=off'], 2],
    [['good.otlp', '--rule', 'otlp/orphan-entry'], 2],
    [['good.otlp', '--rule', 'otlp/orphan-entry=maybe'], 2],
    [[], 2],
  ])('%j: %i', async (args, status) => {
    expect((await run(['check', ...args], { cwd: files() })).status).toBe(status);
  });
});

describe('text', () => {
  test('says rule, place and how many', async () => {
    const { stdout, stderr } = await run(['check', 'bad.otlp', 'good.otlp'], { cwd: files() });
    expect(stderr).toBe('');
    const lines = stdout.toString().split('\n');
    expect(lines[0]).toBe(
      'bad.otlp: error otlp/profile-id-length; the rule: A profile id has 16 bytes, or is not there.',
    );
    expect(lines[1]).toMatch(
      /^ {2}@\d+ resource_profiles\[0\]\.scope_profiles\[0\]\.profiles\[0\]\.profile_id: has 3 bytes, not 16$/,
    );
    expect(lines).toContainEqual(expect.stringMatching(/^bad\.otlp: 1 error, 1 warning, 1 info \(otlp, \d+ B\)$/));
    expect(lines).toContainEqual(expect.stringMatching(/^good\.otlp: nothing found \(otlp, /));
  });

  test('with --quiet only what counts', async () => {
    const { stdout } = await run(['check', '--quiet', 'good.otlp', 'warn.otlp', 'bad.otlp'], { cwd: files() });
    expect(stdout.toString()).toMatch(/^bad\.otlp: error/);
    expect(stdout.toString()).not.toContain('info');
  });

  test('counts what it does not list', async () => {
    const dir = workspace();
    const data = validOtlp();
    for (let i = 0; i < 9; i++) data.dictionary?.string_table.push(`orphan ${i}`);
    writeFileSync(join(dir, 'x.otlp'), encodeOtlp(data));
    expect((await run(['check', 'x.otlp'], { cwd: dir })).stdout.toString()).toMatch(
      /orphan-entry \(9 times\)[\s\S]*orphan 4[\s\S]*and 4 more; --all lists them/,
    );
    const all = (await run(['check', 'x.otlp', '--all'], { cwd: dir })).stdout.toString();
    expect(all).toContain('orphan 8');
    expect(all).not.toContain('more;');
  });

  test('keeps control characters of names to itself', async () => {
    const dir = workspace();
    writeFileSync(join(dir, 'x.otlp'), spoiled('\x1b[2J'));
    const { stdout } = await run(['check', 'x.otlp', '--no-color'], { cwd: dir });
    expect(stdout.toString()).not.toContain('\x1b');
  });

  test('reads standard input', async () => {
    const { stdout, status } = await run(['check', '-'], { input: spoiled('orphan') });
    expect(status).toBe(1);
    expect(stdout.toString()).toContain('stdin: error');
  });
});

test('json is one object a line and file', async () => {
  const { stdout } = await run(['check', '--format', 'json', '--from', 'otlp', 'bad.otlp', 'cut.otlp'], {
    cwd: files(),
  });
  const [bad, cut] = stdout
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(bad).toMatchObject({
    ...{ input: 'bad.otlp', from: 'otlp', errors: 1, warnings: 1, infos: 1, error: null, exit: 1 },
    findings: [
      {
        rule: 'otlp/profile-id-length',
        severity: 'error',
        count: 1,
        places: [{ index: 0, offset: expect.any(Number) }],
      },
      { rule: 'otlp/orphan-entry', severity: 'warning' },
      { rule: 'otlp/period', severity: 'info' },
    ],
  });
  expect(Object.keys(cut)).toEqual(Object.keys(bad));
  expect(cut).toMatchObject({ from: null, findings: [], error: { code: 'bad-input' }, exit: 3 });
});

test('github has one annotation a rule', async () => {
  const dir = workspace();
  writeFileSync(join(dir, 'x,y.otlp'), spoiled('::error::\n##[error]'));
  const { stdout } = await run(['check', '--format', 'github', 'x,y.otlp'], { cwd: dir });
  const lines = stdout.toString().trim().split('\n');
  expect(lines.map((line) => line.slice(0, line.indexOf(' ')))).toEqual([
    '::error',
    '::warning',
    '::notice',
    'pprof-otlp:',
  ]);
  expect(lines[0]).toMatch(/^::error file=x%2Cy\.otlp,title=otlp\/profile-id-length::@\d+ .*%0AThe rule: A profile id/);
});

test('junit is one document with a case a rule', async () => {
  const dir = files();
  writeFileSync(join(dir, 'a<&".otlp'), spoiled('<]]>\u0001'));
  const { stdout, status } = await run(
    ['check', '--format', 'junit', '--from', 'otlp', 'a<&".otlp', 'good.otlp', 'cut.otlp'],
    { cwd: dir },
  );
  const text = stdout.toString();
  expect(status).toBe(3);
  expect(text).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites /);
  expect(text.match(/<testsuite /g)).toHaveLength(3);
  expect(text).toContain('<testsuite name="a&lt;&amp;&quot;.otlp"');
  expect(text).toContain(
    'name="otlp/profile-id-length"><failure type="error" message="The rule: A profile id has 16 bytes',
  );
  expect(text).toMatch(/name="otlp\/orphan-entry"><system-out>@\d+ .*&lt;\]\]&gt;/);
  expect(text).toContain('<error type="bad-input"');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});

test('a pprof on disk should be gzip', async () => {
  const dir = workspace();
  writeFileSync(join(dir, 'x.pb'), encodePprof(validPprof()));
  const { stdout, status } = await run(['check', 'x.pb'], { cwd: dir });
  expect(status).toBe(0);
  expect(stdout.toString()).toContain('warning pprof/compression');
});

test('the help names the styles', async () => {
  expect((await run(['check', '--help'])).stdout.toString()).toContain('text|json|github|junit');
});

test('severities by rule', () => {
  expect(rulesOf(['otlp/utf8=off', 'pprof/utf8=warn'])).toEqual({ 'otlp/utf8': 'off', 'pprof/utf8': 'warning' });
  expect(() => rulesOf(['otlp/utf8=off', 'otlp/utf8=warn'])).toThrow('twice');
  expect(() => rulesOf(['otlp/utf9=off'])).toThrow('did you mean otlp/utf8?');
});
