// What two pprofs mean, compared: everything that a pprof says, nothing of how it
// says it (ids, table order and doubled entries, unused locations, functions and
// strings, order among labels of different keys, layout).
//
// Three things count as equal, because OTLP holds only UTF-8 and knows no entry
// without content: a name that is not UTF-8 and the same with U+FFFD, an all-zero
// mapping and none, an entirely empty function and none. Label values are data, not
// names: they are compared byte by byte. A fourth has to be asked for: OTLP's times
// are unsigned, so that a negative one may become 0.

import type { PprofProfile } from './messages.ts';
import { decodePprof } from './oracle.ts';

export interface SemanticOptions {
  /** 'used': only the mappings that stacks reach, in any order. Default: all, in order. */
  mappings?: 'all' | 'used';
  /** Negative times and durations count as 0. Default: they count as they are. */
  unsignedTimes?: boolean;
}

interface Meaning {
  sampleTypes: string[];
  samples: { stack: string[]; values: string; labels: Map<string, string[]> }[];
  mappings: string[];
  header: Record<string, string>;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

function json(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? `${item}` : item));
}

function byId<T extends { id: bigint }>(
  entries: T[],
  describe: (entry: T) => string | null,
): Map<bigint, string | null> {
  return new Map(entries.map((entry) => [entry.id, describe(entry)]));
}

export function meaningOf(profile: PprofProfile, options: SemanticOptions = {}): Meaning {
  const names = profile.string_table.map((bytes) => utf8.decode(bytes));
  const name = (index: bigint): string => names[Number(index)] ?? '';
  const value = (index: bigint): string => Buffer.from(profile.string_table[Number(index)] ?? []).toString('latin1');

  const describeMapping = (m: PprofProfile['mapping'][number]): string | null => {
    const numbers = [m.memory_start, m.memory_limit, m.file_offset];
    const texts = [name(m.filename), name(m.build_id)];
    const flags = [m.has_functions, m.has_filenames, m.has_line_numbers, m.has_inline_frames];
    const empty = numbers.every((n) => n === 0n) && texts.every((t) => t === '') && !flags.includes(true);
    return empty ? null : json([numbers, texts, flags.map(Number)]);
  };
  const tableOrder = profile.mapping.map(describeMapping);
  const mappings = byId(profile.mapping, describeMapping);
  const functions = byId(profile.function, (f) => {
    const texts = [name(f.name), name(f.system_name), name(f.filename)];
    return texts.every((t) => t === '') && f.start_line === 0n ? null : json([texts, f.start_line]);
  });
  // Unlike lines, which may refer to a function with id 0, a location with mapping_id 0 has no mapping.
  mappings.set(0n, null);
  const reached = new Set<string>();
  const locations = byId(profile.location, (l) => {
    const lines = l.line.map((line) => [functions.get(line.function_id) ?? null, line.line, line.column]);
    return json({ mapping: mappings.get(l.mapping_id) ?? null, address: l.address, folded: l.is_folded, lines });
  });
  const mappingOf = byId(profile.location, (l) => mappings.get(l.mapping_id) ?? null);

  const samples = profile.sample.map((sample) => {
    const labels = new Map<string, string[]>();
    for (const l of sample.label) {
      const key = name(l.key);
      const said = json({ str: value(l.str), num: l.num, unit: name(l.num_unit) });
      labels.set(key, [...(labels.get(key) ?? []), said]);
    }
    for (const id of sample.location_id) {
      const mapping = mappingOf.get(id);
      if (typeof mapping === 'string') reached.add(mapping);
    }
    return {
      stack: sample.location_id.map((id) => locations.get(id) ?? 'missing'),
      values: sample.value.join(),
      labels,
    };
  });
  const type = (t: { type: bigint; unit: bigint } | undefined): string =>
    json([name(t?.type ?? 0n), name(t?.unit ?? 0n)]);
  const time = (t: bigint): string => (options.unsignedTimes === true && t < 0n ? '0' : `${t}`);
  const all = [...new Set(tableOrder.filter((mapping) => mapping !== null))];
  return {
    sampleTypes: profile.sample_type.map(type),
    samples,
    mappings: options.mappings === 'used' ? [...reached].sort() : all,
    header: {
      default_sample_type: name(profile.default_sample_type),
      time_nanos: time(profile.time_nanos),
      duration_nanos: time(profile.duration_nanos),
      period: `${profile.period}`,
      period_type: type(profile.period_type),
      comment: json(profile.comment.map(name)),
      drop_frames: name(profile.drop_frames),
      keep_frames: name(profile.keep_frames),
      doc_url: name(profile.doc_url),
    },
  };
}

function compare(path: string, expected: readonly string[], actual: readonly string[], out: string[]): void {
  if (expected.length !== actual.length) out.push(`${path}: ${expected.length} expected, ${actual.length} found`);
  for (let i = 0; i < Math.min(expected.length, actual.length); i++) {
    if (expected[i] !== actual[i]) out.push(`${path}[${i}]: ${expected[i]} expected, ${actual[i]} found`);
  }
}

export function meaningDifferences(expected: Meaning, actual: Meaning): string[] {
  const out: string[] = [];
  for (const [field, text] of Object.entries(expected.header))
    compare(field, [text], [actual.header[field] as string], out);
  compare('sample_type', expected.sampleTypes, actual.sampleTypes, out);
  compare('mapping', expected.mappings, actual.mappings, out);
  if (expected.samples.length !== actual.samples.length)
    out.push(`sample: ${expected.samples.length} expected, ${actual.samples.length} found`);
  for (let i = 0; i < Math.min(expected.samples.length, actual.samples.length); i++) {
    const a = expected.samples[i] as Meaning['samples'][number];
    const b = actual.samples[i] as Meaning['samples'][number];
    compare(`sample[${i}].value`, [a.values], [b.values], out);
    compare(`sample[${i}].location`, a.stack, b.stack, out);
    for (const key of new Set([...a.labels.keys(), ...b.labels.keys()]))
      compare(`sample[${i}].label[${key}]`, a.labels.get(key) ?? [], b.labels.get(key) ?? [], out);
  }
  return out;
}

/** What `actual` says otherwise than `expected`; empty when they mean the same. */
export function semanticDifferences(expected: Uint8Array, actual: Uint8Array, options: SemanticOptions = {}): string[] {
  return meaningDifferences(meaningOf(decodePprof(expected), options), meaningOf(decodePprof(actual), options));
}
