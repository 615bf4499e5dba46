import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/cli/args.ts';
import { exporterTarget } from '../../src/cli/exporterTarget.ts';
import { workspace } from '../cli/run.ts';

const targetOf = (options: string[], environment: Record<string, string> = {}) =>
  exporterTarget(parseArguments(['push', 'a.pb', ...options]), environment);

const general = (name: string) => `OTEL_EXPORTER_OTLP_${name}`;
const own = (name: string) => `OTEL_EXPORTER_OTLP_PROFILES_${name}`;

describe('the endpoint', () => {
  it.each<[string, string[], Record<string, string>, string]>([
    ['by default', [], {}, 'http://localhost:4318/v1development/profiles'],
    ['set to nothing', [], { [general('ENDPOINT')]: ' ' }, 'http://localhost:4318/v1development/profiles'],
    ['of all signals', [], { [general('ENDPOINT')]: 'https://c/otlp/' }, 'https://c/otlp/v1development/profiles'],
    [
      'of all signals, to which the path is always added',
      [],
      { [general('ENDPOINT')]: 'http://c/v1development/profiles' },
      'http://c/v1development/profiles/v1development/profiles',
    ],
    [
      'of profiles, as it is',
      [],
      { [own('ENDPOINT')]: 'http://c:1/x', [general('ENDPOINT')]: 'http://d' },
      'http://c:1/x',
    ],
    ['of profiles, without a path', [], { [own('ENDPOINT')]: 'http://c:1' }, 'http://c:1/'],
    ['by option', ['--endpoint', 'http://c:1'], { [own('ENDPOINT')]: 'http://d' }, 'http://c:1/v1development/profiles'],
    [
      'by option, with its path',
      ['--endpoint', 'http://c/v1development/profiles/'],
      {},
      'http://c/v1development/profiles',
    ],
    ['by option, with a query', ['--endpoint', 'http://c/p/?a=b#f'], {}, 'http://c/p/v1development/profiles?a=b'],
  ])('%s', async (_, options, environment, url) => {
    expect((await targetOf(options, environment)).target.url.href).toBe(url);
  });

  it.each<[string[], Record<string, string>, string]>([
    [['--endpoint', 'c:4318'], {}, '--endpoint: "c:4318" is no URL; did you mean http://c:4318?'],
    [['--endpoint', 'grpc://c'], {}, '--endpoint: grpc://c is for gRPC, which push does not speak; give the http://'],
    [[], { [general('ENDPOINT')]: 'unix:///x' }, `${general('ENDPOINT')}: unix:// is not supported; give an http://`],
    [[], { [own('ENDPOINT')]: 'http://' }, `${own('ENDPOINT')}: "http://" is no valid URL`],
    [['--protocol', 'grpc'], {}, '--protocol is grpc, which push does not speak; give http/protobuf or http/json'],
    [
      [],
      { [general('PROTOCOL')]: 'grpc' },
      `${general('PROTOCOL')} is grpc, which push does not speak; set ${own('PROTOCOL')}`,
    ],
  ])('%s %s is wrong', async (options, environment, message) => {
    await expect(targetOf(options, environment)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
    });
  });

  it('at the port of gRPC is warned about', async () => {
    const { warnings } = await targetOf(['--endpoint', 'http://c:4317']);
    expect(warnings).toEqual(['port 4317 is that of OTLP/gRPC, which is not spoken here; OTLP/HTTP has 4318']);
  });
});

