// fast-check arbitrary of what an OTLP payload says, as the oracle's plain object. Indexes are
// drawn as free numbers and brought into range afterwards, which shrinks well.

import fc from 'fast-check';
import type {
  AnyValue,
  EntityRef,
  InstrumentationScope,
  KeyValue,
  OtlpProfile,
  OtlpSample,
  ProfilesData,
  ProfilesDictionary,
  Resource,
  ResourceProfiles,
  ScopeProfiles,
} from './messages.ts';
import { emptyDictionary, remap, TABLES, type Table } from './references.ts';
import { int64, uint64 } from './texts.ts';

/** `usual` or what is rare, in the proportion of their weights; shrinks to `usual`. */
export function often<T>(usual: T, rarely: fc.Arbitrary<T>, weight = 5, rare = 1): fc.Arbitrary<T> {
  return fc.oneof(
    { withCrossShrink: true },
    { weight, arbitrary: fc.constant(usual) },
    { weight: rare, arbitrary: rarely },
  );
}

const some = <T>(item: fc.Arbitrary<T>, maxLength: number): fc.Arbitrary<T[]> => fc.array(item, { maxLength });

/** A place in a table of a size not yet known. fast-check's bias would make nearly all of them 0. */
const place = fc.noBias(fc.nat({ max: 60 }));
const places = (maxLength: number): fc.Arbitrary<number[]> => some(place, maxLength);

// Words that readers of profiles know, then what trips them: NUL, a byte order mark, U+FFFD, what
// looks like other formats, characters of four bytes.
const WORDS = [
  ...['cpu', 'samples', 'count', 'nanoseconds', 'off_cpu', 'wall', 'bytes', 'main', 'libc.so.6', '/srv/app/main.go'],
  ...['service.name', 'host.name', 'thread.name', 'thread.id', 'trace_id', 'span_id', 'profile.frame.type', 'native'],
  ...['process.executable.build_id.gnu', 'pprof.scope.sample_type_order', 'pprof.location.is_folded', '', 'a', 'b'],
  ...['x\u0000y', '\ufeffbom', '\ufffd', 'наследие', '栈', '🔥', ' ', '{', '0', '-1', 'true', '[]', '"', '\n'],
];

/** Always UTF-8: OTLP has no other strings. */
export const otlpText: fc.Arbitrary<string> = fc.oneof(
  { withCrossShrink: true },
  { weight: 12, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 2, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
  { weight: 1, arbitrary: fc.integer({ min: 100, max: 400 }).map((length) => 'long'.repeat(length)) },
);

const fewBytes = fc.uint8Array({ maxLength: 12 });
const id = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const NO_BYTES = new Uint8Array(0);

/** As the specification says, or none, or zeros; rarely of a length that no id has. */
function idOf(length: number, usual = 4): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    { withCrossShrink: true },
    { weight: usual, arbitrary: fc.constant(NO_BYTES) },
    { weight: 4, arbitrary: id(length) },
    { weight: 1, arbitrary: fc.constant(new Uint8Array(length)) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 24 }) },
  );
}

const uint32 = often(0, fc.constantFrom(1, 7, 0x7fffffff, 0x80000000, 0xffffffff), 4);
const fixed64 = fc.oneof(
  { withCrossShrink: true },
  { weight: 2, arbitrary: fc.constant(0n) },
  { weight: 6, arbitrary: fc.nat({ max: 0x7fffffff }).map((n) => 1_790_000_000_000_000_000n + BigInt(n)) },
  { weight: 1, arbitrary: uint64 },
);

const double = fc.oneof(
  { withCrossShrink: true },
  { weight: 2, arbitrary: fc.constantFrom(0, 1, 0.5, -2.25, 1e300) },
  { weight: 1, arbitrary: fc.constantFrom(-0, Number.NaN, Infinity, -Infinity, 5e-324, 2 ** 53, 1, 10) },
  { weight: 1, arbitrary: fc.double() },
);

const scalarValue: fc.Arbitrary<AnyValue> = fc.oneof(
  { withCrossShrink: true },
  { weight: 6, arbitrary: fc.record({ string_value: otlpText }) },
  { weight: 4, arbitrary: fc.record({ int_value: int64 }) },
  { weight: 3, arbitrary: fc.record({ string_value_strindex: place }) },
  { weight: 2, arbitrary: fc.record({ bool_value: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ double_value: double }) },
  { weight: 2, arbitrary: fc.record({ bytes_value: fewBytes }) },
  { weight: 1, arbitrary: fc.constant<AnyValue>({}) },
);

