import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PprofOtlpError } from '../../src/errors.ts';
import { type ExportTarget, OtlpExporter } from '../../src/io/node/otlpExporter.ts';
import { decodeResponse, decodeStatus } from '../../src/io/node/otlpResponse.ts';
import { backoff, RETRY, retryAfter } from '../../src/io/node/retry.ts';
import { field, message } from '../cli/profile.ts';
import { accepting, closedPort, type Handler, serve } from './server.ts';

const PAYLOAD = Buffer.from('what is sent');
const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const JSON_TYPE = { 'content-type': 'application/json' };

interface Setup {
  target?: Partial<ExportTarget>;
  /** Milliseconds. */
  total?: number;
}

/** Waits are of milliseconds here; how long they are in earnest, `backoff` tells. */
function exporterTo(
  url: string,
  { target = {}, total = 60_000 }: Setup = {},
): { exporter: OtlpExporter; said: string[] } {
  const said: string[] = [];
  const exporter = new OtlpExporter(
    {
      ...{ url: new URL(`${url}/v1development/profiles`), headers: {}, protocol: 'http/protobuf', compression: 'none' },
      ...{ timeout: 30_000, tls: {} },
      ...target,
    },
    { retry: { first: 1, longest: 5, total }, userAgent: 'test/1', onRetry: (reason) => said.push(reason) },
  );
  onTestFinished(() => exporter.close());
  return { exporter, said };
}

async function complaint(work: Promise<unknown>): Promise<PprofOtlpError> {
  const error = await work.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(PprofOtlpError);
  return error;
}

/** Answers with each status in turn, then takes it. */
const failing =
  (statuses: readonly number[], headers: Record<string, string> = {}): Handler =>
  (request, response, count) => {
    if (count < statuses.length) response.writeHead(statuses[count], headers).end();
    else accepting(request, response, count);
  };

describe('a request', () => {
  it('is a POST of the bytes, with what says how they are written', async () => {
    const { url, received } = await serve(accepting);
    const { exporter } = exporterTo(url, { target: { headers: { 'x-a': 'b', 'user-agent': 'mine' } } });
    expect(await exporter.export(PAYLOAD)).toEqual({
      ...{ attempts: 1, sentBytes: PAYLOAD.length, rejectedProfiles: 0, errorMessage: '', warnings: [] },
      unclear: undefined,
    });
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ method: 'POST', path: '/v1development/profiles', body: PAYLOAD });
    expect(received[0].headers).toMatchObject({
      ...{ 'content-type': 'application/x-protobuf', 'content-length': String(PAYLOAD.length), 'x-a': 'b' },
      ...{ 'otlp-profiles-development-version': '1', 'user-agent': 'mine' },
    });
    expect(received[0].headers['content-encoding']).toBeUndefined();
  });

  it('may be JSON, and gzip', async () => {
    const { url, received } = await serve(accepting);
    const { exporter } = exporterTo(url, { target: { protocol: 'http/json', compression: 'gzip' } });
    const { sentBytes } = await exporter.export(PAYLOAD);
    expect(received[0].headers).toMatchObject({ ...JSON_TYPE, 'content-encoding': 'gzip', 'user-agent': 'test/1' });
    expect(received[0]).toMatchObject({ body: PAYLOAD, sent: { length: sentBytes } });
  });

  it('uses the connection of the one before', async () => {
    const { url, received } = await serve(accepting);
    const { exporter } = exporterTo(url);
    for (let i = 0; i < 3; i++) await exporter.export(PAYLOAD);
    expect(new Set(received.map(({ port }) => port)).size).toBe(1);
  });
});

