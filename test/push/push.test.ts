import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { otlpToPprof } from '../../src/index.ts';
import { join as joinFrames, plainForm } from '../../src/io/container.ts';
import { withFiles } from '../cli/files.ts';
import { field, message, otlp, pprof } from '../cli/profile.ts';
import { listing, type RunOptions, run } from '../cli/run.ts';
import { accepting, closedPort, serve } from './server.ts';

const push = (endpoint: string, args: readonly string[], options: RunOptions = {}) =>
  run(['push', '--endpoint', endpoint, ...args], options);

const refusing = (status: number) => (_: unknown, response: { writeHead(code: number): { end(): void } }) =>
  response.writeHead(status).end();

describe('a pprof', () => {
  it('is sent as convert would write it, and comes back to the last byte', async () => {
    const { url, received } = await serve(accepting);
    const dir = withFiles({ 'a.pb': pprof() });
    const result = await push(url, ['a.pb', '--resource', 'service.name=shop'], { cwd: dir });
    expect(result).toMatchObject({ status: 0, stdout: Buffer.alloc(0) });
    expect(result.stderr).toMatch(
      new RegExp(`^a\\.pb -> ${url}/v1development/profiles: pprof .* -> OTLP .*, 1 sample of .*, proven, accepted\n$`),
    );
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ method: 'POST', path: '/v1development/profiles' });
    expect(received[0].headers).toMatchObject({
      ...{ 'content-type': 'application/x-protobuf', 'otlp-profiles-development-version': '1' },
      'user-agent': expect.stringMatching(/^pprof-otlp\/\d/),
    });
    expect(listing(dir)).toEqual(['a.pb']);
    await run(['a.pb', '--resource', 'service.name=shop'], { cwd: dir });
    expect(Buffer.compare(received[0].body, readFileSync(join(dir, 'a.otlp')))).toBe(0);
    expect(Buffer.compare(otlpToPprof(received[0].body).pprofs[0].subarray(0, pprof().length), pprof())).toBe(0);
  });

  it('takes the resource of the environment, and is sent as JSON and gzip', async () => {
    const { url, received } = await serve(accepting);
    const result = await run(['push', '-'], {
      input: pprof(),
      env: {
        ...{ OTEL_SERVICE_NAME: 'shop', OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
        ...{ OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip', OTEL_EXPORTER_OTLP_PROFILES_HEADERS: 'x-key=a%20b' },
      },
    });
    expect(result).toMatchObject({ status: 0, stderr: expect.stringMatching(/^stdin -> .*accepted\n$/) });
    expect(received[0].headers).toMatchObject({
      ...{ 'content-type': 'application/json', 'content-encoding': 'gzip', 'x-key': 'a b' },
    });
    const { resourceProfiles } = JSON.parse(received[0].body.toString());
    expect(resourceProfiles[0].resource.attributes).toEqual([{ key: 'service.name', value: { stringValue: 'shop' } }]);
  });

  it('may come from a URL, whose headers are others', async () => {
    const source = await serve((_, response) => void response.end(pprof()));
    const { url, received } = await serve(accepting);
    const args = [source.url, '--header', 'x-for=endpoint', '--source-header', 'x-for=source'];
    expect(await push(url, args)).toMatchObject({ status: 0 });
    expect(source.received[0].headers['x-for']).toBe('source');
    expect(received[0].headers['x-for']).toBe('endpoint');
    const closed = await serve((_, response) => void response.writeHead(401).end());
    const refused = await push(url, [closed.url]);
    expect(refused.stderr).toMatch(/401 Unauthorized; give credentials with --source-header\n$/);
  });

  it('without a profile in it is no request', async () => {
    const { url, received } = await serve(accepting);
    const dir = withFiles({ 'a.pb': message(field(6, '')), 'b.otlp': message(field(1, message())) });
    const pprofResult = await push(url, ['a.pb', '--from', 'pprof'], { cwd: dir });
    expect(pprofResult).toMatchObject({ status: 0, stderr: expect.stringMatching(/a\.pb: warning: has no profile/) });
    const otlpResult = await push(url, ['b.otlp', '--from', 'otlp'], { cwd: dir });
    expect(otlpResult).toMatchObject({ status: 0, stderr: expect.stringMatching(/nothing to send\n.*has no profile/) });
    expect(received).toHaveLength(0);
  });
});

