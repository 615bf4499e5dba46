import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RELEASES as LAYOUT_OF, type Layout } from '../../../src/otlp/drafts/schemas.ts';
import { upgrade } from '../../../src/otlp/drafts/upgrade.ts';
import { layoutsOf, undecided, versionOf } from '../../../src/otlp/drafts/version.ts';
import { encodeDraft, RELEASES } from '../../support/drafts/protos.ts';
import type { OtlpProfile, OtlpSample } from '../../support/messages.ts';
import { decodeOtlp, encodeOtlp } from '../../support/oracle.ts';
import { foreignPayload } from '../../support/payload.ts';

const fixture = (release: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../fixtures/drafts/${release}.otlp.pb`, import.meta.url)));

/** A payload of today with these samples. `foreignPayload` has three strings, two attributes and two stacks. */
function current(samples: Partial<OtlpSample>[], profile: Partial<OtlpProfile> = {}): Uint8Array {
  const data = decodeOtlp(foreignPayload());
  const first = data.resource_profiles[0]?.scope_profiles[0]?.profiles[0] as OtlpProfile;
  const none = { stack_index: 1, attribute_indices: [], link_index: 0, values: [], timestamps_unix_nano: [] };
  Object.assign(first, { samples: samples.map((sample) => ({ ...none, ...sample })), ...profile });
  return encodeOtlp(data);
}

describe('a fixture', () => {
  test.each(RELEASES)('of %s is told by its shape', (release) => {
    expect(versionOf(fixture(release))).toBe(LAYOUT_OF[release]);
  });

  test.each(RELEASES)('of %s is told when it is cut off', (release) => {
    const whole = fixture(release);
    // From where on the first sample is there.
    for (let end = Math.ceil(0.4 * whole.length); end < whole.length; end++) {
      expect(versionOf(whole.subarray(0, end)), `${end} of ${whole.length}`).toBe(LAYOUT_OF[release]);
    }
  });
});

describe('today', () => {
  test('is what says the same in every layout', () => {
    expect(versionOf(new Uint8Array(0))).toBe('current');
    expect(versionOf(encodeDraft('1.3', { resource_profiles: [{ scope_profiles: [{}] }] }))).toBe('current');
    expect(versionOf(encodeDraft('1.8', { resource_profiles: [{ scope_profiles: [{ profiles: [{}] }] }] }))).toBe(
      'current',
    );
    expect(versionOf(encodeDraft('1.9', { dictionary: { string_table: [''] } }))).toBe('current');
  });

  test('has values in field 4, packed or not', () => {
    expect(versionOf(current([{ values: [1n], attribute_indices: [1] }]))).toBe('current');
    // Sample {1: 1, 2: [1], 4: 7, 4: 8}
    const unpacked = Uint8Array.of(
      0x0a,
      0x0d,
      0x12,
      0x0b,
      0x12,
      0x09,
      0x12,
      0x07,
      0x08,
      0x00,
      0x12,
      0x01,
      0x01,
      0x20,
      0x07,
    );
    const data = new Uint8Array(
      Buffer.concat([unpacked, Uint8Array.of(0x12, 0x06, 0x32, 0x00, 0x32, 0x02, 0x12, 0x00)]),
    );
    expect(versionOf(data)).toBe('current');
  });

  test('has timestamps without values, which are attributes in field 2', () => {
    const samples = [
      { attribute_indices: [1, 2], timestamps_unix_nano: [1n] },
      { attribute_indices: [1], timestamps_unix_nano: [1n] },
    ];
    expect(versionOf(current(samples))).toBe('current');
  });

  test('is what broken bytes are read as when they fail in every layout alike', () => {
    expect(versionOf(Uint8Array.of(0x0a, 0x7f))).toBe('current');
    expect(versionOf(Uint8Array.of(0x07))).toBe('current');
    expect(versionOf(Uint8Array.of(0x0a, 0x02, 0x0d, 0x00))).toBe('current');
  });
});

describe('1.9', () => {
  const dictionary = {
    string_table: ['', 'a'],
    attribute_table: [{}, { key_strindex: 1 }, { key_strindex: 1, unit_strindex: 1 }],
    stack_table: [{}, { location_indices: [0] }],
    location_table: [{}],
  };
  const of = (samples: object[], profile = {}): Layout[] =>
    layoutsOf(
      encodeDraft('1.9', {
        dictionary,
        resource_profiles: [{ scope_profiles: [{ profiles: [{ samples, ...profile }] }] }],
      }),
    );

  test('has attributes in field 3', () => {
    expect(of([{ values: [1], attribute_indices: [1, 2] }])).toEqual(['1.9']);
  });

  test('has values one by one, as async-profiler writes them', () => {
    // Sample {1: 1, 2: 7, 2: 8}
    const sample = [0x08, 0x01, 0x10, 0x07, 0x10, 0x08];
    const wrap = (tag: number, content: number[]) => [tag, content.length, ...content];
    const resource = wrap(0x0a, wrap(0x12, wrap(0x12, wrap(0x12, sample))));
    const tables = encodeDraft('1.9', { dictionary });
    expect(versionOf(Uint8Array.from([...resource, ...tables]))).toBe('1.9');
  });

  test('has values that are no attributes', () => {
    expect(of([{ values: [3] }])).toEqual(['1.9']);
    expect(of([{ values: [-1] }])).toEqual(['1.9']);
  });

  test('has values alone: today a sample has attributes and a value', () => {
    const attribute_indices = [1, 2];
    expect(of([{ values: [1] }, { values: [2] }], { attribute_indices })).toEqual(['1.9']);
    // Attributes that nothing refers to speak against it.
    expect(of([{ values: [1] }, { values: [2] }])).toEqual(['current', '1.9']);
  });

  test('with a value and a timestamp a sample may be of today, with an attribute and a timestamp', () => {
    const samples = [{ values: [1, 2], timestamps_unix_nano: [5, 6] }];
    expect(of(samples, { attribute_indices: [1, 2] })).toEqual(['current', '1.9']);
    // What else would the attributes be there for?
    expect(of(samples)).toEqual(['current']);
  });

  test('says what to do when nothing decides', () => {
    expect(undecided(['current', '1.9'])).toBe(
      'reads as OTLP 1.9 and as 1.10 with another meaning; say which it is with --otlp-version',
    );
    expect(undecided(['current', '1.9', '1.5'])).toContain('as OTLP 1.5 and as OTLP 1.9 and as 1.10');
  });
});

test('contradictory samples are ambiguous: no layout reads both', () => {
  // Sample {3: [1]} is of 1.9, Sample {3: 1} of 1.10; both in one profile.
  const sample19 = [0x12, 0x06, 0x12, 0x01, 0x01, 0x1a, 0x01, 0x00];
  const sample110 = [0x12, 0x05, 0x18, 0x00, 0x22, 0x01, 0x01];
  const profile = [...sample19, ...sample110];
  const scope = [0x12, profile.length, ...profile];
  const resource = [0x12, scope.length, ...scope];
  expect(versionOf(Uint8Array.from([0x0a, resource.length, ...resource]))).toBe('ambiguous');
});

test('sample types without a default are ambiguous: the last is it in 1.5, the first in 1.7', () => {
  const profiles = [{ sample_type: [{}, {}], sample: [{ value: [1, 2] }] }];
  expect(layoutsOf(encodeDraft('1.5', { resource_profiles: [{ scope_profiles: [{ profiles }] }] }))).toEqual([
    '1.7',
    '1.5',
  ]);
});

describe('a large payload', () => {
  test('is told by its first samples', () => {
    const samples = Array.from({ length: 50_000 }, (_, i) => ({ values: [BigInt(i)], attribute_indices: [1] }));
    const payload = current(samples);
    versionOf(payload);
    const start = performance.now();
    expect(versionOf(payload)).toBe('current');
    // Some 10 ms; a machine under load needs more.
    expect(performance.now() - start).toBeLessThan(500);
  });

  test('is not read in each of two layouts that differ in nothing of it', () => {
    const samples = Array.from({ length: 20_000 }, (_, i) => ({ values: [i + 1], attribute_indices: [1] }));
    const dictionary = { string_table: ['', 'k'], attribute_table: [{}, { key_strindex: 1 }] };
    const payload = encodeDraft('1.9', {
      dictionary,
      resource_profiles: [{ scope_profiles: [{ profiles: [{ samples }] }] }],
    });
    const timed = (call: () => void): number => {
      const start = performance.now();
      call();
      return performance.now() - start;
    };
    expect(versionOf(payload)).toBe('1.9');
    const reading = timed(() => upgrade(payload, '1.9'));
    expect(timed(() => versionOf(payload))).toBeLessThan(reading);
  });
});
