// Each edit must happen, be seen where it survived and be missed where it did not.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pprofToOtlp } from '../../src/index.ts';
import { pprof } from './arbitraries.ts';
import { stripResidual } from './edits.ts';
import { decodeOtlp } from './oracle.ts';
import { OTLP_EDITS, type OtlpEdit } from './otlpEdits.ts';
import { foreignPayload } from './payload.ts';
import { Random } from './random.ts';
import { HOPS, type Hop } from './transit.ts';

const payloads = fc.sample(pprof, { numRuns: 60, seed: 1 }).map((bytes) => ({ bytes, ...pprofToOtlp(bytes) }));
const tidyUp = HOPS.collectGarbage as Hop;

describe.each(Object.keys(OTLP_EDITS))('%s', (name) => {
  const made = payloads.flatMap(({ bytes, otlp }, seed) => {
    const edited = (OTLP_EDITS[name] as OtlpEdit)(otlp, bytes, new Random(seed));
    return edited === undefined ? [] : [{ ...edited, original: otlp }];
  });

  test('finds something to change', () => {
    expect(made.length).toBeGreaterThan(5);
  });

  test('is seen in the edited payload, whatever became of its tables and its residual', () => {
    for (const [seed, { otlp, survives }] of made.entries()) {
      expect(survives(otlp)).toBe(true);
      expect(survives(stripResidual(tidyUp(otlp, new Random(seed))))).toBe(true);
      expect(survives(foreignPayload(), otlp)).toBe(true);
    }
  });

  test('is missed in the payload as it was', () => {
    for (const { original, survives } of made) {
      expect(survives(original)).toBe(false);
      expect(survives()).toBe(false);
    }
  });

  test('leaves a payload that can be read', () => {
    for (const { otlp } of made) expect(decodeOtlp(otlp).resource_profiles.length).toBeGreaterThan(0);
  });
});
