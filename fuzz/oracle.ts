// What must hold of any input. Whatever does not is a Finding.

import { isDeepStrictEqual } from 'node:util';
import { readOtlpFile } from '../src/convert/otlpFile.ts';
import { diff } from '../src/diff/diff.ts';
import {
  check,
  type FormatName,
  inspect,
  type Options,
  otlpToOtlp,
  otlpToPprof,
  PprofOtlpError,
  pprofToOtlp,
} from '../src/index.ts';
import { inputFormOf } from '../src/io/formats.ts';
import { findExtension } from '../src/otlp/extension/message.ts';
import { normalise } from '../src/otlp/layout/layout.ts';
import { decode } from '../src/pprof/decode.ts';
import { encode } from '../src/pprof/encode.ts';
import { defaultLayout } from '../src/pprof/layout.ts';
import * as protobufjs from '../test/support/oracle.ts';

export class Finding extends Error {}

/** What the call gives; undefined when it refuses as it should. */
export function attempt<T>(what: string, call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof Finding) throw error;
    if (error instanceof PprofOtlpError && (error.code === 'bad-input' || error.code === 'limit')) {
      if (/\n/.test(error.describe()) || error.describe() === '')
        throw new Finding(`${what}: an error of other than one line`);
      return undefined;
    }
    throw new Finding(`${what}: ${describe(error)}`, { cause: error });
  }
}

/** What the call gives, which has no reason to refuse. */
export function surely<T>(what: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw error instanceof Finding ? error : new Finding(`${what}: ${describe(error)}`, { cause: error });
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = error instanceof PprofOtlpError ? `${error.code} ` : '';
  return `${code}${error.message}\n${error.stack?.split('\n').slice(1, 6).join('\n')}`;
}

export function expect(holds: boolean, what: string): void {
  if (!holds) throw new Finding(what);
}

export function expectSame(actual: Uint8Array | undefined, expected: Uint8Array, what: string): void {
  if (actual !== undefined && Buffer.compare(actual, expected) === 0) return;
  let at = 0;
  while (actual !== undefined && at < actual.length && actual[at] === expected[at]) at++;
  throw new Finding(`${what}: ${actual?.length} bytes for ${expected.length}, first different at ${at}`);
}

/** Which of the slower checks to make; undefined: all. */
export type Leg = number | undefined;
export const LEGS = 5;
const isLeg = (leg: Leg, wanted: number): boolean => leg === undefined || leg === wanted;

/** A pprof, uncompressed: refused, or it comes back and everything can be asked of it. */
export function judgePprof(bytes: Uint8Array, leg: Leg): void {
  const there = attempt('pprofToOtlp', () => pprofToOtlp(bytes, { from: 'pprof' }));
  if (isLeg(leg, 0)) attempt('check', () => check(bytes, { from: 'pprof' }));
  if (there === undefined) return;
  // What an extension gives back comes back only if it was this library that wrote it.
  if (there.report.exactReturn === true) return;
  expect(there.report.proven, 'an accepted pprof is not proven');
  const { pprofs } = surely('otlpToPprof of the translation', () => otlpToPprof(there.otlp));
  expectSame(pprofs[0], bytes, 'the pprof does not come back');
  if (isLeg(leg, 0)) surely('check of an accepted pprof', () => check(bytes, { from: 'pprof' }));
  if (isLeg(leg, 1)) surely('inspect', () => inspect(bytes, 'pprof'));
  if (isLeg(leg, 2)) {
    const pprof = { bytes, format: 'pprof' } as const;
    const result = surely('diff', () => diff(pprof, { bytes: there.otlp, format: 'otlp' }, { only: 'semantic' }));
    expect(result.a.samples === result.b.samples || there.report.sampleTypes.length === 0, 'diff counts other samples');
    surely('check of the translation', () => check(there.otlp, { from: 'otlp', otlpVersion: '1.11' }));
  }
  if (isLeg(leg, 3)) {
    const plain = attempt('semantic', () => pprofToOtlp(bytes, { from: 'pprof', fidelity: 'semantic' }));
    if (plain !== undefined)
      surely('otlpToPprof without residual', () => otlpToPprof(plain.otlp, { fidelity: 'semantic' }));
  }
  if (isLeg(leg, 4)) comparePprof(bytes);
}

