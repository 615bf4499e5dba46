// Exactness survives what real hops do to a payload.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decompress, otlpToPprof, pprofToOtlp } from '../../src/index.ts';
import { versionOf } from '../../src/otlp/drafts/version.ts';
import { pprof } from '../support/arbitraries.ts';
import { expectSameBytes, withoutAdditions } from '../support/bytes.ts';
import { corpusPresent, otlpFiles, pprofFiles } from '../support/corpus.ts';
import { foreignPayload } from '../support/payload.ts';
import { Random } from '../support/random.ts';
import { patience, runsOf } from '../support/runs.ts';
import { compose, HOPS, type Hop, merge, mergeScopes } from '../support/transit.ts';

const hop = (name: string): Hop => HOPS[name] as Hop;
const hopNames = Object.keys(HOPS);
const seeds = fc.integer();
const route = fc.array(fc.constantFrom(...hopNames), { minLength: 1, maxLength: 6 });

function expectAmong(otlp: Uint8Array, original: Uint8Array): void {
  const { pprofs, reports } = otlpToPprof(otlp);
  const found = pprofs.findIndex((bytes) => Buffer.compare(withoutAdditions(bytes), original) === 0);
  if (found < 0) expectSameBytes(pprofs[0], original);
  expect(reports[found]).toMatchObject({ exactReturn: true });
}

describe.each(hopNames)('after %s', (name) => {
  test(
    'a pprof comes back byte for byte',
    () => {
      fc.assert(
        fc.property(pprof, seeds, (bytes, seed) => {
          const { pprofs, reports } = otlpToPprof(hop(name)(pprofToOtlp(bytes).otlp, new Random(seed)));
          expect(pprofs).toHaveLength(1);
          const adds = name === 'addResourceAttributes';
          expectSameBytes(adds ? withoutAdditions(pprofs[0]) : pprofs[0], bytes);
          expect(reports[0]).toMatchObject({ exactReturn: true });
        }),
        runsOf(0.5),
      );
    },
    patience,
  );
});

test('what a hop made ambiguous is told by its residual', () => {
  const bytes = Buffer.from('0a003200488080a8b1e39fe7cb17508080a8b1e39fe7cb1760016a0100', 'hex');
  const payload = hop('unrulyFields')(pprofToOtlp(bytes).otlp, new Random(-765795701));
  expect(versionOf(payload)).toBe('ambiguous');
  expectSameBytes(otlpToPprof(payload).pprofs[0], bytes);
});

describe('after several hops', () => {
  test(
    'a pprof comes back byte for byte',
    () => {
      fc.assert(
        fc.property(pprof, route, seeds, (bytes, names, seed) => {
          const { pprofs } = otlpToPprof(compose(names.map(hop))(pprofToOtlp(bytes).otlp, new Random(seed)));
          expect(pprofs).toHaveLength(1);
          expectSameBytes(names.includes('addResourceAttributes') ? withoutAdditions(pprofs[0]) : pprofs[0], bytes);
        }),
        runsOf(),
      );
    },
    patience,
  );
});

describe('in a batch', () => {
  const joiners = { merge, mergeScopes };

  test.each(Object.keys(joiners) as (keyof typeof joiners)[])(
    'beside another program’s payload it comes back (%s)',
    (joiner) => {
      fc.assert(
        fc.property(pprof, route, seeds, (bytes, names, seed) => {
          const join = joiners[joiner](foreignPayload());
          const otlp = compose([...names.map(hop), join, ...names.map(hop)])(pprofToOtlp(bytes).otlp, new Random(seed));
          expectAmong(otlp, bytes);
        }),
        runsOf(0.5),
      );
    },
    patience,
  );

  test.each(Object.keys(joiners) as (keyof typeof joiners)[])(
    'two of ours both come back (%s)',
    (joiner) => {
      fc.assert(
        fc.property(pprof, pprof, route, seeds, (one, other, names, seed) => {
          const join = joiners[joiner](pprofToOtlp(other).otlp);
          const otlp = compose([join, ...names.map(hop)])(pprofToOtlp(one).otlp, new Random(seed));
          expectAmong(otlp, one);
          expectAmong(otlp, other);
        }),
        runsOf(0.5),
      );
    },
    patience,
  );

  test(
    'a pprof beside itself comes back twice',
    () => {
      fc.assert(
        fc.property(pprof, seeds, (bytes, seed) => {
          const { otlp } = pprofToOtlp(bytes);
          const { pprofs } = otlpToPprof(compose([merge(otlp), hop('removeDuplicates')])(otlp, new Random(seed)));
          expect(pprofs).toHaveLength(2);
          for (const pprof of pprofs) expectSameBytes(pprof, bytes);
        }),
        runsOf(0.25),
      );
    },
    patience,
  );
});

describe.skipIf(!corpusPresent)('real files', () => {
  const small = pprofFiles.filter(({ read }) => decompress(read()).length < 200_000);

  test.each(small)(
    '$name comes back after every hop, in a batch with real OTLP',
    ({ read }) => {
      const original = decompress(read());
      const { otlp } = pprofToOtlp(original);
      for (const name of hopNames) expectAmong(hop(name)(otlp, new Random(1)), original);
      const other = otlpFiles[original.length % otlpFiles.length]?.read() ?? foreignPayload();
      const all = [
        ...hopNames.map(hop),
        merge(other),
        hop('shuffleTables'),
        hop('removeDuplicates'),
        hop('descendingFields'),
      ];
      expectAmong(compose(all)(otlp, new Random(2)), original);
    },
    patience,
  );
});
