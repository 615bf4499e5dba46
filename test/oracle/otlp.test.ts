// What our encoder writes, read by protobufjs and held against the pprof that
// protobufjs reads: every field that OTLP has a place for.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decompress, pprofToOtlp } from '../../src/index.ts';
import { pprof } from '../support/arbitraries.ts';
import { conformanceProblems } from '../support/conformance.ts';
import { corpusPresent, pprofFiles } from '../support/corpus.ts';
import { sampleTypeOrder } from '../support/edits.ts';
import type { AnyValue, OtlpProfile, PprofProfile, ProfilesData, ProfilesDictionary } from '../support/messages.ts';
import { decodeOtlp, decodePprof, encodeOtlp } from '../support/oracle.ts';
import { patience, runsOf } from '../support/runs.ts';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

interface Sides {
  pprof: PprofProfile;
  otlp: ProfilesData;
  tables: ProfilesDictionary;
  profiles: OtlpProfile[];
  /** A pprof string as OTLP can hold it. */
  name: (index: bigint) => string;
}

function sidesOf(bytes: Uint8Array, fidelity: 'exact' | 'semantic'): Sides {
  const profile = decodePprof(decompress(bytes));
  const otlp = decodeOtlp(pprofToOtlp(bytes, { fidelity, verify: false }).otlp);
  expect(otlp.resource_profiles).toHaveLength(1);
  expect(otlp.resource_profiles[0]?.scope_profiles).toHaveLength(1);
  const names = profile.string_table.map((text) => utf8.decode(text));
  const profiles = otlp.resource_profiles[0]?.scope_profiles[0]?.profiles ?? [];
  return {
    pprof: profile,
    otlp,
    tables: otlp.dictionary as ProfilesDictionary,
    profiles,
    name: (index) => names[Number(index)] ?? '',
  };
}

/** A text value; one that is not UTF-8 may be bytes. */
function textOf(value: AnyValue | undefined): string {
  return value?.string_value ?? utf8.decode(value?.bytes_value ?? new Uint8Array(0));
}

type Attributes = Map<string, { value: AnyValue | undefined; unit: string }>;

function attributesOf(tables: ProfilesDictionary, indices: number[]): Attributes {
  const string = (index: number): string => tables.string_table[index] as string;
  return new Map(
    indices.map((index) => {
      const entry = tables.attribute_table[index] as ProfilesDictionary['attribute_table'][number];
      return [string(entry.key_strindex), { value: entry.value, unit: string(entry.unit_strindex) }];
    }),
  );
}

function expectSampleTypes({ pprof, otlp, tables, profiles, name }: Sides): void {
  const order = sampleTypeOrder(otlp);
  expect([...order].sort((a, b) => a - b)).toEqual(pprof.sample_type.map((_, i) => i));
  const said = profiles.map(({ sample_type }) => [
    tables.string_table[sample_type?.type_strindex ?? 0],
    tables.string_table[sample_type?.unit_strindex ?? 0],
  ]);
  const wanted = order.map((k) => pprof.sample_type[k] as PprofProfile['sample_type'][number]);
  expect(said).toEqual(wanted.map((type) => [name(type.type), name(type.unit)]));
  const preferred = pprof.sample_type.findIndex(
    (type) => name(pprof.default_sample_type) !== '' && name(type.type) === name(pprof.default_sample_type),
  );
  const first = preferred < 0 ? pprof.sample_type.at(-1) : pprof.sample_type[preferred];
  expect(name((wanted[0] as typeof first)?.type as bigint)).toBe(name(first?.type as bigint));
}

