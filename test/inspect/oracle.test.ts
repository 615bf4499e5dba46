// Totals and top functions against sums made the plain way from what protobufjs reads.

import { describe, expect, test } from 'vitest';
import { decompress } from '../../src/index.ts';
import { inspect } from '../../src/inspect/inspect.ts';
import { otlpFiles, pprofFiles } from '../support/corpus.ts';
import type { PprofProfile, ProfilesData } from '../support/messages.ts';
import { decodeOtlp, decodePprof } from '../support/oracle.ts';

const ALL = 1_000_000;

interface Plain {
  /** `type/unit` and total of each sample type; of OTLP in the order of the profiles. */
  totals: [string, bigint][];
  /** Flat and cumulative by function name, of the sample type that `inspect` takes by default. */
  functions: Map<string, { flat: bigint; cumulative: bigint }>;
  labels: Map<string, number>;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);
const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1) || path;
const bracketed = (path: string): string => (path === '' ? '<unknown>' : `[${baseName(path)}]`);

function count(functions: Plain['functions'], frames: readonly string[], value: bigint): void {
  for (const name of new Set(frames)) {
    const entry = functions.get(name) ?? { flat: 0n, cumulative: 0n };
    entry.cumulative += value;
    if (name === frames[0]) entry.flat += value;
    functions.set(name, entry);
  }
}

function plainPprof(profile: PprofProfile, chosen: number): Plain {
  const text = (index: bigint): string => utf8.decode(profile.string_table[Number(index)]);
  const locations = new Map(profile.location.map((location) => [location.id, location]));
  const names = new Map(profile.function.map((fn) => [fn.id, text(fn.name)]));
  const files = new Map(profile.mapping.map((mapping) => [mapping.id, text(mapping.filename)]));
  const functions: Plain['functions'] = new Map();
  const labels: Plain['labels'] = new Map();
  for (const sample of profile.sample) {
    const frames = sample.location_id.flatMap((id) => {
      const { line, mapping_id } = locations.get(id) ?? { line: [], mapping_id: 0n };
      const nameless = bracketed(files.get(mapping_id) ?? '');
      return line.length === 0 ? [nameless] : line.map(({ function_id }) => names.get(function_id) || nameless);
    });
    count(functions, frames, sample.value[chosen] as bigint);
    for (const key of new Set(sample.label.map((label) => text(label.key))))
      labels.set(key, (labels.get(key) ?? 0) + 1);
  }
  const totals = profile.sample_type.map(({ type, unit }, k): [string, bigint] => [
    `${text(type)}/${text(unit)}`,
    sum(profile.sample.map(({ value }) => value[k] as bigint)),
  ]);
  return { totals, functions, labels };
}

function plainOtlp(data: ProfilesData): Plain {
  const { string_table, stack_table, location_table, function_table, mapping_table } = data.dictionary ?? ({} as never);
  const profiles = data.resource_profiles.flatMap((resource) =>
    resource.scope_profiles.flatMap((scope) => scope.profiles),
  );
  const totals = new Map<string, bigint>();
  const functions: Plain['functions'] = new Map();
  const nameOf = (profile: (typeof profiles)[number] | undefined): string =>
    `${string_table[profile?.sample_type?.type_strindex ?? 0]}/${string_table[profile?.sample_type?.unit_strindex ?? 0]}`;
  for (const profile of profiles) {
    for (const { values, timestamps_unix_nano, stack_index } of profile.samples) {
      const value = values.length > 0 ? sum(values) : BigInt(timestamps_unix_nano.length);
      totals.set(nameOf(profile), (totals.get(nameOf(profile)) ?? 0n) + value);
      if (nameOf(profile) !== nameOf(profiles[0])) continue;
      const frames = (stack_table[stack_index]?.location_indices ?? []).flatMap((index) => {
        const { lines, mapping_index } = location_table[index] ?? { lines: [], mapping_index: 0 };
        const nameless = bracketed(string_table[mapping_table[mapping_index]?.filename_strindex ?? 0] ?? '');
        if (lines.length === 0) return [nameless];
        return lines.map(
          ({ function_index }) => string_table[function_table[function_index]?.name_strindex ?? 0] || nameless,
        );
      });
      count(functions, frames, value);
    }
  }
  return { totals: [...totals], functions, labels: new Map() };
}

function expectSame(bytes: Uint8Array, format: 'pprof' | 'otlp', plainOf: (chosen: number) => Plain): void {
  const summary = inspect(bytes, format, { top: ALL });
  const plain = plainOf(summary.sampleTypes.findIndex(({ isDefault }) => isDefault));
  expect(summary.sampleTypes.map(({ type, unit, total }) => [`${type}/${unit}`, total])).toEqual(plain.totals);
  const cumulative = [...plain.functions].filter(([, entry]) => entry.cumulative !== 0n);
  expect(new Map(summary.top.cumulative.map(({ name, ...entry }) => [name, entry]))).toEqual(new Map(cumulative));
  const flat = [...plain.functions].filter(([, entry]) => entry.flat !== 0n);
  expect(new Map(summary.top.flat.map(({ name, ...entry }) => [name, entry]))).toEqual(new Map(flat));
  if (format === 'otlp') return;
  const ofSamples = summary.attributes.filter(({ level }) => level === 'sample');
  expect(new Map(ofSamples.map(({ key, count: samples }) => [key, samples]))).toEqual(plain.labels);
}

describe('pprof', () => {
  test.each(pprofFiles)('$name', ({ read }) => {
    const bytes = decompress(read());
    expectSame(bytes, 'pprof', (chosen) => plainPprof(decodePprof(bytes), chosen));
  });
});

describe('OTLP', () => {
  test.each(otlpFiles)('$name', ({ read }) => {
    const bytes = decompress(read());
    expectSame(bytes, 'otlp', () => plainOtlp(decodeOtlp(bytes)));
  });
});
