// Any payload of any older release: told by its shape, and upgraded with every field.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PprofOtlpError } from '../../src/errors.ts';
import { decompress } from '../../src/io/decompress.ts';
import { type DraftVersion, RELEASES as LAYOUT_OF } from '../../src/otlp/drafts/schemas.ts';
import { rewrite, upgrade } from '../../src/otlp/drafts/upgrade.ts';
import { layoutsOf, versionOf } from '../../src/otlp/drafts/version.ts';
import { expectSameBytes } from '../support/bytes.ts';
import { otlpFiles } from '../support/corpus.ts';
import { meaningOf } from '../support/drafts/meaning.ts';
import { RELEASES } from '../support/drafts/protos.ts';
import { render } from '../support/drafts/render.ts';
import { sketchOf } from '../support/drafts/sketch.ts';
import { mutated } from '../support/mutations.ts';
import { decodeOtlp, encodeOtlp } from '../support/oracle.ts';
import { meaningOfData, otlpMeaning } from '../support/otlpMeaning.ts';
import { patience, runsOf } from '../support/runs.ts';

const layoutOf = (release: string): DraftVersion => LAYOUT_OF[release] as DraftVersion;

/** What must hold of a payload in the layout of today, whatever it says. */
function expectCanonical(payload: Uint8Array): void {
  const data = decodeOtlp(payload);
  expectSameBytes(payload, encodeOtlp(data));
  const tables = Object.values(data.dictionary ?? {}) as unknown[][];
  expect(tables).toHaveLength(7);
  for (const table of tables) {
    const texts = table.map((entry) =>
      JSON.stringify(entry, (_, value) =>
        typeof value === 'bigint' ? `${value}` : Object.is(value, -0) ? '-0' : value === Infinity ? '∞' : value,
      ),
    );
    expect(new Set(texts).size).toBe(texts.length);
  }
  expect(data.dictionary).toMatchObject({
    string_table: expect.arrayContaining(['']),
    stack_table: expect.arrayContaining([{ location_indices: [] }]),
  });
  expect(data.dictionary?.string_table[0]).toBe('');
  expect(data.dictionary?.stack_table[0]?.location_indices).toEqual([]);
  expect(data.dictionary?.attribute_table[0]?.value).toBeUndefined();
}

describe.each(RELEASES)('%s', (release) => {
  const sketch = sketchOf(release);
  const layout = layoutOf(release);

  test(
    'is upgraded with every field',
    () => {
      fc.assert(
        fc.property(sketch, (said) => {
          const { payload } = upgrade(render(said), layout);
          expect(meaningOfData(decodeOtlp(payload))).toEqual(meaningOf(said));
          expectCanonical(payload);
        }),
        runsOf(0.5),
      );
    },
    patience,
  );

  test(
    'is told by its shape, or says the same in a newer layout, or is called ambiguous',
    () => {
      fc.assert(
        fc.property(sketch, (said) => {
          const payload = render(said);
          const layouts = layoutsOf(payload);
          const right = upgrade(payload, layout).payload;
          const same = layouts.some((found) => Buffer.compare(rewrite(payload, found).payload, right) === 0);
          expect(same, `${layouts} for ${layout}`).toBe(true);
        }),
        runsOf(0.5),
      );
    },
    patience,
  );

  test(
    'when broken gives an error of ours or a result',
    () => {
      fc.assert(
        fc.property(mutated(sketch.map(render)), (payload) => {
          const start = performance.now();
          versionOf(payload);
          try {
            decodeOtlp(upgrade(payload, layout).payload);
          } catch (error) {
            if (!(error instanceof PprofOtlpError)) throw error;
            expect(error.code).toMatch(/^(bad-input|limit)$/);
            expect(error.path).toBeDefined();
            expect(error.offset).toBeDefined();
          }
          expect(performance.now() - start).toBeLessThan(10_000);
        }),
        runsOf(0.5),
      );
    },
    patience,
  );
});

describe('a payload of today', () => {
  test.each(otlpFiles.filter(({ name }) => !name.startsWith('draft-')))('$name is current', ({ read }) => {
    const payload = decompress(read());
    expect(versionOf(payload)).toBe('current');
    expect(otlpMeaning(rewrite(payload, 'current').payload)).toEqual(otlpMeaning(payload));
  });
});
