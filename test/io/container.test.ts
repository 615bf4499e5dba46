import { execFileSync, spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { PprofOtlpError } from '../../src/errors.ts';
import { type Container, join, plainForm, split } from '../../src/io/container.ts';
import { decompress } from '../../src/io/decompress.ts';
import { isJson } from '../../src/io/json.ts';
import { native } from '../../src/io/node/decompress.ts';
import { storedFrame } from '../../src/io/zstd.ts';
import { message as bytesOf, otlp, pprof } from '../cli/profile.ts';

const hasZstd = spawnSync('zstd', ['--version']).status === 0;
const zstd = (data: Uint8Array, ...options: string[]): Uint8Array =>
  new Uint8Array(execFileSync('zstd', ['-q', '-c', ...options], { input: data }));
const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const texts = (messages: Uint8Array[]): string[] => messages.map((one) => Buffer.from(one).toString());
const bytes = (...content: number[]): Uint8Array => Uint8Array.from(content);
const jeffrey = (...content: Uint8Array[]): Uint8Array => bytesOf(text('OTLP'), bytes(1, 0, 0, 0), ...content);

function failure(input: Uint8Array, container: Container, maxSize?: number): string {
  try {
    split(input, container, maxSize);
  } catch (error) {
    expect(error).toBeInstanceOf(PprofOtlpError);
    const { code } = error as PprofOtlpError;
    return `${code} ${(error as PprofOtlpError).describe()}`;
  }
  return 'none';
}

describe('the bytes of each container', () => {
  it('protobuf: the message itself', () => {
    expect(split(otlp(), 'protobuf')).toEqual({ messages: [otlp()], form: plainForm('protobuf') });
    expect(join([otlp()], plainForm('protobuf'))).toEqual(otlp());
  });

  it('frames: each behind four bytes, big endian', () => {
    const long = new Uint8Array(0x010203).fill(7);
    const file = bytesOf(bytes(0, 0, 0, 2, 8, 9, 0, 0, 0, 0, 0, 1, 2, 3), long);
    expect(split(file, 'frames')).toEqual({ messages: [bytes(8, 9), bytes(), long], form: plainForm('frames') });
    expect(Buffer.compare(join([bytes(8, 9), bytes(), long], plainForm('frames')), file)).toBe(0);
  });

  it('jeffrey: magic, version, each behind a varint', () => {
    const long = new Uint8Array(300).fill(7);
    const file = jeffrey(bytes(2, 8, 9, 0, 0xac, 0x02), long);
    expect(split(file, 'jeffrey')).toEqual({ messages: [bytes(8, 9), bytes(), long], form: plainForm('jeffrey') });
    expect(join([bytes(8, 9), bytes(), long], plainForm('jeffrey'))).toEqual(file);
  });

  it('json: the document, without its byte order mark', () => {
    const { messages, form } = split(text('\ufeff {"a":\n1}\n'), 'json');
    expect(texts(messages)).toEqual([' {"a":\n1}\n']);
    expect(join(messages, form)).toEqual(text(' {"a":\n1}\n'));
  });

  it('jsonl: the lines that are not blank', () => {
    const { messages, form } = split(text('\ufeff{"a":1}\n\n \t\r\n{"b":2}\r\n{"c":3}'), 'jsonl');
    expect(texts(messages)).toEqual(['{"a":1}', '{"b":2}\r', '{"c":3}']);
    expect(join(messages, form)).toEqual(text('{"a":1}\n{"b":2}\r\n{"c":3}\n'));
  });

  it.each<Container>(['frames', 'jeffrey', 'jsonl'])('%s: a file without messages', (container) => {
    const file = join([], plainForm(container));
    expect(split(file, container)).toEqual({ messages: [], form: plainForm(container) });
  });
});

describe('what a form remembers', () => {
  it('the width of lengths that take more bytes than they need', () => {
    const file = jeffrey(bytes(0x82, 0x80, 0x00, 1, 2, 1, 3, 0x80, 0x00));
    const { messages, form } = split(file, 'jeffrey');
    expect(messages).toEqual([bytes(1, 2), bytes(3), bytes()]);
    expect(form).toEqual(bytes(...plainForm('jeffrey'), 3, 0, 2));
    expect(join(messages, form)).toEqual(file);
    // Another message there takes what it needs.
    expect(split(join([new Uint8Array(20_000_000)], form), 'jeffrey').messages[0]).toHaveLength(20_000_000);
  });

  it('which frames were zstd data: they come back as zstd data', () => {
    const file = join([otlp(), pprof(), otlp()], bytes(...plainForm('frames'), 1, 0, 1));
    const { messages, form } = split(file, 'frames');
    expect(messages).toEqual([otlp(), pprof(), otlp()]);
    expect(form).toEqual(bytes(...plainForm('frames'), 1, 0, 1));
    expect(join(messages, form)).toEqual(file);
  });

  it.skipIf(!hasZstd)('zstd frames as the Collector writes them, which come back with other bytes', () => {
    const content = [otlp(), text('{"resourceProfiles":[]}'), new Uint8Array(50_000)];
    const file = join(
      content.map((one) => zstd(one)),
      plainForm('frames'),
    );
    const { messages, form } = split(file, 'frames');
    expect(messages).toEqual(content);
    expect(form).toEqual(bytes(...plainForm('frames'), 1, 1, 1));
    expect(messages.map(isJson)).toEqual([false, true, false]);
    expect(split(join(messages, form), 'frames')).toEqual({ messages, form });
  });

  it.each<[string, Uint8Array, Uint8Array[]]>([
    ['no container', bytes(), []],
    ['an unknown container', bytes(9), []],
    ['an unknown note', bytes(...plainForm('frames'), 2), [otlp()]],
    ['a length of six bytes', bytes(...plainForm('jeffrey'), 6), [otlp()]],
    ['no message for a protobuf', plainForm('protobuf'), []],
    ['two documents for one', plainForm('json'), [text('{}'), text('{}')]],
  ])('is refused with %s', (_, form, messages) => {
    expect(() => join(messages, form)).toThrow(PprofOtlpError);
  });
});

describe('broken files', () => {
  const frames = bytes(0, 0, 0, 2, 8, 9, 0, 0, 0, 3, 1, 2, 3);

  it.each<[string, Uint8Array, Container, RegExp]>([
    ['a frame cut inside its length', frames.subarray(0, 8), 'frames', /^bad-input @6 \[message 1\]: 2 bytes where /],
    ['a frame cut inside', frames.subarray(0, 12), 'frames', /^bad-input @6 \[message 1\]: says 3 bytes, .* after 2; /],
    ['a frame cut behind its length', frames.subarray(0, 10), 'frames', /@6 \[message 1\]: says 3 bytes, .* after 0; /],
    ['a huge length', bytes(255, 255, 255, 255, 1), 'frames', /@0 \[message 0\]: says 4294967295 bytes, /],
    [
      'a zstd frame cut inside',
      join([storedFrame(otlp()).subarray(0, 30)], plainForm('frames')),
      'frames',
      /^bad-input @0 \[message 0\]: the zstd data ends early; /,
    ],
    [
      'a varint cut',
      jeffrey(bytes(1, 7, 0x80)),
      'jeffrey',
      /^bad-input @10 \[message 1\]: the file ends inside its length; /,
    ],
    [
      'a varint of six bytes',
      jeffrey(bytes(0x80, 0x80, 0x80, 0x80, 0x80, 0)),
      'jeffrey',
      /@8 \[message 0\]: its length /,
    ],
    ['a message cut', jeffrey(bytes(5, 1, 2)), 'jeffrey', /^bad-input @8 \[message 0\]: says 5 bytes, .* after 2; /],
    ['a newer version', bytesOf(text('OTLP'), bytes(2, 0, 0, 0)), 'jeffrey', /^bad-input @4: version 2 of Jeffrey's /],
    ['another file', otlp(), 'jeffrey', /^bad-input @0: does not begin with "OTLP"/],
    ['nothing', bytes(), 'jeffrey', /^bad-input @0: does not begin with "OTLP"/],
  ])('%s', (_, input, container, said) => {
    expect(failure(input, container)).toMatch(said);
  });

  it('allows the limit and not one byte more', () => {
    const notes = bytes(...plainForm('frames'), 1, 0, 1);
    const file = join([new Uint8Array(5000), new Uint8Array(300), new Uint8Array(7000)], notes);
    expect(split(file, 'frames', 12_300).messages).toHaveLength(3);
    for (const maxSize of [12_299, 5299, 4999, 0]) expect(failure(file, 'frames', maxSize)).toMatch(/^limit /);
    expect(failure(file, 'frames', 12_299)).toMatch(/^limit @5321 \[message 2\]: more than 12299 bytes uncompressed; /);
    expect(failure(frames, 'frames', 4)).toMatch(/^limit more than 4 bytes uncompressed; /);
    expect(failure(otlp(), 'protobuf', 4)).toMatch(/^limit more than 4 bytes uncompressed; /);
  });

  it.skipIf(!hasZstd)('stops a bomb at the limit', () => {
    const bomb = zstd(new Uint8Array(20_000_000));
    expect(bomb.length).toBeLessThan(10_000);
    expect(failure(join([bomb, bomb, bomb], plainForm('frames')), 'frames', 30_000_000)).toMatch(/^limit /);
  });

  it('stops at a million messages', () => {
    const padded = jeffrey(new Uint8Array(2_000_000).map((_, at) => (at % 2 === 0 ? 0x80 : 0)));
    expect(split(padded, 'jeffrey').form).toHaveLength(1_000_001);
    expect(split(new Uint8Array(4_000_000), 'frames').messages).toHaveLength(1_000_000);
    expect(failure(new Uint8Array(4_000_004), 'frames')).toMatch(/^limit more than 1000000 messages in one file; /);
    expect(failure(jeffrey(new Uint8Array(2_000_000)), 'jeffrey')).toMatch(/^limit /);
  });
});

describe('a stored zstd frame', () => {
  it.each([0, 1, 255, 131_071, 131_072, 131_073, 400_000])('of %i bytes is read by every decoder', (length) => {
    const data = Uint8Array.from({ length }, (_, i) => (i * 31) & 0xff);
    const frame = storedFrame(data);
    expect(Buffer.compare(decompress(frame), data)).toBe(0);
    expect(Buffer.compare(decompress(frame, length, native), data)).toBe(0);
    if (hasZstd) expect(Buffer.compare(execFileSync('zstd', ['-q', '-d', '-c'], { input: frame }), data)).toBe(0);
  });
});

it('tells JSON from protobuf in one message', () => {
  for (const one of ['{}', ' {"a":1}', '\ufeff{"a":1}', `{"a":"${'x'.repeat(10_000)}`])
    expect(isJson(text(one))).toBe(true);
  for (const one of [bytes(), otlp(), pprof(), gzipSync('{}'), text('{'), text('[{}]'), text('{a}')])
    expect(isJson(one)).toBe(false);
});
