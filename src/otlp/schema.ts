/**
 * The messages of OTLP Profiles 1.11 as data: profiles.proto, common.proto, resource.proto.
 * What treats all messages alike goes by this table: OTLP/JSON, the wire layout, joining and reducing payloads.
 */

export type ScalarKind = 'int32' | 'uint32' | 'int64' | 'uint64' | 'fixed64' | 'bool' | 'double' | 'string' | 'bytes';

/** The dictionary tables, by their field number in ProfilesDictionary. */
export const TABLE = { mapping: 1, location: 2, function: 3, link: 4, string: 5, attribute: 6, stack: 7 } as const;
export type Table = keyof typeof TABLE;

export interface Field<Name extends string = MessageName> {
  number: number;
  /** As in the .proto file. */
  name: string;
  /** lowerCamelCase, as in OTLP/JSON. */
  json: string;
  kind: ScalarKind | 'message';
  message: Name | undefined;
  repeated: boolean;
  /** A member of a oneof: when it is set, zero is a value too. */
  oneof: boolean;
  /** The dictionary table that the number is an index of. */
  table: Table | undefined;
  /** OTLP/JSON writes these bytes in hex. */
  hex: boolean;
}

/** `number name kind [repeated] [oneof] [hex] [→table]`, a line a field. */
export const DESCRIPTION = {
  ProfilesData: `
    1 resource_profiles ResourceProfiles repeated
    2 dictionary ProfilesDictionary`,
  ResourceProfiles: `
    1 resource Resource
    2 scope_profiles ScopeProfiles repeated
    3 schema_url string`,
  Resource: `
    1 attributes KeyValue repeated
    2 dropped_attributes_count uint32
    3 entity_refs EntityRef repeated`,
  EntityRef: `
    1 schema_url string
    2 type string
    3 id_keys string repeated
    4 description_keys string repeated`,
  ScopeProfiles: `
    1 scope InstrumentationScope
    2 profiles Profile repeated
    3 schema_url string`,
  InstrumentationScope: `
    1 name string
    2 version string
    3 attributes KeyValue repeated
    4 dropped_attributes_count uint32`,
  KeyValue: `
    1 key string
    2 value AnyValue
    3 key_strindex int32 →string`,
  AnyValue: `
    1 string_value string oneof
    2 bool_value bool oneof
    3 int_value int64 oneof
    4 double_value double oneof
    5 array_value ArrayValue oneof
    6 kvlist_value KeyValueList oneof
    7 bytes_value bytes oneof
    8 string_value_strindex int32 oneof →string`,
  ArrayValue: `
    1 values AnyValue repeated`,
  KeyValueList: `
    1 values KeyValue repeated`,
  Profile: `
    1 sample_type ValueType
    2 samples Sample repeated
    3 time_unix_nano fixed64
    4 duration_nano uint64
    5 period_type ValueType
    6 period int64
    7 profile_id bytes hex
    8 dropped_attributes_count uint32
    9 original_payload_format string
    10 original_payload bytes
    11 attribute_indices int32 repeated →attribute`,
  ValueType: `
    1 type_strindex int32 →string
    2 unit_strindex int32 →string`,
  Sample: `
    1 stack_index int32 →stack
    2 attribute_indices int32 repeated →attribute
    3 link_index int32 →link
    4 values int64 repeated
    5 timestamps_unix_nano fixed64 repeated`,
  ProfilesDictionary: `
    1 mapping_table Mapping repeated
    2 location_table Location repeated
    3 function_table Function repeated
    4 link_table Link repeated
    5 string_table string repeated
    6 attribute_table KeyValueAndUnit repeated
    7 stack_table Stack repeated`,
  Mapping: `
    1 memory_start uint64
    2 memory_limit uint64
    3 file_offset uint64
    4 filename_strindex int32 →string
    5 attribute_indices int32 repeated →attribute`,
  Location: `
    1 mapping_index int32 →mapping
    2 address uint64
    3 lines Line repeated
    4 attribute_indices int32 repeated →attribute`,
  Line: `
    1 function_index int32 →function
    2 line int64
    3 column int64`,
  Function: `
    1 name_strindex int32 →string
    2 system_name_strindex int32 →string
    3 filename_strindex int32 →string
    4 start_line int64`,
  Link: `
    1 trace_id bytes hex
    2 span_id bytes hex`,
  KeyValueAndUnit: `
    1 key_strindex int32 →string
    2 value AnyValue
    3 unit_strindex int32 →string`,
  Stack: `
    1 location_indices int32 repeated →location`,
} as const;

export type MessageName = keyof typeof DESCRIPTION;

export const MESSAGES = Object.keys(DESCRIPTION) as MessageName[];

/** The fields of each message by number; entry 0 and numbers that a message lacks are undefined. */
export const SCHEMA = messagesOf(DESCRIPTION);

/** Reads a description like DESCRIPTION. */
export function messagesOf<Name extends string>(
  description: Readonly<Record<Name, string>>,
): Record<Name, readonly (Field<Name> | undefined)[]> {
  const entries = Object.entries<string>(description).map(([name, text]) => [name, fieldsOf(text, description)]);
  return Object.fromEntries(entries);
}

function fieldsOf<Name extends string>(text: string, messages: Readonly<Record<Name, string>>) {
  const fields: (Field<Name> | undefined)[] = [];
  for (const line of text.trim().split('\n')) {
    const [number, name, kind, ...rest] = line.trim().split(' ');
    const isMessage = kind in messages;
    const has = (option: string) => rest.includes(option);
    fields[Number(number)] = {
      number: Number(number),
      name,
      json: name.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
      kind: isMessage ? 'message' : (kind as ScalarKind),
      message: isMessage ? (kind as Name) : undefined,
      repeated: has('repeated'),
      oneof: has('oneof'),
      hex: has('hex'),
      table: rest.find((word) => word.startsWith('→'))?.slice(1) as Table | undefined,
    };
  }
  return fields;
}

/** The wire type of one value of a field; packed numbers are LEN whatever this says. */
export function wireTypeOf({ kind }: Pick<Field, 'kind'>): number {
  if (kind === 'double' || kind === 'fixed64') return 1;
  return kind === 'string' || kind === 'bytes' || kind === 'message' ? 2 : 0;
}

/** Whether repeated values of a field may stand packed in one. */
export const isPackable = (field: Pick<Field, 'kind' | 'repeated'>): boolean =>
  field.repeated && wireTypeOf(field) !== 2;
