// What rides inside of a profile is input like any other: a damaged or crafted residual, extension or original payload
// costs what it says and nothing else, and is never taken for exact.

import { readFileSync } from 'node:fs';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { otlpToPprof, pprofToOtlp } from '../../src/index.ts';
import { RESIDUAL } from '../../src/model/conventions.ts';
import { decode as decodeOtlp } from '../../src/otlp/decode.ts';
import { encode as encodeOtlp } from '../../src/otlp/encode.ts';
import { appendExtension, findExtension } from '../../src/otlp/extension/message.ts';
import { fromModel as toPayload } from '../../src/otlp/fromModel.ts';
import { decode as decodePprof } from '../../src/pprof/decode.ts';
import { toModel } from '../../src/pprof/toModel.ts';
import { inflate } from '../../src/wire/deflate.ts';
import { digest } from '../../src/wire/digest.ts';
import { MessageReader, MessageWriter } from '../../src/wire/message.ts';
import { field, message, pprof } from '../cli/profile.ts';
import { expectSameBytes } from '../support/bytes.ts';
import { foreignPayload } from '../support/payload.ts';
import { failureOf } from './failure.ts';

/** A small profile with a layout of its own, so that its residual says something. */
const ORIGINAL = new Uint8Array(readFileSync(new URL('../../fixtures/rust-pprof-cpu.pb', import.meta.url)));
const TRANSLATED = pprofToOtlp(ORIGINAL).otlp;

const FOREIGN = foreignPayload();
const HOME = otlpToPprof(FOREIGN).pprofs[0];
const { pprof: BASE, extension: EXTENSION } = findExtension(HOME) as { pprof: Uint8Array; extension: Uint8Array };

const INFLATED = new Uint8Array(256 * 1024 * 1024);
const BOMB = new Uint8Array(deflateRawSync(INFLATED));
const MAX_VARINT = [0xff, 0xff, 0xff, 0xff, 0x07];
const MOST_POSITIONS = 60;

/** The pprof as OTLP with any residual and original payload. */
function withResidual(residual: Uint8Array, originalPayload?: Uint8Array, original: Uint8Array = ORIGINAL): Uint8Array {
  const { model } = toModel(decodePprof(original).data, false);
  return encodeOtlp(toPayload(model, { resource: {}, residual, originalPayload }), original.length);
}

const residualIn = (otlp: Uint8Array): Uint8Array =>
  decodeOtlp(otlp).data.resources[0].scopes[0].attributes.find(({ key }) => key === RESIDUAL)?.value as Uint8Array;

/** A pprof comes out of it, and it says exact only when it is. */
function expectHonestPprof(otlp: Uint8Array, original: Uint8Array = ORIGINAL): boolean {
  let exact = false;
  expect(
    failureOf(() => {
      const { pprofs, reports } = otlpToPprof(otlp);
      exact = reports[0].exactReturn === true;
      if (exact) expectSameBytes(pprofs[0], original);
      else expect(reports[0].warnings.join()).toMatch(/modified in transit/);
    }),
  ).toBeUndefined();
  return exact;
}

function expectHonestOtlp(input: Uint8Array): boolean {
  let exact = false;
  failureOf(() => {
    const { otlp, report } = pprofToOtlp(input);
    exact = report.exactReturn === true;
    if (exact) expectSameBytes(otlp, FOREIGN);
  });
  return exact;
}

/** The same message with `content` in place of field `plain`, and without its deflated form behind it. */
function rebuilt(bytes: Uint8Array, plain: number, content: Uint8Array, form = plain): Uint8Array {
  const whole = new MessageReader(bytes);
  const out = new MessageWriter().uint(1, 1).uint(2, whole.uint(2)).bytes(3, whole.bytes(3));
  if (plain === 6) out.uint(4, whole.uint(4)).bytes(5, whole.bytes(5));
  return out.bytes(form, content).finish();
}

const positions = (length: number): number[] => {
  const step = Math.max(1, Math.ceil(length / MOST_POSITIONS));
  return Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step);
};

const splice = (bytes: Uint8Array, at: number, ...put: number[]): Uint8Array =>
  Uint8Array.from([...bytes.subarray(0, at), ...put, ...bytes.subarray(at + 1)]);

