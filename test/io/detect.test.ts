import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { PprofOtlpError } from '../../src/errors.ts';
import { join, plainForm } from '../../src/io/container.ts';
import { detect } from '../../src/io/detect.ts';
import { FORMATS, inputFormOf } from '../../src/io/formats.ts';
import { storedFrame } from '../../src/io/zstd.ts';
import { field, message, otlp, pprof, varint } from '../cli/profile.ts';
import { foreignFiles, otlpFiles, pprofFiles } from '../support/corpus.ts';

const frames = (...messages: Uint8Array[]): Uint8Array => join(messages, plainForm('frames'));
const text = (content: string): Uint8Array => new TextEncoder().encode(content);

function complaint(input: Uint8Array): string {
  try {
    return `accepted as ${detect(input).format}`;
  } catch (error) {
    expect(error).toBeInstanceOf(PprofOtlpError);
    expect(error).toMatchObject({ code: 'bad-input', stage: 'detect' });
    return (error as Error).message;
  }
}

const CORPUS = new URL('../../../shared/corpus/files/', import.meta.url);
const jsonNames = existsSync(CORPUS) ? readdirSync(CORPUS).filter((name) => name.endsWith('.otlp.json')) : [];

describe('real files', () => {
  it.each(pprofFiles)('$name', ({ name, read }) => {
    const compression = name.endsWith('.gz') ? 'gzip' : name.endsWith('.zst') ? 'zstd' : 'none';
    expect(detect(read())).toEqual({ format: 'pprof', container: undefined, compression });
  });

  it.each(otlpFiles)('$name, and in every container', ({ read }) => {
    const bytes = read();
    expect(detect(bytes)).toEqual({ format: 'otlp', container: 'protobuf', compression: 'none' });
    for (const container of ['frames', 'jeffrey'] as const) {
      const file = join([bytes, bytes], plainForm(container));
      expect(detect(file)).toEqual({ format: 'otlp', container, compression: 'none' });
      expect(detect(gzipSync(file))).toEqual({ format: 'otlp', container, compression: 'gzip' });
    }
  });

  it.each(jsonNames)('%s, and as JSON lines', (name) => {
    const bytes = new Uint8Array(readFileSync(new URL(name, CORPUS)));
    expect(detect(bytes)).toEqual({ format: 'otlp', container: 'json', compression: 'none' });
    const line = text(JSON.stringify(JSON.parse(Buffer.from(bytes).toString())));
    const lines = join([line, line], plainForm('jsonl'));
    expect(detect(gzipSync(lines))).toEqual({ format: 'otlp', container: 'jsonl', compression: 'gzip' });
  });

  it.each(foreignFiles)('$name', ({ read }) => {
    expect(complaint(read())).toMatch(/^looks like a legacy gperftools/);
  });
});

