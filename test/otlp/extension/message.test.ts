import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { Misfit } from '../../../src/errors.ts';
import { otlpToPprof } from '../../../src/index.ts';
import {
  appendExtension,
  type Content,
  decodeExtension,
  EXTENSION_FIELD,
  type Extension,
  encodeExtension,
  findExtension,
  fingerprint,
  matches,
} from '../../../src/otlp/extension/message.ts';
import { MessageWriter } from '../../../src/wire/message.ts';
import { bytesOfSketch, FULL } from '../../pprof/sketch.ts';
import { concat, expectSameBytes } from '../../support/bytes.ts';
import { decodePprof } from '../../support/oracle.ts';
import { foreignPayload } from '../../support/payload.ts';
import { bytesOf } from '../../support/texts.ts';

const SCHEMA = fileURLToPath(new URL('../../../proto/extension.proto', import.meta.url));
const root = protobuf.loadSync(SCHEMA);
root.resolveAll();
const type = (name: string): protobuf.Type => root.lookupType(`pprof_otlp.v1.${name}`);

/** Reads through the schema, writes again, and returns what was read, 64 bits as numbers. */
function again(name: string, bytes: Uint8Array): Record<string, unknown> {
  const message = type(name).decode(bytes);
  expectSameBytes(new Uint8Array(type(name).encode(message).finish()), bytes);
  return type(name).toObject(message, { longs: Number });
}

/** The Body of an Extension that `again` read. */
function bodyOf({ body, deflatedBody }: Record<string, unknown>): Record<string, unknown> {
  const bytes = deflatedBody === undefined ? body : inflateRawSync(deflatedBody as Uint8Array);
  return again('Body', new Uint8Array(bytes as Uint8Array));
}

const PPROF = bytesOfSketch(FULL);
const NONE = new Uint8Array(0);
const EMPTY = { length: 0, digest: NONE };

const extension = (content: Content, more: Partial<Extension> = {}): Extension => ({
  pprof: fingerprint(PPROF),
  payload: { length: 5_000_000_000, digest: Uint8Array.from({ length: 16 }, (_, i) => i) },
  file: { container: NONE, json: [] },
  content,
  ...more,
});

const part = { resources: 2, dictionary: true, entries: [1, 2, 3, 4, 5, 6, 7] };
const CONTENTS: Record<string, Content> = {
  structured: { kind: 'structured', facts: bytesOf('facts'), parts: [], layouts: [NONE] },
  'structured, of several messages': {
    ...{ kind: 'structured', facts: bytesOf('facts') },
    parts: [part, { resources: 0, dictionary: false, entries: [0, 0, 0, 0, 0, 0, 0] }],
    layouts: [NONE, bytesOf('layout')],
  },
  additions: { kind: 'additions', shell: bytesOf('shell') },
  original: { kind: 'original', messages: [bytesOf('message')] },
  'original, of several messages': { kind: 'original', messages: [bytesOf('a'), NONE, bytesOf('c')] },
};

describe('an extension', () => {
  test.each(Object.entries(CONTENTS))('comes back: %s', (_, content) => {
    expect(decodeExtension(encodeExtension(extension(content)))).toEqual(extension(content));
  });

  test.each<[string, Extension['file']]>([
    ['one message', { container: NONE, json: [] }],
    ['frames', { container: Uint8Array.of(1, 0, 1), json: [] }],
    ['JSON lines', { container: Uint8Array.of(3), json: [true, false, true] }],
  ])('says how the messages lay: %s', (_, file) => {
    expect(decodeExtension(encodeExtension(extension(CONTENTS.structured, { file }))).file).toEqual(file);
  });

  test('is deflated where that is shorter', () => {
    const long: Content = { kind: 'original', messages: [new Uint8Array(10_000)] };
    const bytes = encodeExtension(extension(long));
    expect(bytes.length).toBeLessThan(200);
    expect(again('Extension', bytes)).toHaveProperty('deflatedBody');
    expect(again('Extension', encodeExtension(extension(CONTENTS.additions)))).toHaveProperty('body');
    expect(decodeExtension(bytes).content).toEqual(long);
  });

  test('that deflates too well to be trusted stays as it is', () => {
    const zeros = new Uint8Array(2_000_000);
    const bytes = encodeExtension(extension({ kind: 'original', messages: [zeros] }));
    expect(bytes.length).toBeGreaterThan(zeros.length);
    const { content } = decodeExtension(bytes);
    expectSameBytes(content.kind === 'original' ? content.messages[0] : undefined, zeros);
  });
});

