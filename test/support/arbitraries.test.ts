// An arbitrary that no longer reaches an oddity would let every property pass: each
// oddity must turn up in a fixed sample.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAMAGES, pprofCase, refusedPprof } from './arbitraries.ts';
import type { PprofProfile } from './messages.ts';

const MAX = (1n << 64n) - 1n;
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const broken = (p: PprofProfile, index: bigint): boolean => {
  const bytes = p.string_table[Number(index)] as Uint8Array;
  return hex(bytes) !== hex(new TextEncoder().encode(utf8.decode(bytes)));
};
const labels = (p: PprofProfile): PprofProfile['sample'][number]['label'] => p.sample.flatMap(({ label }) => label);
const lines = (p: PprofProfile): PprofProfile['location'][number]['line'] => p.location.flatMap(({ line }) => line);
const has = (table: { id: bigint }[], id: bigint): boolean => table.some((entry) => entry.id === id);
const twice = (items: (string | bigint)[]): boolean => new Set(items).size < items.length;
const says = (p: PprofProfile, text: string): boolean => p.string_table.some((bytes) => utf8.decode(bytes) === text);

const ODDITIES: Record<string, (p: PprofProfile) => boolean> = {
  'no sample types': (p) => p.sample_type.length === 0,
  'sample types but no samples': (p) => p.sample_type.length > 0 && p.sample.length === 0,
  'many sample types': (p) => p.sample_type.length > 9,
  'hundreds of samples': (p) => p.sample.length > 100,
  'two sample types of one name': (p) => twice(p.sample_type.map(({ type }) => type)),
  'a sample without locations': (p) => p.sample.some(({ location_id }) => location_id.length === 0),
  'a location twice in a stack': (p) => p.sample.some(({ location_id }) => twice(location_id)),
  'a location with id 0 in use': (p) => p.sample.some(({ location_id }) => location_id.includes(0n)),
  'a function with id 0 in use': (p) => has(p.function, 0n) && lines(p).some((line) => line.function_id === 0n),
  'a mapping with id 0': (p) => has(p.mapping, 0n),
  'the highest id': (p) => has(p.location, MAX) && p.sample.some(({ location_id }) => location_id.includes(MAX)),
  'a line without function': (p) => lines(p).some((line) => !has(p.function, line.function_id)),
  'a mapping that is not there': (p) => p.location.some((l) => l.mapping_id !== 0n && !has(p.mapping, l.mapping_id)),
  'a location without lines': (p) => p.location.some(({ line }) => line.length === 0),
  'the highest address': (p) => p.location.some(({ address }) => address === MAX),
  'a negative line': (p) => lines(p).some(({ line }) => line < 0n),
  'a negative column': (p) => lines(p).some(({ column }) => column < 0n),
  'an unused location': (p) =>
    p.location.some(({ id }) => !p.sample.some(({ location_id }) => location_id.includes(id))),
  'an unused function': (p) => p.function.some(({ id }) => !lines(p).some(({ function_id }) => function_id === id)),
  'a doubled function': (p) => twice(p.function.map((f) => [f.name, f.system_name, f.filename, f.start_line].join())),
  'an all-zero mapping': (p) => p.mapping.some(({ id: _, ...rest }) => Object.values(rest).every((value) => !value)),
  'an empty function': (p) => p.function.some((f) => !f.name && !f.system_name && !f.filename && !f.start_line),
  'a mapping that ends before it starts': (p) => p.mapping.some((m) => m.memory_start > m.memory_limit),
  'a label with text and number': (p) => labels(p).some((l) => l.str !== 0n && l.num !== 0n),
  'a label with neither': (p) => labels(p).some((l) => l.str === 0n && l.num === 0n),
  'a label without key': (p) => labels(p).some(({ key }) => (p.string_table[Number(key)] as Uint8Array).length === 0),
  'a key twice in a sample': (p) => p.sample.some(({ label }) => twice(label.map(({ key }) => key))),
  'a key with text and number in a sample': (p) =>
    p.sample.some(({ label }) => label.some((a) => a.str !== 0n && label.some((b) => b.num !== 0n && b.key === a.key))),
  'a key with two units in a sample': (p) =>
    p.sample.some(({ label }) =>
      label.some(
        (a) => a.num !== 0n && label.some((b) => b.num !== 0n && b.key === a.key && b.num_unit !== a.num_unit),
      ),
    ),
  'a broken label key': (p) => labels(p).some(({ key }) => broken(p, key)),
  'a broken label value': (p) => labels(p).some(({ str }) => broken(p, str)),
  'a broken function name': (p) => p.function.some(({ name }) => broken(p, name)),
  'a broken file name': (p) => p.function.some(({ filename }) => broken(p, filename)),
  'a broken sample type': (p) => p.sample_type.some(({ type }) => broken(p, type)),
  'a broken comment': (p) => p.comment.some((index) => broken(p, index)),
  'texts that broken bytes make equal': (p) =>
    new Set(p.string_table.map(hex)).size > new Set(p.string_table.map((bytes) => utf8.decode(bytes))).size,
  'a doubled string': (p) => twice(p.string_table.map(hex)),
  'an empty comment': (p) => p.comment.includes(0n),
  'a negative time': (p) => p.time_nanos < 0n,
  'a negative duration': (p) => p.duration_nanos < 0n,
  'no period type': (p) => p.period_type === undefined,
  'an empty period type': (p) => p.period_type?.type === 0n && p.period_type.unit === 0n,
  'a default sample type that is there': (p) =>
    p.default_sample_type !== 0n && p.sample_type.some(({ type }) => type === p.default_sample_type),
  'a default sample type that is not there': (p) =>
    p.default_sample_type !== 0n && !p.sample_type.some(({ type }) => type === p.default_sample_type),
  'a trace id': (p) =>
    says(p, 'trace_id') && says(p, '4bf92f3577b34da6a3ce929d0e0e4736') && says(p, '00f067aa0ba902b7'),
  'a trace id in upper case': (p) => says(p, '4BF92F3577B34DA6A3CE929D0E0E4736'),
  'a Datadog span id': (p) =>
    labels(p).some((l) => l.num !== 0n && utf8.decode(p.string_table[Number(l.key)]) === 'span id'),
};

describe('the arbitrary of pprofs', () => {
  const profiles = fc.sample(pprofCase, { numRuns: 3000, seed: 1 }).map(({ profile }) => profile);

  test.each(Object.keys(ODDITIES))('reaches %s', (what) => {
    expect(profiles.some(ODDITIES[what] as (p: PprofProfile) => boolean)).toBe(true);
  });
});

test('every refusal is reached', () => {
  const reached = new Set(fc.sample(refusedPprof, { numRuns: 3000, seed: 1 }).map(({ why }) => why));
  for (const why of Object.keys(DAMAGES)) expect(reached).toContain(why);
});