describe('both formats', () => {
  it.each<[string, Uint8Array, 'pprof' | 'otlp']>([
    ['a small pprof', pprof(), 'pprof'],
    ['a pprof with nothing but the empty string', field(6, ''), 'pprof'],
    ['a pprof with an empty sample type', message(field(1, message()), field(6, '')), 'pprof'],
    ['a pprof without sample types', message(field(9, 1), field(6, '')), 'pprof'],
    [
      'a pprof that begins with its strings',
      message(field(6, ''), field(6, 'cpu'), field(1, message(field(1, 1)))),
      'pprof',
    ],
    ['a pprof whose doc_url looks like a zlib header', message(field(15, 1), field(6, ''), field(6, 'x')), 'pprof'],
    [
      'a pprof with unknown fields that look like tables',
      message(field(2, message(field(5, 'x'), field(3, message()))), field(6, ''), field(4, message())),
      'pprof',
    ],
    ['a pprof behind unknown groups', message(Uint8Array.of(0x83, 0x01, 0x08, 0x01, 0x84, 0x01), pprof()), 'pprof'],
    ['a pprof whose sample type has an unknown string', message(field(1, field(3, 'x')), field(6, '')), 'pprof'],
    ['a small OTLP', otlp(), 'otlp'],
    [
      'OTLP with the dictionary first',
      message(field(2, message(field(5, ''))), field(1, message(field(2, message())))),
      'otlp',
    ],
    [
      'OTLP of an early draft, with the tables beside the resources',
      message(field(1, message(field(2, message()))), field(3, message()), field(6, ''), field(6, 'cpu')),
      'otlp',
    ],
    ['OTLP with one empty resource', field(1, message()), 'otlp'],
    ['OTLP with an empty dictionary', field(2, message()), 'otlp'],
    ['OTLP with a resource only', field(1, message(field(1, message(field(2, 3))))), 'otlp'],
    ['OTLP whose first field has 123 bytes, "\\n{" as text', field(1, message(field(3, 'x'.repeat(121)))), 'otlp'],
    ['a pprof before a broken end', message(pprof(), Uint8Array.of(0x0a, 0x7f, 1)), 'pprof'],
  ])('%s', (_, bytes, format) => {
    const container = format === 'otlp' ? 'protobuf' : undefined;
    expect(detect(bytes)).toEqual({ format, container, compression: 'none' });
    expect(detect(gzipSync(bytes))).toEqual({ format, container, compression: 'gzip' });
  });

  it('looks further when the first field is larger than the prefix', () => {
    const long = 'x'.repeat(3_000_000);
    // 3 MB of unknown field hide what follows.
    expect(detect(gzipSync(message(field(100, long), pprof()))).format).toBe('pprof');
    expect(detect(gzipSync(message(field(100, long), otlp()))).format).toBe('otlp');
  });

  it('tells a dictionary whose first table fills the prefix', () => {
    const mapping = field(1, message(field(1, 4096), field(2, 8192)));
    const dictionary = field(2, message(...Array.from({ length: 20_000 }, () => mapping), field(5, '')));
    expect(detect(dictionary).format).toBe('otlp');
    expect(detect(gzipSync(dictionary)).format).toBe('otlp');
  });
});

/** The least of a profile in each layout: one sample of two frames' worth of tables, as the drafts number them. */
describe('older drafts of OTLP', () => {
  const numbers = (...content: number[]): Uint8Array => Uint8Array.from(content);
  const type = message(field(1, 1), field(2, 2));
  const texts = (number: number): Uint8Array[] => ['', 'cpu', 'nanoseconds'].map((one) => field(number, one));
  const fixed64 = (number: number): Uint8Array => Uint8Array.of(...varint(number * 8 + 1), 1, 2, 3, 4, 5, 6, 7, 8);
  const inResource = (profile: Uint8Array): Uint8Array =>
    field(1, message(field(1, message()), field(2, field(2, profile))));
  const mapping = message(field(1, 4096), field(2, 8192), field(4, 1));
  const location = message(field(1, 0), field(2, 4100), field(3, message(field(1, 0), field(2, 7))));
  const func = message(field(1, 1), field(4, 3));
  const link = message(field(1, 'i'.repeat(16)), field(2, 'j'.repeat(8)));
  const attribute = message(field(1, 'thread.name'), field(2, field(1, 'main')));
  const unit = message(field(1, 1), field(2, 2));
  const sample = message(field(1, 0), field(2, 1), field(3, numbers(5)));

  /** Tables of 1.6 in ProfilesData, and of 1.7 and later, one lower, in its dictionary. */
  const tables = (first: number, ...rest: Uint8Array[]): Uint8Array[] => [
    field(first, mapping),
    field(first + 1, location),
    field(first + 2, func),
    field(first + 3, link),
    ...texts(first + 4),
    field(first + 5, attribute),
    ...rest,
  ];
  const profile16 = message(field(1, type), field(2, sample), field(3, numbers(0)), field(6, type), field(7, 9));
  const profile15 = message(
    field(1, type),
    field(2, sample),
    ...[field(3, mapping), field(4, location), field(5, numbers(0)), field(6, func), field(7, attribute)],
    ...[field(8, unit), field(9, link), ...texts(10), field(11, 1), field(13, type)],
  );
  const pprofExtended = message(
    field(1, type),
    field(2, message(field(7, 0), field(8, 1), field(2, 5))),
    ...[field(3, mapping), field(4, location), field(15, numbers(0)), field(5, func), ...texts(6)],
  );
  const profile18 = message(field(1, type), field(2, message(field(2, numbers(5)))), fixed64(3));

  const drafts: [string, Uint8Array][] = [
    [
      '1.3, a pprof inside a container',
      inResource(message(field(1, 'x'.repeat(16)), fixed64(2), fixed64(3), field(8, pprofExtended))),
    ],
    ['1.5, tables in Profile', inResource(profile15)],
    [
      '1.5 with mappings and strings alone',
      inResource(message(field(1, type), field(3, mapping), field(6, func), ...texts(10))),
    ],
    ['1.6, tables in ProfilesData', message(inResource(profile16), ...tables(2, field(8, unit)))],
    ['1.6 with an empty resource', message(field(1, message()), ...tables(2))],
    ['1.6 with its tables first', message(...tables(2, field(8, unit)), inResource(profile16))],
    ['1.7, a dictionary', message(inResource(profile16), field(2, message(...tables(1, field(7, unit)))))],
    ['1.8, stacks', message(inResource(profile18), field(2, message(...tables(1, field(7, field(1, numbers(0)))))))],
  ];

  it.each(drafts)('%s', (_, bytes) => {
    expect(detect(bytes)).toEqual({ format: 'otlp', container: 'protobuf', compression: 'none' });
    expect(detect(gzipSync(frames(bytes)))).toEqual({ format: 'otlp', container: 'frames', compression: 'gzip' });
  });
});

