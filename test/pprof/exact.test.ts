import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Misfit } from '../../src/errors.ts';
import { decode } from '../../src/pprof/decode.ts';
import { canonical, confirm, residualOf, restore } from '../../src/pprof/exact.ts';
import { noFacts, SAMPLE_ORDER } from '../../src/pprof/facts.ts';
import { defaultLayout } from '../../src/pprof/layout.ts';
import type { Residual } from '../../src/pprof/residual.ts';
import { toModel } from '../../src/pprof/toModel.ts';
import { pprof } from '../support/arbitraries.ts';
import { expectSameBytes } from '../support/bytes.ts';
import { encodePprof } from '../support/oracle.ts';
import { semanticDifferences } from '../support/semantic.ts';
import { bytesOfSketch, FULL, profileOf, type Sketch } from './sketch.ts';

function measured(bytes: Uint8Array) {
  const decoded = decode(bytes);
  const mapped = toModel(decoded.data, false);
  const residual = residualOf(decoded, mapped);
  const [scope] = mapped.model.resources[0].scopes;
  const facts = residual.structure?.facts ?? noFacts();
  return { mapped, residual, facts, restored: () => restore(mapped.model.dictionary, scope, residual) };
}

/** Tables in the order of their first use, and nothing that OTLP does not say. */
const TIDY: Sketch = { ...FULL, mappings: (FULL.mappings ?? []).map((mapping) => ({ ...mapping })) };

describe('canonical', () => {
  test('is what protobufjs writes of a tidy profile', () => {
    const bytes = bytesOfSketch(TIDY);
    expectSameBytes(canonical(toModel(decode(bytes).data, true).model), bytes);
  });

  test('means what any profile means', () => {
    fc.assert(
      fc.property(pprof, (bytes) => {
        const result = canonical(toModel(decode(bytes).data, true).model);
        expect(semanticDifferences(bytes, result, { unsignedTimes: true })).toEqual([]);
        expectSameBytes(canonical(toModel(decode(result).data, true).model), result);
      }),
      { numRuns: 100 },
    );
  });
});

