import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pprofToOtlp } from '../../src/index.ts';
import { detect } from '../../src/io/detect.ts';
import { pprof } from '../support/arbitraries.ts';
import { patience, runsOf } from '../support/runs.ts';

test(
  'any pprof is told, whatever unknown fields and order it has, and so is its OTLP',
  () => {
    fc.assert(
      fc.property(pprof, (bytes) => {
        expect(detect(bytes).format).toBe('pprof');
        expect(detect(pprofToOtlp(bytes, { verify: false }).otlp).format).toBe('otlp');
      }),
      runsOf(),
    );
  },
  patience,
);