describe('containers of OTLP', () => {
  const json = '{"resourceProfiles":[{"scopeProfiles":[]}],"dictionary":{"stringTable":["","{\\"a\\""]}}';
  const zstdFrames = join([otlp(), otlp()], Uint8Array.of(...plainForm('frames'), 1, 1));
  const big = text(`{"dictionary":{"stringTable":["${'x'.repeat(3_000_000)}"]},"resourceProfiles":[]}`);

  it.each<[string, Uint8Array, string]>([
    ['one document', text(json), 'json'],
    ['one document in many lines', text(JSON.stringify(JSON.parse(json), null, 2)), 'json'],
    [
      'one document with Windows lines',
      text(JSON.stringify(JSON.parse(json), null, 2).replaceAll('\n', '\r\n')),
      'json',
    ],
    ['one document of two lines', text('{"dictionary":{}\n,"resourceProfiles":[]}'), 'json'],
    ['one document with an object in a line of its own', text('{"dictionary":\n{},"resourceProfiles":[]}'), 'json'],
    ['one document with a quote in a string', text('{"a":"\\"{","resourceProfiles":[]}'), 'json'],
    ['one document with our key late', text(`{"a":"${'x'.repeat(200_000)}","resourceProfiles":[]}`), 'json'],
    ['one document and a line feed', text(`${json}\n`), 'json'],
    ['one document behind white space', text(`\n \t\r\n${json}\n \n`), 'json'],
    ['one document behind a byte order mark', text(`\ufeff\n${json}`), 'json'],
    ['one document with names as in the .proto file', text('{ "resource_profiles" : [] }'), 'json'],
    ['one document with the dictionary alone', text('{"dictionary":{}}'), 'json'],
    ['one document with DEL in a string', text('{"resourceProfiles":[{"schemaUrl":"\x7f"}]}'), 'json'],
    ['one document that is cut', text(json.slice(0, 40)), 'json'],
    ['one large document in one line', big, 'json'],
    ['two lines', text(`${json}\n${json}\n`), 'jsonl'],
    ['two lines without the last line feed', text(`${json}\n${json}`), 'jsonl'],
    ['lines behind a mark, blank ones, Windows ends', text(`\ufeff\r\n${json} \r\n\r\n ${json}\r\n`), 'jsonl'],
    ['a line of nothing before one of ours', text(`{}\n${json}\n`), 'jsonl'],
    ['large lines', message(big, text('\n'), big), 'jsonl'],
    ['frames', frames(otlp(), otlp()), 'frames'],
    ['one frame', frames(otlp()), 'frames'],
    ['an empty frame first', frames(new Uint8Array(), otlp()), 'frames'],
    ['frames of zstd', zstdFrames, 'frames'],
    ['frames of JSON', frames(text(json), text(json)), 'frames'],
    ['frames of JSON in zstd', join([text(json)], Uint8Array.of(...plainForm('frames'), 1)), 'frames'],
    ['a large frame', frames(message(otlp(), field(100, 'x'.repeat(3_000_000)))), 'frames'],
    [
      'a frame that begins with much of something else',
      frames(message(field(100, 'x'.repeat(3_000_000)), otlp())),
      'frames',
    ],
    ['a large frame of zstd', frames(storedFrame(message(otlp(), field(100, 'x'.repeat(3_000_000))))), 'frames'],
    ['frames that are cut', frames(otlp(), otlp()).subarray(0, -5), 'frames'],
    ['the first frame cut', frames(otlp()).subarray(0, -5), 'frames'],
    ['the first frame of zstd cut', zstdFrames.subarray(0, 60), 'frames'],
    ['a file of Jeffrey', join([otlp(), otlp()], plainForm('jeffrey')), 'jeffrey'],
    ['a file of Jeffrey without messages', join([], plainForm('jeffrey')), 'jeffrey'],
  ])('%s', (_, bytes, container) => {
    expect(detect(bytes)).toEqual({ format: 'otlp', container, compression: 'none' });
    expect(detect(gzipSync(bytes))).toEqual({ format: 'otlp', container, compression: 'gzip' });
    expect(detect(storedFrame(bytes))).toEqual({ format: 'otlp', container, compression: 'zstd' });
    const members = message(gzipSync(bytes.subarray(0, 30)), gzipSync(bytes.subarray(30)));
    expect(detect(members)).toEqual({ format: 'otlp', container, compression: 'gzip' });
  });

  it('inflates no more than a prefix', () => {
    // The end is damaged, and nobody sees it.
    const noise = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * i * 31 + (i >> 3)) & 0xff)).toString(
      'base64',
    );
    for (const file of [frames(otlp(), field(100, noise)), text(`${json}\n${json.slice(0, -1)},"x":"${noise}"}\n`)]) {
      const damaged = gzipSync(file);
      damaged.fill(0xff, damaged.length - 50);
      expect(detect(damaged)).toMatchObject({ format: 'otlp', compression: 'gzip' });
    }
  });
});