describe('residualOf', () => {
  test('a tidy profile in the default layout has nothing to tell', () => {
    const bytes = bytesOfSketch(TIDY);
    const { residual, restored } = measured(bytes);
    expect(residual.structure).toEqual({ facts: noFacts(), layout: defaultLayout() });
    expect(residual.length).toBe(bytes.length);
    expectSameBytes(restored(), bytes);
  });

  test.each<[string, Sketch, (facts: ReturnType<typeof noFacts>) => unknown, unknown]>([
    [
      'locations numbered root first',
      { samples: [{ at: [2, 1] }, { at: [4, 3, 1] }], locations: [1n, 2n, 3n, 4n].map((address) => ({ address })) },
      (facts) => facts.rootFirst,
      true,
    ],
    [
      'functions numbered mapping by mapping',
      {
        samples: [{ at: [1, 2, 3, 4] }],
        mappings: [{ filename: 'a' }, { filename: 'b' }],
        locations: [
          { mapping: 1, lines: [[1]] },
          { mapping: 2, lines: [[3]] },
          { mapping: 1, lines: [[2]] },
          { mapping: 2, lines: [[4]] },
        ],
        functions: ['w', 'x', 'y', 'z'].map((name) => ({ name })),
      },
      (facts) => [facts.functionsByMapping, facts.function.order],
      [true, []],
    ],
    [
      'ids that jump',
      {
        samples: [{ at: [10, 11, 5] }],
        locations: [
          { id: 10, address: 1n },
          { id: 11, address: 2n },
          { id: 5, address: 3n },
        ],
      },
      (facts) => facts.location.ids,
      [
        { asPredicted: 0, step: 10n },
        { asPredicted: 1, step: -6n },
      ],
    ],
    [
      'copies of a location',
      { samples: [{ at: [1] }, { at: [2] }, { at: [1] }], locations: [{ address: 5n }, { address: 5n }] },
      (facts) => [facts.location.copies, facts.location.choices],
      [
        [{ entry: 1, count: 2 }],
        [
          { asPredicted: 1, copy: 1 },
          { asPredicted: 0, copy: 0 },
        ],
      ],
    ],
    [
      'mappings that no location names, with their place',
      {
        mappings: [{ filename: 'a' }, { filename: 'b' }, { filename: 'c' }],
        locations: [{ mapping: 2 }],
        samples: [{ at: [1] }],
      },
      (facts) => [facts.unusedMappings.map(({ filename }) => String.fromCharCode(...filename)), facts.mapping.order],
      [
        ['a', 'c'],
        [0, 2, 1, 2],
      ],
    ],
    [
      'unused functions and locations',
      {
        functions: [{ name: 'used' }, { name: 'unused', startLine: 3n }],
        locations: [{ lines: [[1]] }, { address: 9n, lines: [[2, 5n]] }],
        samples: [{ at: [1] }],
      },
      (facts) => [facts.unusedFunctions.length, facts.unusedLocations],
      [1, [{ mapping: 0, address: 9n, isFolded: false, lines: [{ function: 2, line: 5n, column: 0n }] }]],
    ],
    [
      'labels out of key order, told once while it stays so',
      {
        samples: [1n, 2n, 3n].map((num) => ({
          labels: [
            { key: 'b', num },
            { key: 'a', num },
          ],
        })),
      },
      (facts) => facts.labelOrder,
      [{ asPredicted: 0, order: [1, 0] }],
    ],
    [
      'names that are not UTF-8',
      { functions: [{ name: Uint8Array.of(0x66, 0xff) }], locations: [{ lines: [[1]] }], samples: [{ at: [1] }] },
      (facts) => facts.rawNames,
      [Uint8Array.of(0x66, 0xff)],
    ],
    ['unused strings', { unusedStrings: ['x', 'cpu'] }, (facts) => facts.unusedStrings.length, 2],
  ])('%s', (_, sketch, look, expected) => {
    const bytes = bytesOfSketch(sketch);
    const { facts, restored } = measured(bytes);
    expect(look(facts)).toEqual(expected);
    expectSameBytes(restored(), bytes);
  });

  test('strings in the order of the samples', () => {
    const profile = profileOf({
      samples: [{ at: [1], labels: [{ key: 'thread', str: 'main' }] }],
      locations: [{ lines: [[1]] }],
      functions: [{ name: 'fn', filename: 'file' }],
    });
    // '', cpu, nanoseconds, thread, main, fn, file
    const order = [0, 1, 2, 5, 6, 3, 4];
    profile.string_table = order.map((old) => profile.string_table[old] as Uint8Array);
    const move = (old: bigint): bigint => BigInt(order.indexOf(Number(old)));
    Object.assign(profile.sample[0].label[0], { key: move(3n), str: move(4n) });
    Object.assign(profile.function[0], { name: move(5n), filename: move(6n) });
    const { facts } = measured(encodePprof(profile));
    expect([facts.stringWalk, facts.stringOrder]).toEqual([SAMPLE_ORDER, []]);
  });

  test('any pprof comes back through its structure, but for few that have none', () => {
    let without = 0;
    fc.assert(
      fc.property(pprof, (bytes) => {
        try {
          expectSameBytes(measured(bytes).restored(), bytes);
        } catch (error) {
          if (!(error instanceof Misfit)) throw error;
          without++;
        }
      }),
      { numRuns: 150 },
    );
    expect(without).toBeLessThan(15);
  });

  test('a string table in several runs, with a string that nothing refers to', () => {
    // string_table, sample_type, string_table twice.
    const bytes = Uint8Array.of(0x32, 0, 0x0a, 0, 0x32, 1, 0x61, 0x32, 0, 0x60, 1, 0x32, 0);
    expectSameBytes(measured(bytes).restored(), bytes);
  });
});

describe('confirm', () => {
  const bytes = bytesOfSketch(FULL);
  const { residual } = measured(bytes);

  test.each<[string, Residual]>([
    ['another length', { ...residual, length: bytes.length + 1 }],
    ['another digest', { ...residual, digest: residual.digest.map((byte) => byte ^ 1) }],
    ['no digest', { ...residual, digest: new Uint8Array(0) }],
    ['a longer digest', { ...residual, digest: Uint8Array.of(...residual.digest, 0) }],
  ])('refuses %s', (_, other) => {
    expect(confirm(bytes, other)).toBeUndefined();
  });

  test('takes the original', () => {
    expect(confirm(bytes, residual)).toBe(bytes);
  });

  test('a residual without structure restores nothing', () => {
    const { model } = toModel(decode(bytes).data, false);
    expect(
      restore(model.dictionary, model.resources[0].scopes[0], { ...residual, structure: undefined }),
    ).toBeUndefined();
  });
});
