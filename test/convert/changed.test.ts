// A pprof that was made from OTLP and changed since, its extension kept: it says what it says.

import { describe, expect, test } from 'vitest';
import { otlpToPprof, pprofToOtlp } from '../../src/index.ts';
import { appendExtension, findExtension } from '../../src/otlp/extension/message.ts';
import { bytesOfSketch, FULL } from '../pprof/sketch.ts';
import { concat, expectSameBytes } from '../support/bytes.ts';
import type { PprofProfile } from '../support/messages.ts';
import { decodeOtlp, decodePprof, encodeOtlp, encodePprof } from '../support/oracle.ts';
import { foreignPayload } from '../support/payload.ts';
import { semanticDifferences } from '../support/semantic.ts';

const OTLP = foreignPayload();
const PPROF = otlpToPprof(OTLP).pprofs[0];
const CHANGED = 'changed since it was made from OTLP: what the pprof says is translated';

function apart(pprof: Uint8Array): { base: Uint8Array; extension: Uint8Array; record: Uint8Array } {
  const found = findExtension(pprof);
  if (found === undefined) throw new Error('there is no extension');
  return { base: found.pprof, extension: found.extension, record: pprof.subarray(found.pprof.length) };
}

const { base: BASE, extension: EXTENSION, record: RECORD } = apart(PPROF);

/** The pprof as a tool writes it again that keeps unknown fields. */
function changed(change: (profile: PprofProfile) => void): Uint8Array {
  const profile = decodePprof(BASE);
  change(profile);
  return appendExtension(encodePprof(profile), EXTENSION);
}

/** That the pprof is translated as it stands, and comes back to the last byte, its extension included. */
function expectFallback(pprof: Uint8Array): void {
  const { otlp, report } = pprofToOtlp(pprof);
  expect(report).toMatchObject({ from: 'pprof', proven: true });
  expect(report.exactReturn).toBeUndefined();
  expect(Buffer.compare(otlp, OTLP)).not.toBe(0);
  const back = otlpToPprof(otlp);
  expect(back.reports[0].exactReturn).toBe(true);
  expectSameBytes(back.pprofs[0], pprof);
  const plain = otlpToPprof(pprofToOtlp(pprof, { fidelity: 'semantic' }).otlp, { fidelity: 'semantic' }).pprofs[0];
  expect(semanticDifferences(pprof, plain)).toEqual([]);
}

const CHANGES: Record<string, (profile: PprofProfile) => void> = {
  'a sample dropped': (profile) => profile.sample.pop(),
  'a sample doubled': (profile) => profile.sample.push(profile.sample[0]),
  'samples swapped': (profile) => profile.sample.reverse(),
  'a label added': (profile) => profile.sample[1].label.push({ key: 2n, str: 3n, num: 0n, num_unit: 0n }),
  'a value changed': ({ sample }) => {
    sample[0].value[0] += 1n;
  },
  'a comment added': (profile) => profile.comment.push(4n),
  'a function renamed': (profile) => {
    profile.function[0].name = 2n;
  },
  'an address changed': ({ location }) => {
    location[0].address = 1n;
  },
  'a mapping dropped': ({ mapping, location }) => {
    mapping.pop();
    for (const each of location) each.mapping_id = 0n;
  },
  'a string changed': ({ string_table }) => {
    string_table[4] = Buffer.from('Kernel');
  },
  'a string added': ({ string_table }) => string_table.push(Buffer.from('new')),
  'a sample type added': (profile) => {
    profile.sample_type.push({ type: 2n, unit: 3n });
    for (const { value } of profile.sample) value.push(1n);
  },
  'the time changed': (profile) => {
    profile.time_nanos += 1n;
  },
};

describe('a pprof that was changed says so and comes back', () => {
  test.each(Object.entries(CHANGES))('%s', (_, change) => {
    const pprof = changed(change);
    expect(pprofToOtlp(pprof).report.warnings).toContain(CHANGED);
    expectFallback(pprof);
  });

  test('fields in another order, the extension kept behind', () => {
    const profile = decodePprof(BASE);
    const head = encodePprof({ ...profile, string_table: [] });
    const strings = encodePprof({ ...decodePprof(new Uint8Array(0)), string_table: profile.string_table });
    const pprof = appendExtension(concat(strings, head), EXTENSION);
    expect(decodePprof(pprof)).toEqual(profile);
    expect(pprofToOtlp(pprof).report.warnings).toContain(CHANGED);
    expectFallback(pprof);
  });

  test('written again by a library without a change to it, it is the OTLP', () => {
    expectSameBytes(pprofToOtlp(changed(() => {})).otlp, OTLP);
  });

  test('with the extension of another pprof', () => {
    const pprof = appendExtension(bytesOfSketch(FULL), EXTENSION);
    expect(pprofToOtlp(pprof).report.warnings).toContain(CHANGED);
    expectFallback(pprof);
  });

  test.each<[string, Uint8Array]>([
    ['something behind the extension', concat(PPROF, Uint8Array.of(0x60, 5))],
    ['the extension before the rest', concat(RECORD, BASE)],
    ['the extension twice', concat(PPROF, RECORD)],
  ])('%s: what it says is translated', (_, pprof) => {
    expectFallback(pprof);
  });

  test.each<[string, Uint8Array]>([
    ['something behind the extension', concat(PPROF, Uint8Array.of(0x60, 5))],
    ['the extension before the rest', concat(RECORD, BASE)],
    ['the extension twice', concat(PPROF, RECORD)],
  ])('%s: the report says so', (_, pprof) => {
    expect(pprofToOtlp(pprof).report.warnings.join()).toContain('made from OTLP');
  });
});

describe('a pprof with additions that was changed', () => {
  const data = decodeOtlp(pprofToOtlp(bytesOfSketch(FULL)).otlp);
  data.resource_profiles[0].schema_url = 'https://example.com/schema';
  const { base, extension } = apart(otlpToPprof(encodeOtlp(data)).pprofs[0]);

  test('says so and comes back', () => {
    const profile = decodePprof(base);
    profile.sample.pop();
    const pprof = appendExtension(encodePprof(profile), extension);
    const { otlp, report } = pprofToOtlp(pprof);
    expect(report.warnings).toContain(CHANGED);
    expect(decodeOtlp(otlp).resource_profiles[0].schema_url).toBe('');
    expectSameBytes(otlpToPprof(otlp).pprofs[0], pprof);
  });
});

test('resource attributes are not added to OTLP that comes back, and the report says so', () => {
  const { otlp, report } = pprofToOtlp(PPROF, { resource: { 'service.name': 'x' } });
  expectSameBytes(otlp, OTLP);
  expect(report.warnings).toEqual([expect.stringContaining('resource attributes are not added')]);
});
