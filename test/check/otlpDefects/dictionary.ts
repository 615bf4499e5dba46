// From the payload down to the entries of the dictionary and what refers to them.

import type { ProfilesData, ProfilesDictionary } from '../../support/messages.ts';
import { emptyDictionary } from '../../support/references.ts';
import { bytesOf, keyValue, list, string } from '../valid.ts';
import {
  inProfile,
  inResource,
  inTables,
  type OtlpDefect,
  OUT,
  scopes,
  withoutDictionary,
  withSample,
} from './spoil.ts';

export const DICTIONARY: readonly OtlpDefect[] = [
  // From the payload down
  {
    name: 'no resource profiles',
    rule: 'otlp/empty-list',
    path: 'resource_profiles',
    plain: (data) => {
      data.resource_profiles = [];
      data.dictionary = emptyDictionary();
    },
  },
  {
    name: 'a resource without scopes',
    rule: 'otlp/empty-list',
    path: 'resource_profiles[1].scope_profiles',
    plain: (data) => {
      const [first] = data.resource_profiles;
      if (first !== undefined) data.resource_profiles.push({ ...first, scope_profiles: [] });
    },
  },
  {
    name: 'a scope without profiles',
    rule: 'otlp/empty-list',
    path: 'resource_profiles[0].scope_profiles[1].profiles',
    plain: (data) => scopes(data).push({ scope: undefined, profiles: [], schema_url: '' }),
  },
  {
    name: 'no dictionary',
    rule: 'otlp/dictionary-zero-entry',
    path: 'dictionary',
    plain: (data) => {
      data.dictionary = undefined;
      withoutDictionary(data);
    },
  },

  // Entry 0
  ...(
    [
      ['mapping_table', (d) => (d.mapping_table[0] as { file_offset: bigint }).file_offset++],
      ['location_table', (d) => (d.location_table[0] as { address: bigint }).address++],
      ['function_table', (d) => (d.function_table[0] as { start_line: bigint }).start_line++],
      ['attribute_table', (d) => Object.assign(d.attribute_table[0] as object, { value: { string_value: '' } })],
      ['stack_table', (d) => d.stack_table[0]?.location_indices.push(1)],
    ] as [string, (dictionary: ProfilesDictionary) => void][]
  ).map(
    ([table, spoil]): OtlpDefect => ({
      name: `entry 0 of ${table} is not zero`,
      rule: 'otlp/dictionary-zero-entry',
      path: `dictionary.${table}[0]`,
      plain: inTables(spoil),
    }),
  ),
  {
    name: 'entry 0 of link_table has ids',
    rule: 'otlp/dictionary-zero-entry',
    path: 'dictionary.link_table[0]',
    plain: inTables((d) => Object.assign(d.link_table[0] as object, { trace_id: bytesOf(16, 7), span_id: bytesOf(8) })),
  },
  {
    name: 'entry 0 of link_table is 16 and 8 zero bytes',
    rule: null,
    reason: 'profiles.proto allows it, and recommends it: "the latter SHOULD be used for link_table[0]"',
    plain: inTables((d) =>
      Object.assign(d.link_table[0] as object, { trace_id: new Uint8Array(16), span_id: new Uint8Array(8) }),
    ),
  },
  {
    name: 'entry 0 of string_table is not empty',
    rule: 'otlp/dictionary-zero-entry',
    path: 'dictionary.string_table[0]',
    plain: inTables((d) => {
      d.string_table[0] = 'x';
    }),
  },
  {
    name: 'entry 0 of attribute_table has a key',
    rule: 'otlp/dictionary-zero-entry',
    path: 'dictionary.attribute_table[0]',
    plain: inTables((d) => Object.assign(d.attribute_table[0] as object, { key_strindex: 1 })),
  },
  {
    name: 'an empty mapping_table',
    rule: 'otlp/dictionary-zero-entry',
    path: 'dictionary.mapping_table',
    plain: inTables((d) => {
      d.mapping_table = [];
      Object.assign(d.location_table[1] as object, { mapping_index: 0, attribute_indices: [4] });
      Object.assign(d.function_table[1] as object, { system_name_strindex: string('app') });
    }),
  },
  {
    name: 'an empty link_table',
    rule: 'otlp/dictionary-zero-entry',
    path: 'dictionary.link_table',
    plain: inProfile((profile, d) => {
      d.link_table = [];
      for (const one of profile.samples) one.link_index = 0;
    }),
  },
  {
    name: 'an empty stack_table',
    rule: 'otlp/dictionary-zero-entry',
    path: 'dictionary.stack_table',
    plain: (data) => {
      data.dictionary = { ...emptyDictionary(), stack_table: [] };
      withoutDictionary(data);
    },
  },

  // Indexes
  ...(
    [
      ['sample_type', inProfile((p) => Object.assign(p.sample_type as object, { type_strindex: OUT }))],
      ['the unit of sample_type', inProfile((p) => Object.assign(p.sample_type as object, { unit_strindex: -1 }))],
      ['period_type', inProfile((p) => Object.assign(p.period_type as object, { type_strindex: OUT }))],
      ['the unit of period_type', inProfile((p) => Object.assign(p.period_type as object, { unit_strindex: OUT }))],
      ['an attribute of a profile', inProfile((p) => p.attribute_indices.push(OUT))],
      ['a stack', withSample({ stack_index: 3 })],
      ['a stack below zero', withSample({ stack_index: -1 })],
      ['a link', withSample({ link_index: 2 })],
      ['an attribute of a sample', withSample({ attribute_indices: [OUT] })],
      [
        'the filename of a mapping',
        inTables((d) => Object.assign(d.mapping_table[1] as object, { filename_strindex: OUT })),
      ],
      ['an attribute of a mapping', inTables((d) => d.mapping_table[1]?.attribute_indices.push(OUT))],
      [
        'the mapping of a location',
        inTables((d) => Object.assign(d.location_table[2] as object, { mapping_index: 2 })),
      ],
      ['an attribute of a location', inTables((d) => d.location_table[1]?.attribute_indices.push(OUT))],
      [
        'the function of a line',
        inTables((d) => d.location_table[2]?.lines.push({ function_index: 2, line: 1n, column: 0n })),
      ],
      [
        'the name of a function',
        inTables((d) =>
          Object.assign(d.function_table[1] as object, { name_strindex: OUT, system_name_strindex: string('main') }),
        ),
      ],
      [
        'the system name of a function',
        inTables((d) => Object.assign(d.function_table[1] as object, { system_name_strindex: OUT })),
      ],
      [
        'the filename of a function',
        inTables((d) =>
          Object.assign(d.function_table[1] as object, {
            filename_strindex: OUT,
            system_name_strindex: string('main.go'),
          }),
        ),
      ],
      [
        'the key of an attribute',
        inTables((d) =>
          Object.assign(d.attribute_table[2] as object, { key_strindex: OUT, unit_strindex: string('By') }),
        ),
      ],
      [
        'the unit of an attribute',
        inTables((d) => Object.assign(d.attribute_table[1] as object, { unit_strindex: OUT })),
      ],
      [
        'the value of an attribute',
        inTables((d) => Object.assign(d.attribute_table[1] as object, { value: { string_value_strindex: OUT } })),
      ],
      [
        'an element of a value',
        inTables((d) => Object.assign(d.attribute_table[3] as object, { value: list({ string_value_strindex: OUT }) })),
      ],
      [
        'the key of a resource attribute',
        inResource((r) => r.attributes.push(keyValue('', { bool_value: true }, OUT))),
      ],
      [
        'the value of a resource attribute',
        inResource((r) => r.attributes.push(keyValue('x', { string_value_strindex: OUT }))),
      ],
      ['a location of a stack', inTables((d) => d.stack_table[2]?.location_indices.push(3))],
    ] as [string, (data: ProfilesData) => void][]
  ).map(
    ([what, plain]): OtlpDefect => ({
      name: `${what} leads nowhere`,
      rule: 'otlp/index-range',
      plain: (data) => {
        // What the spoiled index referred to stays referred to.
        inResource((resource) => {
          for (const text of ['size', 'samples', 'count', 'cpu', 'nanoseconds', 'app'])
            resource.attributes.push(keyValue(`keep.${text}`, { string_value_strindex: string(text) }));
        })(data);
        plain(data);
      },
    }),
  ),
  {
    name: 'a sample that refers to attribute 0',
    rule: 'otlp/null-reference',
    path: 'resource_profiles[0].scope_profiles[0].profiles[0].samples[2].attribute_indices[1]',
    plain: withSample({ attribute_indices: [1, 0] }),
  },
  {
    name: 'a stack that refers to location 0',
    rule: 'otlp/null-reference',
    path: 'dictionary.stack_table[1].location_indices[3]',
    plain: inTables((d) => d.stack_table[1]?.location_indices.push(0)),
  },
];
