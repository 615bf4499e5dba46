// fast-check arbitrary of what a pprof says, as the oracle's plain object. References
// are drawn as free numbers and brought into range afterwards, which shrinks well.

import fc from 'fast-check';
import type { PprofFunction, PprofLabel, PprofLocation, PprofMapping, PprofProfile } from './messages.ts';
import { bytesOf, int64, text, time, uint64 } from './texts.ts';
import { tidy } from './tidy.ts';

/** A place in a table of a size not yet known. fast-check's bias would make nearly all of them 0. */
const place = fc.noBias(fc.nat({ max: 40 }));

/** The same, 0 a little more often, which for strings is the empty one. */
const ref = fc.oneof(
  { withCrossShrink: true },
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 5, arbitrary: place },
);

/** Sometimes empty for sure, else whatever the list gives. */
function orEmpty<T>(list: fc.Arbitrary<T[]>, weight: number): fc.Arbitrary<T[]> {
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 1, arbitrary: fc.constant<T[]>([]) },
    { weight, arbitrary: list },
  );
}

const flag = fc.oneof(
  { withCrossShrink: true },
  { weight: 4, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(true) },
);

const valueType = fc.record({ type: ref, unit: ref });

const functionDraft = fc.oneof(
  { withCrossShrink: true },
  { weight: 8, arbitrary: fc.record({ name: ref, system_name: ref, filename: ref, start_line: int64 }) },
  { weight: 1, arbitrary: fc.constant({ name: 0, system_name: 0, filename: 0, start_line: 0n }) },
);

const mappingDraft = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      ...{ memory_start: uint64, memory_limit: uint64, file_offset: uint64, filename: ref, build_id: ref },
      ...{ has_functions: flag, has_filenames: flag, has_line_numbers: flag, has_inline_frames: flag },
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant({
      ...{ memory_start: 0n, memory_limit: 0n, file_offset: 0n, filename: 0, build_id: 0 },
      ...{ has_functions: false, has_filenames: false, has_line_numbers: false, has_inline_frames: false },
    }),
  },
);

const lineDraft = fc.record({
  function: fc.option(place, { nil: undefined, freq: 8 }),
  line: int64,
  column: fc.oneof({ withCrossShrink: true }, { weight: 3, arbitrary: fc.constant(0n) }, int64),
});

const locationDraft = fc.record({
  mapping: fc.oneof(
    { withCrossShrink: true },
    { weight: 6, arbitrary: place },
    { weight: 3, arbitrary: fc.constant('none' as const) },
    { weight: 1, arbitrary: fc.constant('dangling' as const) },
  ),
  address: fc.oneof(
    { withCrossShrink: true },
    { weight: 1, arbitrary: fc.constant(0n) },
    { weight: 3, arbitrary: uint64 },
  ),
  line: orEmpty(fc.array(lineDraft, { minLength: 1, maxLength: 3 }), 6),
  is_folded: flag,
});

const none = fc.constant(0);
const noNumber = fc.constant(0n);
const labelDraft = fc.oneof(
  { withCrossShrink: true },
  { weight: 5, arbitrary: fc.record({ key: ref, str: ref, num: noNumber, num_unit: none }) },
  { weight: 3, arbitrary: fc.record({ key: ref, str: none, num: int64, num_unit: none }) },
  { weight: 2, arbitrary: fc.record({ key: ref, str: none, num: int64, num_unit: ref }) },
  { weight: 1, arbitrary: fc.record({ key: ref, str: none, num: noNumber, num_unit: none }) },
  { weight: 1, arbitrary: fc.record({ key: ref, str: ref, num: int64, num_unit: ref }) },
);

const TRACE_IDS = [
  '4bf92f3577b34da6a3ce929d0e0e4736',
  '4BF92F3577B34DA6A3CE929D0E0E4736',
  '0'.repeat(32),
  '4bf92f35',
  'not hex, but thirty-two letters!',
  '',
];
const SPAN_IDS = ['00f067aa0ba902b7', '00F067AA0BA902B7', '0'.repeat(16), 'f067', '67667974448284343', ''];
const SPELLINGS: [string, string][] = [
  ['trace_id', 'span_id'],
  ['trace id', 'span id'],
  ['traceId', 'spanId'],
  ['local root span id', 'span id'],
  ['profile_id', 'span_name'],
];
const traceDraft = fc.record({
  spelling: fc.constantFrom(...SPELLINGS),
  trace: fc.option(fc.constantFrom(...TRACE_IDS), { nil: undefined, freq: 5 }),
  span: fc.option(fc.constantFrom(...SPAN_IDS), { nil: undefined, freq: 5 }),
  /** Datadog writes span ids as numbers. */
  number: fc.option(int64, { nil: undefined, freq: 3 }),
});

