import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pprof } from '../cli/profile.ts';
import { listing, PROGRAM, run, start, workspace } from '../cli/run.ts';
import { closedPort, type Handler, serve } from './server.ts';

const hasScript = spawnSync('script', ['--version']).status === 0;
const profile = Buffer.from(pprof());
const giving =
  (body: Uint8Array, headers: Record<string, string> = {}): Handler =>
  (_, response) =>
    void response.writeHead(200, headers).end(body);

const verify = (url: string, ...options: string[]) => run(['verify', url, ...options]);

describe('an input that is a URL', () => {
  it('is read by every command that reads', async () => {
    const { url, received } = await serve(giving(gzipSync(profile), { 'content-type': 'application/octet-stream' }));
    const from = `${url}/debug/pprof/heap`;
    const dir = workspace();
    writeFileSync(join(dir, 'same.pb'), profile);
    expect(await run(['verify', from])).toMatchObject({ status: 0, stderr: expect.stringContaining(`${from}: pprof`) });
    expect(await run(['check', from])).toMatchObject({ status: 0 });
    expect((await run(['inspect', from])).stdout.toString()).toContain('cpu');
    expect(await run(['diff', from, 'same.pb'], { cwd: dir })).toMatchObject({ status: 0 });
    expect(await run(['convert', from, '-o', 'x.otlp'], { cwd: dir })).toMatchObject({ status: 0 });
    expect(listing(dir)).toEqual(['same.pb', 'x.otlp']);
    expect(received.map(({ method, path }) => `${method} ${path}`)).toEqual(Array(5).fill('GET /debug/pprof/heap'));
  });

  it('goes to standard output, and into a directory by its name', async () => {
    const { url } = await serve(giving(profile));
    const dir = workspace();
    const piped = await run([`${url}/debug/pprof/heap`], { cwd: dir });
    expect(piped).toMatchObject({ status: 0, stderr: expect.stringMatching(/ -> stdout: /) });
    expect(listing(dir)).toEqual([]);
    const port = new URL(url).port;
    const args = [`${url}/debug/pprof/heap`, `${url}/b/cpu.pb.gz?x=1`, '-o', 'out/'];
    expect(await run(args, { cwd: dir })).toMatchObject({ status: 0 });
    expect(listing(join(dir, 'out'))).toEqual([`127.0.0.1-${port}-heap.otlp`, 'cpu.otlp']);
    expect(Buffer.compare(readFileSync(join(dir, 'out/cpu.otlp')), piped.stdout)).toBe(0);
    expect(await run([url, url], { cwd: dir })).toMatchObject({
      status: 2,
      stderr: 'pprof-otlp: several pipes or URLs would go to standard output; give -o DIR\n',
    });
  });

  it.each([
    ['gzip', gzipSync(profile)],
    ['x-gzip', gzipSync(profile)],
    ['deflate', deflateSync(profile)],
    ['br', brotliCompressSync(profile)],
    ['deflate, gzip', gzipSync(deflateSync(profile))],
    ['identity', profile],
    // A file that is gzip itself, as servers of files say it.
    ['GZIP', gzipSync(gzipSync(profile))],
  ])('may have the content-encoding %s', async (coding, body) => {
    const { url } = await serve(giving(body, { 'content-encoding': coding }));
    expect(await verify(url)).toMatchObject({ status: 0 });
  });

  it('sends headers and the credentials in the URL, and shows none of them', async () => {
    const { url, received } = await serve(giving(profile));
    const result = await verify(
      `${url.replace('://', '://user:p%40ss@')}/?token=t0ps3cret`,
      ...['--header', 'X-Scope: a=b', '--header', 'x-two=2', '--format', 'json'],
    );
    expect(result.status).toBe(0);
    expect(received[0].headers).toMatchObject({ 'x-scope': 'a=b', 'x-two': '2' });
    expect(received[0].headers.authorization).toBe(`Basic ${Buffer.from('user:p@ss').toString('base64')}`);
    expect(`${result.stdout}${result.stderr}`).not.toMatch(/p%40ss|p@ss|t0ps3cret/);
    expect(JSON.parse(result.stdout.toString()).input).toBe(`${url.replace('://', '://***@')}/?token=***`);
  });
});

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('%s is followed, with headers to the same place', async (status) => {
    const { url, received } = await serve(({ path }, response) => {
      if (path === '/a') response.writeHead(status, { location: '/b' }).end('moved');
      else response.end(profile);
    });
    expect(await verify(`${url}/a`, '--header', 'x-secret=1')).toMatchObject({ status: 0 });
    expect(received.map(({ path, headers }) => [path, headers['x-secret']])).toEqual([
      ['/a', '1'],
      ['/b', '1'],
    ]);
  });

  it('take no headers and no credentials to another place', async () => {
    const other = await serve(giving(profile));
    const { url } = await serve((_, response) => void response.writeHead(302, { location: `${other.url}/x` }).end());
    const result = await verify(url.replace('://', '://user:pass@'), '--header', 'x-secret=1');
    expect(result.status).toBe(0);
    expect(other.received).toHaveLength(1);
    expect(other.received[0].headers['x-secret']).toBeUndefined();
    expect(other.received[0].headers.authorization).toBeUndefined();
  });

  it('end', async () => {
    const { url, received } = await serve((_, response) => void response.writeHead(302, { location: '/' }).end());
    expect(await verify(url)).toMatchObject({ status: 4, stderr: `${url}: can't read: more than 5 redirects\n` });
    expect(received).toHaveLength(6);
  });

  it('lead to http and https only', async () => {
    const { url } = await serve(
      (_, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    );
    expect(await verify(url)).toMatchObject({
      status: 4,
      stderr: `${url}: can't read: the server redirects to "file:///etc/passwd", which is no http or https URL\n`,
    });
  });
});

