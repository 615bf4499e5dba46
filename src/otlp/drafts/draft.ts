/** What `read` gives: the messages of all layouts in one, by the names that their fields have now (see `now:` there). */

import type { Message } from './message.ts';

export interface Draft extends TableOwner {
  resource_profiles?: ResourceProfiles[];
  dictionary?: TableOwner;
}

/** ProfilesDictionary, in 1.6 ProfilesData, before that each Profile. */
export interface TableOwner extends Message {
  mapping_table?: Mapping[];
  location_table?: Location[];
  function_table?: Message[];
  link_table?: Message[];
  string_table?: string[];
  attribute_table?: Attribute[];
  stack_table?: Stack[];
  attribute_units?: AttributeUnit[];
}

export interface ResourceProfiles extends Message {
  resource?: Message & { attributes?: KeyValue[] };
  scope_profiles?: ScopeProfiles[];
}

export interface ScopeProfiles extends Message {
  scope?: Message & { attributes?: KeyValue[] };
  profiles?: (Profile | Container)[];
}

/** ProfileContainer of 1.3. Its fields count as those of the profile in it. */
export interface Container extends Message {
  profile?: Profile;
}

export interface Profile extends TableOwner {
  sample_type?: ValueType;
  sample_types?: ValueType[];
  samples?: Sample[];
  location_indices?: number[];
  time_unix_nano?: bigint;
  duration_nano?: bigint;
  time_nanos?: bigint;
  duration_nanos?: bigint;
  start_time_unix_nano?: bigint;
  end_time_unix_nano?: bigint;
  period_type?: ValueType;
  default_sample_type_index?: number;
  default_sample_type_strindex?: number;
  drop_frames?: number;
  keep_frames?: number;
  comment_strindices?: number[];
  attributes?: KeyValue[];
  attribute_indices?: number[];
}

export interface ValueType extends Message {
  type_strindex?: number;
  unit_strindex?: number;
  aggregation_temporality?: number;
}

export interface Sample extends Message {
  stack_index?: number;
  locations_start_index?: number | bigint;
  locations_length?: number | bigint;
  location_index?: number[];
  stacktrace_id_index?: number;
  values?: bigint[];
  attribute_indices?: number[];
  label?: Label[];
  link_index?: number;
  timestamps_unix_nano?: bigint[];
}

export interface Label extends Message {
  key?: number;
  str?: number;
  num?: bigint;
  num_unit?: number;
}

export interface Mapping extends Message {
  id?: bigint;
  filename_strindex?: number;
  build_id?: number;
  build_id_kind?: number;
  has_functions?: boolean;
  has_filenames?: boolean;
  has_line_numbers?: boolean;
  has_inline_frames?: boolean;
  attribute_indices?: number[];
}

export interface Location extends Message {
  id?: bigint;
  mapping_index?: number;
  lines?: (Message & { function_index?: number })[];
  is_folded?: boolean;
  type_index?: number;
  attribute_indices?: number[];
}

export interface Stack extends Message {
  location_indices?: number[];
}

/** KeyValue before 1.8, KeyValueAndUnit since. */
export interface Attribute extends KeyValue {
  unit_strindex?: number;
}

export interface AttributeUnit extends Message {
  attribute_key_strindex?: number;
  unit_strindex?: number;
}

/** A KeyValue as read, or one made here. */
export interface Entry {
  key?: string;
  key_strindex?: number;
  value?: AnyValue | undefined;
}

export interface KeyValue extends Message, Entry {}

/** As read, or made here. */
export interface AnyValue {
  string_value?: string;
  bool_value?: boolean;
  int_value?: bigint;
  string_value_strindex?: number;
  array_value?: { values?: AnyValue[] };
  kvlist_value?: { values?: Entry[] };
}
