// Each kind of difference, by a change that makes just this one.

import { describe, expect, it, test } from 'vitest';
import { type DiffInput, type DiffOptions, diff } from '../../src/diff/diff.ts';
import { type DiffResult, KINDS, type Kind } from '../../src/diff/difference.ts';
import { pprofToOtlp } from '../../src/index.ts';
import { bytesOfSketch, FULL, type LabelSketch, profileOf, type Sketch } from '../pprof/sketch.ts';
import type { OtlpProfile, PprofProfile, ProfilesData, ResourceProfiles, ScopeProfiles } from '../support/messages.ts';
import { decodeOtlp, encodeOtlp, encodePprof } from '../support/oracle.ts';
import { foreignPayload } from '../support/payload.ts';

const seen = new Set<Kind>();

function kindsOf(result: DiffResult): Kind[] {
  const kinds = result.differences.map(({ kind }) => kind);
  for (const kind of kinds) seen.add(kind);
  expect(result.same).toBe(kinds.length === 0);
  return kinds;
}

const labels = (...pairs: [string, string][]): LabelSketch[] => pairs.map(([key, str]) => ({ key, str }));

/** Two functions, one with two lines, three samples, ids and tables in plain order. */
const BASE: Sketch = {
  ...FULL,
  samples: [
    { at: [1, 2], values: [1n, 10n], labels: labels(['tenant', 'a'], ['zone', 'x']) },
    { at: [3, 2], values: [2n, 20n], labels: labels(['tenant', 'b']) },
    { at: [2], values: [3n, 30n] },
  ],
};

function ofSketches(a: Sketch, b: Sketch, options?: DiffOptions): DiffResult {
  return diff({ bytes: bytesOfSketch(a), format: 'pprof' }, { bytes: bytesOfSketch(b), format: 'pprof' }, options);
}

type Table<K extends keyof Sketch> = NonNullable<Sketch[K]>;

/** BASE with one entry of a table changed. */
function changed<K extends 'samples' | 'mappings' | 'locations' | 'functions'>(
  table: K,
  at: number,
  change: Partial<Table<K>[number]>,
): Sketch {
  const entries = (BASE[table] ?? []) as Table<K>[number][];
  return { ...BASE, [table]: entries.map((entry, i) => (i === at ? { ...entry, ...change } : entry)) };
}

const without = (at: number): Sketch => ({ ...BASE, samples: (BASE.samples ?? []).filter((_, i) => i !== at) });

type Case = [name: string, b: Sketch, kinds: Kind[]];

