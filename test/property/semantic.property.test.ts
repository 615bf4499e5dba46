// Without the residual nothing that a pprof means is lost, and an edit on the way wins.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decompress, otlpToPprof, pprofToOtlp } from '../../src/index.ts';
import { ordinaryPprof, pprof } from '../support/arbitraries.ts';
import { corpusPresent, pprofFiles } from '../support/corpus.ts';
import { dropProfile, EDITS, type Edit, RESIDUAL_KEY, stripResidual } from '../support/edits.ts';
import { decodeOtlp, decodePprof } from '../support/oracle.ts';
import { Random } from '../support/random.ts';
import { patience, runsOf } from '../support/runs.ts';
import { type SemanticOptions, semanticDifferences } from '../support/semantic.ts';
import { compose, HOPS, type Hop } from '../support/transit.ts';

const hop = (name: string): Hop => HOPS[name] as Hop;
const seeds = fc.integer();
const route = fc.array(fc.constantFrom(...Object.keys(HOPS)), { maxLength: 4 });
/** Editing goes through protobufjs, which is slow. */
const smallFiles = pprofFiles.filter(({ read }) => decompress(read()).length < 40_000);

function expectSameMeaning(otlp: Uint8Array, original: Uint8Array, options?: SemanticOptions): void {
  const { pprofs } = otlpToPprof(otlp);
  expect(pprofs).toHaveLength(1);
  expect(semanticDifferences(original, pprofs[0] as Uint8Array, { unsignedTimes: true, ...options })).toEqual([]);
}

/** The report must not claim what is not so. */
function expectNoClaim(otlp: Uint8Array): void {
  for (const report of otlpToPprof(otlp).reports) expect(report.exactReturn).not.toBe(true);
}

describe('semantic fidelity', () => {
  test(
    'keeps what a pprof means',
    () => {
      fc.assert(
        fc.property(pprof, (bytes) => expectSameMeaning(pprofToOtlp(bytes, { fidelity: 'semantic' }).otlp, bytes)),
        runsOf(),
      );
    },
    patience,
  );

  test(
    'writes standard fields only',
    () => {
      fc.assert(
        fc.property(pprof, (bytes) => {
          const { otlp, report } = pprofToOtlp(bytes, { fidelity: 'semantic' });
          expect(report).toMatchObject({ fidelity: 'semantic', carried: 'none', residualBytes: 0 });
          const scopes = decodeOtlp(otlp).resource_profiles.flatMap((resource) => resource.scope_profiles);
          expect(scopes.flatMap(({ scope }) => scope?.attributes ?? []).map(({ key }) => key)).not.toContain(
            RESIDUAL_KEY,
          );
          for (const profile of scopes.flatMap(({ profiles }) => profiles))
            expect(profile.original_payload).toHaveLength(0);
          expectNoClaim(otlp);
        }),
        runsOf(0.5),
      );
    },
    patience,
  );

  test(
    'keeps it after hops, but for mappings that nothing refers to',
    () => {
      fc.assert(
        fc.property(pprof, route, seeds, (bytes, names, seed) => {
          const { otlp } = pprofToOtlp(bytes, { fidelity: 'semantic' });
          expectSameMeaning(compose(names.map(hop))(otlp, new Random(seed)), bytes, { mappings: 'used' });
        }),
        runsOf(),
      );
    },
    patience,
  );

  test.skipIf(!corpusPresent).each(pprofFiles)(
    'keeps what $name means',
    ({ read }) => {
      const original = decompress(read());
      expectSameMeaning(pprofToOtlp(original, { fidelity: 'semantic' }).otlp, original);
    },
    patience,
  );
});

describe('a residual stripped on the way', () => {
  test(
    'costs no meaning, but for mappings that nothing refers to',
    () => {
      fc.assert(
        fc.property(pprof, route, seeds, (bytes, names, seed) => {
          const stripped = compose([stripResidual, ...names.map(hop)])(pprofToOtlp(bytes).otlp, new Random(seed));
          expectNoClaim(stripped);
          expectSameMeaning(stripped, bytes, { mappings: 'used' });
        }),
        runsOf(),
      );
    },
    patience,
  );
});

describe.each(Object.keys(EDITS))('the edit %s', (name) => {
  const edit = EDITS[name] as Edit;

  test.each([
    ['any pprof', pprof],
    ['a pprof in an ordinary layout', ordinaryPprof],
  ])(
    'wins over the residual of %s',
    (_, source) => {
      fc.assert(
        fc.property(source, seeds, route, (bytes, seed, names) => {
          const random = new Random(seed);
          const edited = edit(compose(names.map(hop))(pprofToOtlp(bytes).otlp, random), bytes, random);
          fc.pre(edited !== undefined);
          // Some edits hit on what was there already.
          fc.pre(semanticDifferences(edited.pprof, bytes, { mappings: 'used', unsignedTimes: true }).length > 0);
          expectNoClaim(edited.otlp);
          expectSameMeaning(edited.otlp, edited.pprof, { mappings: 'used' });
        }),
        runsOf(0.5),
      );
    },
    patience,
  );

  test.skipIf(!corpusPresent).for(smallFiles)(
    'wins over the residual of $name',
    { timeout: patience },
    ({ read }, { skip }) => {
      const original = decompress(read());
      const edited = edit(pprofToOtlp(original).otlp, original, new Random(original.length));
      if (edited === undefined) return skip('the file has nothing of the kind to edit');
      expectNoClaim(edited.otlp);
      expectSameMeaning(edited.otlp, edited.pprof, { mappings: 'used' });
    },
  );
});

describe('a Profile dropped on the way', () => {
  test(
    'stays dropped',
    () => {
      fc.assert(
        fc.property(pprof, seeds, (bytes, seed) => {
          const types = decodePprof(bytes).sample_type.length;
          fc.pre(types > 1);
          const { pprofs, reports } = otlpToPprof(dropProfile(pprofToOtlp(bytes).otlp, new Random(seed)));
          expect(reports[0]?.exactReturn).not.toBe(true);
          expect(decodePprof(pprofs[0] as Uint8Array).sample_type).toHaveLength(types - 1);
        }),
        runsOf(0.5),
      );
    },
    patience,
  );
});