describe('OTLP', () => {
  it('is sent in the encoding of the protocol, drafts upgraded', async () => {
    const { url, received } = await serve(accepting);
    const dir = withFiles({ 'a.otlp': otlp() });
    await run(['a.otlp', '--to', 'otlp-json', '-o', 'a.json'], { cwd: dir });
    const draft = new URL('../../fixtures/drafts/1.9.otlp.pb', import.meta.url).pathname;
    expect(await push(url, ['a.otlp', 'a.json', draft], { cwd: dir })).toMatchObject({ status: 0 });
    expect(Buffer.compare(received[0].body, otlp())).toBe(0);
    expect(received[1].body.length).toBeGreaterThan(0);
    await run([draft, '--to', 'otlp', '-o', 'new.otlp'], { cwd: dir });
    expect(Buffer.compare(received[2].body, readFileSync(join(dir, 'new.otlp')))).toBe(0);
    expect(await push(url, ['a.otlp', '--protocol', 'http/json'], { cwd: dir })).toMatchObject({ status: 0 });
    expect(received[3].body.toString()).toBe(readFileSync(join(dir, 'a.json'), 'utf8'));
  });

  it('of several messages is as many requests, and what failed says how many were taken', async () => {
    const dir = withFiles({ 'a.frames': joinFrames([otlp(), otlp(), otlp()], plainForm('frames')) });
    const all = await serve(accepting);
    const done = await push(all.url, ['a.frames', '--format', 'json'], { cwd: dir });
    expect(JSON.parse(done.stdout.toString())).toMatchObject({
      ...{ from: 'otlp-frames', samples: 3, exit: 0 },
      delivery: { requests: 3, accepted: 3, attempts: 3, sentBytes: 3 * otlp().length, rejectedProfiles: 0 },
    });
    expect(all.received.map(({ body }) => Buffer.compare(body, otlp()))).toEqual([0, 0, 0]);

    const some = await serve((request, response, count) =>
      count === 2 ? void response.writeHead(400).end() : accepting(request, response, count),
    );
    const failed = await push(some.url, ['a.frames'], { cwd: dir });
    expect(failed).toMatchObject({
      status: 4,
      stderr: expect.stringMatching(/400 Bad Request; the first 2 of 3 messages were accepted\n$/),
    });
  });

  it('is checked whole before any of it is sent', async () => {
    const { url, received } = await serve(accepting);
    const dir = withFiles({ 'a.frames': joinFrames([otlp(), Uint8Array.of(0x0a, 0x7f)], plainForm('frames')) });
    const result = await push(url, ['a.frames', '--from', 'otlp-frames'], { cwd: dir });
    expect(result).toMatchObject({ status: 3, stderr: expect.stringMatching(/^a\.frames: @\d+ \[message 1\]/) });
    expect(received).toHaveLength(0);
  });

  it('takes none of the options that are for pprof', async () => {
    const dir = withFiles({ 'a.otlp': otlp() });
    for (const option of [['--resource', 'a=b'], ['--fidelity', 'exact'], ['--no-verify']])
      expect(await push('http://127.0.0.1:1', ['a.otlp', ...option], { cwd: dir })).toMatchObject({ status: 2 });
  });
});

describe('the status', () => {
  it('is 1 for what the receiver rejected, which is not sent again', async () => {
    const { url, received } = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-protobuf' });
      response.end(message(field(1, message(field(1, 1), field(2, 'no \x1b[2J room')))));
    });
    const dir = withFiles({ 'a.pb': pprof() });
    const text = await push(url, ['a.pb'], { cwd: dir });
    const line = 'a.pb: the receiver rejected 1 profile of it: no \\x1b[2J room; not sent again\n';
    expect(text).toMatchObject({ status: 1, stderr: line });
    const json = await push(url, ['a.pb', '--format', 'json'], { cwd: dir });
    expect(JSON.parse(json.stdout.toString())).toMatchObject({
      ...{ input: 'a.pb', output: `${url}/v1development/profiles`, proven: true, exit: 1, error: { code: 'rejected' } },
      delivery: {
        requests: 1,
        accepted: 1,
        attempts: 1,
        rejectedProfiles: 1,
        dryRun: false,
        protocol: 'http/protobuf',
      },
    });
    const github = await push(url, ['a.pb', '--format', 'github'], { cwd: dir });
    expect(github.stdout.toString()).toMatch(/^::error file=a\.pb,title=pprof-otlp::the receiver rejected 1 profile/);
    expect(received).toHaveLength(3);
  });

  it('is 0 for a warning of the receiver', async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-protobuf' });
      response.end(message(field(1, message(field(2, 'deprecated')))));
    });
    const result = await push(url, ['a.pb'], { cwd: withFiles({ 'a.pb': pprof() }) });
    expect(result).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/a\.pb: warning: the receiver says: deprecated\n$/),
    });
  });

  it.each([
    [400, 4],
    [413, 5],
  ])('for the answer %i is %i, the other files are sent', async (answer, status) => {
    const { url, received } = await serve((request, response, count) =>
      count === 0 ? refusing(answer)(request, response) : accepting(request, response, count),
    );
    const dir = withFiles({ 'a.pb': pprof(), 'b.pb': pprof() });
    const result = await push(url, ['a.pb', 'b.pb'], { cwd: dir });
    expect(result.status).toBe(status);
    expect(result.stderr).toMatch(/^a\.pb: can't push to .*\nb\.pb -> .*accepted\n$/);
    expect(received).toHaveLength(2);
  });

  it('is 4 without a server, after attempts that are told', async () => {
    const port = await closedPort();
    const dir = withFiles({ 'a.pb': pprof(), 'b.pb': pprof() });
    const endpoint = `http://127.0.0.1:${port}`;
    const result = await push(endpoint, ['a.pb', 'b.pb', '--retry-for', '2s'], { cwd: dir });
    expect(result.status).toBe(4);
    const lines = result.stderr.trimEnd().split('\n');
    const reason = 'connection refused; does a server listen there? (ECONNREFUSED)';
    expect(lines[0]).toMatch(/^pprof-otlp: warning: connection refused.*; trying again in /);
    expect(lines.at(-2)).toContain(
      `a.pb: can't push to ${endpoint}/v1development/profiles: ${reason}; given up after `,
    );
    expect(lines.at(-1)).toContain(
      `b.pb: can't push to ${endpoint}/v1development/profiles: ${reason}; given up after 1 attempt`,
    );
    const quiet = await push(endpoint, ['a.pb', '-q', '--retry-for', '0'], { cwd: dir });
    expect(quiet.stderr).toBe(`a.pb: can't push to ${endpoint}/v1development/profiles: ${reason}\n`);
  });

  it('is 3 for what is no profile, and nothing is sent', async () => {
    const { url, received } = await serve(accepting);
    const result = await push(url, ['x'], { cwd: withFiles({ x: 'hello\n' }) });
    expect(result).toMatchObject({ status: 3, stderr: expect.stringMatching(/^x: looks like plain text; /) });
    expect(received).toHaveLength(0);
  });
});