/** A key as text, as an index, or not at all. */
function keyed(value: fc.Arbitrary<AnyValue | undefined>): fc.Arbitrary<KeyValue> {
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 3, arbitrary: fc.record({ key: otlpText, value, key_strindex: fc.constant(0) }) },
    { weight: 2, arbitrary: fc.record({ key: fc.constant(''), value, key_strindex: place }) },
  );
}

/** Values of the same kind, as labels that are repeated give them, or of any. */
function arrayOf(item: fc.Arbitrary<AnyValue>): fc.Arbitrary<AnyValue> {
  const values = fc.oneof(
    some(fc.record({ string_value: otlpText }), 3),
    some(fc.record({ int_value: int64 }), 3),
    some(item, 3),
  );
  return fc.record({ array_value: fc.record({ values }) });
}

function listOf(item: fc.Arbitrary<AnyValue>): fc.Arbitrary<AnyValue> {
  return fc.record({ kvlist_value: fc.record({ values: some(keyed(item), 3) }) });
}

// Depth by hand: fc.letrec draws several times slower.
function nested(depth: number): fc.Arbitrary<AnyValue> {
  if (depth === 0) return scalarValue;
  const inner = nested(depth - 1);
  return fc.oneof(
    { withCrossShrink: true },
    { weight: 8, arbitrary: scalarValue },
    { weight: 2, arbitrary: arrayOf(inner) },
    { weight: 1, arbitrary: listOf(inner) },
  );
}

export const anyValue: fc.Arbitrary<AnyValue> = nested(3);
const maybeValue = often<AnyValue | undefined>(undefined, anyValue, 1, 10);
const attributes = (maxLength: number): fc.Arbitrary<KeyValue[]> => some(keyed(maybeValue), maxLength);

const valueType = fc.option(fc.record({ type_strindex: place, unit_strindex: place }), { nil: undefined, freq: 10 });

const values = (minLength: number): fc.Arbitrary<bigint[]> => fc.array(int64, { minLength, maxLength: minLength + 1 });
const timestamps = fc.array(fixed64, { minLength: 1, maxLength: 3 });
const none = fc.constant<bigint[]>([]);
type Observations = Pick<OtlpSample, 'values' | 'timestamps_unix_nano'>;

/** The shapes that a profile's samples may have. */
const SHAPES: Readonly<Record<string, fc.Arbitrary<Observations>>> = {
  oneValue: fc.record({ values: fc.tuple(int64), timestamps_unix_nano: none }),
  timestamps: fc.record({ values: none, timestamps_unix_nano: timestamps }),
  both: timestamps.chain((times) =>
    fc.record({
      values: fc.array(int64, { minLength: times.length, maxLength: times.length }),
      timestamps_unix_nano: fc.constant(times),
    }),
  ),
  severalValues: fc.record({ values: values(2), timestamps_unix_nano: none }),
  nothing: fc.record({ values: none, timestamps_unix_nano: none }),
  unequal: fc.record({ values: values(1), timestamps_unix_nano: timestamps }),
};

const shape = fc.oneof(
  { withCrossShrink: true },
  { weight: 6, arbitrary: fc.constant('oneValue') },
  { weight: 8, arbitrary: fc.constantFrom(...Object.keys(SHAPES)) },
);

const identity = fc.record({
  stack_index: place,
  attribute_indices: often<number[]>([], places(3), 1, 2),
  link_index: often(0, place, 2),
});

const samples: fc.Arbitrary<OtlpSample[]> = fc.oneof(
  { withCrossShrink: true },
  { weight: 1, arbitrary: fc.constant<OtlpSample[]>([]) },
  {
    weight: 8,
    arbitrary: shape.chain((name) =>
      some(
        fc.tuple(identity, SHAPES[name] as fc.Arbitrary<Observations>).map(([who, what]) => ({ ...who, ...what })),
        5,
      ),
    ),
  },
  {
    weight: 1,
    arbitrary: some(
      fc.tuple(identity, fc.oneof(...Object.values(SHAPES))).map(([who, what]) => ({ ...who, ...what })),
      4,
    ),
  },
);

const profile: fc.Arbitrary<OtlpProfile> = fc.record({
  sample_type: valueType,
  samples,
  time_unix_nano: fixed64,
  duration_nano: often(0n, uint64, 1),
  period_type: valueType,
  period: often(0n, int64, 1),
  profile_id: idOf(16),
  dropped_attributes_count: uint32,
  original_payload_format: often('', fc.constantFrom('pprof', 'jfr', 'linux_perf', '', 'ü'), 6),
  original_payload: often(NO_BYTES, fc.uint8Array({ maxLength: 40 }), 6),
  attribute_indices: often<number[]>([], places(3), 2),
});