const CASES: Case[] = [
  ['nothing', BASE, []],
  [
    'another sample type',
    {
      ...BASE,
      types: [
        ['samples', 'count'],
        ['wall', 'nanoseconds'],
      ],
    },
    ['sample-types'],
  ],
  ['another default', { ...BASE, defaultType: 'cpu' }, ['default-sample-type']],
  [
    'the sample types in another order',
    {
      ...BASE,
      types: [
        ['cpu', 'nanoseconds'],
        ['samples', 'count'],
      ],
      samples: (BASE.samples ?? []).map((sample) => ({ ...sample, values: (sample.values ?? []).toReversed() })),
    },
    ['sample-type-order'],
  ],
  ['a sample gone', without(2), ['totals', 'samples-removed']],
  [
    'a sample more',
    { ...BASE, samples: [...(BASE.samples ?? []), { at: [1], values: [0n, 1n] }] },
    ['totals', 'samples-added'],
  ],
  [
    'the last sample of a function gone',
    without(1),
    ['totals', 'samples-removed', 'functions-removed', 'locations-removed'],
  ],
  ['another value', changed('samples', 1, { values: [2n, 21n] }), ['totals', 'sample-values']],
  ['values that even out', evenedOut(), ['sample-values']],
  ['a label gone', changed('samples', 0, { labels: labels(['tenant', 'a']) }), ['sample-labels']],
  ['a label with an empty value gone', { ...BASE, samples: withEmptyLabel() }, ['sample-labels']],
  ['another label value', changed('samples', 0, { labels: labels(['tenant', 'c'], ['zone', 'x']) }), ['sample-labels']],
  [
    'a number for a text',
    changed('samples', 1, { labels: [{ key: 'tenant', num: 7n, unit: 'bytes' }] }),
    ['sample-labels'],
  ],
  [
    'labels of a key in another order',
    changed('samples', 0, { labels: labels(['k', '2'], ['k', '1']) }),
    ['sample-labels'],
  ],
  ['another function name', changed('functions', 0, { name: 'renamed' }), ['functions-changed']],
  ['another system name', changed('functions', 0, { systemName: '_other' }), ['functions-changed']],
  ['another file', changed('functions', 0, { filename: 'other.c' }), ['functions-changed']],
  ['another start line', changed('functions', 0, { startLine: 6n }), ['functions-changed']],
  [
    'another function altogether',
    changed('functions', 2, { name: 'new', filename: 'new.c' }),
    [
      'samples-removed',
      'samples-added',
      'functions-removed',
      'functions-added',
      'locations-removed',
      'locations-added',
    ],
  ],
  ['another line', changed('locations', 2, { lines: [[3, 8n]] }), ['locations-changed']],
  [
    'another column',
    changed('locations', 0, {
      lines: [
        [1, 10n, 4n],
        [2, 20n],
      ],
    }),
    ['locations-changed'],
  ],
  [
    'inlined frames turned around',
    changed('locations', 0, {
      lines: [
        [2, 20n],
        [1, 10n, 3n],
      ],
    }),
    ['locations-changed'],
  ],
  ['another address', changed('locations', 0, { address: 0x400101n }), ['locations-changed']],
  ['folded no more', changed('locations', 1, { folded: false }), ['locations-changed']],
  ['another build id', changed('mappings', 0, { buildId: 'def456' }), ['mappings-changed']],
  ['another memory range', changed('mappings', 0, { limit: 0x600000n }), ['mappings-changed']],
  ['another mapping file', changed('mappings', 0, { filename: '/bin/other' }), ['mappings-changed']],
  ['has_functions no more', changed('mappings', 0, { has: [] }), ['mappings-changed']],
  [
    'a mapping more',
    { ...BASE, mappings: [...(BASE.mappings ?? []), { start: 1n, limit: 2n, filename: 'lib' }] },
    ['mappings-added'],
  ],
  ['another time', { ...BASE, time: 5n }, ['times']],
  ['another duration', { ...BASE, duration: 5n }, ['times']],
  ['a negative time', { ...BASE, time: -5n }, ['times']],
  ['another period', { ...BASE, period: 7n }, ['periods']],
  ['another period type', { ...BASE, periodType: ['wall', 'nanoseconds'] }, ['periods']],
  ['another comment', { ...BASE, comments: ['first'] }, ['profile-attributes']],
  ['other frames to drop', { ...BASE, dropFrames: 'x' }, ['profile-attributes']],
  ['another doc url', { ...BASE, docUrl: '' }, ['profile-attributes']],
  [
    'a name that is not UTF-8',
    changed('functions', 0, { name: Uint8Array.of(0xff) }),
    ['functions-changed', 'names-not-utf8'],
  ],
];

function evenedOut(): Sketch {
  const samples = (BASE.samples ?? []).map((sample, i) => ({
    ...sample,
    values:
      [
        [1n, 11n],
        [2n, 19n],
        [3n, 30n],
      ][i] ?? [],
  }));
  return { ...BASE, samples };
}

function withEmptyLabel(): Table<'samples'> {
  return (BASE.samples ?? []).map((sample) => ({
    ...sample,
    labels: [...(sample.labels ?? []), { key: 'empty', str: '' }],
  }));
}

describe('what a pprof says', () => {
  test.each(CASES)('%s', (_, b, kinds) => {
    expect(kindsOf(ofSketches(BASE, b, { only: 'semantic' }))).toEqual(kinds);
    expect(
      kindsOf(ofSketches(b, BASE, { only: 'semantic' }))
        .map(turned)
        .sort(),
    ).toEqual([...kinds].sort());
  });
});

test('a negative time, which the model can not say, is compared all the same', () => {
  expect(kindsOf(ofSketches({ ...BASE, time: -5n }, { ...BASE, time: -6n }))).toEqual(['times']);
});

/** What is removed one way is added the other. */
function turned(kind: Kind): Kind {
  const other = kind.endsWith('-removed') ? kind.replace('-removed', '-added') : kind.replace('-added', '-removed');
  return other as Kind;
}

