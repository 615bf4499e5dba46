// Any profile: it can be looked at, it does not differ from itself however it is written, and what is taken away shows.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DiffInput, diff } from '../../src/diff/diff.ts';
import { pprofToOtlp } from '../../src/index.ts';
import { dump } from '../../src/inspect/dump.ts';
import { inspect } from '../../src/inspect/inspect.ts';
import { encodePprof } from '../support/oracle.ts';
import { pprofProfile } from '../support/profiles.ts';
import { runsOf } from '../support/runs.ts';

const pprof = (bytes: Uint8Array): DiffInput => ({ bytes, format: 'pprof' });

test('is inspected and dumped in both formats, with the same totals', () => {
  fc.assert(
    fc.property(pprofProfile, (profile) => {
      const bytes = encodePprof(profile);
      const { otlp } = pprofToOtlp(bytes, { verify: false });
      const [own, translated] = [inspect(bytes, 'pprof'), inspect(otlp, 'otlp')];
      expect(translated.samples.count).toBe(own.samples.count);
      if (new Set(own.sampleTypes.map(({ type, unit }) => `${type}/${unit}`)).size === own.sampleTypes.length) {
        const totals = ({ sampleTypes }: typeof own) =>
          sampleTypes.map(({ type, unit, total }) => `${type}/${unit} ${total}`);
        const ofNothing = own.sampleTypes.length === 0;
        expect(ofNothing ? [] : totals(translated).sort()).toEqual(totals(own).sort());
      }
      expect([...dump(bytes, 'pprof')].length + [...dump(otlp, 'otlp')].length).toBeGreaterThan(1);
    }),
    runsOf(),
  );
});

test('does not differ from itself, whatever its labels and tables stand in', () => {
  fc.assert(
    fc.property(pprofProfile, fc.integer({ min: 16, max: 99 }), (profile, unknown) => {
      const bytes = encodePprof(profile);
      expect(diff(pprof(bytes), pprof(bytes.slice())).differences).toEqual([]);
      const longer = Uint8Array.of(...bytes, ((unknown & 15) << 3) | 0x80, unknown >> 4, 1);
      expect(diff(pprof(bytes), pprof(longer)).differences.map(({ kind }) => kind)).toEqual(['layout']);
    }),
    runsOf(),
  );
});

test('a sample taken away shows in the totals or as removed', () => {
  fc.assert(
    fc.property(
      pprofProfile.filter(({ sample }) => sample.length > 0),
      fc.nat(),
      (profile, at) => {
        const shorter = { ...profile, sample: profile.sample.filter((_, i) => i !== at % profile.sample.length) };
        const kinds = diff(pprof(encodePprof(profile)), pprof(encodePprof(shorter))).differences.map(
          ({ kind }) => kind,
        );
        expect(
          kinds.some((kind) => ['totals', 'samples-removed', 'sample-values', 'sample-split'].includes(kind)),
        ).toBe(true);
      },
    ),
    runsOf(),
  );
});