interface Twin {
  like: number;
  values: bigint[];
  sameType: boolean;
}
/** What follows a profile in its scope: one of its own samples, or the same samples with other values. */
const follower = fc.oneof(
  { withCrossShrink: true },
  { weight: 3, arbitrary: profile },
  {
    weight: 4,
    arbitrary: fc.record<Twin>({
      like: fc.nat({ max: 2 }),
      values: fc.array(int64, { minLength: 1, maxLength: 4 }),
      sameType: often(false, fc.constant(true), 6),
    }),
  },
);

function withTwins(first: OtlpProfile, followers: (OtlpProfile | Twin)[]): OtlpProfile[] {
  const profiles = [first];
  for (const [i, next] of followers.entries()) {
    if (!('like' in next)) {
      profiles.push(next);
      continue;
    }
    const twin = structuredClone(profiles[next.like % profiles.length] as OtlpProfile);
    if (!next.sameType) twin.sample_type = { type_strindex: i + 1, unit_strindex: i + 2 };
    for (const [k, sample] of twin.samples.entries())
      sample.values = sample.values.map((_, n) => next.values[(k + n) % next.values.length] as bigint);
    profiles.push(twin);
  }
  return profiles;
}

const profiles: fc.Arbitrary<OtlpProfile[]> = fc.oneof(
  { withCrossShrink: true },
  { weight: 1, arbitrary: fc.constant<OtlpProfile[]>([]) },
  { weight: 10, arbitrary: fc.tuple(profile, some(follower, 2)).map(([first, rest]) => withTwins(first, rest)) },
);

const schemaUrl = often('', fc.constantFrom('https://opentelemetry.io/schemas/1.39.0', 'not a URL', 'x\u0000'), 3);

const instrumentationScope: fc.Arbitrary<InstrumentationScope> = fc.record({
  name: otlpText,
  version: often('', otlpText, 1),
  attributes: attributes(2),
  dropped_attributes_count: uint32,
});

const scopeProfiles: fc.Arbitrary<ScopeProfiles> = fc.record({
  scope: fc.option(instrumentationScope, { nil: undefined, freq: 5 }),
  profiles,
  schema_url: schemaUrl,
});

const entityRef: fc.Arbitrary<EntityRef> = fc.record({
  schema_url: schemaUrl,
  type: otlpText,
  id_keys: some(otlpText, 2),
  description_keys: some(otlpText, 2),
});

const resource: fc.Arbitrary<Resource> = fc.record({
  attributes: attributes(3),
  dropped_attributes_count: uint32,
  entity_refs: often<EntityRef[]>([], some(entityRef, 2), 4),
});

const resourceProfiles: fc.Arbitrary<ResourceProfiles> = fc.record({
  resource: fc.option(resource, { nil: undefined, freq: 5 }),
  scope_profiles: fc.oneof(
    { withCrossShrink: true },
    { weight: 5, arbitrary: fc.tuple(scopeProfiles) },
    { weight: 3, arbitrary: some(scopeProfiles, 3) },
  ),
  schema_url: schemaUrl,
});

const attributeIndices = often<number[]>([], places(2), 2);

/** The entries of each table behind entry 0. */
const tables: { [table in Table]: fc.Arbitrary<ProfilesDictionary[table]> } = {
  mapping_table: some(
    fc.record({
      memory_start: uint64,
      memory_limit: uint64,
      file_offset: often(0n, uint64, 1),
      filename_strindex: place,
      attribute_indices: attributeIndices,
    }),
    3,
  ),
  location_table: some(
    fc.record({
      mapping_index: often(0, place, 2, 3),
      address: often(0n, uint64, 1, 2),
      lines: often(
        [],
        fc.array(fc.record({ function_index: place, line: int64, column: often(0n, int64, 2) }), {
          minLength: 1,
          maxLength: 3,
        }),
        1,
        3,
      ),
      attribute_indices: attributeIndices,
    }),
    6,
  ),
  function_table: some(
    fc.record({ name_strindex: place, system_name_strindex: place, filename_strindex: place, start_line: int64 }),
    5,
  ),
  link_table: some(fc.record({ trace_id: idOf(16, 1), span_id: idOf(8, 1) }), 3),
  string_table: fc.array(otlpText, { maxLength: 12 }),
  attribute_table: some(fc.record({ key_strindex: place, value: maybeValue, unit_strindex: often(0, place, 2) }), 6),
  stack_table: some(fc.record({ location_indices: often<number[]>([], places(6), 1, 7) }), 5),
};

