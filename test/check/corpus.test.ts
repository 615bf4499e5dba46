// Real files are checked without a defect of ours, and are no worse than they are known to be.

import { describe, expect, test } from 'vitest';
import { check, decompress, pprofToOtlp } from '../../src/index.ts';
import { corpusPresent, otlpFiles, pprofFiles } from '../support/corpus.ts';
import { profcheck } from './profcheck.ts';

/** The only real files that break a MUST: the Go runtime writes label values of any bytes. */
const ERRORS: Readonly<Record<string, string[]>> = { 'go-runtime-cpu-oddlabels.pb.gz': ['pprof/utf8'] };

describe.each([...pprofFiles, ...otlpFiles])('$name', ({ name, read }) => {
  const report = check(read());

  test('breaks no MUST that it is not known for', () => {
    const errors = report.findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule);
    expect(errors).toEqual(ERRORS[name] ?? []);
  });

  test('has places for its findings', () => {
    for (const { count, places } of report.findings) {
      expect(places).toHaveLength(Math.min(count, 5));
      for (const { offset } of places) expect(offset).toBeLessThanOrEqual(report.inputBytes);
    }
  });
});

/** What a translation may break: what the pprof itself breaks, and SHOULDs that leave the samples as they were. */
const OURS = [
  'otlp/sample-identity',
  'otlp/attribute-unit',
  'otlp/mapping-build-id',
  'otlp/location-outside-mapping',
  'otlp/doc-url',
];

/** What a pprof itself says against the rules. */
const ITS_OWN: Readonly<Record<string, string>> = {
  'google-synthetic-allfields.pb.gz': 'otlp/negative-line',
  'go-runtime-cpu-oddlabels.pb.gz': 'otlp/attribute-key-missing',
};

describe.each(pprofFiles.filter(({ name }) => !/allocs-big|ddtrace/.test(name)))(
  '$name, translated',
  ({ name, read }) => {
    const { otlp } = pprofToOtlp(decompress(read()), { verify: false, resource: { 'service.name': 'test' } });

    test('breaks nothing new', () => {
      const rules = check(otlp)
        .findings.filter(({ severity }) => severity !== 'info')
        .map(({ rule }) => rule);
      expect(rules.filter((rule) => !OURS.includes(rule) && rule !== ITS_OWN[name])).toEqual([]);
    });

    test('passes profcheck', () => {
      const known = name.startsWith('google-synthetic') ? /-1 < 0/ : /^$/;
      expect(profcheck(otlp).filter((message) => !known.test(message))).toEqual([]);
    });
  },
);

test.skipIf(!corpusPresent)('there are real payloads', () => {
  expect(otlpFiles.length).toBeGreaterThan(3);
});