/** What our decoder reads, written plainly, says to protobufjs what the original says to it. */
function comparePprof(bytes: Uint8Array): void {
  const expected = byProtobufjs(() => protobufjs.decodePprof(bytes));
  if (expected === undefined) return;
  // The residual keeps a mapping id that names no mapping; what is decoded has none.
  const mappings = new Set(expected.mapping.map(({ id }) => id));
  for (const location of expected.location) if (!mappings.has(location.mapping_id)) location.mapping_id = 0n;
  const ours = protobufjs.decodePprof(encode(decode(bytes).data, defaultLayout()));
  for (const key of Object.keys(expected) as (keyof typeof expected)[])
    expect(isDeepStrictEqual(ours[key], expected[key]), `protobufjs reads another ${key}`);
}

type ReadOptions = Options & { from: FormatName };

/** OTLP in any form: refused, or it comes back and everything can be asked of it. */
export function judgeOtlp(input: Uint8Array, from: FormatName, options: Options, leg: Leg): void {
  const all: ReadOptions = { ...options, from };
  const whole = attempt('otlpToPprof --merge', () => otlpToPprof(input, { ...all, merge: true }));
  if (isLeg(leg, 0)) attempt('check', () => check(input, all));
  if (isLeg(leg, 1)) attempt('otlpToPprof', () => otlpToPprof(input, all));
  // Also payloads without profiles, of which there is no pprof.
  if (isLeg(leg, 4)) attempt('otlpToOtlp in JSON', () => otlpToOtlp(input, { ...all, to: 'otlp-json' }));
  if (whole === undefined) return;
  expect(whole.pprofs.length === 1 && whole.reports[0].proven, 'accepted OTLP is not proven');
  const file = surely('readOtlpFile', () => readOtlpFile(input, inputFormOf(from), all));
  expectMessages(whole.pprofs[0], file.messages, all, 'the payload does not come back');
  if (isLeg(leg, 0)) surely('check of accepted OTLP', () => check(input, all));
  if (isLeg(leg, 1)) {
    for (const split of [false, true]) {
      const parts = surely('otlpToPprof by scopes', () => otlpToPprof(input, { ...all, split }));
      for (const pprof of parts.pprofs)
        expect(surely('pprofToOtlp of a part', () => pprofToOtlp(pprof)).report.proven, 'a part is not proven');
    }
  }
  if (isLeg(leg, 2)) {
    const labels = surely('timestamps as labels', () =>
      otlpToPprof(input, { ...all, merge: true, timestamps: 'labels' }),
    );
    expectMessages(labels.pprofs[0], file.messages, all, 'the payload does not come back from labels');
  }
  if (isLeg(leg, 3)) {
    surely('otlpToOtlp', () => otlpToOtlp(input, { ...all, to: 'otlp' }));
    attempt('semantic', () => otlpToPprof(input, { ...all, fidelity: 'semantic' }));
    for (const bytes of file.messages) {
      surely('inspect', () => inspect(bytes, 'otlp'));
      const plain = findExtension(whole.pprofs[0])?.pprof ?? whole.pprofs[0];
      surely('diff', () => diff({ bytes, format: 'otlp' }, { bytes: plain, format: 'pprof' }));
    }
  }
  if (isLeg(leg, 4)) for (const message of file.messages) compareOtlp(message);
}

function expectMessages(pprof: Uint8Array, messages: readonly Uint8Array[], all: ReadOptions, what: string): void {
  const { otlp, report } = surely('pprofToOtlp of the way there', () => pprofToOtlp(pprof));
  expect(report.exactReturn === true, `${what}: ${report.warnings.join('; ')}`);
  if (all.from === 'otlp') {
    expectSame(otlp, messages[0], what);
    return;
  }
  const again = surely('reading what came back', () => readOtlpFile(otlp, inputFormOf(all.from), all)).messages;
  expect(again.length === messages.length, `${what}: ${again.length} messages for ${messages.length}`);
  for (const [i, message] of messages.entries()) expectSame(again[i], message, `${what}, message ${i}`);
}

/** The canonical form of a payload says to protobufjs what the payload says to it. */
function compareOtlp(message: Uint8Array): void {
  const expected = byProtobufjs(() => protobufjs.decodeOtlp(message));
  if (expected === undefined) return;
  const { canonical } = normalise(message);
  const ours = surely('protobufjs on the canonical form', () => protobufjs.decodeOtlp(canonical));
  expect(isDeepStrictEqual(ours, expected), 'protobufjs reads another payload');
}

/** What protobufjs does not read although the specification allows it: tags and lengths of more than five bytes; text that is none. */
const NOT_FOR_PROTOBUFJS = /invalid (tag|length) encoding|invalid utf-?8/i;

function byProtobufjs<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    expect(NOT_FOR_PROTOBUFJS.test(String(error)), `protobufjs refuses what we accept: ${describe(error)}`);
    return undefined;
  }
}
