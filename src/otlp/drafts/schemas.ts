/**
 * The layouts that OTLP profiles had before 1.10, as data. Each is written as what differs from the next newer one.
 * Source: open-telemetry/opentelemetry-proto, profiles.proto (and pprofextended.proto) at tags v1.3.0 to v1.11.0.
 */

import { DESCRIPTION, type Field, messagesOf } from '../schema.ts';

/** A layout, by the newest release that has it: 1.5 is that of 1.4 too, whose messages differ by an added field only. */
export type DraftVersion = '1.3' | '1.5' | '1.6' | '1.7' | '1.8' | '1.9';
export type Layout = DraftVersion | 'current';

/** Newest first. */
export const LAYOUTS: readonly Layout[] = ['current', '1.9', '1.8', '1.7', '1.6', '1.5', '1.3'];

/** The layout of each release that has profiles. */
export const RELEASES: Readonly<Record<string, Layout>> = {
  '1.3': '1.3',
  '1.4': '1.5',
  '1.5': '1.5',
  '1.6': '1.6',
  '1.7': '1.7',
  '1.8': '1.8',
  '1.9': '1.9',
  '1.10': 'current',
  '1.11': 'current',
};

/** Since 1.8 there are a stack table, units in the attributes and a zero value as entry 0 of every table. */
export const hasStacks = (layout: Layout): boolean => layout === 'current' || layout === '1.9' || layout === '1.8';

type Description = Readonly<Record<string, string>>;

/**
 * Like DESCRIPTION, with one option more: `now:name` says under which name the field is read where 1.11, or
 * a draft between, has it under another. `oneof` marks the fields that are `optional`.
 */
const V1_9: Description = {
  ...DESCRIPTION,
  KeyValue: `
    1 key string
    2 value AnyValue`,
  AnyValue: `
    1 string_value string oneof
    2 bool_value bool oneof
    3 int_value int64 oneof
    4 double_value double oneof
    5 array_value ArrayValue oneof
    6 kvlist_value KeyValueList oneof
    7 bytes_value bytes oneof`,
  Sample: `
    1 stack_index int32 →stack
    2 values int64 repeated
    3 attribute_indices int32 repeated →attribute
    4 link_index int32 →link
    5 timestamps_unix_nano fixed64 repeated`,
};

const V1_8: Description = {
  ...V1_9,
  Profile: `
    1 sample_type ValueType
    2 sample Sample repeated now:samples
    3 time_unix_nano fixed64
    4 duration_nano uint64
    5 period_type ValueType
    6 period int64
    7 comment_strindices int32 repeated →string
    8 profile_id bytes hex
    9 dropped_attributes_count uint32
    10 original_payload_format string
    11 original_payload bytes
    12 attribute_indices int32 repeated →attribute`,
  ValueType: `
    1 type_strindex int32 →string
    2 unit_strindex int32 →string
    3 aggregation_temporality int32`,
  Location: `
    1 mapping_index int32 →mapping
    2 address uint64
    3 line Line repeated now:lines
    4 attribute_indices int32 repeated →attribute`,
};

const V1_7: Description = {
  ...V1_8,
  ProfilesDictionary: `
    1 mapping_table Mapping repeated
    2 location_table Location repeated
    3 function_table Function repeated
    4 link_table Link repeated
    5 string_table string repeated
    6 attribute_table KeyValue repeated
    7 attribute_units AttributeUnit repeated`,
  AttributeUnit: `
    1 attribute_key_strindex int32 →string
    2 unit_strindex int32 →string`,
  Profile: `
    1 sample_type ValueType repeated now:sample_types
    2 sample Sample repeated now:samples
    3 location_indices int32 repeated →location
    4 time_nanos int64
    5 duration_nanos int64
    6 period_type ValueType
    7 period int64
    8 comment_strindices int32 repeated →string
    9 default_sample_type_index int32
    10 profile_id bytes hex
    11 dropped_attributes_count uint32
    12 original_payload_format string
    13 original_payload bytes
    14 attribute_indices int32 repeated →attribute`,
  Sample: `
    1 locations_start_index int32
    2 locations_length int32
    3 value int64 repeated now:values
    4 attribute_indices int32 repeated →attribute
    5 link_index int32 oneof →link
    6 timestamps_unix_nano uint64 repeated`,
  Mapping: `
    1 memory_start uint64
    2 memory_limit uint64
    3 file_offset uint64
    4 filename_strindex int32 →string
    5 attribute_indices int32 repeated →attribute
    6 has_functions bool
    7 has_filenames bool
    8 has_line_numbers bool
    9 has_inline_frames bool`,
  Location: `
    1 mapping_index int32 oneof →mapping
    2 address uint64
    3 line Line repeated now:lines
    4 is_folded bool
    5 attribute_indices int32 repeated →attribute`,
};

const V1_6: Description = {
  ...V1_7,
  ProfilesData: `
    1 resource_profiles ResourceProfiles repeated
    2 mapping_table Mapping repeated
    3 location_table Location repeated
    4 function_table Function repeated
    5 link_table Link repeated
    6 string_table string repeated
    7 attribute_table KeyValue repeated
    8 attribute_units AttributeUnit repeated`,
};