it('takes the option, else the variable of profiles, else that of all signals', async () => {
  const environment = {
    ...{ [general('PROTOCOL')]: 'http/json', [own('PROTOCOL')]: 'http/protobuf' },
    ...{ [general('COMPRESSION')]: 'none', [own('COMPRESSION')]: 'GZIP' },
    ...{ [general('TIMEOUT')]: '1', [own('TIMEOUT')]: '2500' },
  };
  const of = async (options: string[], variables: Record<string, string>) => {
    const { protocol, compression, timeout } = (await targetOf(options, variables)).target;
    return [protocol, compression, timeout];
  };
  expect(await of([], {})).toEqual(['http/protobuf', 'none', 10_000]);
  expect(await of([], { [general('PROTOCOL')]: 'http/json', [general('TIMEOUT')]: '1' })).toEqual([
    'http/json',
    'none',
    1,
  ]);
  expect(await of([], environment)).toEqual(['http/protobuf', 'gzip', 2500]);
  const options = ['--protocol', 'http/json', '--compression', 'none', '--timeout', '3s'];
  expect(await of(options, environment)).toEqual(['http/json', 'none', 3000]);
  // gRPC for the other signals does not matter when the profiles have their own.
  expect(await of([], { [general('PROTOCOL')]: 'grpc', [own('PROTOCOL')]: 'http/json' })).toEqual([
    'http/json',
    'none',
    10_000,
  ]);
});

it('ignores what it can not use of the environment, with a warning', async () => {
  const { target, warnings } = await targetOf([], {
    ...{ [general('PROTOCOL')]: 'http/xml', [own('COMPRESSION')]: 'zstd', [general('TIMEOUT')]: '10s' },
  });
  expect(target).toMatchObject({ protocol: 'http/protobuf', compression: 'none', timeout: 10_000 });
  expect(warnings).toEqual([
    `${general('PROTOCOL')} is ignored: it is none of http/protobuf, http/json`,
    `${own('COMPRESSION')} is ignored: it is none of none, gzip`,
    `${general('TIMEOUT')} is ignored: it is no number of milliseconds`,
  ]);
});

describe('headers', () => {
  it('of the environment are a list with percent-encoded values', async () => {
    const { target, warnings } = await targetOf([], {
      [general('HEADERS')]: ' api-key = a%20b%2Cc , Authorization=Bearer x=y,p=100%,,',
    });
    expect(target.headers).toEqual({ 'api-key': 'a b,c', authorization: 'Bearer x=y', p: '100%' });
    expect(warnings).toEqual([]);
  });

  it('of profiles stand in place of those of all signals; options add to them', async () => {
    const environment = { [general('HEADERS')]: 'a=1', [own('HEADERS')]: 'b=2,c=3' };
    expect((await targetOf(['--header', 'C: 4', '--header', 'd=5'], environment)).target.headers).toEqual({
      ...{ b: '2', c: '4', d: '5' },
    });
  });

  it('that are none are left out, and nothing of them is said', async () => {
    const { target, warnings } = await targetOf([], {
      [own('HEADERS')]: 'ok=1,t0ps3cret,a b=t0ps3cret,c=t0ps3cret%0D%0Ax:y,content-type=t0ps3cret',
    });
    expect(target.headers).toEqual({ ok: '1' });
    expect(warnings).toHaveLength(4);
    expect(warnings[0]).toBe(`item 2 of ${own('HEADERS')} is ignored: it is not key=value`);
    expect(warnings.join()).not.toContain('t0ps3cret');
  });
});

describe('certificates', () => {
  // What a file must hold to be taken, and that it is used, tls.test.ts shows with real ones.
  it('must be there, and be two', async () => {
    const dir = workspace();
    writeFileSync(join(dir, 'key'), 'key');
    const missing = join(dir, 'no');
    await expect(targetOf(['--certificate', missing])).rejects.toMatchObject({
      code: 'io',
      message: `can't read --certificate ${missing}: no such file or directory (ENOENT)`,
    });
    await expect(targetOf([], { [own('CERTIFICATE')]: missing })).rejects.toMatchObject({
      message: `can't read ${own('CERTIFICATE')} ${missing}: no such file or directory (ENOENT)`,
    });
    await expect(targetOf(['--client-key', join(dir, 'key')])).rejects.toMatchObject({
      code: 'usage',
      message: 'a client key without a client certificate; give --client-certificate as well',
    });
  });
});
