// fast-check arbitrary of OTLP payloads as real producers write them: what async-profiler, the eBPF
// profiler and the Collector's pprof translator put where, and on the wire how.

import fc from 'fast-check';
import type { AnyValue, KeyValue, OtlpProfile, OtlpSample, ProfilesData, ScopeProfiles } from './messages.ts';
import { encodeOtlp } from './oracle.ts';
import { PADDED, relayOtlp } from './otlpLayouts.ts';
import { DESCENDING, writeOtlp } from './otlpWire.ts';
import { dictionaryOf, type Table } from './references.ts';

const NAMES = ['main.run', 'java.lang.Thread.run', 'schedule', '[unknown]', 'λ', 'std::vector<int>::push_back', 'a'];
const THREADS = ['main', 'worker-ü', 'GC Thread#0'];
const START = 1_790_000_000_000_000_000n;

/** What a profiler saw, before anybody writes it down. */
const observed = fc.record({
  stacks: fc.array(fc.array(fc.nat({ max: NAMES.length - 1 }), { minLength: 1, maxLength: 8 }), {
    minLength: 1,
    maxLength: 6,
  }),
  samples: fc.array(
    fc.record({
      stack: fc.nat({ max: 5 }),
      thread: fc.nat({ max: THREADS.length - 1 }),
      /** Nanoseconds after the start of the profile. */
      times: fc.array(fc.nat({ max: 1_000_000_000 }), { minLength: 1, maxLength: 3 }),
      value: fc.nat({ max: 100_000 }),
      traced: fc.boolean(),
    }),
    { maxLength: 10 },
  ),
});
type Observed = typeof observed extends fc.Arbitrary<infer T> ? T : never;
type ObservedSample = Observed['samples'][number];

/** A payload under construction; equal entries are written once. */
class Payload {
  readonly data: ProfilesData = { resource_profiles: [], dictionary: undefined };
  readonly dictionary = dictionaryOf(this.data);
  private readonly known = new Map<string, number>();

  add<T extends Table>(table: T, entry: (typeof this.dictionary)[T][number]): number {
    const key = `${table} ${JSON.stringify(entry, (_, value) => (typeof value === 'bigint' ? `${value}` : value))}`;
    const index = this.known.get(key) ?? (this.dictionary[table] as unknown[]).push(entry) - 1;
    this.known.set(key, index);
    return index;
  }

  string(text: string): number {
    return text === '' ? 0 : this.add('string_table', text);
  }

  attribute(key: string, value: AnyValue, unit = ''): number {
    const names = { key_strindex: this.string(key), unit_strindex: this.string(unit) };
    return this.add('attribute_table', { ...names, value });
  }

  type(type: string, unit: string): { type_strindex: number; unit_strindex: number } {
    return { type_strindex: this.string(type), unit_strindex: this.string(unit) };
  }

  function(name: string, filename: string): number {
    const system_name_strindex = 0;
    return this.add('function_table', {
      ...{ name_strindex: this.string(name), system_name_strindex },
      ...{ filename_strindex: this.string(filename), start_line: 0n },
    });
  }

  /** A resource attribute as pdata writes it: by references. */
  referring(key: string, value: string): KeyValue {
    return {
      ...{ key: '', key_strindex: this.string(key) },
      value: { string_value_strindex: this.string(value) },
    };
  }
}

const sample = (stack_index: number, rest: Partial<OtlpSample>): OtlpSample => ({
  stack_index,
  ...{ attribute_indices: [], link_index: 0, values: [], timestamps_unix_nano: [], ...rest },
});

const profile = (rest: Partial<OtlpProfile>): OtlpProfile => ({
  ...{ sample_type: undefined, samples: [], time_unix_nano: START, duration_nano: 1_000_000_000n },
  ...{ period_type: undefined, period: 0n, profile_id: new Uint8Array(0), dropped_attributes_count: 0 },
  ...{ original_payload_format: '', original_payload: new Uint8Array(0), attribute_indices: [], ...rest },
});

const inScope = (name: string, profiles: OtlpProfile[], schema_url = ''): ScopeProfiles => ({
  scope: name === '' ? undefined : { name, version: 'v1.2.3', attributes: [], dropped_attributes_count: 0 },
  ...{ profiles, schema_url },
});

const stackOf = (seen: Observed, { stack }: ObservedSample): number[] =>
  seen.stacks[stack % seen.stacks.length] as number[];
