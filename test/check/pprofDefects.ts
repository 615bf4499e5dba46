// What can be wrong with a pprof, one thing at a time. docs/rules.md lists all of it.

import type { PprofLabel, PprofProfile, PprofSample } from '../support/messages.ts';
import type { Defect } from './defect.ts';
import { START, text } from './valid.ts';
import { adding, len, varint } from './wire.ts';

/** What google/pprof does with it: Parse and CheckValid of profile/, read as they are. */
export interface PprofDefect extends Defect<PprofProfile> {
  google: 'refuses' | 'accepts';
}

const encoded = (string: string): Uint8Array => new TextEncoder().encode(string);
const intern = (profile: PprofProfile, string: string): bigint =>
  BigInt(profile.string_table.push(encoded(string)) - 1);

const label = (make: (profile: PprofProfile) => Partial<PprofLabel>) => (profile: PprofProfile) => {
  profile.sample[1]?.label.push({ key: text('thread'), str: 0n, num: 0n, num_unit: 0n, ...make(profile) });
};

const sample = (part: Partial<PprofSample>) => (profile: PprofProfile) => {
  profile.sample.push({ location_id: [1n], value: [1n, 1n], label: [], ...part });
};

const OUT = 99n;

/** Sets fields of the first entry of a table. */
const set =
  (table: 'mapping' | 'location' | 'function', fields: object) =>
  (profile: PprofProfile): void => {
    Object.assign(profile[table][0] as object, fields);
  };