describe('what a pprof is written with', () => {
  const plain = profileOf(BASE);
  const bytesOf = (change: (profile: PprofProfile) => void): Uint8Array => {
    const profile = structuredClone(plain);
    change(profile);
    return encodePprof(profile);
  };
  const against = (bytes: Uint8Array, options?: DiffOptions): Kind[] =>
    kindsOf(diff({ bytes: encodePprof(plain), format: 'pprof' }, { bytes, format: 'pprof' }, options));
  const swap = <T>(list: T[]): void => {
    [list[0], list[1]] = [list[1] as T, list[0] as T];
  };

  test.each<[string, (profile: PprofProfile) => void, Kind[]]>([
    ['other ids', renumber, ['ids']],
    ['samples in another order', (profile) => swap(profile.sample), ['sample-order']],
    ['mappings in another order', (profile) => swap(profile.mapping), ['mapping-order', 'ids']],
    ['functions in another order', (profile) => swap(profile.function), ['ids', 'table-order']],
    ['labels in another order', (profile) => swap(profile.sample[0]?.label ?? []), ['label-order']],
    [
      'an unused function',
      (profile) => profile.function.push({ ...(profile.function[0] as PprofProfile['function'][number]), id: 99n }),
      ['table-sizes'],
    ],
    ['an unused string', (profile) => profile.string_table.push(Uint8Array.of(0x78)), ['string-table']],
    ['a sample in two halves', (profile) => profile.sample.push(...halved(profile)), ['sample-split']],
    ['an empty period type', (profile) => (profile.period_type ??= { type: 0n, unit: 0n }), []],
  ])('%s', (_, change, kinds) => {
    expect(against(bytesOf(change))).toEqual(kinds);
    expect(against(bytesOf(change), { only: 'semantic' })).toEqual([]);
  });

  it('another layout shows in the bytes alone', () => {
    const bytes = encodePprof(plain);
    expect(against(Uint8Array.of(...bytes, 0x98, 0x06, 0x05))).toEqual(['layout']);
    expect(against(Uint8Array.of(...bytes, 0x98, 0x06, 0x05), { only: 'semantic' })).toEqual([]);
  });

  function renumber(profile: PprofProfile): void {
    for (const fn of profile.function) fn.id += 10n;
    for (const { line } of profile.location) for (const entry of line) entry.function_id += 10n;
  }

  function halved(profile: PprofProfile): PprofProfile['sample'] {
    const [sample] = profile.sample.splice(2, 1);
    if (sample === undefined) throw new Error('no sample');
    return [
      { ...sample, value: [1n, 10n] },
      { ...sample, value: [2n, 20n] },
    ];
  }
});

describe('OTLP', () => {
  interface Parts {
    data: ProfilesData;
    resource: ResourceProfiles;
    scope: ScopeProfiles;
    profile: OtlpProfile;
  }

  function changedPayload(change: (parts: Parts) => void): Uint8Array {
    const data = decodeOtlp(foreignPayload());
    const resource = data.resource_profiles[0] as ResourceProfiles;
    const scope = resource.scope_profiles[0] as ScopeProfiles;
    change({ data, resource, scope, profile: scope.profiles[0] as OtlpProfile });
    return encodeOtlp(data);
  }

  const base = changedPayload(() => {});

  test.each<[string, (parts: Parts) => void, Kind[]]>([
    ['nothing', () => {}, []],
    ['another link', ({ data }) => data.dictionary?.link_table[1]?.span_id.fill(9), ['sample-links']],
    ['no link', ({ profile }) => ((profile.samples[0] as { link_index: number }).link_index = 0), ['sample-links']],
    [
      'another timestamp',
      ({ profile }) => ((profile.samples[0] as { timestamps_unix_nano: bigint[] }).timestamps_unix_nano = [10n, 12n]),
      ['sample-timestamps'],
    ],
    [
      'timestamps of the same sum',
      ({ profile }) => ((profile.samples[0] as { timestamps_unix_nano: bigint[] }).timestamps_unix_nano = [9n, 12n]),
      ['sample-timestamps'],
    ],
    [
      'another resource attribute',
      ({ resource }) =>
        resource.resource?.attributes.push({ key: 'host', value: { string_value: 'h' }, key_strindex: 0 }),
      ['resources'],
    ],
    ['another schema URL', ({ resource }) => (resource.schema_url = ''), ['resources']],
    [
      'attributes dropped',
      ({ resource }) => ((resource.resource ?? { dropped_attributes_count: 0 }).dropped_attributes_count = 4),
      ['resources'],
    ],
    [
      'another resource',
      ({ data, resource }) => data.resource_profiles.push({ ...resource, scope_profiles: [] }),
      ['resources'],
    ],
    ['another scope version', ({ scope }) => ((scope.scope ?? { version: '' }).version = '2'), ['scopes']],
    ['another scope attribute', ({ scope }) => scope.scope?.attributes.pop(), ['scopes']],
    ['another profile id', ({ profile }) => profile.profile_id.fill(7), ['profile-ids']],
    ['another profile attribute', ({ profile }) => profile.attribute_indices.push(2), ['profile-attributes']],
    ['profile attributes dropped', ({ profile }) => (profile.dropped_attributes_count = 3), ['profile-attributes']],
    [
      'another attribute of a sample',
      ({ profile }) => profile.samples[1]?.attribute_indices.push(1),
      ['sample-labels'],
    ],
    ['attributes in another order', ({ profile }) => profile.samples[0]?.attribute_indices.reverse(), ['label-order']],
    [
      'a value in two',
      ({ profile }) => ((profile.samples[1] as { values: bigint[] }).values = [3n, 4n]),
      ['sample-split'],
    ],
    [
      'another attribute of a location',
      ({ data }) => data.dictionary?.location_table[2]?.attribute_indices.push(2),
      ['locations-changed'],
    ],
    [
      'an unused function',
      ({ data }) =>
        data.dictionary?.function_table.push({
          name_strindex: 1,
          system_name_strindex: 0,
          filename_strindex: 0,
          start_line: 0n,
        }),
      ['table-sizes'],
    ],
    [
      'an original payload',
      ({ profile }) => Object.assign(profile, { original_payload_format: 'jfr', original_payload: Uint8Array.of(1) }),
      ['residual'],
    ],
  ])('%s', (_, change, kinds) => {
    const result = diff({ bytes: base, format: 'otlp' }, { bytes: changedPayload(change), format: 'otlp' });
    expect(kindsOf(result)).toEqual(kinds);
  });
});

