import { type Field, type MessageName, messagesOf, SCHEMA } from '../otlp/schema.ts';
import type { ProfileFormat } from './summary.ts';

/** profile.proto, described as OTLP is in src/otlp/schema.ts: what is an index or id names the table that it leads to. */
const PPROF = {
  Profile: `
    1 sample_type ValueType repeated
    2 sample Sample repeated
    3 mapping Mapping repeated
    4 location Location repeated
    5 function Function repeated
    6 string_table string repeated
    7 drop_frames int64 →string
    8 keep_frames int64 →string
    9 time_nanos int64
    10 duration_nanos int64
    11 period_type ValueType
    12 period int64
    13 comment int64 repeated →string
    14 default_sample_type int64 →string
    15 doc_url int64 →string`,
  ValueType: `
    1 type int64 →string
    2 unit int64 →string`,
  Sample: `
    1 location_id uint64 repeated →location
    2 value int64 repeated
    3 label Label repeated`,
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
    5 filename int64 →string
    6 build_id int64 →string
    7 has_functions bool
    8 has_filenames bool
    9 has_line_numbers bool
    10 has_inline_frames bool`,
  Location: `
    1 id uint64
    2 mapping_id uint64 →mapping
    3 address uint64
    4 line Line repeated
    5 is_folded bool`,
  Line: `
    1 function_id uint64 →function
    2 line int64
    3 column int64`,
  Function: `
    1 id uint64
    2 name int64 →string
    3 system_name int64 →string
    4 filename int64 →string
    5 start_line int64`,
} as const;

export type DumpField = Field<string>;

export interface DumpSchema {
  root: string;
  messages: Readonly<Record<string, readonly (DumpField | undefined)[]>>;
  /** For each table the fields that lead to it, from the root down. */
  tables: Readonly<Record<string, readonly number[]>>;
  /** Entries are found by an id of their own, not by their place. */
  byId: boolean;
}

const OTLP_ROOT: MessageName = 'ProfilesData';

export const DUMP_SCHEMAS: Readonly<Record<ProfileFormat, DumpSchema>> = {
  pprof: {
    root: 'Profile',
    messages: messagesOf(PPROF),
    tables: { mapping: [3], location: [4], function: [5], string: [6] },
    byId: true,
  },
  otlp: {
    root: OTLP_ROOT,
    messages: SCHEMA,
    tables: {
      mapping: [2, 1],
      location: [2, 2],
      function: [2, 3],
      link: [2, 4],
      string: [2, 5],
      attribute: [2, 6],
      stack: [2, 7],
    },
    byId: false,
  },
};