describe('tries again', () => {
  it.each([429, 502, 503, 504])('after %i', async (status) => {
    const { url, received } = await serve(failing([status, status]));
    const { exporter, said } = exporterTo(url);
    expect(await exporter.export(PAYLOAD)).toMatchObject({ attempts: 3, warnings: [] });
    expect(received).toHaveLength(3);
    expect(said).toEqual([expect.stringContaining(`the server answered ${status} `), expect.anything()]);
  });

  it.each([300, 400, 401, 403, 404, 408, 409, 413, 415, 500, 501, 505])('not after %i', async (status) => {
    const { url, received } = await serve(failing([status]));
    const error = await complaint(exporterTo(url).exporter.export(PAYLOAD));
    expect(error.message).toContain(`can't push to ${url}/v1development/profiles: the server answered ${status} `);
    expect(error.code).toBe(status === 413 ? 'limit' : 'io');
    expect(received).toHaveLength(1);
  });

  it('when there is no connection', async () => {
    const { exporter, said } = exporterTo(`http://127.0.0.1:${await closedPort()}`, { total: 500 });
    const error = await complaint(exporter.export(PAYLOAD));
    expect(error.message).toMatch(/connection refused.*; given up after \d+ attempts in \d.*s$/);
    expect(said.length).toBeGreaterThan(2);
    expect(new Set(said).size).toBe(1);
  });

  it('when the server goes without an answer, and says that it may have it twice', async () => {
    const { url, received } = await serve((request, response, count) => {
      if (count === 0) response.socket?.destroy();
      else accepting(request, response, count);
    });
    expect(await exporterTo(url).exporter.export(PAYLOAD)).toMatchObject({
      attempts: 2,
      warnings: ['sent again after 1 without an answer: the receiver may have it twice'],
    });
    expect(received).toHaveLength(2);
  });

  it('when no answer comes in time', async () => {
    const { url } = await serve((request, response, count) => {
      if (count > 0) accepting(request, response, count);
    });
    const { exporter, said } = exporterTo(url, { target: { timeout: 1500 } });
    expect(await exporter.export(PAYLOAD)).toMatchObject({ attempts: 2, warnings: [expect.stringMatching(/twice$/)] });
    expect(said).toEqual(['no complete answer within 1.5 s']);
  });

  it('no longer than it may, and then each request once until one gets through', async () => {
    let status = 503;
    const { url, received } = await serve((_, response) => void response.writeHead(status).end());
    const { exporter } = exporterTo(url, { total: 500 });
    expect((await complaint(exporter.export(PAYLOAD))).message).toMatch(/503.*; given up after \d+ attempts in 0/);
    const before = received.length;
    expect(before).toBeGreaterThan(2);
    await complaint(exporter.export(PAYLOAD));
    expect(received).toHaveLength(before + 1);
    status = 200;
    await exporter.export(PAYLOAD);
    status = 503;
    await complaint(exporter.export(PAYLOAD));
    expect(received.length).toBeGreaterThan(before + 3);
  });

  it('never when it may not', async () => {
    const { url, received } = await serve(failing([503]));
    const error = await complaint(exporterTo(url, { total: 0 }).exporter.export(PAYLOAD));
    expect(error.message).toMatch(/503 Service Unavailable$/);
    expect(received).toHaveLength(1);
  });

  it('no more when the program ends', async () => {
    const { url, received } = await serve(failing([503], { 'retry-after': '50' }));
    const closing = new AbortController();
    const { exporter } = exporterTo(url);
    const pending = complaint(exporter.export(PAYLOAD, { closing: closing.signal }));
    while (received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    closing.abort();
    expect((await pending).message).toMatch(/503 Service Unavailable; given up: the program ends$/);
    expect(received).toHaveLength(1);
  });

  it('no more when it was to end before, and says nothing of another attempt', async () => {
    const { url, received } = await serve(failing([503]));
    const { exporter, said } = exporterTo(url);
    const error = await complaint(exporter.export(PAYLOAD, { closing: AbortSignal.abort() }));
    expect(error.message).toMatch(/503 Service Unavailable; given up: the program ends$/);
    expect(received).toHaveLength(1);
    expect(said).toEqual([]);
  });

  it('not even once when that has to be at once', async () => {
    const { url, received } = await serve(() => {});
    const now = new AbortController();
    const { exporter } = exporterTo(url);
    const pending = complaint(exporter.export(PAYLOAD, { now: now.signal }));
    while (received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    now.abort();
    expect((await pending).message).toMatch(/: given up: the program ends$/);
  });
});

describe('Retry-After', () => {
  it('is waited for', async () => {
    const { url } = await serve(failing([503], { 'retry-after': '1' }));
    const start = performance.now();
    expect(await exporterTo(url).exporter.export(PAYLOAD)).toMatchObject({ attempts: 2 });
    // The backoff would be milliseconds.
    expect(performance.now() - start).toBeGreaterThan(900);
  });

  it('that is longer than the time for attempts is told, and holds for the next request', async () => {
    const { url, received } = await serve(failing([429], { 'retry-after': '300' }));
    const { exporter } = exporterTo(url);
    const message = /429 Too Many Requests; it asks for 300 s, more than --retry-for allows$/;
    expect((await complaint(exporter.export(PAYLOAD))).message).toMatch(message);
    expect((await complaint(exporter.export(PAYLOAD))).message).toMatch(/the server asked for time; it asks for \d+/);
    expect(received).toHaveLength(1);
  });

  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['Wed, 21 Oct 2015 07:28:10 GMT', 10_000],
    ['Wednesday, 21-Oct-15 07:28:10 GMT', 10_000],
    ['Wed Oct 21 07:28:10 2015', 10_000],
    ['Wed, 21 Oct 2015 07:27:00 GMT', 0],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['2015', 2_015_000],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (value, milliseconds) => {
    expect(retryAfter(value, Date.parse('2015-10-21T07:28:00Z'))).toBe(milliseconds);
  });
});

it('waits double from one attempt to the next, up to a limit, with jitter', () => {
  const waits = (random: number) => [1, 2, 3, 6, 50].map((attempt) => backoff(attempt, RETRY, random));
  expect(waits(0.5)).toEqual([1000, 2000, 4000, 30_000, 30_000]);
  expect(waits(0)).toEqual([500, 1000, 2000, 15_000, 15_000]);
  expect(waits(0.999)[0]).toBeCloseTo(1499, 0);
});

describe('what was taken is never sent again', () => {
  const partial = (rejected: number, text: string) => message(field(1, message(field(1, rejected), field(2, text))));

  it.each<[string, Record<string, string>, Uint8Array | string, object]>([
    ['in part', PROTOBUF, partial(2, 'no room'), { rejectedProfiles: 2, errorMessage: 'no room' }],
    ['with a warning', PROTOBUF, partial(0, 'old'), { rejectedProfiles: 0, errorMessage: 'old' }],
    [
      'in part, in JSON',
      JSON_TYPE,
      '{"partialSuccess":{"rejectedProfiles":"2","errorMessage":"no room"}}',
      { rejectedProfiles: 2, errorMessage: 'no room' },
    ],
    [
      'in an answer of gzip',
      { ...PROTOBUF, 'content-encoding': 'gzip' },
      gzipSync(partial(1, '')),
      { rejectedProfiles: 1 },
    ],
    [
      'by what is no receiver',
      { 'content-type': 'text/html' },
      '<title>Sign in</title>',
      {
        unclear: 'the answer, 200 OK (text/html: "Sign in"), is none of an OTLP receiver; is the endpoint one?',
      },
    ],
    ['with JSON that is none', JSON_TYPE, '[1]', { unclear: expect.stringContaining('is none of an OTLP receiver') }],
  ])('%s', async (_, headers, body, expected) => {
    const { url, received } = await serve((_request, response) => void response.writeHead(200, headers).end(body));
    expect(await exporterTo(url).exporter.export(PAYLOAD)).toMatchObject({ attempts: 1, ...expected });
    expect(received).toHaveLength(1);
  });

  it('when the answer breaks off', async () => {
    const { url, received } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('x', () => response.destroy());
    });
    expect(await exporterTo(url).exporter.export(PAYLOAD)).toMatchObject({
      warnings: ['the answer, 200 OK, broke off'],
    });
    expect(received).toHaveLength(1);
  });

  it.each([202, 204])('by %i, which some receivers answer', async (status) => {
    const { url, received } = await serve((_, response) => void response.writeHead(status).end());
    expect(await exporterTo(url).exporter.export(PAYLOAD)).toMatchObject({ attempts: 1, unclear: undefined });
    expect(received).toHaveLength(1);
  });
});

