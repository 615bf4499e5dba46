import { describe, expect, it } from 'vitest';
import { inspect } from '../../src/inspect/inspect.ts';
import { type InspectOptions, type Summary, summaryJson } from '../../src/inspect/summary.ts';
import { bytesOfSketch, FULL, type Sketch } from '../pprof/sketch.ts';
import type { ProfilesData } from '../support/messages.ts';
import { decodeOtlp, encodeOtlp } from '../support/oracle.ts';
import { foreignPayload } from '../support/payload.ts';

const ofPprof = (sketch: Sketch, options?: InspectOptions): Summary => inspect(bytesOfSketch(sketch), 'pprof', options);

function ofOtlp(change: (data: ProfilesData) => void = () => {}, options?: InspectOptions): Summary {
  const data = decodeOtlp(foreignPayload());
  change(data);
  return inspect(encodeOtlp(data), 'otlp', options);
}

const full = ofPprof(FULL);

describe('format', () => {
  it('is told with the size of the protobuf and what the reader knows', () => {
    expect(full).toMatchObject({ schema: 1, format: 'pprof', bytes: bytesOfSketch(FULL).length });
    expect(full.file).toEqual({ compression: null, container: null, version: null, storedBytes: null });
    const { file } = ofPprof(FULL, { file: { compression: 'gzip', storedBytes: 7 } });
    expect(file).toEqual({ compression: 'gzip', container: null, version: null, storedBytes: 7 });
  });

  it('refuses what leads nowhere', () => {
    const broken = () => ofOtlp((data) => data.dictionary?.stack_table[0]?.location_indices.push(99) as never);
    expect(broken).toThrow(/location_table\[99\]/);
    expect(() => ofPprof({ samples: [{ at: [9] }] })).toThrow(/no location has id 9/);
  });
});

describe('sample types', () => {
  it('stand in the order of the file, with totals and period; the default one is marked', () => {
    const period = { profiles: 1, samples: 3, periodType: 'cpu', periodUnit: 'nanoseconds', period: 10_000_000n };
    expect(full.sampleTypes).toEqual([
      { type: 'samples', unit: 'count', isDefault: true, total: 3n, ...period },
      { type: 'cpu', unit: 'nanoseconds', isDefault: false, total: (1n << 40n) - 10n, ...period },
    ]);
    expect(ofPprof({ ...FULL, defaultType: '' }).sampleTypes.map(({ isDefault }) => isDefault)).toEqual([false, true]);
  });

  it('are none where a pprof has none, two where two have one name', () => {
    expect(ofPprof({ types: [], time: 5n }).sampleTypes).toEqual([]);
    const twins: Sketch = {
      types: [
        ['a', 'b'],
        ['a', 'b'],
      ],
      samples: [{ values: [1n, 5n] }],
    };
    expect(ofPprof(twins).sampleTypes.map(({ total }) => total)).toEqual([1n, 5n]);
  });

  it('of OTLP gather the profiles of one type; a sample with timestamps only counts them', () => {
    const two = ofOtlp(({ resource_profiles: [resource] }) => {
      const [scope] = resource?.scope_profiles ?? [];
      const [profile] = scope?.profiles ?? [];
      if (profile === undefined) throw new Error('no profile');
      scope?.profiles.push({
        ...profile,
        samples: [
          { stack_index: 1, attribute_indices: [], link_index: 0, values: [], timestamps_unix_nano: [1n, 2n, 3n] },
        ],
      });
    });
    expect(two.sampleTypes).toMatchObject([
      { type: 'off_cpu', unit: 'nanoseconds', profiles: 2, samples: 3, total: 9n },
    ]);
    expect(two.time.observations).toEqual({ count: 5, first: 1n, last: 11n });
  });
});

describe('samples', () => {
  it('are counted with stacks and depth', () => {
    expect(full.samples).toEqual({ count: 3, profiles: 2, stacks: 2, withoutStack: 1, depth: { max: 2, mean: 4 / 3 } });
    expect(ofPprof({}).samples).toMatchObject({ count: 0, stacks: 0, depth: { max: 0, mean: 0 } });
  });

  it('that profiles of one scope list one for one count once', () => {
    const twice = ofOtlp(({ resource_profiles: [resource] }) => {
      const [scope] = resource?.scope_profiles ?? [];
      if (scope?.profiles[0] !== undefined) scope.profiles.push(structuredClone(scope.profiles[0]));
    });
    expect(twice.samples).toMatchObject({ count: 2, profiles: 2 });
    expect(twice.attributes.find(({ key }) => key === 'thread.name')?.count).toBe(
      ofOtlp().attributes.find(({ key }) => key === 'thread.name')?.count,
    );
  });
});

