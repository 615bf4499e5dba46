// The guarantee: any pprof that is taken comes back byte for byte.

import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decompress, otlpToPprof, PprofOtlpError, pprofToOtlp, verify } from '../../src/index.ts';
import { pprof, pprofCase, refusedPprof } from '../support/arbitraries.ts';
import { expectSameBytes, withoutAdditions } from '../support/bytes.ts';
import { corpusPresent, pprofFiles } from '../support/corpus.ts';
import { layOut } from '../support/layout.ts';
import { encoderLayout } from '../support/layouts.ts';
import { decodePprof } from '../support/oracle.ts';
import { pprofProfile } from '../support/profiles.ts';
import { patience, runsOf } from '../support/runs.ts';
import { tidy } from '../support/tidy.ts';

function expectReturn(input: Uint8Array): void {
  const original = input.slice();
  const there = pprofToOtlp(input);
  expectSameBytes(input, original);
  const back = otlpToPprof(there.otlp);
  expect(back.pprofs).toHaveLength(1);
  expectSameBytes(back.pprofs[0], original);
  expect(back.reports[0]).toMatchObject({ from: 'otlp', to: 'pprof', exactReturn: true });
}

describe('any pprof', () => {
  test(
    'comes back byte for byte',
    () => {
      fc.assert(fc.property(pprof, expectReturn), runsOf());
    },
    patience,
  );

  test(
    'is reported as what it is',
    () => {
      fc.assert(
        fc.property(pprofCase, ({ profile, bytes }) => {
          const { otlp, report } = pprofToOtlp(bytes);
          expect(report).toMatchObject({ from: 'pprof', to: 'otlp', fidelity: 'exact', proven: true });
          expect(report).toMatchObject({ inputBytes: bytes.length, outputBytes: otlp.length });
          expect(report.samples).toBe(profile.sample.length);
          expect(report.sampleTypes).toHaveLength(profile.sample_type.length);
          expect(['structured', 'embedded']).toContain(report.carried);
        }),
        runsOf(),
      );
    },
    patience,
  );

  test(
    'is proven without being written',
    () => {
      fc.assert(
        fc.property(pprof, (bytes) => {
          expect(verify(bytes)).toMatchObject({ from: 'pprof', proven: true });
        }),
        runsOf(0.5),
      );
    },
    patience,
  );

  test(
    'gives the same OTLP each time, and without the proof',
    () => {
      fc.assert(
        fc.property(pprof, (bytes) => {
          const { otlp } = pprofToOtlp(bytes);
          expectSameBytes(pprofToOtlp(bytes).otlp, otlp);
          expectSameBytes(pprofToOtlp(bytes, { verify: false }).otlp, otlp);
        }),
        runsOf(0.5),
      );
    },
    patience,
  );

  test('a string that stands twice is no reason for other OTLP without the proof', () => {
    const bytes = Buffer.from('3200320363707532036370756a0102', 'hex');
    const { otlp, report } = pprofToOtlp(bytes);
    expect(report).toMatchObject({ carried: 'structured', proven: true });
    expectSameBytes(pprofToOtlp(bytes, { verify: false }).otlp, otlp);
  });

  test(
    'may be compressed',
    () => {
      fc.assert(
        fc.property(pprof, (bytes) => {
          const back = otlpToPprof(gzipSync(pprofToOtlp(gzipSync(bytes)).otlp));
          expectSameBytes(back.pprofs[0], bytes);
        }),
        runsOf(0.25),
      );
    },
    patience,
  );

  test(
    'comes back beside resource attributes',
    () => {
      fc.assert(
        fc.property(pprof, (bytes) => {
          const { otlp } = pprofToOtlp(bytes, { resource: { 'service.name': 'shop', 'host.name': 'a' } });
          const [back] = otlpToPprof(otlp).pprofs;
          expectSameBytes(withoutAdditions(back), bytes);
          expectSameBytes(pprofToOtlp(back).otlp, otlp);
        }),
        runsOf(0.25),
      );
    },
    patience,
  );
});

/** Below this the original itself may be the smaller thing to carry. */
const WORTH_STRUCTURE = 300;

describe('what encoders write', () => {
  test(
    'is carried structured when tables are in their usual order',
    () => {
      fc.assert(
        fc.property(pprofProfile, encoderLayout, fc.boolean(), (profile, layout, rootFirst) => {
          const bytes = layOut(tidy(profile, rootFirst), layout);
          fc.pre(bytes.length > WORTH_STRUCTURE);
          expect(pprofToOtlp(bytes).report.carried).toBe('structured');
        }),
        runsOf(),
      );
    },
    patience,
  );
});

describe('a pprof without meaning', () => {
  test(
    'is refused as bad input',
    () => {
      fc.assert(
        fc.property(refusedPprof, ({ bytes }) => {
          let thrown: unknown;
          try {
            pprofToOtlp(bytes);
          } catch (error) {
            thrown = error;
          }
          expect(thrown).toBeInstanceOf(PprofOtlpError);
          expect(thrown).toMatchObject({ code: 'bad-input' });
        }),
        runsOf(),
      );
    },
    patience,
  );
});

describe.skipIf(!corpusPresent)('real files', () => {
  test.each(pprofFiles)(
    '$name comes back, carried structured',
    ({ read }) => {
      const file = read();
      const original = decompress(file);
      const { otlp, report } = pprofToOtlp(file);
      expect(report).toMatchObject({ carried: 'structured', proven: true, inputBytes: original.length });
      expect(report.samples).toBe(decodePprof(original).sample.length);
      expectSameBytes(otlpToPprof(otlp).pprofs[0], original);
    },
    patience,
  );
});
