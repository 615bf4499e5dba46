// Broken input gives an error of ours or an exact round trip: never another
// exception, a hang or a wrong result.

import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decompress, otlpToPprof, PprofOtlpError, pprofToOtlp, verify } from '../../src/index.ts';
import { pprof } from '../support/arbitraries.ts';
import { expectSameBytes } from '../support/bytes.ts';
import { corpusPresent, foreignFiles, otlpFiles, pprofFiles } from '../support/corpus.ts';
import { mutate, mutated, mutations, sourceAmong } from '../support/mutations.ts';
import { foreignPayload } from '../support/payload.ts';
import { patience, runsOf } from '../support/runs.ts';

/** Broken lengths and counts must not make anything run long. */
const SLOW = 10_000;

/** What the call gives, or undefined when it fails as it should. */
function attempt<T>(call: () => T): T | undefined {
  const start = performance.now();
  try {
    return call();
  } catch (error) {
    if (!(error instanceof PprofOtlpError)) throw error;
    expect(error.code).not.toBe('internal');
    expect(error.code).not.toBe('not-proven');
    expect(error.describe()).not.toBe('');
    return undefined;
  } finally {
    expect(performance.now() - start).toBeLessThan(SLOW);
  }
}

function expectErrorOrReturn(bytes: Uint8Array): void {
  const there = attempt(() => pprofToOtlp(bytes));
  if (there === undefined) return;
  const back = otlpToPprof(there.otlp);
  // A mutation may have made a compressed file of it.
  expectSameBytes(back.pprofs[0], decompress(bytes));
}

const smallFiles = pprofFiles
  .map(({ name, read }) => ({ name, bytes: decompress(read()) }))
  .filter(({ bytes }) => bytes.length < 140_000);
const smallOtlp = [
  { name: 'payload made by hand', bytes: foreignPayload() },
  ...otlpFiles.map(({ name, read }) => ({ name, bytes: decompress(read()) })),
].filter(({ bytes }) => bytes.length < 60_000);

describe('a mutated pprof', () => {
  test(
    'fails cleanly or comes back',
    () => {
      fc.assert(fc.property(mutated(pprof), expectErrorOrReturn), runsOf(2));
    },
    patience,
  );

  test.skipIf(smallFiles.length === 0)(
    'made from a real file fails cleanly or comes back',
    () => {
      fc.assert(
        fc.property(sourceAmong(smallFiles), mutations, ({ bytes }, list) => expectErrorOrReturn(mutate(bytes, list))),
        runsOf(),
      );
    },
    patience,
  );

  test(
    'compressed, fails cleanly or comes back',
    () => {
      fc.assert(
        fc.property(mutated(pprof.map((bytes) => new Uint8Array(gzipSync(bytes)))), expectErrorOrReturn),
        runsOf(),
      );
    },
    patience,
  );

  test(
    'made of nothing fails cleanly or comes back',
    () => {
      fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), expectErrorOrReturn), runsOf());
    },
    patience,
  );
});

describe('a mutated payload', () => {
  test(
    'of ours makes no wrong claim',
    () => {
      fc.assert(
        fc.property(pprof, mutations, (bytes, list) => {
          const otlp = mutate(pprofToOtlp(bytes, { verify: false }).otlp, list);
          const back = attempt(() => otlpToPprof(otlp));
          back?.reports.forEach((report, i) => {
            if (report.exactReturn === true) expectSameBytes(back.pprofs[i], bytes);
          });
        }),
        runsOf(2),
      );
    },
    patience,
  );

  test(
    'of others fails cleanly or gives a pprof',
    () => {
      fc.assert(
        fc.property(sourceAmong(smallOtlp), mutations, ({ bytes }, list) => {
          const otlp = mutate(bytes, list);
          for (const pprof of attempt(() => otlpToPprof(otlp))?.pprofs ?? []) expect(pprof).toBeInstanceOf(Uint8Array);
          attempt(() => verify(otlp));
        }),
        runsOf(),
      );
    },
    patience,
  );
});

describe.skipIf(!corpusPresent)('profiles in other formats', () => {
  test.each(foreignFiles)('$name is refused', ({ read }) => {
    expect(() => pprofToOtlp(read())).toThrow(PprofOtlpError);
    expect(() => otlpToPprof(read())).toThrow(PprofOtlpError);
  });
});