export const PPROF_DEFECTS: readonly PprofDefect[] = [
  { name: 'cut off', rule: 'bad-input', google: 'refuses', wire: (bytes) => bytes.slice(0, -1) },
  {
    name: 'a field of another wire type',
    rule: 'bad-input',
    google: 'refuses',
    wire: adding([], { field: 12, wire: 'fixed64', value: 1n }),
  },
  {
    name: 'a file that is not compressed',
    rule: 'pprof/compression',
    google: 'accepts',
    options: { compression: 'none' },
  },
  {
    name: 'a file that is compressed with zstd',
    rule: 'pprof/compression',
    google: 'refuses',
    options: { compression: 'zstd' },
  },
  {
    name: 'two profiles run together',
    rule: 'pprof/concatenated',
    google: 'refuses',
    wire: adding([], varint(9, START)),
  },
  { name: 'an unknown field', rule: 'pprof/unknown-field', google: 'accepts', wire: adding([], varint(99, 1n)) },
  {
    name: 'an unknown field of a mapping',
    rule: 'pprof/unknown-field',
    google: 'accepts',
    path: 'mapping[0]',
    wire: adding([3], len(20, encoded('x'))),
  },
  {
    name: 'a period twice',
    rule: 'pprof/field-twice',
    google: 'accepts',
    path: 'period',
    wire: adding([], varint(12, 10n)),
  },
  {
    name: 'a string that is not UTF-8',
    rule: 'pprof/utf8',
    google: 'accepts',
    path: 'string_table[10]',
    plain: (p) => {
      p.string_table[10] = Uint8Array.of(0xff, 0x41);
    },
  },
  {
    name: 'a string table that does not start with the empty string',
    rule: 'pprof/string-zero-entry',
    google: 'refuses',
    path: 'string_table[0]',
    plain: (p) => {
      p.string_table[0] = encoded('x');
    },
  },
  {
    name: 'no string table',
    rule: 'pprof/string-zero-entry',
    google: 'refuses',
    path: 'string_table',
    plain: (p) => {
      Object.assign(p, { string_table: [], sample_type: [], sample: [], mapping: [], location: [], function: [] });
      Object.assign(p, { comment: [], default_sample_type: 0n, doc_url: 0n, period: 0n, period_type: undefined });
      p.sample_type.push({ type: 0n, unit: 0n });
    },
  },
  ...(
    [
      ['sample_type[0].type', (p) => Object.assign(p.sample_type[0] as object, { type: OUT })],
      ['sample_type[0].unit', (p) => Object.assign(p.sample_type[0] as object, { unit: -1n })],
      ['period_type.unit', (p) => Object.assign(p, { period_type: { type: text('cpu'), unit: OUT } })],
      ['sample[0].label[0].key', (p) => Object.assign(p.sample[0]?.label[0] as object, { key: OUT })],
      ['sample[0].label[0].str', (p) => Object.assign(p.sample[0]?.label[0] as object, { str: OUT })],
      ['sample[0].label[1].num_unit', (p) => Object.assign(p.sample[0]?.label[1] as object, { num_unit: OUT })],
      ['mapping[0].filename', set('mapping', { filename: OUT })],
      ['mapping[0].build_id', set('mapping', { build_id: OUT })],
      ['function[0].name', set('function', { name: OUT })],
      ['function[0].system_name', set('function', { system_name: OUT })],
      ['function[0].filename', set('function', { filename: OUT })],
      ['drop_frames', (p) => Object.assign(p, { drop_frames: OUT })],
      ['keep_frames', (p) => Object.assign(p, { keep_frames: 1n << 40n })],
      ['comment[1]', (p) => p.comment.push(OUT)],
      ['default_sample_type', (p) => Object.assign(p, { default_sample_type: OUT })],
      ['doc_url', (p) => Object.assign(p, { doc_url: OUT })],
    ] as [string, (profile: PprofProfile) => void][]
  ).map(
    ([path, plain]): PprofDefect => ({
      name: `${path} leads to no string`,
      rule: 'pprof/string-index',
      google: 'refuses',
      path,
      plain: (p) => {
        // What the spoiled index referred to stays referred to.
        p.comment = [];
        for (let i = 1n; i < p.string_table.length; i++) p.comment.push(i);
        if (path.startsWith('comment')) p.comment = [text('hello')];
        plain(p);
      },
    }),
  ),
  {
    name: 'a mapping of id 0',
    rule: 'pprof/id-zero',
    google: 'refuses',
    path: 'mapping[1].id',
    plain: (p) => p.mapping.push({ ...p.mapping[0], id: 0n, memory_start: 0x3000n, memory_limit: 0x4000n } as never),
  },
  {
    name: 'a location of id 0',
    rule: 'pprof/id-zero',
    google: 'refuses',
    path: 'location[2].id',
    plain: (p) => {
      p.location.push({ ...p.location[0], id: 0n } as never);
      p.sample[1]?.location_id.push(0n);
    },
  },
  {
    name: 'a function of id 0',
    rule: 'pprof/id-zero',
    google: 'refuses',
    path: 'function[0].id',
    plain: (p) => {
      set('function', { id: 0n })(p);
      Object.assign(p.location[0]?.line[0] as object, { function_id: 0n });
    },
  },
  {
    name: 'two mappings of one id',
    rule: 'pprof/id-twice',
    google: 'refuses',
    path: 'mapping[1].id',
    plain: (p) => p.mapping.push({ ...p.mapping[0], memory_start: 0x3000n, memory_limit: 0x4000n } as never),
  },
  {
    name: 'two locations of one id',
    rule: 'pprof/id-twice',
    google: 'refuses',
    path: 'location[2].id',
    plain: (p) => p.location.push({ ...p.location[0] } as never),
  },
  {
    name: 'two functions of one id',
    rule: 'pprof/id-twice',
    google: 'refuses',
    path: 'function[1].id',
    plain: (p) => p.function.push({ ...p.function[0] } as never),
  },
  {
    name: 'a location id that no location has',
    rule: 'pprof/location-missing',
    google: 'refuses',
    path: 'sample[1].location_id[1]',
    plain: (p) => p.sample[1]?.location_id.push(OUT),
  },
  {
    name: 'a location id 0',
    rule: 'pprof/location-missing',
    google: 'refuses',
    plain: (p) => p.sample[1]?.location_id.push(0n),
  },
  {
    name: 'a mapping id that no mapping has',
    rule: 'pprof/mapping-missing',
    google: 'accepts',
    path: 'location[1].mapping_id',
    plain: (p) => Object.assign(p.location[1] as object, { mapping_id: OUT }),
  },
  {
    name: 'a function id that no function has',
    rule: 'pprof/function-missing',
    google: 'refuses',
    path: 'location[1].line[0].function_id',
    plain: (p) => p.location[1]?.line.push({ function_id: OUT, line: 1n, column: 0n }),
  },
  {
    name: 'a line without function',
    rule: 'pprof/function-missing',
    google: 'refuses',
    plain: (p) => p.location[1]?.line.push({ function_id: 0n, line: 1n, column: 0n }),
  },
  {
    name: 'a location that no sample refers to',
    rule: 'pprof/orphan-entry',
    google: 'accepts',
    path: 'location[2]',
    plain: (p) => p.location.push({ ...p.location[0], id: 3n } as never),
  },
  {
    name: 'a function that no line refers to',
    rule: 'pprof/orphan-entry',
    google: 'accepts',
    path: 'function[1]',
    plain: (p) => p.function.push({ ...p.function[0], id: 2n } as never),
  },
  {
    name: 'a string that nothing refers to',
    rule: 'pprof/orphan-entry',
    google: 'accepts',
    path: 'string_table[15]',
    plain: (p) => p.string_table.push(encoded('nobody')),
  },
  {
    name: 'neither sample types nor samples',
    rule: 'pprof/sample-type-missing',
    google: 'accepts',
    plain: (p) => {
      p.comment = Array.from(p.string_table, (_, i) => BigInt(i)).slice(1);
      Object.assign(p, { sample_type: [], sample: [], location: [], function: [], default_sample_type: 0n });
    },
  },
  {
    name: 'a count that is not the first sample type',
    rule: 'pprof/count-first',
    google: 'accepts',
    path: 'sample_type[1]',
    plain: (p) => p.sample_type.reverse(),
  },
  {
    name: 'a default sample type that is none',
    rule: 'pprof/default-sample-type',
    google: 'accepts',
    plain: (p) => Object.assign(p, { default_sample_type: text('app') }),
  },
  {
    name: 'a documentation link that is no URL',
    rule: 'pprof/doc-url',
    google: 'accepts',
    plain: (p) => Object.assign(p, { doc_url: text('app'), comment: [...p.comment, text('https://example.com/doc')] }),
  },
  {
    name: 'a negative time',
    rule: 'pprof/negative-time',
    google: 'accepts',
    plain: (p) => Object.assign(p, { time_nanos: -1n }),
  },
  {
    name: 'a negative duration',
    rule: 'pprof/negative-time',
    google: 'accepts',
    path: 'duration_nanos',
    plain: (p) => Object.assign(p, { duration_nanos: -1n }),
  },
  {
    name: 'a time in seconds',
    rule: 'pprof/profile-time',
    google: 'accepts',
    plain: (p) => Object.assign(p, { time_nanos: 1_700_000_000n }),
  },
  {
    name: 'a negative period',
    rule: 'pprof/period',
    google: 'accepts',
    plain: (p) => Object.assign(p, { period: -1n }),
  },
  {
    name: 'a period of nothing',
    rule: 'pprof/period',
    google: 'accepts',
    plain: (p) => Object.assign(p, { period_type: undefined }),
  },
  {
    name: 'a sample with too few values',
    rule: 'pprof/value-count',
    google: 'refuses',
    path: 'sample[2].value',
    plain: sample({ value: [1n] }),
  },
  {
    name: 'a sample with too many values',
    rule: 'pprof/value-count',
    google: 'refuses',
    plain: sample({ value: [1n, 2n, 3n] }),
  },
  {
    name: 'a negative value',
    rule: 'pprof/negative-value',
    google: 'accepts',
    path: 'sample[2].value[1]',
    plain: sample({ value: [1n, -1n] }),
  },
  {
    name: 'two samples of the same',
    rule: 'pprof/sample-twice',
    google: 'accepts',
    path: 'sample[2]',
    plain: sample({ location_id: [2n] }),
  },
  {
    name: 'a label without key',
    rule: 'pprof/label-key-missing',
    google: 'accepts',
    path: 'sample[1].label[0]',
    plain: label(() => ({ key: 0n, str: text('worker') })),
  },
  {
    name: 'a label with str and num',
    rule: 'pprof/label-both',
    google: 'accepts',
    plain: label(() => ({ str: text('worker'), num: 1n })),
  },
  { name: 'a label with neither str nor num', rule: 'pprof/label-empty', google: 'accepts', plain: label(() => ({})) },
  {
    name: 'a text with a unit',
    rule: 'pprof/label-unit',
    google: 'accepts',
    plain: label(() => ({ str: text('worker'), num_unit: text('bytes') })),
  },
  {
    name: 'a reserved key',
    rule: 'pprof/label-reserved',
    google: 'accepts',
    plain: label((p) => ({ key: intern(p, 'pprof::base'), str: text('worker') })),
  },
  {
    name: 'a key twice in a sample',
    rule: 'pprof/label-key-twice',
    google: 'accepts',
    path: 'sample[0].label[2]',
    plain: (p) => p.sample[0]?.label.push({ key: text('thread'), str: text('app'), num: 0n, num_unit: 0n }),
  },
  {
    name: 'a key as text and as number',
    rule: 'pprof/label-kinds',
    google: 'accepts',
    plain: (p) => p.sample[0]?.label.push({ key: text('thread'), str: 0n, num: 4n, num_unit: 0n }),
  },
  {
    name: 'a mapping that starts at its limit',
    rule: 'pprof/mapping-range',
    google: 'accepts',
    plain: (p) => {
      set('mapping', { memory_start: 0x2000n })(p);
      set('location', { address: 0n })(p);
    },
  },
  {
    name: 'mappings that overlap',
    rule: 'pprof/mapping-overlap',
    google: 'accepts',
    path: 'mapping[1]',
    plain: (p) => p.mapping.push({ ...p.mapping[0], id: 2n, memory_start: 0x1800n } as never),
  },
  {
    name: 'a mapping of nothing',
    rule: 'pprof/mapping-empty',
    google: 'accepts',
    plain: (p) =>
      p.mapping.push({
        ...p.mapping[0],
        id: 2n,
        memory_start: 0n,
        memory_limit: 0n,
        filename: 0n,
        build_id: 0n,
      } as never),
  },
  {
    name: 'a mapping without build id',
    rule: 'pprof/mapping-build-id',
    google: 'accepts',
    plain: (p) =>
      Object.assign(
        p.mapping[0] as object,
        { build_id: 0n, filename: text('c89b') },
        p.comment.push(text('app')) && {},
      ),
  },
  {
    name: 'a location outside of its mapping',
    rule: 'pprof/location-outside-mapping',
    google: 'accepts',
    path: 'location[0].address',
    plain: set('location', { address: 0x2001n }),
  },
  {
    name: 'a location of nothing',
    rule: 'pprof/location-empty',
    google: 'accepts',
    path: 'location[1]',
    plain: (p) => Object.assign(p.location[1] as object, { address: 0n }),
  },
  {
    name: 'a negative line',
    rule: 'pprof/negative-line',
    google: 'accepts',
    path: 'location[0].line[0].line',
    plain: (p) => Object.assign(p.location[0]?.line[0] as object, { line: -1n }),
  },
  {
    name: 'a negative column',
    rule: 'pprof/negative-line',
    google: 'accepts',
    plain: (p) => Object.assign(p.location[0]?.line[0] as object, { column: -1n }),
  },
  {
    name: 'a negative start line',
    rule: 'pprof/negative-line',
    google: 'accepts',
    path: 'function[0].start_line',
    plain: set('function', { start_line: -1n }),
  },
  {
    name: 'a function without name',
    rule: 'pprof/function-unnamed',
    google: 'accepts',
    plain: (p) => {
      set('function', { name: 0n, system_name: 0n })(p);
      set('mapping', { has_functions: false })(p);
      p.comment.push(text('main'));
    },
  },
  {
    name: 'a mapping that promises functions that are not there',
    rule: 'pprof/symbol-fidelity',
    google: 'accepts',
    plain: (p) => {
      Object.assign(p.location[1] as object, { line: p.location[0]?.line, mapping_id: 0n });
      set('location', { line: [] })(p);
      set('mapping', { has_filenames: false, has_line_numbers: false })(p);
    },
  },
  {
    name: 'a mapping that denies line numbers that are there',
    rule: 'pprof/symbol-fidelity',
    google: 'accepts',
    path: 'mapping[0].has_line_numbers',
    plain: set('mapping', { has_line_numbers: false }),
  },
];
