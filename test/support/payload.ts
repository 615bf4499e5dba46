// A small OTLP payload that no pprof stands behind: company for ours in a batch.

import type { ProfilesData } from './messages.ts';
import { encodeOtlp } from './oracle.ts';
import { emptyDictionary } from './references.ts';

export function foreignPayload(): Uint8Array {
  const tables = emptyDictionary();
  tables.string_table.push('', 'off_cpu', 'nanoseconds', 'kernel', 'thread.name', 'count', 'swapper', 'cpu');
  tables.mapping_table.push({
    memory_start: 4096n,
    memory_limit: 8192n,
    file_offset: 0n,
    filename_strindex: 4,
    attribute_indices: [2],
  });
  tables.function_table.push(
    { name_strindex: 4, system_name_strindex: 0, filename_strindex: 0, start_line: 3n },
    { name_strindex: 4, system_name_strindex: 0, filename_strindex: 0, start_line: 3n },
  );
  tables.attribute_table.push(
    { key_strindex: 5, value: { string_value: 'worker' }, unit_strindex: 0 },
    {
      key_strindex: 8,
      value: { array_value: { values: [{ int_value: 1n }, { string_value: 'x' }] } },
      unit_strindex: 6,
    },
  );
  tables.location_table.push(
    { mapping_index: 1, address: 4100n, lines: [{ function_index: 1, line: 7n, column: 0n }], attribute_indices: [] },
    { mapping_index: 1, address: 4100n, lines: [{ function_index: 2, line: 7n, column: 0n }], attribute_indices: [1] },
    { mapping_index: 0, address: 9n, lines: [], attribute_indices: [] },
  );
  tables.stack_table.push({ location_indices: [1, 2] }, { location_indices: [2] });
  tables.link_table.push({ trace_id: new Uint8Array(16).fill(1), span_id: new Uint8Array(8).fill(2) });
  const data: ProfilesData = {
    dictionary: tables,
    resource_profiles: [
      {
        resource: {
          attributes: [{ key: 'service.name', value: { string_value: 'other' }, key_strindex: 0 }],
          dropped_attributes_count: 1,
          entity_refs: [],
        },
        schema_url: 'https://example.com/schema',
        scope_profiles: [
          {
            scope: {
              name: 'other/profiler',
              version: '1',
              attributes: [{ key: 'flag', value: { bool_value: false }, key_strindex: 0 }],
              dropped_attributes_count: 0,
            },
            schema_url: '',
            profiles: [
              {
                sample_type: { type_strindex: 2, unit_strindex: 3 },
                samples: [
                  {
                    stack_index: 1,
                    attribute_indices: [1, 2],
                    link_index: 1,
                    values: [5n, -6n],
                    timestamps_unix_nano: [10n, 11n],
                  },
                  { stack_index: 2, attribute_indices: [], link_index: 0, values: [7n], timestamps_unix_nano: [] },
                ],
                ...{
                  time_unix_nano: 9n,
                  duration_nano: 8n,
                  period_type: { type_strindex: 8, unit_strindex: 6 },
                  period: 1n,
                },
                ...{
                  profile_id: new Uint8Array(16).fill(3),
                  dropped_attributes_count: 0,
                  original_payload_format: '',
                  original_payload: new Uint8Array(0),
                },
                attribute_indices: [1],
              },
            ],
          },
        ],
      },
    ],
  };
  return encodeOtlp(data);
}
