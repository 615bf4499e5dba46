// The expectations judged by what shares nothing with them or with src/: protobufjs, the comparers of test/support,
// the rules of profcheck. And the generator: the files are what it writes.

import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { check, otlpToPprof, pprofToOtlp } from '../../src/index.ts';
import { encode, OTLP, readOtlp } from '../../vectors/lib/index.mjs';
import { profcheck } from '../check/profcheck.ts';
import { decodeOtlp } from '../support/oracle.ts';
import { meaningOfData, type Tree } from '../support/otlpMeaning.ts';
import { semanticDifferences } from '../support/semantic.ts';
import { FOLDER, read, stored, TO_OTLP, TO_PPROF, VECTORS } from './files.ts';

/** Without who wrote it: that is no part of what a vector expects. */
function meaning(otlp: Uint8Array): Tree {
  return meaningOfData(decodeOtlp(otlp)).map((resource) => {
    const { scopes, ...rest } = resource as { scopes: { [name: string]: Tree }[] };
    return { ...rest, scopes: scopes.map(({ name: _, ...scope }) => scope) };
  });
}

const protobuf = (json: Uint8Array): Uint8Array => encode(OTLP, 'ProfilesData', readOtlp(json));

test.each(TO_OTLP)('protobufjs sees $direction/$name', ({ input, expected }) => {
  const { otlp } = pprofToOtlp(stored(input), { fidelity: 'semantic' });
  expect(meaning(otlp)).toEqual(meaning(protobuf(read(expected))));
});

test.each(TO_OTLP)(
  'what comes back of $name means the same to another comparer of pprofs',
  ({ input, back, expected }) => {
    // To it a name that is not UTF-8 and the same with U+FFFD, a negative time and none are the same.
    const options = { unsignedTimes: true };
    if (back !== undefined) expect(semanticDifferences(read(input), read(back), options)).toEqual([]);
    const { pprofs } = otlpToPprof(read(expected), { fidelity: 'semantic' });
    expect(semanticDifferences(read(input), pprofs[0] as Uint8Array, options)).toEqual([]);
  },
);

describe('what is expected keeps the rules', () => {
  /** What profcheck and `check` say of vectors that are about what a pprof says and OTLP forbids. */
  const BROKEN: Record<string, RegExp> = {
    'location-line-negative': /line/,
    'mapping-start-behind-limit': /memory_start|mapping-range/,
    'location-empty': /location_indices|null-reference/,
  };

  test.each(TO_OTLP)('$name', ({ name, expected, untidy }) => {
    const said = profcheck(protobuf(read(expected))).filter((text) => !(untidy && /unreferenced/.test(text)));
    const { findings } = check(read(expected));
    const errors = findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule);
    const allowed = BROKEN[name] ?? /^$/;
    expect([...said, ...errors].filter((text) => !allowed.test(text))).toEqual([]);
  });
});

test('the files are those that the generator writes', () => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [`${FOLDER}generate.mjs`, '--check'], {
    encoding: 'utf8',
  });
  expect(stdout + stderr).toBe('');
  expect(status).toBe(0);
});

test('each vector has a line of its own on what it shows and what it follows', () => {
  expect(new Set(VECTORS.map(({ direction, name }) => `${direction}/${name}`)).size).toBe(VECTORS.length);
  expect(new Set(VECTORS.map(({ direction, shows }) => `${direction} ${shows}`)).size).toBe(VECTORS.length);
  for (const { follows, basis } of VECTORS) {
    expect(follows).toMatch(/proto|specification|conventions|docs\/|RFC|Unicode|Exporter|JSON|Trace Context/);
    expect(['specification', 'choice']).toContain(basis);
  }
});

test('no two vectors have the same input, as long as they have the same options', () => {
  for (const vectors of [TO_OTLP, TO_PPROF]) {
    const inputs = vectors.map(({ input, options }) => `${options?.timestamps} ${stored(input).toString('latin1')}`);
    expect(inputs.filter((input, i) => inputs.indexOf(input) < i)).toEqual([]);
  }
});
