// What profcheck's own tests (profcheck/check_test.go) say of a payload, and that `check` finds all of it.

import { describe, expect, test } from 'vitest';
import { checkBytes } from '../../src/check/check.ts';
import type {
  KeyValueAndUnit,
  OtlpMapping,
  OtlpProfile,
  OtlpSample,
  ProfilesData,
  ProfilesDictionary,
} from '../support/messages.ts';
import { encodeOtlp } from '../support/oracle.ts';
import { emptyDictionary } from '../support/references.ts';
import { spoiled } from './defect.ts';
import { OTLP_DEFECTS } from './otlpDefects.ts';
import { profcheck } from './profcheck.ts';
import { validOtlp } from './valid.ts';

const none = new Uint8Array(0);

const profile = (part: Partial<OtlpProfile>): OtlpProfile => ({
  ...{ sample_type: undefined, samples: [], time_unix_nano: 0n, duration_nano: 0n, period_type: undefined, period: 0n },
  ...{ profile_id: none, dropped_attributes_count: 0, original_payload_format: '', original_payload: none },
  attribute_indices: [],
  ...part,
});

const samples = (...parts: Partial<OtlpSample>[]): Partial<OtlpProfile> => ({
  time_unix_nano: 100n,
  duration_nano: 10n,
  samples: parts.map((part) => ({
    ...{ stack_index: 0, attribute_indices: [], link_index: 0, values: [], timestamps_unix_nano: [] },
    ...part,
  })),
});

const payload = (dictionary: Partial<ProfilesDictionary>, part: Partial<OtlpProfile> = {}): ProfilesData => ({
  dictionary: { ...emptyDictionary(), ...dictionary },
  resource_profiles: [
    {
      resource: undefined,
      schema_url: '',
      scope_profiles: [{ scope: undefined, schema_url: '', profiles: [profile(part)] }],
    },
  ],
});

const attribute = (key: number, value: string): KeyValueAndUnit => ({
  key_strindex: key,
  value: { string_value: value },
  unit_strindex: 0,
});
const zero = emptyDictionary();
const mapping = (attribute_indices: number[]): OtlpMapping => ({
  ...{ memory_start: 0x4000n, memory_limit: 0x4200n, file_offset: 0n, filename_strindex: 1, attribute_indices },
});
const both = { values: [1n], timestamps_unix_nano: [100n] };
const times = (...timestamps_unix_nano: bigint[]) => payload({}, samples({ timestamps_unix_nano }));

