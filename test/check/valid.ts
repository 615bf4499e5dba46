// A payload of each format that has every message and nothing wrong: the tests spoil one thing of it.

import type { AnyValue, KeyValue, PprofProfile, ProfilesData } from '../support/messages.ts';

export const bytesOf = (length: number, first = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (first + i) % 256);

export const keyValue = (key: string, value: AnyValue | undefined, key_strindex = 0): KeyValue => ({
  key,
  value,
  key_strindex,
});

export const list = (...values: AnyValue[]): AnyValue => ({ array_value: { values } });

export const START = 1_700_000_000_000_000_000n;

const STRINGS = [
  ...['', 'cpu', 'nanoseconds', 'main', 'main.go', 'thread.name', 'size', 'By', 'app'],
  ...['process.executable.build_id.gnu', 'pprof.profile.comment', 'profile.frame.type', 'samples', 'count'],
];

/** The index of a string of `validOtlp`. */
export const string = (text: string): number => {
  const index = STRINGS.indexOf(text);
  if (index < 0) throw new Error(`the valid payload has no string ${text}`);
  return index;
};

export function validOtlp(): ProfilesData {
  const cpu = () => ({ type_strindex: string('cpu'), unit_strindex: string('nanoseconds') });
  const profile = {
    time_unix_nano: START,
    duration_nano: 50n,
    period: 10n,
    dropped_attributes_count: 0,
    original_payload_format: '',
    original_payload: new Uint8Array(0),
  };
  return {
    resource_profiles: [
      {
        resource: {
          attributes: [
            keyValue('service.name', { string_value: 'shop' }),
            keyValue('host.name', { string_value: 'a' }),
            keyValue('note', { string_value_strindex: string('app') }),
          ],
          dropped_attributes_count: 0,
          entity_refs: [
            { schema_url: '', type: 'service', id_keys: ['service.name'], description_keys: ['host.name'] },
          ],
        },
        schema_url: 'https://opentelemetry.io/schemas/1.45.0',
        scope_profiles: [
          {
            scope: {
              name: 'profiler',
              version: '1',
              attributes: [
                keyValue('pprof.scope.sample_type_order', list({ int_value: 1n }, { int_value: 0n })),
                keyValue('pprof.scope.default_sample_type', { string_value: 'cpu' }),
                keyValue('pairs', {
                  kvlist_value: {
                    values: [keyValue('a', { bool_value: true }), keyValue('b', { double_value: 1.5 })],
                  },
                }),
              ],
              dropped_attributes_count: 0,
            },
            schema_url: '',
            profiles: [
              {
                ...profile,
                sample_type: cpu(),
                period_type: cpu(),
                samples: [
                  {
                    stack_index: 1,
                    attribute_indices: [1, 2],
                    link_index: 1,
                    values: [1n, 2n],
                    timestamps_unix_nano: [START, START + 49n],
                  },
                  {
                    stack_index: 2,
                    attribute_indices: [2],
                    link_index: 0,
                    values: [7n],
                    timestamps_unix_nano: [START + 20n],
                  },
                ],
                profile_id: bytesOf(16),
                attribute_indices: [3],
              },
              {
                ...profile,
                period_type: cpu(),
                sample_type: { type_strindex: string('samples'), unit_strindex: string('count') },
                samples: [
                  { stack_index: 1, attribute_indices: [], link_index: 0, values: [3n], timestamps_unix_nano: [] },
                  { stack_index: 2, attribute_indices: [], link_index: 0, values: [4n], timestamps_unix_nano: [] },
                ],
                profile_id: bytesOf(16, 100),
                original_payload_format: 'pprof',
                original_payload: bytesOf(3),
                attribute_indices: [],
              },
            ],
          },
        ],
      },
    ],
    dictionary: {
      string_table: [...STRINGS],
      attribute_table: [
        { key_strindex: 0, value: undefined, unit_strindex: 0 },
        { key_strindex: string('thread.name'), value: { string_value: 'worker' }, unit_strindex: 0 },
        { key_strindex: string('size'), value: { int_value: 5n }, unit_strindex: string('By') },
        {
          key_strindex: string('pprof.profile.comment'),
          value: list({ string_value: 'hello' }, { string_value: 'hello' }),
          unit_strindex: 0,
        },
        {
          key_strindex: string('process.executable.build_id.gnu'),
          value: { string_value: 'c89b11207f64' },
          unit_strindex: 0,
        },
        { key_strindex: string('profile.frame.type'), value: { string_value: 'native' }, unit_strindex: 0 },
      ],
      mapping_table: [
        { memory_start: 0n, memory_limit: 0n, file_offset: 0n, filename_strindex: 0, attribute_indices: [] },
        {
          memory_start: 0x1000n,
          memory_limit: 0x2000n,
          file_offset: 0n,
          filename_strindex: string('app'),
          attribute_indices: [4],
        },
      ],
      function_table: [
        { name_strindex: 0, system_name_strindex: 0, filename_strindex: 0, start_line: 0n },
        {
          name_strindex: string('main'),
          system_name_strindex: 0,
          filename_strindex: string('main.go'),
          start_line: 3n,
        },
      ],
      location_table: [
        { mapping_index: 0, address: 0n, lines: [], attribute_indices: [] },
        {
          mapping_index: 1,
          address: 0x1004n,
          lines: [{ function_index: 1, line: 5n, column: 6n }],
          attribute_indices: [],
        },
        { mapping_index: 0, address: 8n, lines: [], attribute_indices: [5] },
      ],
      stack_table: [{ location_indices: [] }, { location_indices: [1, 2, 1] }, { location_indices: [2] }],
      link_table: [
        { trace_id: new Uint8Array(0), span_id: new Uint8Array(0) },
        { trace_id: bytesOf(16), span_id: bytesOf(8) },
      ],
    },
  };
}