describe('what goes wrong with a URL is one line', () => {
  it.each<[string, Handler, number, string]>([
    [
      'an error with a text',
      (_, response) =>
        void response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end('in \x1b[2J use\nx'),
      4,
      'can\'t read: the server answered 500 Internal Server Error (text/plain: "in \\x1b[2J use x")',
    ],
    [
      'an error page',
      (_, response) =>
        void response.writeHead(404, { 'content-type': 'text/html' }).end('<html><title>Not\nhere</title><p>x'),
      4,
      'can\'t read: the server answered 404 Not Found (text/html: "Not here"); check the path',
    ],
    [
      'an error in binary',
      (_, response) => void response.writeHead(403, { 'content-type': 'image/png' }).end(Buffer.from([0, 1, 2])),
      4,
      "can't read: the server answered 403 Forbidden (image/png); give credentials with --header",
    ],
    [
      'an error without end',
      (_, response) => {
        response.writeHead(400, { 'content-type': 'text/plain' });
        const more = (): void => {
          if (!response.destroyed) response.write('x'.repeat(100_000), more);
        };
        more();
      },
      4,
      `can't read: the server answered 400 Bad Request (text/plain: "${'x'.repeat(200)}...")`,
    ],
    [
      'no content',
      (_, response) => void response.writeHead(204).end(),
      4,
      "can't read: the server answered 204 No Content",
    ],
    [
      'a body that breaks off',
      (_, response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write(Buffer.alloc(10), () => response.destroy());
      },
      4,
      "can't read: the server closed the connection (ECONNRESET), 10 of 1000 bytes came",
    ],
    [
      'gzip that breaks off',
      giving(gzipSync(profile).subarray(0, -9), { 'content-encoding': 'gzip' }),
      4,
      "can't read: the body ends in the middle of its compression (Z_BUF_ERROR)",
    ],
    [
      'gzip that is none',
      giving(profile, { 'content-encoding': 'gzip' }),
      4,
      "can't read: the body is not compressed as its content-encoding says (Z_DATA_ERROR)",
    ],
    [
      'another coding',
      giving(profile, { 'content-encoding': 'zstd-of-tomorrow' }),
      4,
      'can\'t read: the content-encoding "zstd-of-tomorrow" is not supported',
    ],
    ['no profile', giving(Buffer.from('hello\n')), 3, 'looks like plain text; give a pprof or OTLP profiles'],
    [
      'no HTTP',
      (_, response) => void response.socket?.end('SSH-2.0-x\r\n'),
      4,
      "can't read: the answer is not HTTP/1.1 (HPE_INVALID_CONSTANT); does the port speak TLS or gRPC?",
    ],
  ])('%s', async (_, handler, status, message) => {
    const { url } = await serve(handler);
    expect(await verify(url)).toMatchObject({ status, stderr: `${url}: ${message}\n` });
  });

  it('nobody listens', async () => {
    const url = `http://127.0.0.1:${await closedPort()}/x`;
    expect(await verify(url)).toMatchObject({
      status: 4,
      stderr: `${url}: can't read: connection refused; does a server listen there? (ECONNREFUSED)\n`,
    });
  });

  it('the server does not speak TLS', async () => {
    const { url } = await serve(giving(profile));
    const secure = url.replace('http:', 'https:');
    const result = await verify(secure);
    expect(result).toMatchObject({ status: 4 });
    expect(result.stderr).toBe(`${secure}: can't read: it does not speak TLS; is it http://?\n`);
  });

  it('the server never answers, or never ends', async () => {
    const silent = await serve(() => {});
    const message = "can't read: no complete answer within 0.3 s; give more with --timeout";
    expect(await verify(silent.url, '--timeout', '300ms')).toMatchObject({
      status: 4,
      stderr: `${silent.url}: ${message}\n`,
    });
    const endless = await serve((_, response) => void response.writeHead(200).write('x'));
    expect(await verify(endless.url, '--timeout', '300ms')).toMatchObject({
      status: 4,
      stderr: `${endless.url}: ${message}\n`,
    });
  });

  it('more than --max-size, while it comes', async () => {
    const message = 'larger than 1000 bytes; raise the limit (--max-size)';
    let written = 0;
    const { url } = await serve((_, response) => {
      const more = (): void => {
        written += 65_536;
        if (!response.destroyed) response.write(Buffer.alloc(65_536), more);
      };
      more();
    });
    expect(await verify(url, '--max-size', '1000')).toMatchObject({ status: 5, stderr: `${url}: ${message}\n` });
    // What the program takes, and what lies in the buffers between; it would be endless.
    expect(written).toBeLessThan(50_000_000);
    const told = await serve((_, response) => void response.writeHead(200, { 'content-length': '9999999' }).write('x'));
    expect((await verify(told.url, '--max-size', '1000')).status).toBe(5);
    const bomb = await serve(giving(gzipSync(Buffer.alloc(100_000_000)), { 'content-encoding': 'gzip' }));
    expect((await verify(bomb.url, '--max-size', '1000')).status).toBe(5);
  });
});