const timesOf = ({ times }: ObservedSample): bigint[] => times.map((time) => START + BigInt(time));

/** No resource, no scope, no addresses; every stack anew; a zero link of 16 and 8 bytes. */
function asyncProfiler(seen: Observed): ProfilesData {
  const payload = new Payload();
  const { dictionary } = payload;
  dictionary.link_table[0] = { trace_id: new Uint8Array(16), span_id: new Uint8Array(8) };
  const samples = seen.samples.map((one) => {
    const location_indices = stackOf(seen, one).map((name) => {
      const function_index = payload.function(NAMES[name] as string, '');
      const lines = [{ function_index, line: 0n, column: 0n }];
      return payload.add('location_table', { mapping_index: 0, address: 0n, lines, attribute_indices: [] });
    });
    const thread = payload.attribute('thread.name', { string_value: THREADS[one.thread] as string });
    return sample(dictionary.stack_table.push({ location_indices }) - 1, {
      attribute_indices: one.traced ? [thread] : [],
      values: [BigInt(one.value)],
    });
  });
  const types = { sample_type: payload.type('itimer', 'count'), period_type: payload.type('itimer', 'ns') };
  payload.data.resource_profiles = [
    {
      ...{ resource: undefined, schema_url: '' },
      scope_profiles: [inScope('', [profile({ samples, ...types, period: 10_000_000n })])],
    },
  ];
  return payload.data;
}

/** Like async-profiler, of a JFR file: many observations a sample, a value for each. */
function jfrConverter(seen: Observed): ProfilesData {
  const data = asyncProfiler(seen);
  for (const [i, one] of (data.resource_profiles[0]?.scope_profiles[0]?.profiles[0]?.samples ?? []).entries()) {
    one.timestamps_unix_nano = timesOf(seen.samples[i] as ObservedSample);
    one.values = one.timestamps_unix_nano.map((_, n) => BigInt(n + 1));
  }
  return data;
}

/** A resource a container; CPU samples are times only, off-CPU samples have times and values; frames of several kinds. */
function ebpfProfiler(seen: Observed): ProfilesData {
  const payload = new Payload();
  const mapping_index = payload.add('mapping_table', {
    ...{ memory_start: 0x400000n, memory_limit: 0x500000n, file_offset: 0n },
    filename_strindex: payload.string('python3.12'),
    attribute_indices: [
      payload.attribute('process.executable.build_id.htlhash', { string_value: 'c89b11207f6479603b0d49bf291c092c' }),
    ],
  });
  const kinds = ['native', 'kernel', 'cpython'].map((kind) =>
    payload.attribute('profile.frame.type', { string_value: kind }),
  );
  const samplesOf = (offCpu: boolean): OtlpSample[] =>
    seen.samples.map((one) => {
      const location_indices = stackOf(seen, one).map((name) => {
        const isNative = name % 3 === 0;
        const function_index = payload.function(NAMES[name] as string, 'app.py');
        return payload.add('location_table', {
          ...{ mapping_index: isNative ? mapping_index : 0, address: isNative ? 0x401000n + BigInt(name) : 0n },
          lines: isNative ? [] : [{ function_index, line: BigInt(10 + name), column: 0n }],
          attribute_indices: [kinds[name % 3] as number],
        });
      });
      const trace_id = new Uint8Array(16).fill(one.thread + 1);
      const span_id = new Uint8Array(8).fill(one.thread + 2);
      return sample(payload.add('stack_table', { location_indices }), {
        attribute_indices: [
          payload.attribute('thread.name', { string_value: THREADS[one.thread] as string }),
          payload.attribute('thread.id', { int_value: BigInt(2200 + one.thread) }),
          payload.attribute('cpu.logical_number', { int_value: BigInt(one.value % 4) }),
        ],
        link_index: one.traced ? payload.add('link_table', { trace_id, span_id }) : 0,
        values: offCpu ? one.times.map((_, n) => BigInt(one.value + n)) : [],
        timestamps_unix_nano: timesOf(one),
      });
    });
  const schema = 'https://opentelemetry.io/schemas/1.37.0';
  const period = { period_type: payload.type('cpu', 'nanoseconds'), period: 50_000_000n };
  payload.data.resource_profiles = ['9f8e', '7d6c'].map((container) => ({
    resource: {
      attributes: [
        payload.referring('container.id', container),
        { ...payload.referring('process.pid', ''), value: { int_value: 2202n } },
      ],
      ...{ dropped_attributes_count: 0, entity_refs: [] },
    },
    schema_url: schema,
    scope_profiles: [
      inScope(
        'go.opentelemetry.io/ebpf-profiler',
        [
          profile({ sample_type: payload.type('samples', 'count'), samples: samplesOf(false), ...period }),
          profile({ sample_type: payload.type('off_cpu', 'nanoseconds'), samples: samplesOf(true) }),
        ],
        schema,
      ),
    ],
  }));
  return payload.data;
}

