// A pprof that carries an extension: it comes back to the last byte, and nobody's damage to the extension is believed.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { otlpToOtlp, otlpToPprof, pprofToOtlp } from '../../src/index.ts';
import { appendExtension, decodeExtension, encodeExtension, findExtension } from '../../src/otlp/extension/message.ts';
import { MessageReader, MessageWriter } from '../../src/wire/message.ts';
import { pprof } from '../support/arbitraries.ts';
import { concat, expectSameBytes } from '../support/bytes.ts';
import { type Mutation, mutate, mutations } from '../support/mutations.ts';
import { OTLP_EDITS, type OtlpEdit } from '../support/otlpEdits.ts';
import { type OtlpCase, otlpCase } from '../support/otlpPayloads.ts';
import { Random } from '../support/random.ts';
import { patience, runsOf } from '../support/runs.ts';

/** Odd payloads may read as an older draft too. */
const CURRENT = { otlpVersion: '1.11' };
/** Broken counts must not make anything run long. */
const SLOW = 10_000;

const withProfiles: fc.Arbitrary<OtlpCase> = otlpCase.filter(({ data }) =>
  data.resource_profiles.some(({ scope_profiles }) => scope_profiles.some(({ profiles }) => profiles.length > 0)),
);

/** That a pprof gives OTLP from which it comes back. */
function expectReturn(bytes: Uint8Array): Uint8Array {
  const { otlp } = pprofToOtlp(bytes);
  const { pprofs } = otlpToPprof(otlp, CURRENT);
  expect(pprofs).toHaveLength(1);
  expectSameBytes(pprofs[0], bytes);
  return otlp;
}

describe('a pprof that was made from OTLP', () => {
  test(
    'gives that OTLP, from which it comes back byte for byte',
    () => {
      fc.assert(
        fc.property(withProfiles, ({ bytes }) => {
          const { pprofs } = otlpToPprof(bytes, CURRENT);
          expectSameBytes(expectReturn(pprofs[0]), bytes);
        }),
        runsOf(),
      );
    },
    patience,
  );

  test(
    'scope by scope: each comes back byte for byte',
    () => {
      fc.assert(
        fc.property(withProfiles, ({ bytes }) => {
          for (const each of otlpToPprof(bytes, { ...CURRENT, split: true }).pprofs) expectReturn(each);
        }),
        runsOf(0.5),
      );
    },
    patience,
  );

  test(
    'from JSON comes back byte for byte',
    () => {
      fc.assert(
        fc.property(withProfiles, fc.constantFrom('otlp-json', 'otlp-jsonl'), ({ bytes }, to) => {
          const json = otlpToOtlp(bytes, { ...CURRENT, to }).otlp;
          const [made] = otlpToPprof(json, { ...CURRENT, from: to }).pprofs;
          const { otlp } = pprofToOtlp(made);
          expectSameBytes(otlp, json);
          expectSameBytes(otlpToPprof(otlp, { ...CURRENT, from: to }).pprofs[0], made);
        }),
        runsOf(0.5),
      );
    },
    patience,
  );

  test(
    'that was a pprof once and was edited comes back byte for byte',
    () => {
      fc.assert(
        fc.property(pprof, fc.constantFrom(...Object.keys(OTLP_EDITS)), fc.integer(), (bytes, name, seed) => {
          const edit = OTLP_EDITS[name] as OtlpEdit;
          const edited = edit(pprofToOtlp(bytes).otlp, bytes, new Random(seed));
          fc.pre(edited !== undefined);
          for (const each of otlpToPprof(edited.otlp, CURRENT).pprofs) expectReturn(each);
        }),
        runsOf(),
      );
    },
    patience,
  );
});

type Damage = (pprof: Uint8Array, list: Mutation[], seed: number) => Uint8Array | undefined;

function apart(bytes: Uint8Array): { base: Uint8Array; extension: Uint8Array } {
  const found = findExtension(bytes);
  if (found === undefined) throw new Error('there is no extension');
  return { base: found.pprof, extension: found.extension };
}

/** Bytes of what is deflated in the extension, which has no checksum of its own. */
const facts: Damage = (bytes, list) => {
  const { base, extension } = apart(bytes);
  const decoded = decodeExtension(extension);
  if (decoded.content.kind !== 'structured') return undefined;
  const damaged = mutate(decoded.content.facts, list);
  // Without facts it is another kind of extension.
  if (damaged.length === 0) return undefined;
  return appendExtension(base, encodeExtension({ ...decoded, content: { ...decoded.content, facts: damaged } }));
};

const LEN_FIELDS = [1, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21];

/** One of the fields of the facts, so that the damage is no longer wire that breaks. */
const field: Damage = (bytes, list, seed) => {
  const { base, extension } = apart(bytes);
  const decoded = decodeExtension(extension);
  if (decoded.content.kind !== 'structured') return undefined;
  const number = new Random(seed).pick(LEN_FIELDS);
  const damaged = mutate(new MessageReader(decoded.content.facts).bytes(number), list);
  // The last of two wins.
  const behind = new MessageWriter().list(number, [damaged]).finish();
  const all = concat(decoded.content.facts, behind);
  return appendExtension(base, encodeExtension({ ...decoded, content: { ...decoded.content, facts: all } }));
};

/** The extension as it lies in the file. */
const extension: Damage = (bytes, list) => {
  const { base, extension: own } = apart(bytes);
  return appendExtension(base, mutate(own, list));
};

describe('a damaged extension', () => {
  const timestamps = fc.constantFrom('aggregate' as const, 'labels' as const);
  const damaged = fc.tuple(withProfiles, timestamps, mutations, fc.integer());

  test.each<[string, Damage]>([
    ['in its facts', facts],
    ['in a field of its facts', field],
  ])(
    '%s gives the original or what the pprof says, with a warning',
    (_, damage) => {
      fc.assert(
        fc.property(damaged, ([{ bytes }, timestamps, list, seed]) => {
          const made = otlpToPprof(bytes, { ...CURRENT, timestamps, verify: false }).pprofs[0];
          const other = damage(made, list, seed);
          fc.pre(other !== undefined);
          const start = performance.now();
          const { otlp, report } = pprofToOtlp(other);
          expect(performance.now() - start).toBeLessThan(SLOW);
          if (report.exactReturn === true) expectSameBytes(otlp, bytes);
          else {
            expect(report.warnings.join()).toContain('with an extension that does not fit');
            expectSameBytes(otlpToPprof(otlp, CURRENT).pprofs[0], other);
          }
        }),
        runsOf(2),
      );
    },
    patience,
  );

  test(
    'as it lies in the file gives the original or what the pprof says',
    () => {
      fc.assert(
        fc.property(damaged, ([{ bytes }, timestamps, list, seed]) => {
          const made = otlpToPprof(bytes, { ...CURRENT, timestamps, verify: false }).pprofs[0];
          const other = extension(made, list, seed);
          fc.pre(other !== undefined);
          const { otlp, report } = pprofToOtlp(other);
          if (report.exactReturn === true) expectSameBytes(otlp, bytes);
          else expectSameBytes(otlpToPprof(otlp, CURRENT).pprofs[0], other);
        }),
        runsOf(),
      );
    },
    patience,
  );
});