describe('a refusal says why', () => {
  const status = message(field(1, 3), field(2, 'bad\ndata'));

  it.each<[string, number, Record<string, string>, Uint8Array | string, string]>([
    ['google.rpc.Status', 400, PROTOBUF, status, '400 Bad Request ("bad data", INVALID_ARGUMENT)'],
    ['the same in JSON', 400, JSON_TYPE, '{"code":99,"message":"x"}', '400 Bad Request ("x", code 99)'],
    [
      'JSON of another kind',
      500,
      JSON_TYPE,
      '{"error":"x"}',
      '500 Internal Server Error (application/json: "{"error":"x"}")',
    ],
    ['text', 500, { 'content-type': 'text/plain' }, 'oops', '500 Internal Server Error (text/plain: "oops")'],
    ['nothing', 500, {}, '', '500 Internal Server Error'],
    [
      'no profiles there',
      404,
      {},
      '',
      '404 Not Found; does the receiver take profiles, and at this path? a Collector needs a profiles pipeline',
    ],
    ['credentials', 401, {}, '', '401 Unauthorized; give credentials with --header or OTEL_EXPORTER_OTLP_HEADERS'],
    [
      'the size',
      413,
      {},
      '',
      "413 Payload Too Large; the request has 12 bytes: raise the receiver's limit (Collector: max_request_body_size, 20 MiB by default)",
    ],
    [
      'the size, as the Collector says it',
      400,
      PROTOBUF,
      message(field(1, 3), field(2, 'http: request body too large')),
      '400 Bad Request ("http: request body too large", INVALID_ARGUMENT); the request has 12 bytes: raise',
    ],
    [
      'another place',
      301,
      { location: 'http://x/y' },
      '',
      '301 Moved Permanently; it redirects to http://x/y: give that as --endpoint',
    ],
  ])('%s', async (_, code, headers, body, expected) => {
    const { url } = await serve((_request, response) => void response.writeHead(code, headers).end(body));
    const { message: said } = await complaint(exporterTo(url).exporter.export(PAYLOAD));
    expect(said).toContain(`: the server answered ${expected}`);
  });

  it('with both sizes when it was compressed', async () => {
    const { url } = await serve((_, response) => void response.writeHead(413).end());
    const { exporter } = exporterTo(url, { target: { compression: 'gzip' } });
    expect((await complaint(exporter.export(Buffer.alloc(10_000)))).message).toMatch(
      /the request has 10000 bytes, \d\d compressed: raise/,
    );
  });
});