/** A pprof of two sample types: one Profile each, with the same samples. */
function collectorTranslator(seen: Observed): ProfilesData {
  const payload = new Payload();
  const { dictionary } = payload;
  dictionary.attribute_table[0] = { key_strindex: 0, value: {}, unit_strindex: 0 };
  const mapping_index = payload.add('mapping_table', {
    ...{ memory_start: 0x400000n, memory_limit: 0x597000n, file_offset: 0n },
    filename_strindex: payload.string('/srv/shop'),
    attribute_indices: [
      payload.attribute('process.executable.build_id.gnu', {
        string_value: 'ff1c51b9df140a0f70eb68ddcfff4cb761fad5a1',
      }),
      payload.attribute('pprof.mapping.has_functions', { bool_value: true }),
    ],
  });
  const samplesOf = (scale: bigint): OtlpSample[] =>
    seen.samples.map((one) => {
      const location_indices = stackOf(seen, one).map((name) => {
        const inlined = payload.function(NAMES[(name + 1) % NAMES.length] as string, 'main.go');
        const function_index = payload.function(NAMES[name] as string, 'main.go');
        const outer = { function_index, line: BigInt(100 + name), column: 0n };
        const lines = name % 2 === 0 ? [outer] : [{ function_index: inlined, line: 7n, column: 0n }, outer];
        return payload.add('location_table', {
          ...{ mapping_index, address: 0x401000n + BigInt(name), lines, attribute_indices: [] },
        });
      });
      return sample(payload.add('stack_table', { location_indices }), {
        attribute_indices: [
          payload.attribute('thread', { array_value: { values: [{ string_value: THREADS[one.thread] as string }] } }),
          payload.attribute('bytes', { int_value: BigInt(one.value) }, 'bytes'),
        ],
        values: [BigInt(one.value) * scale],
      });
    });
  const cpu = payload.type('cpu', 'nanoseconds');
  const attribute_indices = [
    payload.attribute('pprof.profile.doc_url', { string_value: 'https://pprof.example.test/' }),
  ];
  const rest = { period_type: cpu, period: 10_000_000n, attribute_indices };
  payload.data.resource_profiles = [
    {
      resource: { attributes: [], dropped_attributes_count: 0, entity_refs: [] },
      schema_url: 'https://opentelemetry.io/schemas/1.39.0',
      scope_profiles: [
        inScope('', [
          profile({ sample_type: payload.type('samples', 'count'), samples: samplesOf(1n), ...rest }),
          profile({ sample_type: cpu, samples: samplesOf(10_000_000n), ...rest }),
        ]),
      ],
    },
  ];
  return payload.data;
}

/** What each says, and how it writes. */
export const PRODUCERS = {
  asyncProfiler: { says: asyncProfiler, writes: (data: ProfilesData) => relayOtlp(encodeOtlp(data), PADDED) },
  jfrConverter: { says: jfrConverter, writes: (data: ProfilesData) => relayOtlp(encodeOtlp(data), PADDED) },
  ebpfProfiler: { says: ebpfProfiler, writes: (data: ProfilesData) => writeOtlp(data, DESCENDING) },
  collectorTranslator: { says: collectorTranslator, writes: (data: ProfilesData) => writeOtlp(data, DESCENDING) },
};
export type Producer = keyof typeof PRODUCERS;

export const realisticCase: fc.Arbitrary<{ producer: Producer; data: ProfilesData; bytes: Uint8Array }> = fc
  .tuple(fc.constantFrom(...(Object.keys(PRODUCERS) as Producer[])), observed)
  .map(([producer, seen]) => {
    const data = PRODUCERS[producer].says(seen);
    return { producer, data, bytes: PRODUCERS[producer].writes(data) };
  });