const V1_5: Description = {
  ...V1_6,
  ProfilesData: `
    1 resource_profiles ResourceProfiles repeated`,
  // 1.4 has field 18, 1.5 has field 22 instead.
  Profile: `
    1 sample_type ValueType repeated now:sample_types
    2 sample Sample repeated now:samples
    3 mapping_table Mapping repeated
    4 location_table Location repeated
    5 location_indices int32 repeated →location
    6 function_table Function repeated
    7 attribute_table KeyValue repeated
    8 attribute_units AttributeUnit repeated
    9 link_table Link repeated
    10 string_table string repeated
    11 time_nanos int64
    12 duration_nanos int64
    13 period_type ValueType
    14 period int64
    15 comment_strindices int32 repeated →string
    16 default_sample_type_strindex int32 →string
    17 profile_id bytes hex
    18 attributes KeyValue repeated
    19 dropped_attributes_count uint32
    20 original_payload_format string
    21 original_payload bytes
    22 attribute_indices int32 repeated →attribute`,
};

const V1_3: Description = {
  ...V1_5,
  ScopeProfiles: `
    1 scope InstrumentationScope
    2 profiles ProfileContainer repeated
    3 schema_url string`,
  ProfileContainer: `
    1 profile_id bytes hex
    2 start_time_unix_nano fixed64
    3 end_time_unix_nano fixed64
    4 attributes KeyValue repeated
    5 dropped_attributes_count uint32
    6 original_payload_format string
    7 original_payload bytes
    8 profile Profile`,
  Profile: `
    1 sample_type ValueType repeated now:sample_types
    2 sample Sample repeated now:samples
    3 mapping Mapping repeated now:mapping_table
    4 location Location repeated now:location_table
    5 function Function repeated now:function_table
    6 string_table string repeated
    7 drop_frames int64 →string
    8 keep_frames int64 →string
    9 time_nanos int64
    10 duration_nanos int64
    11 period_type ValueType
    12 period int64
    13 comment int64 repeated →string now:comment_strindices
    14 default_sample_type int64 →string now:default_sample_type_strindex
    15 location_indices int64 repeated →location
    16 attribute_table KeyValue repeated
    17 attribute_units AttributeUnit repeated
    18 link_table Link repeated`,
  AttributeUnit: `
    1 attribute_key int64 →string now:attribute_key_strindex
    2 unit int64 →string now:unit_strindex`,
  ValueType: `
    1 type int64 →string now:type_strindex
    2 unit int64 →string now:unit_strindex
    3 aggregation_temporality int32`,
  Sample: `
    1 location_index uint64 repeated →location
    2 value int64 repeated now:values
    3 label Label repeated
    7 locations_start_index uint64
    8 locations_length uint64
    9 stacktrace_id_index uint32 →string
    10 attributes uint64 repeated →attribute now:attribute_indices
    12 link uint64 →link now:link_index
    13 timestamps_unix_nano uint64 repeated`,
  Label: `
    1 key int64 →string
    2 str int64 →string
    3 num int64
    4 num_unit int64 →string`,
  Mapping: `
    1 id uint64
    2 memory_start uint64
    3 memory_limit uint64
    4 file_offset uint64
    5 filename int64 →string now:filename_strindex
    6 build_id int64 →string
    7 has_functions bool
    8 has_filenames bool
    9 has_line_numbers bool
    10 has_inline_frames bool
    11 build_id_kind int32
    12 attributes uint64 repeated →attribute now:attribute_indices`,
  Location: `
    1 id uint64
    2 mapping_index uint64 →mapping
    3 address uint64
    4 line Line repeated now:lines
    5 is_folded bool
    6 type_index uint32 →string
    7 attributes uint64 repeated →attribute now:attribute_indices`,
  Line: `
    1 function_index uint64 →function
    2 line int64
    3 column int64`,
  Function: `
    1 id uint64
    2 name int64 →string now:name_strindex
    3 system_name int64 →string now:system_name_strindex
    4 filename int64 →string now:filename_strindex
    5 start_line int64`,
};

/** A field of any layout. */
export interface DraftField extends Field<string> {
  /** The name under which it is read. */
  now: string;
}

export type DraftSchema = Readonly<Record<string, readonly (DraftField | undefined)[]>>;

const DESCRIPTIONS: Readonly<Record<Layout, Description>> = {
  current: DESCRIPTION,
  '1.9': V1_9,
  '1.8': V1_8,
  '1.7': V1_7,
  '1.6': V1_6,
  '1.5': V1_5,
  '1.3': V1_3,
};

const schemas = new Map<Layout, DraftSchema>();

/** The messages of a layout, like SCHEMA. Made when they are asked for: most payloads are of today. */
export function schemaOf(layout: Layout): DraftSchema {
  const known = schemas.get(layout);
  if (known !== undefined) return known;
  const schema = described(DESCRIPTIONS[layout]);
  schemas.set(layout, schema);
  return schema;
}

function described(description: Description): DraftSchema {
  const messages = Object.entries(messagesOf(description)).map(([message, fields]) => {
    const renamed = new Map(
      Array.from(description[message].matchAll(/^ *(\d+) .*\bnow:(\w+)/gm), ([, number, now]) => [Number(number), now]),
    );
    return [message, fields.map((field) => field && { ...field, now: renamed.get(field.number) ?? field.name })];
  });
  return Object.fromEntries(messages);
}