describe('protobufs that look like text', () => {
  /** "\n{", and then 123 bytes of a message that begins with a quote, as JSON does. */
  const unknown = (begin: string): Uint8Array => text(begin + 'x'.repeat(123 - begin.length));
  it.each<[string, Uint8Array, 'pprof' | 'otlp']>([
    ['a pprof', message(field(1, unknown('"y')), pprof()), 'pprof'],
    [
      'a pprof with all the signs of JSON',
      message(field(1, unknown('"y":1,"resourceProfiles":[]}{"dictionary":')), pprof()),
      'pprof',
    ],
    ['a pprof that is one long string of JSON', message(field(1, unknown('"y')), field(6, '')), 'pprof'],
    ['a pprof that is JSON without strings', message(field(1, unknown('"resourceProfiles":')), field(6, '')), 'pprof'],
    ['OTLP', message(field(1, unknown('"y')), otlp()), 'otlp'],
  ])('%s', (_, bytes, format) => {
    expect(Buffer.from(bytes.subarray(0, 3)).toString()).toBe('\n{"');
    expect(detect(bytes).format).toBe(format);
    expect(detect(bytes).container).toBe(format === 'otlp' ? 'protobuf' : undefined);
  });
});

describe('names of formats', () => {
  it('stand for a format and a container', () => {
    expect(inputFormOf('pprof')).toEqual({ format: 'pprof', container: undefined });
    expect(inputFormOf('otlp')).toEqual({ format: 'otlp', container: 'protobuf' });
    expect(Object.keys(FORMATS).map((name) => inputFormOf(name).container)).toEqual([
      undefined,
      'protobuf',
      'json',
      'jsonl',
      'frames',
      'jeffrey',
    ]);
  });

  it.each(['', 'OTLP', 'toString', 'json'])('refuse "%s"', (name) => {
    expect(() => inputFormOf(name)).toThrow(/^no format ".*"; give one of pprof, otlp, otlp-json, /);
  });
});