const sampleDraft = fc.record({
  locations: orEmpty(fc.array(place, { maxLength: 6 }), 8),
  values: fc.array(int64, { maxLength: 3 }),
  labels: orEmpty(fc.array(labelDraft, { maxLength: 4 }), 2),
  trace: fc.option(traceDraft, { nil: undefined, freq: 6 }),
});

type Ids = 'sequential' | 'zeroBased' | 'reversed' | 'huge' | bigint[];
const ids: fc.Arbitrary<Ids> = fc.oneof(
  { withCrossShrink: true },
  { weight: 6, arbitrary: fc.constant<Ids>('sequential') },
  { weight: 1, arbitrary: fc.constantFrom<Ids>('zeroBased', 'reversed', 'huge') },
  { weight: 1, arbitrary: fc.array(uint64, { minLength: 1, maxLength: 6 }) },
);

function idsOf(mode: Ids, count: number): bigint[] {
  const index = Array.from({ length: count }, (_, i) => BigInt(i));
  if (mode === 'sequential') return index.map((i) => i + 1n);
  if (mode === 'zeroBased') return index;
  if (mode === 'reversed') return index.map((i) => BigInt(count) - i);
  if (mode === 'huge') return index.map((i) => (1n << 64n) - 1n - i * 3n);
  const taken = new Set<bigint>();
  return index.map((i) => {
    let id = mode[Number(i) % mode.length] as bigint;
    while (taken.has(id)) id = BigInt.asUintN(64, id + 1n);
    taken.add(id);
    return id;
  });
}

const draft = fc.record({
  texts: fc.array(text, { maxLength: 12 }),
  types: orEmpty(
    fc.oneof(
      { withCrossShrink: true },
      { weight: 20, arbitrary: fc.array(valueType, { minLength: 1, maxLength: 3 }) },
      { weight: 1, arbitrary: fc.array(valueType, { minLength: 10, maxLength: 20 }) },
    ),
    20,
  ),
  functions: fc.array(functionDraft, { maxLength: 6 }),
  mappings: fc.array(mappingDraft, { maxLength: 3 }),
  locations: fc.array(locationDraft, { maxLength: 7 }),
  samples: orEmpty(
    fc.oneof(
      { withCrossShrink: true },
      { weight: 60, arbitrary: fc.array(sampleDraft, { maxLength: 7 }) },
      { weight: 1, arbitrary: fc.array(sampleDraft, { minLength: 150, maxLength: 400, size: 'max' }) },
    ),
    30,
  ),
  /** Entries copied to the end of their table, so that equal content has several ids. */
  copies: fc.record({
    functions: fc.array(ref, { maxLength: 2 }),
    mappings: fc.array(ref, { maxLength: 1 }),
    locations: fc.array(ref, { maxLength: 2 }),
    strings: fc.array(ref, { maxLength: 2 }),
  }),
  ids: fc.record({ function: ids, mapping: ids, location: ids }),
  drop_frames: ref,
  keep_frames: ref,
  doc_url: ref,
  comment: fc.array(ref, { maxLength: 4 }),
  time_nanos: time,
  duration_nanos: time,
  period: int64,
  period_type: fc.option(fc.oneof(valueType, fc.constant({ type: 0, unit: 0 })), { nil: undefined }),
  default_sample_type: fc.oneof(
    fc.constant(0),
    ref,
    fc.nat({ max: 3 }).map((type) => ({ type })),
  ),
  /** Tables as real encoders leave them: in order of first use, each entry once, nothing unused. */
  tidy: fc.oneof(
    { withCrossShrink: true },
    { weight: 1, arbitrary: fc.constant('no' as const) },
    { weight: 1, arbitrary: fc.constantFrom('leafFirst' as const, 'rootFirst' as const) },
  ),
});
type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never;