describe('time', () => {
  it('reaches from the first start to the last end', () => {
    const start = 1_700_000_000_000_000_000n;
    expect(full.time).toEqual({ start, end: start + 5_000_000_000n, duration: 5_000_000_000n, observations: null });
    expect(ofPprof({ duration: 7n }).time).toEqual({ start: null, end: null, duration: 7n, observations: null });
  });
});

describe('labels and attributes', () => {
  it('are counted by key with their values, most used first, and the share of the chosen type', () => {
    const label = (str: string) => ({ key: 'tenant', str });
    const { attributes } = ofPprof({
      samples: [
        { values: [5n], labels: [label('b')] },
        { values: [7n], labels: [label('a'), { key: 'bytes', num: 64n, unit: 'bytes' }] },
        { values: [1n], labels: [label('b')] },
      ],
    });
    expect(attributes).toEqual([
      {
        ...{ level: 'sample', key: 'tenant', unit: '', kinds: ['string'], count: 3, values: 2 },
        top: [
          { value: 'b', count: 2, total: 6n },
          { value: 'a', count: 1, total: 7n },
        ],
      },
      {
        ...{ level: 'sample', key: 'bytes', unit: 'bytes', kinds: ['int'], count: 1, values: 1 },
        top: [{ value: '64', count: 1, total: 7n }],
      },
    ]);
  });

  it('stand at samples, profiles, locations and mappings', () => {
    const keys = full.attributes.map(({ level, key, count }) => `${level} ${key} ${count}`);
    expect(keys).toContain('sample thread 1');
    expect(keys).toContain('profile pprof.profile.comment 2');
    expect(keys).toContain('location pprof.location.is_folded 1');
    expect(keys).toContain('mapping process.executable.build_id.gnu 1');
  });

  it('that a table holds twice are one value', () => {
    const doubled = ofOtlp(({ dictionary, resource_profiles: [resource] }) => {
      const table = dictionary?.attribute_table ?? [];
      const copy = table.push(structuredClone(table[1]) as (typeof table)[number]) - 1;
      const sample = resource?.scope_profiles[0]?.profiles[0]?.samples[1];
      if (sample !== undefined) sample.attribute_indices = [copy];
    });
    expect(doubled.attributes[0]).toMatchObject({ key: 'thread.name', count: 2, values: 1 });
  });

  it('shows as many values as asked for', () => {
    const samples = Array.from({ length: 9 }, (_, i) => ({ labels: [{ key: 'k', str: `${i}` }] }));
    expect(ofPprof({ samples }, { values: 2 }).attributes[0]).toMatchObject({ values: 9, top: [{}, {}] });
  });
});

describe('links', () => {
  it('are counted as spans and traces', () => {
    const ids = (trace: string, span: string) => ({
      labels: [
        { key: 'trace_id', str: trace.repeat(32) },
        { key: 'span_id', str: span.repeat(16) },
      ],
    });
    const samples = [ids('1', '1'), ids('1', '2'), ids('2', '1'), ids('1', '1'), {}];
    expect(ofPprof({ samples }).links).toEqual({ samples: 4, spans: 3, traces: 2 });
    expect(ofPprof({}).links).toEqual({ samples: 0, spans: 0, traces: 0 });
  });
});

describe('resources and scopes', () => {
  it('are those of the payload; a pprof has none', () => {
    expect(full.resources).toEqual([]);
    expect(ofOtlp().resources).toEqual([
      {
        attributes: [{ key: 'service.name', value: 'other' }],
        droppedAttributes: 1,
        schemaUrl: 'https://example.com/schema',
        scopes: [
          {
            ...{ name: 'other/profiler', version: '1', droppedAttributes: 0, schemaUrl: '', profiles: 1 },
            attributes: [{ key: 'flag', value: 'false' }],
          },
        ],
      },
    ]);
  });
});