it('tells the size when the server hangs up in the middle of a large request', async () => {
  const server = http.createServer(({ socket }) => void socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { exporter } = exporterTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { total: 0 });
  const error = await complaint(exporter.export(Buffer.alloc(30_000_000)));
  expect(error.message).toMatch(
    /: the server closed the connection \((EPIPE|ECONNRESET)\) in the middle of the request; is it too large\? the request has 30000000 bytes: raise/,
  );
});

describe('redirects', () => {
  it.each([307, 308])('%i is followed with the body, secrets stay', async (status) => {
    const other = await serve(accepting);
    const { url, received } = await serve(
      (_, response) => void response.writeHead(status, { location: `${other.url}/x` }).end(),
    );
    const { exporter } = exporterTo(url, { target: { headers: { authorization: 'Bearer x' } } });
    expect(await exporter.export(PAYLOAD)).toMatchObject({ attempts: 1 });
    expect(received[0].headers.authorization).toBe('Bearer x');
    expect(other.received[0]).toMatchObject({ method: 'POST', path: '/x', body: PAYLOAD });
    expect(other.received[0].headers.authorization).toBeUndefined();
  });

  it('end', async () => {
    const { url, received } = await serve((_, response) => void response.writeHead(307, { location: '/x' }).end());
    expect((await complaint(exporterTo(url).exporter.export(PAYLOAD))).message).toMatch(/: more than 5 redirects$/);
    expect(received).toHaveLength(6);
  });
});

describe('answers that are damaged', () => {
  it.each<[string, Uint8Array]>([
    ['a length past the end', Uint8Array.of(0x0a, 0x7f)],
    ['a partial success that breaks off', Uint8Array.of(0x0a, 0x02, 0x12, 0x7f)],
    ['text', Buffer.from('<html>')],
  ])('%s', (_, body) => {
    expect(decodeResponse(body, 'application/x-protobuf')).toBeUndefined();
    expect(decodeStatus(body, 'application/x-protobuf')).toBeUndefined();
  });

  it('in JSON', () => {
    for (const text of ['', 'null', '7', '{"partialSuccess":[]}', '{'])
      expect([undefined, { rejectedProfiles: 0, errorMessage: '' }]).toContainEqual(
        decodeResponse(Buffer.from(text), 'application/json; charset=utf-8'),
      );
    expect(decodeStatus(Buffer.from('{"message":7}'), 'application/json')).toEqual({ code: 0, message: '7' });
  });
});
