// Each rule: one thing is broken in a valid payload, and exactly that rule finds it.

import { describe, expect, test } from 'vitest';
import { type CheckOptions, checkBytes, RULES } from '../../src/check/check.ts';
import { PprofOtlpError } from '../../src/errors.ts';
import { check } from '../../src/index.ts';
import { encodeOtlp, encodePprof } from '../support/oracle.ts';
import { type Defect, spoiled } from './defect.ts';
import { OTLP_DEFECTS } from './otlpDefects.ts';
import { PPROF_DEFECTS } from './pprofDefects.ts';
import { validOtlp, validPprof } from './valid.ts';

function outcome(run: () => { findings: { rule: string; places: { path: string }[] }[] }): string[] {
  try {
    return run().findings.flatMap(({ rule, places }) => places.map(({ path }) => `${rule} ${path}`));
  } catch (error) {
    if (error instanceof PprofOtlpError) return [`${error.code} ${error.path ?? ''}`];
    throw error;
  }
}

function expectRule(found: string[], { rule, path }: Pick<Defect<never>, 'rule' | 'path'>): void {
  if (rule === null) expect(found).toEqual([]);
  else expect([...new Set(found.map((text) => text.slice(0, text.indexOf(' '))))]).toEqual([rule]);
  if (path !== undefined) expect(found).toContain(`${rule} ${path}`);
}

describe('OTLP', () => {
  test('a valid payload', () => {
    expect(checkBytes(encodeOtlp(validOtlp()), 'otlp').findings).toEqual([]);
  });

  test.each(OTLP_DEFECTS)('$name', (defect) => {
    const bytes = spoiled(validOtlp, encodeOtlp, defect);
    expectRule(
      outcome(() => checkBytes(bytes, 'otlp', defect.options as CheckOptions)),
      defect,
    );
  });

  test.each(OTLP_DEFECTS.filter(({ options }) => options === undefined))('$name, as a file', (defect) => {
    const bytes = spoiled(validOtlp, encodeOtlp, defect);
    expect(outcome(() => check(bytes, { from: 'otlp', all: true }))).toEqual(
      outcome(() => checkBytes(bytes, 'otlp', { all: true })),
    );
  });
});

describe('pprof', () => {
  test('a valid profile', () => {
    expect(checkBytes(encodePprof(validPprof()), 'pprof', { compression: 'gzip' }).findings).toEqual([]);
  });

  test.each(PPROF_DEFECTS)('$name', (defect) => {
    const bytes = spoiled(validPprof, encodePprof, defect);
    expectRule(
      outcome(() => checkBytes(bytes, 'pprof', defect.options as CheckOptions)),
      defect,
    );
  });
});

test('every rule is broken by a defect', () => {
  const broken = new Set([...OTLP_DEFECTS, ...PPROF_DEFECTS].map(({ rule }) => rule));
  expect(RULES.map(({ id }) => id).filter((id) => !broken.has(id))).toEqual([]);
});

test('ids are unique and speak of their format', () => {
  const ids = RULES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^(otlp|pprof)\/[a-z0-9]+(-[a-z0-9]+)*$/);
});
