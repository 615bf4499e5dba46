// The messages of both formats as plain objects, the shape in which the oracle
// gives and takes them: proto names, bigint for 64 bits, lists never absent.

export interface PprofValueType {
  type: bigint;
  unit: bigint;
}
export interface PprofLabel {
  key: bigint;
  str: bigint;
  num: bigint;
  num_unit: bigint;
}
export interface PprofSample {
  location_id: bigint[];
  value: bigint[];
  label: PprofLabel[];
}
export interface PprofMapping {
  id: bigint;
  memory_start: bigint;
  memory_limit: bigint;
  file_offset: bigint;
  filename: bigint;
  build_id: bigint;
  has_functions: boolean;
  has_filenames: boolean;
  has_line_numbers: boolean;
  has_inline_frames: boolean;
}
export interface PprofLine {
  function_id: bigint;
  line: bigint;
  column: bigint;
}
export interface PprofLocation {
  id: bigint;
  mapping_id: bigint;
  address: bigint;
  line: PprofLine[];
  is_folded: boolean;
}
export interface PprofFunction {
  id: bigint;
  name: bigint;
  system_name: bigint;
  filename: bigint;
  start_line: bigint;
}
export interface PprofProfile {
  sample_type: PprofValueType[];
  sample: PprofSample[];
  mapping: PprofMapping[];
  location: PprofLocation[];
  function: PprofFunction[];
  string_table: Uint8Array[];
  drop_frames: bigint;
  keep_frames: bigint;
  time_nanos: bigint;
  duration_nanos: bigint;
  period_type: PprofValueType | undefined;
  period: bigint;
  comment: bigint[];
  default_sample_type: bigint;
  doc_url: bigint;
}

/** At most one member is there. */
export interface AnyValue {
  string_value?: string;
  bool_value?: boolean;
  int_value?: bigint;
  double_value?: number;
  array_value?: { values: AnyValue[] };
  kvlist_value?: { values: KeyValue[] };
  bytes_value?: Uint8Array;
  string_value_strindex?: number;
}
export interface KeyValue {
  key: string;
  value: AnyValue | undefined;
  key_strindex: number;
}
export interface InstrumentationScope {
  name: string;
  version: string;
  attributes: KeyValue[];
  dropped_attributes_count: number;
}
export interface EntityRef {
  schema_url: string;
  type: string;
  id_keys: string[];
  description_keys: string[];
}
export interface Resource {
  attributes: KeyValue[];
  dropped_attributes_count: number;
  entity_refs: EntityRef[];
}
export interface OtlpValueType {
  type_strindex: number;
  unit_strindex: number;
}
export interface OtlpSample {
  stack_index: number;
  attribute_indices: number[];
  link_index: number;
  values: bigint[];
  timestamps_unix_nano: bigint[];
}
export interface OtlpProfile {
  sample_type: OtlpValueType | undefined;
  samples: OtlpSample[];
  time_unix_nano: bigint;
  duration_nano: bigint;
  period_type: OtlpValueType | undefined;
  period: bigint;
  profile_id: Uint8Array;
  dropped_attributes_count: number;
  original_payload_format: string;
  original_payload: Uint8Array;
  attribute_indices: number[];
}
export interface ScopeProfiles {
  scope: InstrumentationScope | undefined;
  profiles: OtlpProfile[];
  schema_url: string;
}
export interface ResourceProfiles {
  resource: Resource | undefined;
  scope_profiles: ScopeProfiles[];
  schema_url: string;
}
export interface OtlpMapping {
  memory_start: bigint;
  memory_limit: bigint;
  file_offset: bigint;
  filename_strindex: number;
  attribute_indices: number[];
}
export interface OtlpLine {
  function_index: number;
  line: bigint;
  column: bigint;
}
export interface OtlpLocation {
  mapping_index: number;
  address: bigint;
  lines: OtlpLine[];
  attribute_indices: number[];
}
export interface OtlpFunction {
  name_strindex: number;
  system_name_strindex: number;
  filename_strindex: number;
  start_line: bigint;
}
export interface Link {
  trace_id: Uint8Array;
  span_id: Uint8Array;
}
export interface KeyValueAndUnit {
  key_strindex: number;
  value: AnyValue | undefined;
  unit_strindex: number;
}
export interface Stack {
  location_indices: number[];
}
export interface ProfilesDictionary {
  mapping_table: OtlpMapping[];
  location_table: OtlpLocation[];
  function_table: OtlpFunction[];
  link_table: Link[];
  string_table: string[];
  attribute_table: KeyValueAndUnit[];
  stack_table: Stack[];
}
export interface ProfilesData {
  resource_profiles: ResourceProfiles[];
  dictionary: ProfilesDictionary | undefined;
}