/** Its cases by their names, with its message and our rule; undefined where all is well. */
const CASES: [desc: string, data: ProfilesData, message?: string, rule?: string][] = [
  ['no profiles', { resource_profiles: [], dictionary: undefined }, 'resource profiles are empty', 'otlp/empty-list'],
  ['minimal valid profile', payload({})],
  [
    'no scope profiles',
    { ...payload({}), resource_profiles: [{ resource: undefined, schema_url: '', scope_profiles: [] }] },
    'resource profiles has no scope profiles',
    'otlp/empty-list',
  ],
  [
    'no profiles in scope',
    {
      ...payload({}),
      resource_profiles: [
        { resource: undefined, schema_url: '', scope_profiles: [{ scope: undefined, schema_url: '', profiles: [] }] },
      ],
    },
    'scope profiles has no profiles',
    'otlp/empty-list',
  ],
  [
    'no empty string at pos 0',
    payload({ string_table: ['a'] }),
    'must have empty string at index 0',
    'otlp/dictionary-zero-entry',
  ],
  ['duplicate string', payload({ string_table: ['', 'a', 'b', 'a'] }), 'duplicate string', 'otlp/duplicate-entry'],
  [
    'duplicate mapping',
    payload({
      mapping_table: [...zero.mapping_table, mapping([1, 2]), mapping([2, 1])],
      string_table: ['', 'filename', 'attr1', 'attr2'],
      attribute_table: [...zero.attribute_table, attribute(1, 'v1'), attribute(2, 'v2')],
    }),
    'duplicate mapping',
    'otlp/duplicate-entry',
  ],
  [
    'duplicate attribute key in location',
    payload({
      location_table: [...zero.location_table, { mapping_index: 0, address: 0n, lines: [], attribute_indices: [1, 2] }],
      string_table: ['', 'k1'],
      attribute_table: [...zero.attribute_table, attribute(1, 'v1'), attribute(1, 'v2')],
    }),
    'duplicate key "k1"',
    'otlp/attribute-key-twice',
  ],
  [
    'timestamp before start',
    times(99n),
    'timestamps_unix_nano[0]=99 is outside profile time range [100, 110)',
    'otlp/timestamp-range',
  ],
  ['timestamp at start', times(100n)],
  [
    'timestamp at end (exclusive)',
    times(110n),
    'timestamps_unix_nano[0]=110 is outside profile time range [100, 110)',
    'otlp/timestamp-range',
  ],
  [
    'timestamp after end',
    times(111n),
    'timestamps_unix_nano[0]=111 is outside profile time range [100, 110)',
    'otlp/timestamp-range',
  ],
  [
    'sample with no values and no timestamps',
    payload({}, samples({})),
    'sample must have at least one values or timestamps_unix_nano entry',
    'otlp/sample-empty',
  ],
  [
    'sample with values and timestamps length mismatch',
    payload({}, samples({ values: [1n], timestamps_unix_nano: [100n, 101n] })),
    'values (len=1) and timestamps_unix_nano (len=2) must contain the same number of elements',
    'otlp/sample-lengths',
  ],
  ['sample with values only', payload({}, samples({ values: [1n] }))],
  [
    'sample with multiple values',
    payload({}, samples({ values: [1n, 2n, 3n] })),
    'must contain a single element if timestamps_unix_nano is not set',
    'otlp/sample-values',
  ],
  ['sample with timestamps only', times(100n)],
  ['sample with values and timestamps matching', payload({}, samples(both))],
  [
    'mixed sample types',
    payload({}, samples({ values: [1n] }, { timestamps_unix_nano: [100n] })),
    'does not match expected sample shape',
    'otlp/sample-shape',
  ],
  [
    'mixed sample types without values',
    payload({}, samples({ values: [1n] }, {}, { timestamps_unix_nano: [100n] })),
    'does not match expected sample shape',
    'otlp/sample-shape',
  ],
  [
    'references check: unreferenced string',
    payload({ string_table: ['', 'unreferenced'] }),
    'string_table: unreferenced entry at index 1',
    'otlp/orphan-entry',
  ],
  [
    'references check: unreferenced mapping',
    payload({ mapping_table: [...zero.mapping_table, ...zero.mapping_table] }),
    'mapping_table: unreferenced entry at index 1',
    'otlp/orphan-entry',
  ],
  [
    'references check: unreferenced stack',
    payload({ stack_table: [...zero.stack_table, ...zero.stack_table] }),
    'stack_table: unreferenced entry at index 1',
    'otlp/orphan-entry',
  ],
  [
    'references check: unreferenced link',
    payload({ link_table: [...zero.link_table, { trace_id: new Uint8Array(16), span_id: new Uint8Array(8) }] }),
    'link_table: unreferenced entry at index 1',
    'otlp/orphan-entry',
  ],
  [
    'references check: fully referenced non-zero entries',
    payload(
      {
        string_table: ['', 'fn_name', 'fn_sysname', 'fn_file', 'map_file', 'type', 'unit'],
        attribute_table: [...zero.attribute_table, attribute(1, 'v1')],
        mapping_table: [
          ...zero.mapping_table,
          { ...mapping([]), memory_start: 0n, memory_limit: 0n, filename_strindex: 4 },
        ],
        function_table: [
          ...zero.function_table,
          { name_strindex: 1, system_name_strindex: 2, filename_strindex: 3, start_line: 0n },
        ],
        location_table: [
          ...zero.location_table,
          {
            mapping_index: 1,
            address: 0n,
            lines: [{ function_index: 1, line: 0n, column: 0n }],
            attribute_indices: [],
          },
        ],
        stack_table: [...zero.stack_table, { location_indices: [1] }],
      },
      {
        sample_type: { type_strindex: 5, unit_strindex: 6 },
        ...samples({ stack_index: 1, attribute_indices: [1], values: [42n] }),
      },
    ),
  ],
];

describe('its cases', () => {
  test.each(CASES)('%s', (_, data, message, rule) => {
    const bytes = encodeOtlp(data);
    const said = profcheck(bytes);
    const rules = checkBytes(bytes, 'otlp').findings.map((finding) => finding.rule);
    if (message === undefined) expect(said).toEqual([]);
    else expect(said.join('\n')).toContain(message);
    if (rule !== undefined) expect(rules).toContain(rule);
    // Where it finds nothing we find no error; warnings go beyond it.
    else expect(checkBytes(bytes, 'otlp').errors).toBe(0);
  });
});

test('a valid payload passes', () => {
  expect(profcheck(encodeOtlp(validOtlp()))).toEqual([]);
});

test.each(OTLP_DEFECTS.filter((defect) => profcheck(spoiled(validOtlp, encodeOtlp, defect)).length > 0))(
  'finds $name, and so do we, or say why not',
  ({ rule, reason }) => {
    expect(rule ?? reason).toBeDefined();
  },
);