const PPROF_STRINGS = [
  ...['', 'samples', 'count', 'cpu', 'nanoseconds', 'main', 'main.go', 'app', 'c89b', 'thread', 'worker', 'size'],
  ...['bytes', 'https://example.com/doc', 'hello'],
];

/** The index of a string of `validPprof`. */
export const text = (wanted: string): bigint => {
  const index = PPROF_STRINGS.indexOf(wanted);
  if (index < 0) throw new Error(`the valid profile has no string ${wanted}`);
  return BigInt(index);
};

export function validPprof(): PprofProfile {
  const cpu = () => ({ type: text('cpu'), unit: text('nanoseconds') });
  return {
    sample_type: [{ type: text('samples'), unit: text('count') }, cpu()],
    sample: [
      {
        location_id: [1n, 2n],
        value: [1n, 10n],
        label: [
          { key: text('thread'), str: text('worker'), num: 0n, num_unit: 0n },
          { key: text('size'), str: 0n, num: 5n, num_unit: text('bytes') },
        ],
      },
      { location_id: [2n], value: [2n, 20n], label: [] },
    ],
    mapping: [
      {
        ...{ id: 1n, memory_start: 0x1000n, memory_limit: 0x2000n, file_offset: 0n },
        ...{ filename: text('app'), build_id: text('c89b') },
        ...{ has_functions: true, has_filenames: true, has_line_numbers: true, has_inline_frames: false },
      },
    ],
    location: [
      {
        ...{ id: 1n, mapping_id: 1n, address: 0x1004n, is_folded: false },
        line: [{ function_id: 1n, line: 5n, column: 6n }],
      },
      { id: 2n, mapping_id: 0n, address: 8n, line: [], is_folded: false },
    ],
    function: [{ id: 1n, name: text('main'), system_name: text('main'), filename: text('main.go'), start_line: 3n }],
    string_table: PPROF_STRINGS.map((string) => new TextEncoder().encode(string)),
    drop_frames: 0n,
    keep_frames: 0n,
    time_nanos: START,
    duration_nanos: 50n,
    period_type: cpu(),
    period: 10n,
    comment: [text('hello')],
    default_sample_type: text('cpu'),
    doc_url: text('https://example.com/doc'),
  };
}
