import { expect } from 'vitest';
import { findExtension } from '../../src/otlp/extension/message.ts';

const window = (bytes: Uint8Array, at: number): string =>
  Buffer.from(bytes.subarray(Math.max(0, at - 8), at + 16)).toString('hex');

/** Fails with the place of the first difference, which a diff of long arrays buries. */
export function expectSameBytes(actual: Uint8Array | undefined, expected: Uint8Array): void {
  if (actual === undefined) throw new Error(`nothing came back for ${expected.length} bytes`);
  if (Buffer.compare(actual, expected) === 0) return;
  let at = 0;
  while (at < actual.length && actual[at] === expected[at]) at++;
  const lengths = `${actual.length} bytes for ${expected.length}`;
  expect.fail(`${lengths}, first different at ${at}: …${window(actual, at)}… for …${window(expected, at)}…`);
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** A pprof without what its payload had gained on the way, which stands behind it. */
export const withoutAdditions = (pprof: Uint8Array): Uint8Array => findExtension(pprof)?.pprof ?? pprof;