describe('a residual', () => {
  const own = residualIn(TRANSLATED);

  it('as it was written gives the original', () => {
    expect(expectHonestPprof(TRANSLATED)).toBe(true);
    expect(expectHonestPprof(withResidual(own))).toBe(true);
  });

  it('cut off anywhere, or gone', () => {
    for (const length of positions(own.length)) expectHonestPprof(withResidual(own.subarray(0, length)));
  });

  it('with a byte changed', () => {
    for (const at of positions(own.length)) {
      for (const by of [1, 0x80, 0xff]) expectHonestPprof(withResidual(splice(own, at, own[at] ^ by)));
    }
  });

  it('of a later version', () => {
    expect(expectHonestPprof(withResidual(new MessageWriter().uint(1, 99).finish()))).toBe(false);
  });

  it('with counts and indexes of 2^31', () => {
    // A string that nothing uses: too little to be deflated.
    const odd = message(pprof(), field(6, 'unused'));
    const residual = residualIn(pprofToOtlp(odd).otlp);
    const body = new MessageReader(residual).bytes(7);
    expect(body.length).toBeGreaterThan(0);
    for (const at of positions(body.length)) {
      const crafted = rebuilt(residual, 7, splice(body, at, ...MAX_VARINT));
      expectHonestPprof(withResidual(crafted, undefined, odd), odd);
    }
  });

  it.each([6, 8])('that inflates to 256 MiB, in field %i', (field) => {
    const before = process.memoryUsage().arrayBuffers;
    expect(expectHonestPprof(withResidual(rebuilt(own, 7, BOMB, field)))).toBe(false);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(INFLATED.length / 2);
  });
});

describe('an original payload', () => {
  /** A residual that says: the original is this, it rides whole. */
  const embedded = (original: Uint8Array): Uint8Array =>
    withResidual(
      new MessageWriter().uint(1, 1).uint(2, original.length).bytes(3, digest(original)).uint(4, 1).finish(),
      original,
    );

  it('as it was gives the original', () => {
    expect(expectHonestPprof(embedded(ORIGINAL))).toBe(true);
  });

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array()],
    ['no pprof', new TextEncoder().encode('no pprof at all')],
    ['a truncated pprof', ORIGINAL.subarray(0, -3)],
    ['another pprof', pprof()],
    ['a gzip bomb', new Uint8Array(gzipSync(INFLATED))],
  ])('that is %s is not taken, though its digest fits', (_, original) => {
    expect(expectHonestPprof(embedded(original))).toBe(false);
  });

  it('whose digest does not fit is not taken', () => {
    const residual = new MessageWriter().uint(1, 1).uint(2, ORIGINAL.length).bytes(3, digest(pprof())).uint(4, 1);
    expect(expectHonestPprof(withResidual(residual.finish(), ORIGINAL))).toBe(false);
  });
});

describe('an extension', () => {
  it('as it was written gives the original', () => {
    expect(expectHonestOtlp(HOME)).toBe(true);
  });

  it('cut off anywhere', () => {
    for (const length of positions(EXTENSION.length)) {
      expect(expectHonestOtlp(appendExtension(BASE, EXTENSION.subarray(0, length)))).toBe(false);
    }
  });

  it('with a byte changed', () => {
    for (const at of positions(EXTENSION.length)) {
      for (const by of [1, 0x80, 0xff])
        expectHonestOtlp(appendExtension(BASE, splice(EXTENSION, at, EXTENSION[at] ^ by)));
    }
  });

  it('with counts and indexes of 2^31, in its facts and in the layout', () => {
    const whole = new MessageReader(EXTENSION);
    const short = whole.bytes(7);
    const body = short.length > 0 ? (inflate(short, 1_000_000) as Uint8Array) : whole.bytes(6);
    for (const at of positions(body.length)) {
      expectHonestOtlp(appendExtension(BASE, rebuilt(EXTENSION, 6, splice(body, at, ...MAX_VARINT))));
    }
  });

  it('that inflates to 256 MiB', () => {
    const before = process.memoryUsage().arrayBuffers;
    expect(expectHonestOtlp(appendExtension(BASE, rebuilt(EXTENSION, 6, BOMB, 7)))).toBe(false);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(INFLATED.length / 2);
  });
});
