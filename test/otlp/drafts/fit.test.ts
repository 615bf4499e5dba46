import { describe, expect, test } from 'vitest';
import { type Fit, fitOf } from '../../../src/otlp/drafts/fit.ts';
import { RELEASES as LAYOUT_OF, type Layout } from '../../../src/otlp/drafts/schemas.ts';
import { encodeDraft, type Release } from '../../support/drafts/protos.ts';

const look = (release: Release, profile: object, rest: object = {}): Fit =>
  fitOf(
    encodeDraft(release, { resource_profiles: [{ scope_profiles: [{ profiles: [profile] }] }], ...rest }),
    LAYOUT_OF[release] as Layout,
    Number.POSITIVE_INFINITY,
  );

const id = Buffer.alloc(16, 1);
const link = { trace_id: id };

describe('a rule', () => {
  test.each<[string, Release, object, object]>([
    ['entry 0 of a table is its zero value', '1.8', {}, { dictionary: { link_table: [link] } }],
    ['entry 0 of a table is its zero value', '1.7', {}, { dictionary: { string_table: ['a'] } }],
    [
      'attributes are referred to',
      '1.9',
      { attribute_indices: [1] },
      { dictionary: { attribute_table: [{}, {}, {}] } },
    ],
    ['attributes are referred to', '1.5', { attribute_indices: [1], attribute_table: [{}, {}] }, {}],
    ['no attribute is entry 0', '1.9', { attribute_indices: [0] }, { dictionary: { attribute_table: [{}] } }],
    ['a sample has a value for each type', '1.6', { sample_type: [{}, {}], sample: [{ value: [1] }] }, {}],
    ['a sample has values or timestamps, or as many of both', '1.9', { samples: [{}] }, {}],
    [
      'a sample has values or timestamps, or as many of both',
      '1.9',
      { samples: [{ values: [1, 2], timestamps_unix_nano: [1] }] },
      {},
    ],
    ['an original payload has a format', '1.9', { original_payload: id }, {}],
    ['an id has 16 bytes', '1.4', { profile_id: Buffer.alloc(8, 1) }, {}],
  ])('is broken: %s (%s)', (rule, release, profile, rest) => {
    expect(look(release, profile, rest)).toMatchObject({ wrong: 0, unknown: 0, broken: new Set([rule]) });
  });

  test.each<[Release, object, object]>([
    ['1.8', {}, { dictionary: { link_table: [{}, link], string_table: ['', 'a'] } }],
    ['1.7', {}, { dictionary: { link_table: [link] } }],
    ['1.9', { attribute_indices: [1] }, { dictionary: { attribute_table: [{}, {}] } }],
    ['1.7', { sample: [{ locations_start_index: 1, locations_length: 1 }], location_indices: [0, 0] }, {}],
    ['1.6', { sample_type: [{}, {}], sample: [{ value: [1, 2] }] }, {}],
    [
      '1.9',
      { samples: [{ timestamps_unix_nano: [1, 2] }, { values: [1, 2] }, { values: [1], timestamps_unix_nano: [1] }] },
      {},
    ],
    ['1.9', { original_payload: id, original_payload_format: 'jfr', profile_id: id }, {}],
  ])('is kept (%s)', (release, profile, rest) => {
    expect(look(release, profile, rest)).toMatchObject({ wrong: 0, unknown: 0, dangling: false, broken: new Set() });
  });

  test('is broken by what should stand once', () => {
    // ProfilesData with two dictionaries.
    const { broken } = fitOf(Uint8Array.of(0x12, 0x00, 0x12, 0x00), 'current', 0);
    expect(broken).toEqual(new Set(['what is not repeated stands once']));
  });
});

test.each<[Release, object, object]>([
  ['1.9', { attribute_indices: [1] }, { dictionary: { attribute_table: [{}] } }],
  ['1.5', { attribute_indices: [1], attribute_table: [{}] }, {}],
  ['1.7', { sample: [{ locations_start_index: 1, locations_length: 1 }], location_indices: [0] }, {}],
])('an index or a range that goes too far is noticed (%s)', (release, profile, rest) => {
  expect(look(release, profile, rest).dangling).toBe(true);
});

test('bytes of unknown fields are counted', () => {
  // ProfilesData {1: {}, 9: 300}
  const bytes = Uint8Array.of(0x0a, 0x00, 0x48, 0xac, 0x02);
  expect(fitOf(bytes, 'current', 0)).toMatchObject({ wrong: 0, unknown: 3 });
});

test('only the first samples are looked at', () => {
  const good = Array.from({ length: 4000 }, () => ({ values: [1] }));
  const bad = { values: [1, 2], timestamps_unix_nano: [1] };
  expect(look('1.9', { samples: [...good, bad] }).broken.size).toBe(0);
  expect(look('1.9', { samples: [bad, ...good] }).broken.size).toBe(1);
});

test('it gives up once more than asked for is wrong', () => {
  const samples = Array.from({ length: 100 }, () => ({ values: [1], attribute_indices: [1] }));
  const bytes = encodeDraft('1.9', { resource_profiles: [{ scope_profiles: [{ profiles: [{ samples }] }] }] });
  expect(fitOf(bytes, 'current', 100).wrong).toBe(100);
  expect(fitOf(bytes, 'current', 3).wrong).toBe(4);
});

test('the end of a truncated payload says nothing against a layout', () => {
  const profile = { samples: [{ stack_index: 300, values: [300] }], time_unix_nano: 5, attribute_indices: [300] };
  const bytes = encodeDraft('1.9', { resource_profiles: [{ scope_profiles: [{ profiles: [profile] }] }] });
  for (let end = 0; end <= bytes.length; end++) {
    expect(fitOf(bytes.subarray(0, end), '1.9', Number.POSITIVE_INFINITY).wrong, `${end}`).toBe(0);
  }
});