describe('--dry-run', () => {
  it('shows what would be sent where, without secrets, and sends nothing', async () => {
    const { url, received } = await serve(accepting);
    const dir = withFiles({ 'a.pb': pprof() });
    const headers = ['--header', 'Authorization: Bearer t0ps3cret', '--header', 'X-Scope-OrgID=shop'];
    const result = await push(url.replace('://', '://u:t0ps3cret@'), ['a.pb', '--dry-run', ...headers], {
      cwd: dir,
      env: { OTEL_EXPORTER_OTLP_HEADERS: 'x-key=t0ps3cret' },
    });
    expect(result.status).toBe(0);
    expect(result.stdout.toString().replace(/^user-agent.*\n/m, '')).toBe(
      `POST ${url.replace('://', '://***@')}/v1development/profiles
otlp-profiles-development-version: 1
x-key: *** (9 characters)
authorization: *** (16 characters)
x-scope-orgid: shop
content-type: application/x-protobuf
accept-encoding: gzip
`,
    );
    expect(result.stderr).toMatch(/^a\.pb -> .*, proven, not sent\n$/);
    expect(`${result.stdout}${result.stderr}`).not.toContain('t0ps3cret');
    expect(received).toHaveLength(0);
  });

  it('in JSON says it for programs', async () => {
    const dir = withFiles({ 'a.pb': pprof() });
    const result = await push('http://c', ['a.pb', '--dry-run', '--format', 'json'], { cwd: dir });
    expect(JSON.parse(result.stdout.toString())).toMatchObject({
      ...{ output: 'http://c/v1development/profiles', proven: true, exit: 0 },
      delivery: { dryRun: true, requests: 1, accepted: 0, attempts: 0, sentBytes: 0 },
    });
  });
});

describe('the call', () => {
  it.each([
    [['push'], 'no FILE given; see pprof-otlp push --help'],
    [['push', '-', '-'], 'standard input is given twice'],
    [['push', 'a.pb', '--source-header', 'a=b'], '--source-header is for inputs that are URLs; leave it out'],
    [['push', 'a.pb', '--interval', '5s'], '--interval is for URLs, and a.pb is none'],
    [['push', 'http://a/', '--interval', '5s', '--dry-run'], '--dry-run and --interval contradict each other'],
    [['push', 'a.pb', '--compression', 'zstd'], '--compression: "zstd" is not supported; give none, gzip'],
    [['push', 'a.pb', '--force'], '--force is an option of convert, not of push'],
  ])('%s is wrong', async (args, said) => {
    const result = await run(args);
    expect(result).toMatchObject({ status: 2, stdout: Buffer.alloc(0) });
    expect(result.stderr).toMatch(/^pprof-otlp: [^\n]*\n$/);
    expect(result.stderr).toContain(said);
  });
});

it('a file called push needs its path', async () => {
  const dir = withFiles({ push: pprof() });
  writeFileSync(join(dir, 'x'), '');
  expect(await run(['verify', './push'], { cwd: dir })).toMatchObject({ status: 0 });
});