describe('read through extension.proto and written again it is the same bytes', () => {
  test.each(Object.entries(CONTENTS))('%s', (_, content) => {
    const message = extension(content, { file: { container: Uint8Array.of(3), json: [true, false] } });
    const outer = again('Extension', encodeExtension(message));
    expect(outer).toMatchObject({ version: 1, pprofLength: PPROF.length, payloadLength: 5_000_000_000 });
    expect(outer.pprofDigest).toHaveLength(16);
    const body = bodyOf(outer);
    expect(body.json).toEqual([1, 0]);
    expect(Array.from(body.container as Uint8Array)).toEqual([3]);
    const fields = { structured: 'payload', additions: 'additions', original: 'original' };
    expect(body).toHaveProperty(fields[content.kind]);
  });

  test.each(['aggregate', 'labels'] as const)('of a payload, timestamps %s', (timestamps) => {
    const otlp = foreignPayload();
    const found = findExtension(otlpToPprof(otlp, { timestamps }).pprofs[0]);
    const outer = again('Extension', found?.extension as Uint8Array);
    expect(outer).toMatchObject({ pprofLength: found?.pprof.length, payloadLength: otlp.length });
    const payload = again('Payload', bodyOf(outer).payload as Uint8Array);
    expect(payload).toMatchObject({
      hasDictionary: 1,
      lengths: [2, 4, 3, 2, 9, 3, 3],
      groups: [0],
      columns: [0],
      sampleCounts: [2],
    });
    expect(payload.sampleAnObservation).toBe(timestamps === 'labels' ? 1 : undefined);
    // Two values and two timestamps, of which the pprof has the sum.
    expect(payload).toMatchObject({ values: [5], timestampSteps: [10, 1] });
  });

  test('the schema names the field', () => {
    expect(readFileSync(SCHEMA, 'utf8')).toContain(`field ${EXTENSION_FIELD} of`);
  });
});

describe('a wrong extension is a Misfit', () => {
  const outer = (body: MessageWriter, more = (w: MessageWriter) => w): Uint8Array =>
    more(new MessageWriter().uint(1, 1)).bytes(6, body.finish()).finish();

  test.each<[string, Uint8Array]>([
    ['empty', NONE],
    ['no message', Uint8Array.of(0xff)],
    ['of another version', new MessageWriter().uint(1, 2).finish()],
    ['of a version past 2^53', new MessageWriter().uint(1, (1n << 64n) - 1n).finish()],
    [
      'that does not inflate',
      new MessageWriter()
        .uint(1, 1)
        .bytes(7, Uint8Array.of(0xff, 1, 2))
        .finish(),
    ],
    ['whose body is no message', new MessageWriter().uint(1, 1).bytes(6, Uint8Array.of(0x0f)).finish()],
    ['with a cut part', outer(new MessageWriter().bytes(3, bytesOf('facts')).packed(4, [1, 1, 0]))],
    ['whose numbers are cut', outer(new MessageWriter().bytes(3, bytesOf('facts')).bytes(4, Uint8Array.of(0x80)))],
    ['with a varint of 11 bytes', outer(new MessageWriter().bytes(2, new Uint8Array(11).fill(0xff)))],
  ])('%s', (_, bytes) => {
    expect(() => decodeExtension(bytes)).toThrow(Misfit);
  });

  test('that inflates to very much is not inflated', () => {
    const bomb = new Uint8Array(deflateRawSync(new Uint8Array(200_000_000)));
    expect(bomb.length).toBeLessThan(250_000);
    const before = process.memoryUsage.rss();
    expect(() => decodeExtension(new MessageWriter().uint(1, 1).bytes(7, bomb).finish())).toThrow('does not inflate');
    expect(process.memoryUsage.rss() - before).toBeLessThan(120_000_000);
  });
});

describe('in a pprof', () => {
  const bytes = encodeExtension(extension(CONTENTS.additions));
  const whole = appendExtension(PPROF, bytes);

  test('stands behind all fields, and is found there', () => {
    expectSameBytes(whole.subarray(0, PPROF.length), PPROF);
    expectSameBytes(findExtension(whole)?.extension, bytes);
    expectSameBytes(findExtension(whole)?.pprof, PPROF);
  });

  test('is stepped over by readers of pprof', () => {
    expect(decodePprof(whole)).toEqual(decodePprof(PPROF));
  });

  test('is none where there is none', () => {
    expect(findExtension(PPROF)).toBeUndefined();
    expect(findExtension(NONE)).toBeUndefined();
  });

  test('may stand alone', () => {
    expectSameBytes(findExtension(appendExtension(NONE, bytes))?.extension, bytes);
    expect(findExtension(appendExtension(PPROF, NONE))?.extension).toEqual(NONE);
  });

  test('with something behind it is of another pprof', () => {
    const more = concat(whole, Uint8Array.of(0x60, 1));
    expect(findExtension(more)?.pprof).toEqual(more);
  });

  test('is not looked for inside other fields', () => {
    const inside = appendExtension(NONE, bytes);
    expect(findExtension(concat(PPROF, new MessageWriter().bytes(99, inside).finish()))).toBeUndefined();
  });
});

test('a fingerprint is of length and content', () => {
  expect(matches(PPROF, fingerprint(PPROF))).toBe(true);
  expect(matches(PPROF, { ...fingerprint(PPROF), length: PPROF.length + 1 })).toBe(false);
  expect(
    matches(
      PPROF.map((byte, i) => (i === 9 ? byte ^ 1 : byte)),
      fingerprint(PPROF),
    ),
  ).toBe(false);
  expect(matches(PPROF, EMPTY)).toBe(false);
});
