// Any OTLP becomes a pprof, from which it comes back to the last byte.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { otlpToOtlp, otlpToPprof, pprofToOtlp, type Report } from '../../src/index.ts';
import { pprof } from '../support/arbitraries.ts';
import { expectSameBytes, withoutAdditions } from '../support/bytes.ts';
import { decodePprof } from '../support/oracle.ts';
import { OTLP_EDITS } from '../support/otlpEdits.ts';
import { canonicalOtlpCase, type OtlpCase, otlpCase, realisticOtlp, wildOtlpCase } from '../support/otlpPayloads.ts';
import { Random } from '../support/random.ts';
import { patience, runsOf } from '../support/runs.ts';

/** Odd payloads may read as an older draft too. */
const CURRENT = { otlpVersion: '1.11' };

const hasProfiles = ({ data }: OtlpCase): boolean =>
  data.resource_profiles.some(({ scope_profiles }) => scope_profiles.some(({ profiles }) => profiles.length > 0));

function thereAndBack(otlp: Uint8Array, options = {}): Report {
  const { pprofs, reports } = otlpToPprof(otlp, { ...CURRENT, ...options });
  expect(pprofs).toHaveLength(1);
  const { otlp: back, report } = pprofToOtlp(pprofs[0]);
  expectSameBytes(back, otlp);
  expect(report).toMatchObject({ exactReturn: true, proven: true });
  return reports[0];
}

describe('any OTLP payload', () => {
  test.each([
    ['in canonical form', canonicalOtlpCase],
    ['in any wire layout', wildOtlpCase],
  ])(
    '%s comes back byte for byte, structured',
    (_, payload) => {
      fc.assert(
        fc.property(payload, ({ bytes, data }) => {
          fc.pre(hasProfiles({ bytes, data }));
          expect(thereAndBack(bytes)).toMatchObject({ proven: true, carried: 'structured' });
        }),
        runsOf(),
      );
    },
    patience,
  );

  test(
    'comes back with a sample an observation',
    () => {
      fc.assert(
        fc.property(otlpCase, (payload) => {
          fc.pre(hasProfiles(payload));
          expect(thereAndBack(payload.bytes, { timestamps: 'labels' })).toMatchObject({ carried: 'structured' });
        }),
        runsOf(0.5),
      );
    },
    patience,
  );

  test(
    'as real producers write it comes back byte for byte, whatever the version is told to be',
    () => {
      fc.assert(
        fc.property(realisticOtlp, (bytes) => {
          const { pprofs, reports } = otlpToPprof(bytes);
          expect(reports[0]).toMatchObject({ carried: 'structured', proven: true, warnings: [] });
          expectSameBytes(pprofToOtlp(pprofs[0]).otlp, bytes);
        }),
        runsOf(0.5),
      );
    },
    patience,
  );

  test(
    'as JSON comes back as the same JSON',
    () => {
      fc.assert(
        fc.property(otlpCase, fc.constantFrom('otlp-json', 'otlp-jsonl'), (payload, to) => {
          fc.pre(hasProfiles(payload));
          const { otlp: json } = otlpToOtlp(payload.bytes, { ...CURRENT, to });
          const { pprofs, reports } = otlpToPprof(json, { ...CURRENT, from: to });
          expect(reports[0]).toMatchObject({ from: to, carried: 'structured', proven: true });
          const back = pprofToOtlp(pprofs[0]);
          expect(back.report.to).toBe(to);
          expectSameBytes(back.otlp, json);
        }),
        runsOf(0.5),
      );
    },
    patience,
  );
});

describe('OTLP made from a pprof and edited', () => {
  test.each(Object.entries(OTLP_EDITS))(
    '%s survives, and the pprof where the edit is none of its own',
    (_, edit) => {
      fc.assert(
        fc.property(pprof, fc.integer(), (bytes, seed) => {
          const edited = edit(pprofToOtlp(bytes).otlp, bytes, new Random(seed));
          fc.pre(edited !== undefined);
          const { pprofs, reports } = otlpToPprof(edited.otlp, CURRENT);
          const backs = pprofs.map((each) => pprofToOtlp(each).otlp);
          expect(edited.survives(...backs)).toBe(true);
          for (const [i, report] of reports.entries()) {
            if (report.exactReturn === true) expectSameBytes(withoutAdditions(pprofs[i]), bytes);
            else if (report.exactReturn === false) expect(report.warnings.join()).toContain('modified in transit');
            expect(() => decodePprof(pprofs[i])).not.toThrow();
          }
        }),
        runsOf(0.25),
      );
    },
    patience,
  );
});
