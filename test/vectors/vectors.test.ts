// Every vector, both ways: what this translator makes of the input is what the vector expects, what comes back is the
// input. The expectations are written by hand in vectors/cases, and nothing of src/ is in them.

import { describe, expect, test } from 'vitest';
import { otlpToOtlp, otlpToPprof, pprofToOtlp } from '../../src/index.ts';
import { untidy } from '../../vectors/lib/index.mjs';
import { otlpDifferences, pprofDifferences, read, stored, TO_OTLP, TO_PPROF } from './files.ts';

const FORMS = ['otlp', 'otlp-json'] as const;
const only = (pprofs: Uint8Array[]): Uint8Array => {
  expect(pprofs).toHaveLength(1);
  return pprofs[0] as Uint8Array;
};

describe.each(TO_OTLP)('$direction/$name', ({ input, expected, back = input, compare = [], untidy: isUntidy }) => {
  test('says what is expected, in protobuf and in JSON', () => {
    const options = { fromPprof: true, mappingTable: compare.includes('mapping-table') };
    for (const to of FORMS) {
      const { otlp } = pprofToOtlp(stored(input), { fidelity: 'semantic', to });
      expect(otlpDifferences(read(expected), otlp, options)).toEqual([]);
      expect(untidy(otlp)).toHaveLength(isUntidy ? untidy(read(expected)).length : 0);
    }
  });

  test('what is expected says what the pprof says', () => {
    const pprof = only(otlpToPprof(read(expected), { fidelity: 'semantic' }).pprofs);
    expect(pprofDifferences(read(back), pprof)).toEqual([]);
  });

  test('comes back to the last byte', () => {
    for (const to of FORMS) {
      const { otlp, report } = pprofToOtlp(stored(input), { to });
      expect(report).toMatchObject({ proven: true, carried: 'structured' });
      expect(otlpDifferences(read(expected), otlp, { fromPprof: true })).toEqual([]);
      const { pprofs, reports } = otlpToPprof(otlp);
      expect(reports[0]?.exactReturn).toBe(true);
      expect(read(input).equals(only(pprofs))).toBe(true);
    }
  });
});

/** What comes back of these is the file itself; of the rest, the content in the usual JSON. */
const comesAsItWas = (input: string): boolean =>
  /\.jsonl$|json-compact/.test(input) || (input.endsWith('.otlp.pb') && !input.includes('/draft-'));

describe.each(TO_PPROF)('$direction/$name', ({ input, expected, usual, options = {} }) => {
  test('says what is expected', () => {
    for (const fidelity of ['semantic', 'exact'] as const) {
      const pprof = only(otlpToPprof(read(input), { ...options, fidelity }).pprofs);
      expect(pprofDifferences(read(expected), pprof)).toEqual([]);
    }
    if (usual === undefined) return;
    // It is refused to write what is there already.
    const to = input.endsWith('.json') ? 'otlp' : 'otlp-json';
    expect(otlpDifferences(read(usual), otlpToOtlp(read(input), { to }).otlp)).toEqual([]);
  });

  test('comes back', () => {
    const { pprofs, reports } = otlpToPprof(read(input), options);
    expect(reports[0]?.proven).toBe(true);
    const { otlp } = pprofToOtlp(only(pprofs));
    if (comesAsItWas(input)) expect(read(input).equals(otlp)).toBe(true);
    else expect(otlpDifferences(read(usual ?? input), otlp)).toEqual([]);
  });
});