function withCopies<T>(table: T[], copies: number[]): T[] {
  return table.length === 0 ? table : [...table, ...copies.map((i) => table[i % table.length] as T)];
}

function build(draft: Draft): PprofProfile {
  const strings: Uint8Array[] = withCopies([new Uint8Array(0), ...draft.texts], draft.copies.strings);
  const drawn = strings.length;
  const string = (index: number): bigint => BigInt(index % drawn);
  const intern = (value: string): bigint => {
    const bytes = bytesOf(value);
    let index = strings.findIndex((known) => Buffer.compare(known, bytes) === 0);
    if (index < 0) index = strings.push(bytes) - 1;
    return BigInt(index);
  };
  const functions = withCopies(draft.functions, draft.copies.functions);
  const mappings = withCopies(draft.mappings, draft.copies.mappings);
  const locations = withCopies(draft.locations, draft.copies.locations);
  const functionIds = idsOf(draft.ids.function, functions.length);
  const mappingIds = idsOf(draft.ids.mapping, mappings.length);
  const locationIds = idsOf(draft.ids.location, locations.length);
  const pick = (ids: bigint[], index: number | undefined): bigint =>
    index === undefined || ids.length === 0 ? 0n : (ids[index % ids.length] as bigint);
  const dangling = (): bigint => {
    let id = 77n;
    while (mappingIds.includes(id)) id++;
    return id;
  };
  const types = draft.types.map((type) => ({ type: string(type.type), unit: string(type.unit) }));
  const wanted = draft.default_sample_type;
  const profile: PprofProfile = {
    sample_type: types,
    // Samples without sample types have no meaning that OTLP could carry.
    sample: (types.length === 0 ? [] : draft.samples).map((sample) => {
      const label: PprofLabel[] = sample.labels.map((l) => ({
        key: string(l.key),
        str: string(l.str),
        num: l.num,
        num_unit: string(l.num_unit),
      }));
      if (sample.trace !== undefined) {
        const { spelling, trace, span, number } = sample.trace;
        if (trace !== undefined) label.push({ key: intern(spelling[0]), str: intern(trace), num: 0n, num_unit: 0n });
        if (span !== undefined) label.push({ key: intern(spelling[1]), str: intern(span), num: 0n, num_unit: 0n });
        if (number !== undefined) label.unshift({ key: intern(spelling[1]), str: 0n, num: number, num_unit: 0n });
      }
      return {
        location_id: locationIds.length === 0 ? [] : sample.locations.map((index) => pick(locationIds, index)),
        value: types.map((_, i) => sample.values[i] ?? 0n),
        label,
      };
    }),
    mapping: mappings.map(
      (m, i): PprofMapping => ({
        ...m,
        id: mappingIds[i] as bigint,
        filename: string(m.filename),
        build_id: string(m.build_id),
      }),
    ),
    location: locations.map(
      (l, i): PprofLocation => ({
        id: locationIds[i] as bigint,
        mapping_id: l.mapping === 'none' ? 0n : l.mapping === 'dangling' ? dangling() : pick(mappingIds, l.mapping),
        address: l.address,
        line: l.line.map((line) => ({
          function_id: pick(functionIds, line.function),
          line: line.line,
          column: line.column,
        })),
        is_folded: l.is_folded,
      }),
    ),
    function: functions.map(
      (f, i): PprofFunction => ({
        id: functionIds[i] as bigint,
        name: string(f.name),
        system_name: string(f.system_name),
        filename: string(f.filename),
        start_line: f.start_line,
      }),
    ),
    string_table: strings,
    drop_frames: string(draft.drop_frames),
    keep_frames: string(draft.keep_frames),
    time_nanos: draft.time_nanos,
    duration_nanos: draft.duration_nanos,
    period_type: draft.period_type && { type: string(draft.period_type.type), unit: string(draft.period_type.unit) },
    period: draft.period,
    comment: draft.comment.map(string),
    default_sample_type: typeof wanted === 'number' ? string(wanted) : (types[wanted.type]?.type ?? 0n),
    doc_url: string(draft.doc_url),
  };
  return draft.tidy === 'no' ? profile : tidy(profile, draft.tidy === 'rootFirst');
}

export const pprofProfile: fc.Arbitrary<PprofProfile> = draft.map(build);