/** How a table begins. */
type Start =
  | 'zero'
  /** No table at all, not even entry 0. */
  | 'absent'
  /** Entry 0 says something, which the specification forbids. */
  | 'odd';

const start = (odd: number): fc.Arbitrary<Start> =>
  fc.oneof(
    { withCrossShrink: true },
    { weight: 32, arbitrary: fc.constant<Start>('zero') },
    { weight: 2, arbitrary: fc.constant<Start>('absent') },
    { weight: odd, arbitrary: fc.constant<Start>('odd') },
  );

const forEachTable = <T>(arbitrary: (table: Table) => fc.Arbitrary<T>): fc.Arbitrary<Record<Table, T>> =>
  fc.record(Object.fromEntries(TABLES.map((table) => [table, arbitrary(table)])) as Record<Table, fc.Arbitrary<T>>);

const draft = fc.record({
  resources: fc.oneof(
    { withCrossShrink: true },
    { weight: 5, arbitrary: fc.tuple(resourceProfiles) },
    { weight: 3, arbitrary: some(resourceProfiles, 3) },
  ),
  tables: fc.record(tables),
  /** Entries copied to the end of their table, so that equal content has several indexes. */
  copies: forEachTable(() => often<number[]>([], places(2), 2)),
  // string_table[0] is the empty string, always: there every string that is not set points.
  starts: forEachTable((table) => start(table === 'string_table' ? 0 : 1)),
  /** The zero link as async-profiler writes it: 16 and 8 zero bytes. */
  zeroLink: often(false, fc.constant(true), 4),
  noDictionary: often(false, fc.constant(true), 40),
});
type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never;

function tableOf(draft: Draft, table: Table): unknown[] {
  const entries: unknown[] = draft.tables[table];
  const start = draft.starts[table];
  if (start === 'absent') return [];
  const first = table === 'link_table' && draft.zeroLink ? zeroLink() : emptyDictionary()[table][0];
  const all = start === 'odd' ? [...entries] : [first, ...entries];
  for (const copy of all.length === 0 ? [] : draft.copies[table]) all.push(structuredClone(all[copy % all.length]));
  return all;
}

const zeroLink = (): unknown => ({ trace_id: new Uint8Array(16), span_id: new Uint8Array(8) });

/** A value that refers to a string says that it has one; without a table there is none. */
function withoutReferences(message: object): void {
  if ('string_value_strindex' in message) {
    delete message.string_value_strindex;
    Object.assign(message, { string_value: '' });
  }
  for (const inner of Object.values(message))
    if (typeof inner === 'object' && !(inner instanceof Uint8Array)) withoutReferences(inner);
}

/** Lists of indexes into a table that is not there are empty; single ones stay 0, which means none. */
function inRange(data: ProfilesData, dictionary: ProfilesDictionary): ProfilesData {
  const sizes = TABLES.map((table): [Table, number] => [table, dictionary[table].length]);
  remap(data, Object.fromEntries(sizes.map(([table, size]) => [table, (i: number) => (size === 0 ? 0 : i % size)])));
  const owners = [
    ...dictionary.mapping_table,
    ...dictionary.location_table,
    ...data.resource_profiles.flatMap(({ scope_profiles }) =>
      scope_profiles.flatMap(({ profiles }) => profiles.flatMap((profile) => [profile, ...profile.samples])),
    ),
  ];
  if (dictionary.attribute_table.length === 0) for (const owner of owners) owner.attribute_indices = [];
  if (dictionary.location_table.length === 0) for (const stack of dictionary.stack_table) stack.location_indices = [];
  if (dictionary.string_table.length === 0) withoutReferences(data);
  return data;
}

function build(draft: Draft): ProfilesData {
  const dictionary = Object.fromEntries(
    TABLES.map((table) => [table, draft.noDictionary ? [] : tableOf(draft, table)]),
  ) as unknown as ProfilesDictionary;
  // Drafts are shared by the steps of a shrink.
  const resource_profiles = structuredClone(draft.resources);
  const data: ProfilesData = { resource_profiles, dictionary: structuredClone(dictionary) };
  inRange(data, data.dictionary as ProfilesDictionary);
  if (draft.noDictionary) data.dictionary = undefined;
  return data;
}

/** Any OTLP payload that has a meaning. */
export const otlpData: fc.Arbitrary<ProfilesData> = draft.map(build);