function expectSamples({ pprof, otlp, tables, profiles, name }: Sides): void {
  const order = sampleTypeOrder(otlp);
  const fn = new Map(pprof.function.map((entry) => [entry.id, entry]));
  // Frames as text, worked out once each: a stack is compared for every sample and sample type.
  const textOfFrame = (address: bigint, isFolded: boolean, lines: unknown[][]): string =>
    JSON.stringify([`${address}`, isFolded, lines.map((line) => line.map(String))]);
  const wanted = new Map(
    pprof.location.map(({ id, address, is_folded, line }) => {
      const lines = line.map((entry) => {
        const f = fn.get(entry.function_id);
        return [
          name(f?.name ?? 0n),
          name(f?.system_name ?? 0n),
          name(f?.filename ?? 0n),
          f?.start_line ?? 0n,
          entry.line,
          entry.column,
        ];
      });
      return [id, textOfFrame(address, is_folded, lines)];
    }),
  );
  const wantedStacks = pprof.sample.map(({ location_id }) => location_id.map((id) => wanted.get(id)).join());
  const frames = tables.location_table.map((entry) => {
    const isFolded = attributesOf(tables, entry.attribute_indices).get('pprof.location.is_folded')?.value?.bool_value;
    const lines = entry.lines.map((line) => {
      const f = tables.function_table[line.function_index] as ProfilesDictionary['function_table'][number];
      return [
        ...[f.name_strindex, f.system_name_strindex, f.filename_strindex].map((i) => tables.string_table[i]),
        f.start_line,
        line.line,
        line.column,
      ];
    });
    return textOfFrame(entry.address, isFolded ?? false, lines);
  });
  profiles.forEach((profile, k) => {
    expect(profile.samples).toHaveLength(pprof.sample.length);
    const wantedValue = (i: number): bigint | undefined => pprof.sample[i]?.value[order[k] as number];
    expect(profile.samples.findIndex(({ values }, i) => values.length !== 1 || values[0] !== wantedValue(i))).toBe(-1);
    const stacks = profile.samples.map(
      ({ stack_index }) => (tables.stack_table[stack_index] as { location_indices: number[] }).location_indices,
    );
    const said = stacks.map((stack) => stack.map((index) => frames[index]).join());
    expect(said.findIndex((stack, i) => stack !== wantedStacks[i])).toBe(-1);
    const [first] = profiles;
    const identity = (sample: OtlpProfile['samples'][number] | undefined): string =>
      `${sample?.stack_index} ${sample?.link_index} ${sample?.attribute_indices}`;
    expect(profile.samples.findIndex((sample, i) => identity(sample) !== identity(first?.samples[i]))).toBe(-1);
  });
}

/** Labels whose shape the specification fixes: a key once, with a text or with a number. */
function expectLabels({ pprof, tables, profiles, name }: Sides): void {
  const seen = new Set<string>();
  pprof.sample.forEach((sample, i) => {
    const indices = profiles[0]?.samples[i]?.attribute_indices ?? [];
    const pair = `${indices} ${sample.label.map(({ key, str, num, num_unit }) => [key, str, num, num_unit])}`;
    if (seen.has(pair)) return;
    seen.add(pair);
    const attributes = attributesOf(tables, indices);
    const keys = sample.label.map((label) => name(label.key));
    expect(new Set(attributes.keys())).toEqual(new Set(keys));
    for (const label of sample.label) {
      const key = name(label.key);
      if (keys.filter((other) => other === key).length > 1) continue;
      const text = pprof.string_table[Number(label.str)] as Uint8Array;
      const unit = name(label.num_unit);
      const valid = Buffer.from(utf8.decode(text)).equals(Buffer.from(text));
      if (label.str === 0n && label.num !== 0n)
        expect(attributes.get(key)).toEqual({ value: { int_value: label.num }, unit });
      if (text.length > 0 && label.num === 0n && unit === '') {
        expect(attributes.get(key)).toEqual({
          value: valid ? { string_value: utf8.decode(text) } : { bytes_value: text },
          unit: '',
        });
      }
    }
  });
}