describe.skipIf(!hasScript)('on a terminal', () => {
  it('what is waited for is shown, then how much there is, and it goes away', async () => {
    let finish = (): void => {};
    const { url } = await serve((_, response) => {
      setTimeout(() => {
        response.writeHead(200, { 'content-length': String(profile.length) }).write(profile.subarray(0, 7));
        finish = () => void response.end(profile.subarray(7));
      }, 3000);
    });
    const command = `${process.execPath} ${PROGRAM} verify ${url}/x?token=t0ps3cret`;
    let shown = '';
    const result = await start('script', ['-qec', command, '/dev/null'], {
      during: async (child) => {
        child.stdout?.on('data', (chunk) => {
          shown += chunk;
        });
        while (!shown.includes(`7 B of ${profile.length} B`)) await new Promise((resolve) => setTimeout(resolve, 20));
        finish();
      },
    });
    const lines = result.stdout.toString().split('\r\x1b[K');
    expect(lines.find((line) => line.includes('waiting'))).toMatch(/^reading http:.*\.\.\. waiting \d s$/);
    expect(lines.at(-1)).toMatch(/^http:.*proven/s);
    expect(shown).not.toContain('t0ps3cret');
  });
});

describe('the call', () => {
  it.each([
    [['verify', 'a.pb', '--header', 'a=b'], '--header is for inputs that are URLs; leave it out'],
    [['a.pb', '--timeout', '5'], '--timeout is for inputs that are URLs; leave it out'],
    [['check', 'http://a/', '--timeout', 'soon'], '--timeout: "soon" is no time; give seconds'],
  ])('%s is wrong', async (args, message) => {
    expect(await run(args)).toMatchObject({ status: 2, stderr: expect.stringContaining(`pprof-otlp: ${message}`) });
  });

  it('names a scheme that is not supported', async () => {
    expect(await verify('ftp://host/x.pb')).toMatchObject({
      status: 2,
      stderr: 'ftp://host/x.pb: ftp:// is not supported; give an http:// or https:// URL\n',
    });
  });

  it('goes on after a URL that fails', async () => {
    const { url } = await serve(giving(profile));
    const result = await run(['verify', `http://127.0.0.1:${await closedPort()}`, url]);
    expect(result.status).toBe(4);
    expect(result.stderr).toMatch(/can't read[^\n]*\n[^\n]*, proven\n$/);
  });
});
