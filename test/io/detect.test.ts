import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { PprofOtlpError } from '../../src/errors.ts';
import { detect } from '../../src/io/detect.ts';
import { field, message, otlp, pprof, varint } from '../cli/profile.ts';

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

describe.skipIf(!existsSync(CORPUS))('real files', () => {
  const expected = (name: string): string =>
    /legacy|\.json$/.test(name) ? 'refused' : name.includes('.otlp.') ? 'otlp' : 'pprof';

  it.each(existsSync(CORPUS) ? readdirSync(CORPUS) : [])('%s', (name) => {
    const bytes = readFileSync(new URL(name, CORPUS));
    if (expected(name) === 'refused') expect(complaint(bytes)).toMatch(/^looks like (a legacy gperftools|OTLP\/JSON)/);
    else {
      const compression = name.endsWith('.gz') ? 'gzip' : name.endsWith('.zst') ? 'zstd' : 'none';
      expect(detect(bytes)).toEqual({ format: expected(name), compression });
    }
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
    expect(detect(bytes)).toEqual({ format, compression: 'none' });
    expect(detect(gzipSync(bytes))).toEqual({ format, compression: 'gzip' });
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

describe('what is not ours', () => {
  const gperftools = Uint8Array.from({ length: 64 }, (_, i) => (i === 8 ? 3 : i === 24 ? 0x10 : 0));
  const framed = message(Uint8Array.of(0, 0, 0, otlp().length), otlp());

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
    ['OTLP/JSON', text(' \n{"resourceProfiles": []}'), /^looks like OTLP\/JSON; OTLP\/JSON input is not supported/],
    ['a .cpuprofile', text('{"nodes":[{"id":1}],"startTime":1}'), /^looks like a V8 \.cpuprofile/],
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
    ['framed messages', framed, /^looks like length-framed messages/],
    ['an OTLP container', message(text('OTLP'), Uint8Array.of(1, 0, 0, 0), otlp()), /^looks like a container/],
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
  expect(performance.now() - start).toBeLessThan(1000);
});