function expectHeader({ pprof, tables, profiles, name }: Sides): void {
  for (const profile of profiles) {
    expect(profile.time_unix_nano).toBe(pprof.time_nanos < 0n ? profile.time_unix_nano : pprof.time_nanos);
    expect(profile.duration_nano).toBe(pprof.duration_nanos < 0n ? profile.duration_nano : pprof.duration_nanos);
    expect(profile.period).toBe(pprof.period);
    expect(tables.string_table[profile.period_type?.type_strindex ?? 0]).toBe(name(pprof.period_type?.type ?? 0n));
    expect(tables.string_table[profile.period_type?.unit_strindex ?? 0]).toBe(name(pprof.period_type?.unit ?? 0n));
  }
  const attributes = attributesOf(tables, profiles[0]?.attribute_indices ?? []);
  const text = (key: string): string => textOf(attributes.get(key)?.value);
  expect(text('pprof.profile.drop_frames')).toBe(name(pprof.drop_frames));
  expect(text('pprof.profile.keep_frames')).toBe(name(pprof.keep_frames));
  expect(text('pprof.profile.doc_url')).toBe(name(pprof.doc_url));
  const comments = attributes.get('pprof.profile.comment')?.value?.array_value?.values ?? [];
  expect(comments.map(textOf)).toEqual(pprof.comment.map(name));
}

function expectMappings({ pprof, tables, name }: Sides): void {
  const said = tables.mapping_table.map((entry) => {
    const attributes = attributesOf(tables, entry.attribute_indices);
    const flag = (what: string): boolean => attributes.get(`pprof.mapping.${what}`)?.value?.bool_value ?? false;
    const builds = [...attributes].filter(([key]) => key.startsWith('process.executable.build_id.'));
    expect(builds.length).toBeLessThan(2);
    return [
      ...[entry.memory_start, entry.memory_limit, entry.file_offset, tables.string_table[entry.filename_strindex]],
      ...[
        textOf(builds[0]?.[1].value),
        flag('has_functions'),
        flag('has_filenames'),
        flag('has_line_numbers'),
        flag('has_inline_frames'),
      ],
    ];
  });
  const mapping = new Map(pprof.mapping.map((entry) => [entry.id, entry]));
  const reached = new Set(pprof.sample.flatMap((sample) => sample.location_id));
  for (const location of pprof.location) {
    const wanted = mapping.get(location.mapping_id);
    if (!reached.has(location.id) || wanted === undefined || wanted.id === 0n) continue;
    expect(said).toContainEqual([
      ...[wanted.memory_start, wanted.memory_limit, wanted.file_offset, name(wanted.filename), name(wanted.build_id)],
      ...[wanted.has_functions, wanted.has_filenames, wanted.has_line_numbers, wanted.has_inline_frames],
    ]);
  }
}

function expectAll(sides: Sides): void {
  if (sides.pprof.sample_type.length === 0) return;
  expectSampleTypes(sides);
  expectSamples(sides);
  expectLabels(sides);
  expectHeader(sides);
  expectMappings(sides);
}

describe.each(['exact', 'semantic'] as const)('our OTLP (%s)', (fidelity) => {
  // Without a residual the table itself is the only place for mappings that nothing refers to.
  const problems = (data: ProfilesData): string[] =>
    conformanceProblems(data).filter(
      (problem) => fidelity === 'exact' || !/^mapping_table\[\d+\] is not referred to/.test(problem),
    );

  test(
    'says what any pprof says',
    () => {
      fc.assert(
        fc.property(pprof, (bytes) => expectAll(sidesOf(bytes, fidelity))),
        runsOf(),
      );
    },
    patience,
  );

  test(
    'keeps the rules',
    () => {
      fc.assert(
        fc.property(pprof, (bytes) => {
          expect(problems(sidesOf(bytes, fidelity).otlp)).toEqual([]);
        }),
        runsOf(),
      );
    },
    patience,
  );

  test.skipIf(!corpusPresent).each(pprofFiles)(
    'says what $name says, and keeps the rules',
    ({ read }) => {
      const sides = sidesOf(read(), fidelity);
      expectAll(sides);
      expect(problems(sides.otlp)).toEqual([]);
    },
    patience,
  );
});

describe('our encoding', () => {
  test(
    'is what protobufjs writes of the same payload, byte for byte',
    () => {
      fc.assert(
        fc.property(pprof, (bytes) => {
          const { otlp } = pprofToOtlp(bytes, { verify: false });
          expect(Buffer.from(encodeOtlp(decodeOtlp(otlp))).equals(Buffer.from(otlp))).toBe(true);
        }),
        runsOf(),
      );
    },
    patience,
  );
});