describe('what is not ours', () => {
  const gperftools = Uint8Array.from({ length: 64 }, (_, i) => (i === 8 ? 3 : i === 24 ? 0x10 : 0));

  it.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(), /^the file is empty; /],
    ['an empty file in gzip', gzipSync(''), /^the file is empty inside its gzip; /],
    ['gzip in gzip', gzipSync(gzipSync(pprof())), /^compressed twice: gzip inside gzip; /],
    ['white space', text(' \n\n\t'), /^looks like nothing but white space; /],
    ['plain text', text('hello\nworld\n'), /^looks like plain text; /],
    ['text with umlauts, cut inside one', text(`ä${'ü'.repeat(40_000)}`), /^looks like plain text; /],
    ['JSON', text('{"a": 1}'), /^looks like JSON; /],
    ['JSON after a line feed', text('\n{"a": 1}'), /^looks like JSON; /],
    ['JSON after a byte order mark', text('\ufeff [1]'), /^looks like JSON; /],
    ['JSON in several lines', text('{"a": 1}\n{"b": 2}\n'), /^looks like JSON; /],
    ['JSON that is cut', text('{"a": 1, "b'), /^looks like JSON; /],
    ['JSON without anything', text('{}'), /^looks like JSON; /],
    ['JSON with our key further inside', text('{"data": {"resourceProfiles": []}}'), /^looks like JSON; /],
    ['JSON with our key as a value', text('{"key": "resourceProfiles"}'), /^looks like JSON; /],
    [
      'JSON with our key behind a quote',
      text('{"a": "\\"", "b": "\\\\\\"resourceProfiles\\":"}'),
      /^looks like JSON; /,
    ],
    ['a large JSON', text(`{"a": [${'{"resourceProfiles": 1},'.repeat(100_000)}]}`), /^looks like JSON; /],
    ['OTLP/JSON of traces', text('{"resourceSpans":[]}'), /^looks like OTLP traces as JSON; only OTLP profiles/],
    ['OTLP/JSON of metrics', text('{"resource_metrics":[]}'), /^looks like OTLP metrics as JSON; only OTLP profiles/],
    ['OTLP/JSON lines of logs', text('{"resourceLogs":[]}\n{"resourceLogs":[]}\n'), /^looks like OTLP logs as JSON; /],
    ['speedscope', text('{"$schema":"https://…","shared":{"frames":[]},"profiles":[]}'), /^looks like a speedscope /],
    ['a Chrome trace', text('{"traceEvents":[],"displayTimeUnit":"ms"}'), /^looks like a Chrome trace; /],
    ['a Chrome trace as an array', text('[\n{"name":"x","ph":"B","ts":1}]'), /^looks like a Chrome trace; /],
    ['a .cpuprofile', text('{"nodes":[{"id":1}],"startTime":1}'), /^looks like a V8 \.cpuprofile; .*@datadog/],
    ['a large .cpuprofile', text(`{"nodes":["${'x'.repeat(200_000)}"]}`), /^looks like a V8 \.cpuprofile; /],
    ['a .heapprofile', text('{"head":{"id":1},"samples":[]}'), /^looks like a V8 \.heapprofile; /],
    ['a heap snapshot', text('{"snapshot":{},"nodes":[]}'), /^looks like a V8 heap snapshot; /],
    ['a Firefox profile', text('{"meta":{},"libs":[],"threads":[]}'), /^looks like a Firefox profile; /],
    [
      'text in UTF-16',
      new Uint8Array(Buffer.from('\ufeff{"resourceProfiles":[]}', 'utf16le')),
      /^looks like text in UTF-16; /,
    ],
    ['HTML', text('\n<!DOCTYPE html><html>'), /^looks like an HTML page; /],
    ['SVG', text('<?xml version="1.0"?><svg>'), /^looks like an SVG picture/],
    [
      'a legacy heap profile',
      text('heap profile:      4:     4840 [  1: 2] @ heapprofile\n'),
      /^looks like a legacy gperftools text/,
    ],
    ['a legacy heapz', text('--- heapz 1 ---\nformat = java\n'), /^looks like a legacy gperftools text/],
    [
      'a Go text heap',
      text('heap profile: 1: 2 [3: 4] @ heap/1048576\n'),
      /net\/http\/pprof .*; fetch it without \?debug=/,
    ],
    [
      'a Go text goroutine profile',
      text('goroutine profile: total 5\n'),
      /^looks like a text profile of net\/http\/pprof/,
    ],
    ['a legacy CPU profile', gperftools, /^looks like a legacy gperftools CPU profile; /],
    ['the text of pprof -top', text('File: server\nType: cpu\n'), /^looks like the text output of pprof; /],
    [
      'the text of pprof -raw',
      text('PeriodType: cpu nanoseconds\nPeriod: 1\n'),
      /^looks like the text output of pprof; /,
    ],
    ['protobuf text format', text('sample_type {\n  type: 1\n}\n'), /^looks like a profile in protobuf text format; /],
    ['collapsed stacks', text('main;run;work 12\nmain;idle 3\n'), /^looks like collapsed stacks/],
    ['JFR', text('FLR\0\0\x02\0\0'), /^looks like a JFR recording; .*jfrconv/],
    ['perf.data', text('PERFILE2hhhh\0\0'), /^looks like perf\.data; .*perf_to_profile/],
    ['ELF', text('\x7fELF\x02\x01\x01\0'), /^looks like a program \(ELF\); /],
    ['zip', text('PK\x03\x04\x14\0'), /^looks like a zip archive; /],
    ['xz', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4), /^looks like xz data; /],
    ['a zlib stream', Uint8Array.of(0x78, 0x9c, 0x4b, 0x04, 0, 0, 0x62, 0, 0x62), /^looks like a zlib stream/],
    ['a Go trace', text('go 1.22 trace\0\0\0\x01'), /^looks like a Go execution trace; /],
    ['zeros', new Uint8Array(4096), /^is neither pprof nor OTLP profiles; /],
    ['frames around a pprof', frames(pprof()), /^is neither pprof nor OTLP profiles; /],
    ['frames around junk', frames(Uint8Array.of(0xff, 0xff, 1, 2)), /^is neither pprof nor OTLP profiles; /],
    ['frames around plain text', frames(text('hello')), /^is neither pprof nor OTLP profiles; /],
    ['frames around gzip', frames(gzipSync(otlp())), /^is neither pprof nor OTLP profiles; /],
    ['frames around JSON of traces', frames(text('{"resourceSpans":[]}')), /^looks like OTLP traces as JSON; /],
    ['text that begins with OTLP', text('OTLP is a protocol\n'), /^looks like plain text; /],
    ['random bytes', Uint8Array.of(0x93, 0xc1, 0xff, 0x07, 0x80, 0x80, 0xff), /^is neither pprof nor OTLP profiles; /],
    ['a protobuf of another kind', message(field(20, 1), field(21, 'x\x01')), /^is neither pprof nor OTLP profiles; /],
    ['one chance field and junk', Uint8Array.of(0x48, 0x01, 0x07, 0xff, 0xff), /^is neither pprof nor OTLP profiles; /],
  ])('%s', (_, bytes, reason) => {
    expect(complaint(bytes)).toMatch(reason);
  });

  const fixed64 = (number: number): Uint8Array => Uint8Array.of(...varint(number * 8 + 1), 1, 2, 3, 4, 5, 6, 7, 8);
  const signal = (...record: Uint8Array[]): Uint8Array =>
    field(1, message(field(1, message()), field(2, message(field(1, message()), field(2, message(...record))))));

  it.each<[string, Uint8Array, RegExp]>([
    [
      'traces',
      signal(field(1, 'x'.repeat(16)), field(2, 'y'.repeat(8)), field(5, 'GET'), fixed64(7), fixed64(8)),
      /OTLP traces/,
    ],
    ['logs', signal(fixed64(1), field(2, 9), field(5, message(field(1, 'hi')))), /OTLP logs/],
    ['metrics', signal(field(1, 'm'), field(2, 'about'), field(3, 's'), field(5, message())), /OTLP metrics/],
  ])('OTLP %s', (_, bytes, name) => {
    expect(complaint(bytes)).toMatch(name);
    expect(complaint(frames(bytes))).toMatch(name);
  });

  it('does not take a profile for another signal', () => {
    const profile = [field(1, message(field(1, 1))), fixed64(3), field(4, 9), field(7, 'z'.repeat(16))];
    expect(detect(signal(...profile)).format).toBe('otlp');
  });
});

it('takes linear time for a long text line', () => {
  const start = performance.now();
  complaint(text(';'.repeat(60_000)));
  complaint(text('{"a;'.repeat(15_000)));
  complaint(text(`{"${'\\\\"'.repeat(400_000)}`));
  complaint(text('{"a":'.repeat(400_000)));
  complaint(new Uint8Array(4_000_000));
  expect(performance.now() - start).toBeLessThan(1000);
});
