import { messagesOf } from '../../otlp/schema.ts';
import { Payload } from '../payload.ts';
import type { Compression } from '../rule.ts';
import type { Format } from '../schema.ts';
import type { Spans } from '../table.ts';
import { Ids } from './ids.ts';

/** profile.proto. An arrow leads to string_table by index, to the other tables by id. */
const SCHEMA = messagesOf({
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
});

export const PPROF: Format = { name: 'pprof', proto: 'profile.proto', root: 'Profile', schema: SCHEMA };

/** A pprof: the tables, and what several rules ask of them. */
export class Pprof extends Payload {
  readonly profile = this.table('Profile');
  readonly samples = this.table('Sample');
  readonly labels = this.table('Label');
  readonly mappings = this.table('Mapping');
  readonly locations = this.table('Location');
  readonly lines = this.table('Line');
  readonly functions = this.table('Function');
  readonly strings: Spans = this.profile.spanLists('string_table').values;
  private readonly idMaps = new Map<string, Ids>();

  constructor(
    bytes: Uint8Array,
    /** How the file is compressed; undefined when it is no file. */
    readonly compression: Compression | undefined,
  ) {
    super(bytes, PPROF);
  }

  /** The string of a column's row; empty when the index leads nowhere, which is another rule's business. */
  text(table: string, field: string, row: number): string {
    const index = this.index(table, field, row);
    return index < 0 ? '' : this.strings.text(index);
  }

  /** The index of a string, -1 when there is none of that index. */
  index(table: string, field: string, row: number): number {
    const column = this.table(table).longs(field);
    const index = column.lo[row];
    return column.hiAt(row) === 0 && index >= 0 && index < this.strings.length ? index : -1;
  }

  ids(table: 'Mapping' | 'Location' | 'Function'): Ids {
    const known = this.idMaps.get(table);
    if (known !== undefined) return known;
    const ids = new Ids(this.table(table).longs('id'));
    this.idMaps.set(table, ids);
    return ids;
  }

  /** The rows of the sample types. */
  sampleTypes(): number[] {
    return this.children(this.table('ValueType'), this.profile, 'sample_type')[0];
  }
}
