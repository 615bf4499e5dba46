// Whatever the bytes, there are findings or an error of ours.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkBytes } from '../../src/check/check.ts';
import { PprofOtlpError } from '../../src/errors.ts';
import { decompress } from '../../src/index.ts';
import { pprof } from '../support/arbitraries.ts';
import { otlpFiles, pprofFiles } from '../support/corpus.ts';
import { mutate, mutated, mutations, sourceAmong } from '../support/mutations.ts';
import { encodeOtlp, encodePprof } from '../support/oracle.ts';
import { foreignPayload } from '../support/payload.ts';
import { patience, runsOf } from '../support/runs.ts';
import { validOtlp, validPprof } from './valid.ts';

const SLOW = 10_000;
const FORMATS = ['pprof', 'otlp'] as const;

function expectFindingsOrError(bytes: Uint8Array, format: (typeof FORMATS)[number]): void {
  const start = performance.now();
  try {
    const { findings } = checkBytes(bytes, format, { all: true });
    for (const { count, places } of findings) {
      expect(places).toHaveLength(count);
      for (const { offset } of places) expect(offset).toBeLessThanOrEqual(bytes.length);
    }
  } catch (error) {
    if (!(error instanceof PprofOtlpError)) throw error;
    expect(['bad-input', 'limit']).toContain(error.code);
  }
  expect(performance.now() - start).toBeLessThan(SLOW);
}

test(
  'arbitrary bytes',
  () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...FORMATS), expectFindingsOrError),
      runsOf(4),
    );
  },
  patience,
);

test(
  'a mutated pprof',
  () => {
    fc.assert(
      fc.property(mutated(pprof), (bytes) => expectFindingsOrError(bytes, 'pprof')),
      runsOf(),
    );
  },
  patience,
);

const small = (files: typeof pprofFiles) =>
  files.map(({ name, read }) => ({ name, bytes: decompress(read()) })).filter(({ bytes }) => bytes.length < 60_000);

const SOURCES = {
  pprof: [{ name: 'valid pprof', bytes: encodePprof(validPprof()) }, ...small(pprofFiles)],
  otlp: [
    { name: 'valid payload', bytes: encodeOtlp(validOtlp()) },
    { name: 'payload made by hand', bytes: foreignPayload() },
    ...small(otlpFiles),
  ],
};

test.each(FORMATS)(
  'a mutated file, %s',
  (format) => {
    fc.assert(
      fc.property(sourceAmong(SOURCES[format]), mutations, ({ bytes }, list) =>
        expectFindingsOrError(mutate(bytes, list), format),
      ),
      runsOf(2),
    );
  },
  patience,
);