describe('examples', () => {
  it('are the first few; all are counted', () => {
    const many = (value: bigint): Sketch => ({
      functions: Array.from({ length: 9 }, (_, i) => ({ name: `f${i}` })),
      locations: Array.from({ length: 9 }, (_, i) => ({ lines: [[i + 1, 1n]] })),
      samples: Array.from({ length: 9 }, (_, i) => ({ at: [i + 1], values: [value] })),
    });
    const { differences } = ofSketches(many(1n), many(2n), { examples: 2 });
    expect(differences.map(({ kind, count, examples }) => [kind, count, examples.length])).toEqual([
      ['totals', 1, 1],
      ['sample-values', 9, 2],
    ]);
    expect(differences[1]?.examples[0]).toEqual({ what: 'cpu/nanoseconds of f0', a: '1', b: '2', count: 1 });
    expect(ofSketches(many(1n), many(2n), { examples: 0 }).differences[1]).toMatchObject({ count: 9, examples: [] });
  });

  it('of one sort are told once', () => {
    const { differences } = ofSketches({ ...BASE, samples: withEmptyLabel() }, BASE);
    expect(differences[0]).toMatchObject({
      kind: 'sample-labels',
      count: 3,
      examples: [{ a: 'empty=""', b: null, count: 3 }],
    });
  });
});

describe('formats may differ', () => {
  const bytes = bytesOfSketch(BASE);
  const semantic = pprofToOtlp(bytes, { fidelity: 'semantic' }).otlp;
  const exact = pprofToOtlp(bytes, { resource: { 'service.name': 'shop' } }).otlp;

  it('a translation says the same', () => {
    expect(kindsOf(diff({ bytes, format: 'pprof' }, { bytes: semantic, format: 'otlp' }))).toEqual([]);
    expect(kindsOf(diff({ bytes: semantic, format: 'otlp' }, { bytes, format: 'pprof' }))).toEqual([]);
  });

  it('a change of it is told', () => {
    const data = decodeOtlp(semantic);
    const profile = data.resource_profiles[0]?.scope_profiles[0]?.profiles[0] as OtlpProfile;
    (profile.samples[0] as { values: bigint[] }).values = [77n];
    expect(kindsOf(diff({ bytes, format: 'pprof' }, { bytes: encodeOtlp(data), format: 'otlp' }))).toEqual([
      'totals',
      'sample-values',
    ]);
  });

  it('the original that a translation carries is compared instead, but its resource is its own', () => {
    const original = ({ format }: DiffInput) => (format === 'otlp' ? bytes : undefined);
    const result = diff({ bytes, format: 'pprof' }, { bytes: exact, format: 'otlp' }, { original });
    expect(result.b).toMatchObject({ format: 'otlp', restored: true, bytes: exact.length });
    expect(kindsOf(result)).toEqual(['resources']);
    const other = bytesOfSketch(changed('samples', 1, { values: [2n, 21n] }));
    expect(kindsOf(diff({ bytes: other, format: 'pprof' }, { bytes: exact, format: 'otlp' }, { original }))).toContain(
      'sample-values',
    );
  });
});

test('each kind was found above', () => {
  expect((Object.keys(KINDS) as Kind[]).filter((kind) => !seen.has(kind))).toEqual([]);
});