describe('symbols', () => {
  it('are counted for each mapping and in all, beside what is declared', () => {
    const [app, vdso] = full.mappings.filter(({ isNone }) => !isNone);
    expect(app).toMatchObject({
      ...{ filename: '/bin/app', start: 0x400000n, limit: 0x500000n, offset: 0x1000n },
      buildIds: [{ key: 'process.executable.build_id.gnu', value: 'abc123' }],
      declared: { functions: true, filenames: false, lineNumbers: false, inlineFrames: false },
      found: { locations: 1, functions: 1, filenames: 1, lineNumbers: 1, inlineFrames: 1 },
    });
    expect(vdso?.found).toEqual({ locations: 1, functions: 1, filenames: 1, lineNumbers: 1, inlineFrames: 0 });
    expect(full.mappings[0]).toMatchObject({ isNone: true, found: { locations: 1, filenames: 0 } });
    expect(full.symbols).toEqual({ locations: 3, functions: 3, filenames: 2, lineNumbers: 3, inlineFrames: 1 });
  });

  it('leave out locations that no sample leads to', () => {
    const { symbols, tables } = ofPprof({ ...FULL, samples: [{ at: [2] }] });
    expect(symbols.locations).toBe(1);
    expect(tables).toEqual([
      { table: 'mapping', entries: 2, unused: 1 },
      { table: 'location', entries: 3, unused: 2 },
      { table: 'function', entries: 3, unused: 2 },
    ]);
  });
});

describe('top functions', () => {
  const functions = [{ name: 'leaf' }, { name: 'middle' }, { name: 'root' }, { name: 'leaf', filename: 'other.c' }];
  const lines = (...of: number[]) => ({ lines: of.map((fn): [number, bigint] => [fn, 1n]) });
  const top = (samples: Sketch['samples'] & {}, options?: InspectOptions) =>
    ofPprof(
      {
        functions,
        mappings: [{ filename: '/lib/libc.so' }],
        locations: [lines(1), lines(2), lines(3), lines(4, 2), { mapping: 1, address: 5n }, { address: 6n }],
        samples,
      },
      options,
    ).top;

  it('are flat at the innermost frame, inlined ones included, and cumulative anywhere', () => {
    const { flat, cumulative, total } = top([
      { at: [1, 2, 3], values: [10n] },
      { at: [4, 3], values: [5n] },
      { at: [3], values: [1n] },
    ]);
    expect(total).toBe(16n);
    expect(flat).toEqual([
      { name: 'leaf', flat: 15n, cumulative: 15n },
      { name: 'root', flat: 1n, cumulative: 16n },
    ]);
    expect(cumulative.map(({ name, cumulative: sum }) => `${name} ${sum}`)).toEqual([
      'root 16',
      'leaf 15',
      'middle 15',
    ]);
  });

  it('count a function once a sample, however often it recurs', () => {
    expect(top([{ at: [1, 2, 1, 2, 2, 1], values: [3n] }]).cumulative).toEqual([
      { name: 'leaf', flat: 3n, cumulative: 3n },
      { name: 'middle', flat: 0n, cumulative: 3n },
    ]);
  });

  it('name what has no function by its mapping', () => {
    const { flat } = top([
      { at: [5, 3], values: [2n] },
      { at: [6], values: [1n] },
      { at: [], values: [9n] },
    ]);
    expect(flat.map(({ name }) => name)).toEqual(['[libc.so]', '<unknown>']);
  });

  it('are of the sample type that is asked for, as many as asked for', () => {
    expect(full.top).toMatchObject({ type: 'samples', unit: 'count', total: 3n });
    for (const sampleType of ['cpu', 'cpu/nanoseconds'])
      expect(ofPprof(FULL, { sampleType }).top).toMatchObject({ type: 'cpu', total: (1n << 40n) - 10n });
    expect(ofPprof(FULL, { top: 1 }).top.cumulative).toHaveLength(1);
    expect(() => ofPprof(FULL, { sampleType: 'wall' })).toThrow(
      'has no sample type "wall"; it has samples/count, cpu/nanoseconds',
    );
  });

  it('keep negative values and values past 2^53', () => {
    const huge = (1n << 60n) + 1n;
    expect(
      top([
        { at: [1], values: [huge] },
        { at: [1], values: [1n] },
        { at: [2], values: [-huge] },
      ]).flat,
    ).toEqual([
      { name: 'leaf', flat: huge + 1n, cumulative: huge + 1n },
      { name: 'middle', flat: -huge, cumulative: -huge },
    ]);
  });
});

describe('translation', () => {
  it('is what the function says that was given', () => {
    const translation = {
      to: 'otlp' as const,
      outputs: 1,
      outputBytes: 9,
      carried: 'structured',
      residualBytes: 3,
      warnings: [],
    };
    expect(full.translation).toBeNull();
    expect(ofPprof(FULL, { translate: () => translation }).translation).toEqual(translation);
  });
});

it('JSON has each 64-bit integer as a string', () => {
  const parsed = JSON.parse(summaryJson(full));
  expect(parsed.sampleTypes[1].total).toBe(`${(1n << 40n) - 10n}`);
  expect(parsed.mappings[2].start).toBe(`${1n << 63n}`);
  expect(parsed.samples.count).toBe(3);
});
