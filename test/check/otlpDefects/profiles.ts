// Profiles, samples, links, mappings, locations, functions.

import { bytesOf, keyValue, START, string } from '../valid.ts';
import { inProfile, inResource, inTables, intern, type OtlpDefect, profiles, withSample } from './spoil.ts';

export const PROFILES: readonly OtlpDefect[] = [
  // Profiles
  {
    name: 'a short profile id',
    rule: 'otlp/profile-id-length',
    plain: inProfile((p) => Object.assign(p, { profile_id: bytesOf(8) })),
  },
  {
    name: 'a profile id of zeros',
    rule: 'otlp/profile-id-zero',
    plain: inProfile((p) => Object.assign(p, { profile_id: new Uint8Array(16) })),
  },
  {
    name: 'two profiles of one id',
    rule: 'otlp/profile-id-twice',
    plain: inProfile((p) => Object.assign(p, { profile_id: bytesOf(16, 100) })),
  },
  {
    name: 'a payload without format',
    rule: 'otlp/payload-format',
    plain: inProfile((p) => Object.assign(p, { original_payload: bytesOf(1) })),
  },
  {
    name: 'a format without payload',
    rule: 'otlp/payload-format',
    plain: inProfile((p) => Object.assign(p, { original_payload_format: 'jfr' })),
  },
  {
    name: 'a payload of an unheard-of format',
    rule: 'otlp/payload-format-known',
    plain: inProfile((p) => Object.assign(p, { original_payload_format: 'perf.data', original_payload: bytesOf(1) })),
  },
  {
    name: 'samples without sample type',
    rule: 'otlp/sample-type',
    plain: (data) => {
      Object.assign(profiles(data)[1] as object, { sample_type: undefined });
      inResource((r) => {
        for (const text of ['samples', 'count'])
          r.attributes.push(keyValue(`keep.${text}`, { string_value_strindex: string(text) }));
      })(data);
    },
  },
  { name: 'a negative period', rule: 'otlp/period', plain: inProfile((p) => Object.assign(p, { period: -1n })) },
  {
    name: 'a period of nothing',
    rule: 'otlp/period',
    plain: inProfile((p) => Object.assign(p, { period_type: undefined })),
  },
  {
    name: 'a time in seconds',
    rule: 'otlp/profile-time',
    plain: (data) => Object.assign(profiles(data)[1] as object, { time_unix_nano: 1_700_000_000n }),
  },

  // Samples
  {
    name: 'neither values nor timestamps',
    rule: 'otlp/sample-empty',
    path: 'resource_profiles[0].scope_profiles[0].profiles[0].samples[2]',
    plain: withSample({ values: [], timestamps_unix_nano: [] }),
  },
  { name: 'more values than timestamps', rule: 'otlp/sample-lengths', plain: withSample({ values: [1n, 2n] }) },
  {
    name: 'several values without timestamps',
    rule: 'otlp/sample-values',
    plain: (data) => profiles(data)[1]?.samples[0]?.values.push(1n),
  },
  {
    name: 'samples of two shapes',
    rule: 'otlp/sample-shape',
    path: 'resource_profiles[0].scope_profiles[0].profiles[0].samples[2]',
    plain: withSample({ values: [] }),
  },
  {
    name: 'two samples of one identity',
    rule: 'otlp/sample-identity',
    path: 'resource_profiles[0].scope_profiles[0].profiles[0].samples[2]',
    plain: withSample({ stack_index: 1, attribute_indices: [2, 1], link_index: 1 }),
  },
  {
    name: 'a timestamp before the profile',
    rule: 'otlp/timestamp-range',
    path: 'resource_profiles[0].scope_profiles[0].profiles[0].samples[2].timestamps_unix_nano[0]',
    plain: withSample({ timestamps_unix_nano: [START - 1n] }),
  },
  {
    name: 'a timestamp at the end of the profile',
    rule: 'otlp/timestamp-range',
    plain: withSample({ timestamps_unix_nano: [START + 50n] }),
  },
  { name: 'a negative value', rule: 'otlp/negative-value', plain: withSample({ values: [-1n] }) },

  // Links, mappings, locations, functions
  {
    name: 'a short trace id',
    rule: 'otlp/link-id-length',
    path: 'dictionary.link_table[1].trace_id',
    plain: inTables((d) => Object.assign(d.link_table[1] as object, { trace_id: bytesOf(15) })),
  },
  {
    name: 'no span id',
    rule: 'otlp/link-id-length',
    path: 'dictionary.link_table[1].span_id',
    plain: inTables((d) => Object.assign(d.link_table[1] as object, { span_id: new Uint8Array(0) })),
  },
  {
    name: 'a trace id of zeros',
    rule: 'otlp/link-id-zero',
    plain: inTables((d) => Object.assign(d.link_table[1] as object, { trace_id: new Uint8Array(16) })),
  },
  {
    name: 'a span id of zeros',
    rule: 'otlp/link-id-zero',
    plain: inTables((d) => Object.assign(d.link_table[1] as object, { span_id: new Uint8Array(8) })),
  },
  {
    name: 'a mapping that starts at its limit',
    rule: 'otlp/mapping-range',
    path: 'dictionary.mapping_table[1].memory_limit',
    plain: inTables((d) => {
      Object.assign(d.mapping_table[1] as object, { memory_start: 0x2000n });
      Object.assign(d.location_table[1] as object, { address: 0n });
    }),
  },
  {
    name: 'a mapping without limit',
    rule: 'otlp/mapping-range',
    plain: inTables((d) => {
      Object.assign(d.mapping_table[1] as object, { memory_limit: 0n });
      Object.assign(d.location_table[1] as object, { address: 0n });
    }),
  },
  {
    name: 'mappings that overlap',
    rule: 'otlp/mapping-overlap',
    path: 'dictionary.mapping_table[2]',
    plain: inTables((d) => {
      d.mapping_table.push({ ...d.mapping_table[1], memory_start: 0x1fffn, memory_limit: 0x3000n } as never);
      Object.assign(d.location_table[2] as object, { mapping_index: 2, address: 0x2001n });
    }),
  },
  {
    name: 'a mapping without build id',
    rule: 'otlp/mapping-build-id',
    path: 'dictionary.mapping_table[1]',
    plain: inTables((d) => {
      Object.assign(d.mapping_table[1] as object, { attribute_indices: [] });
      d.location_table[1]?.attribute_indices.push(4);
    }),
  },
  {
    name: 'a mapping with an empty build id',
    rule: 'otlp/mapping-build-id',
    path: 'dictionary.mapping_table[1]',
    plain: inTables((d) => Object.assign(d.attribute_table[4] as object, { value: { string_value: '' } })),
  },
  {
    name: 'a location below its mapping',
    rule: 'otlp/location-outside-mapping',
    path: 'dictionary.location_table[1].address',
    plain: inTables((d) => Object.assign(d.location_table[1] as object, { address: 0xfffn })),
  },
  {
    name: 'a location above its mapping',
    rule: 'otlp/location-outside-mapping',
    plain: inTables((d) => Object.assign(d.location_table[1] as object, { address: 0xffff_ffff_ffff_fff0n })),
  },
  {
    name: 'a location of nothing',
    rule: 'otlp/location-empty',
    plain: inTables((d) => Object.assign(d.location_table[2] as object, { address: 0n })),
  },
  {
    name: 'a line without function',
    rule: 'otlp/line-without-function',
    plain: inTables((d) => d.location_table[2]?.lines.push({ function_index: 0, line: 1n, column: 0n })),
  },
  {
    name: 'a negative line',
    rule: 'otlp/negative-line',
    path: 'dictionary.location_table[1].lines[0].line',
    plain: inTables((d) => Object.assign(d.location_table[1]?.lines[0] as object, { line: -1n })),
  },
  {
    name: 'a negative column',
    rule: 'otlp/negative-line',
    plain: inTables((d) => Object.assign(d.location_table[1]?.lines[0] as object, { column: -1n })),
  },
  {
    name: 'a negative start line',
    rule: 'otlp/negative-line',
    plain: inTables((d) => Object.assign(d.function_table[1] as object, { start_line: -1n })),
  },
  {
    name: 'a function without any name',
    rule: 'otlp/function-unnamed',
    path: 'dictionary.function_table[2]',
    plain: inTables((d) => {
      d.function_table.push({ name_strindex: 0, system_name_strindex: 0, filename_strindex: 0, start_line: 7n });
      d.location_table[2]?.lines.push({ function_index: 2, line: 7n, column: 0n });
    }),
  },
  {
    name: 'a mapping that promises functions that are not there',
    rule: 'otlp/symbol-fidelity',
    path: 'dictionary.mapping_table[1].attribute_indices[1]',
    plain: inTables((d) => {
      d.mapping_table[1]?.attribute_indices.push(d.attribute_table.length);
      d.attribute_table.push({
        ...{ key_strindex: intern(d, 'pprof.mapping.has_functions'), value: { bool_value: true }, unit_strindex: 0 },
      });
      Object.assign(d.location_table[2] as object, { lines: d.location_table[1]?.lines });
      Object.assign(d.location_table[1] as object, { lines: [] });
    }),
  },
  {
    name: 'a mapping that denies line numbers that are there',
    rule: 'otlp/symbol-fidelity',
    plain: inTables((d) => {
      d.mapping_table[1]?.attribute_indices.push(d.attribute_table.length);
      d.attribute_table.push({
        ...{
          key_strindex: intern(d, 'pprof.mapping.has_line_numbers'),
          value: { bool_value: false },
          unit_strindex: 0,
        },
      });
    }),
  },
];
