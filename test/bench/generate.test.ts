import { beforeAll, describe, expect, test } from 'vitest';
import * as rows from '../../bench/generate/collidingRows.mjs';
import * as texts from '../../bench/generate/collidingStrings.mjs';
import { randomOf } from '../../bench/generate/random.mjs';
import { SHAPES } from '../../bench/generate/shapes.mjs';
import { Out } from '../../bench/generate/wire.mjs';
import { check } from '../../src/convert/check.ts';
import { pprofToOtlp } from '../../src/convert/toOtlp.ts';
import { otlpToPprof } from '../../src/convert/toPprof.ts';
import type { PprofProfile } from '../support/messages.ts';
import { decodeOtlp, decodePprof } from '../support/oracle.ts';

const SIZE = 150_000;

describe.each(Object.entries(SHAPES))('%s', (_, { format, generate }) => {
  let profile: Uint8Array;
  beforeAll(() => {
    profile = generate(SIZE, 1);
  });

  test('is as long as wanted', () => {
    // A sample of deep-stacks alone takes 20 kB.
    expect(profile.length).toBeGreaterThan(SIZE * 0.98);
    expect(profile.length).toBeLessThan(SIZE * 1.15);
  });

  test('is the same for the same seed, another for another', () => {
    expect(Buffer.compare(generate(SIZE, 1), profile)).toBe(0);
    expect(Buffer.compare(generate(SIZE, 2), profile)).not.toBe(0);
  });

  test('breaks no rule', () => {
    expect(check(profile).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('comes back, proven, without the original in it', () => {
    if (format === 'pprof') {
      const { otlp, report } = pprofToOtlp(profile);
      expect(report).toMatchObject({ proven: true, carried: 'structured', warnings: [] });
      expect(Buffer.compare(otlpToPprof(otlp).pprofs[0] as Uint8Array, profile)).toBe(0);
    } else {
      const { pprofs, reports } = otlpToPprof(profile);
      expect(reports).toMatchObject([{ proven: true, carried: 'structured', warnings: [] }]);
      expect(Buffer.compare(pprofToOtlp(pprofs[0] as Uint8Array).otlp, profile)).toBe(0);
    }
  });
});

const generated = (shape: string): PprofProfile => decodePprof(SHAPES[shape]?.generate(SIZE, 1) as Uint8Array);
const distinct = (list: readonly unknown[]): number =>
  new Set(list.map((item) => JSON.stringify(item, (_, value) => (typeof value === 'bigint' ? `${value}` : value))))
    .size;

describe('what the shapes promise', () => {
  test('types: eight, none of them empty', () => {
    const { sample, sample_type } = generated('types');
    expect(sample_type).toHaveLength(8);
    for (let i = 0; i < 8; i++) expect(sample.some(({ value }) => value[i] !== 0n)).toBe(true);
  });

  test('strings: more than half of the bytes', () => {
    const { string_table } = generated('strings');
    expect(string_table.reduce((sum, text) => sum + text.length, 0)).toBeGreaterThan(SIZE / 2);
    expect(distinct(string_table.map((text) => Buffer.from(text).toString('latin1')))).toBe(string_table.length);
  });

  test('timestamps: as many as values', () => {
    const data = decodeOtlp(SHAPES.timestamps?.generate(SIZE, 1) as Uint8Array);
    const samples = data.resource_profiles
      .flatMap(({ scope_profiles }) => scope_profiles)
      .flatMap(({ profiles }) => profiles)
      .flatMap((profile) => profile.samples);
    expect(samples.length).toBeGreaterThan(100);
    for (const { values, timestamps_unix_nano } of samples) expect(timestamps_unix_nano).toHaveLength(values.length);
    for (const time of samples.flatMap((sample) => sample.timestamps_unix_nano))
      expect(Math.abs(Number(time - 1_700_000_000_000_000_000n))).toBeLessThan(3e9);
  });

  test('distinct-stacks: all of them, though many differ in one frame', () => {
    const stacks = generated('distinct-stacks').sample.map(({ location_id }) => location_id);
    expect(distinct(stacks)).toBe(stacks.length);
    expect(distinct(stacks.map((stack) => stack.slice(1)))).toBeLessThan(stacks.length * 0.9);
  });

  test('one-stack: one', () => {
    const { sample } = generated('one-stack');
    expect(sample.length).toBeGreaterThan(1000);
    expect(distinct(sample.map(({ location_id }) => location_id))).toBe(1);
  });

  test('deep-stacks: ten thousand frames', () => {
    expect(generated('deep-stacks').sample.every(({ location_id }) => location_id.length === 10_000)).toBe(true);
  });

  test('labels: a hundred thousand from 8 MB on', () => {
    const many = decodePprof(SHAPES['many-labels']?.generate(8_000_000, 1) as Uint8Array);
    expect(many.string_table.length).toBeGreaterThan(100_000);
    const [sample] = decodePprof(SHAPES['wide-samples']?.generate(8_000_000, 1) as Uint8Array).sample;
    expect(distinct((sample?.label ?? []).map(({ key }) => key))).toBe(100_000);
  });
});

describe('collisions', () => {
  const LEVELS = 8;
  const all = Array.from({ length: 2 ** LEVELS }, (_, i) => i);

  test('strings under FNV-1a', () => {
    const levels = texts.fnvLevels(LEVELS, randomOf(1));
    const chosen = all.map((i) => texts.chosen(levels, i));
    expect(new Set(chosen).size).toBe(all.length);
    expect(new Set(chosen.map((text) => texts.fnv1a(text))).size).toBe(1);
  });

  test('strings under hash * 31 + byte', () => {
    const chosen = all.map((i) => texts.chosen(texts.javaLevels(LEVELS), i));
    const hashes = chosen.map((text) => Buffer.from(text).reduce((hash, byte) => (Math.imul(hash, 31) + byte) | 0, 7));
    expect(new Set(chosen).size).toBe(all.length);
    expect(new Set(hashes).size).toBe(1);
  });

  test('strings under FNV-1a from any beginning of which eight bits are known', () => {
    expect(texts.DIFFERENCES.reduce((sum, difference) => Math.imul(sum + difference, 0x01000193), 0)).toBe(0);
    for (const low of Array.from({ length: 256 }, (_, i) => i)) {
      const levels = texts.seededFnvLevels(LEVELS, low);
      const chosen = all.map((i) => texts.chosen(levels, i));
      expect(new Set(chosen).size).toBe(all.length);
      for (const secret of [0, 0x5eed_ab00, 0xffff_ff00])
        expect(new Set(chosen.map((text) => texts.fnv1a(text, secret | low))).size).toBe(1);
    }
  });

  test('rows', () => {
    const fnv = rows.fnvLevels(LEVELS, 0x811c9dc5, 4096, randomOf(1));
    const java = rows.javaLevels(LEVELS, 4096, randomOf(1));
    for (const levels of [fnv, java]) {
      expect(distinct(all.map((i) => rows.chosen(levels, i)))).toBe(all.length);
      expect(levels.flat(2).every((number: number) => number > 0 && number < 4096)).toBe(true);
    }
    expect(new Set(all.map((i) => rows.fnv(rows.chosen(fnv, i), 0x811c9dc5))).size).toBe(1);
    const hash = (row: readonly number[]): number => row.reduce((sum, number) => (Math.imul(sum, 31) + number) | 0, 7);
    expect(new Set(all.map((i) => hash(rows.chosen(java, i)))).size).toBe(1);
  });
});

test('strings of any length and script are written as UTF-8', () => {
  const out = new Out(1);
  const written = ['', 'a', 'ü'.repeat(40), 'x'.repeat(300), '🔥'];
  for (const text of written) out.string(6, text);
  const { string_table } = decodePprof(out.take());
  expect(string_table.map((text) => Buffer.from(text).toString())).toEqual(written);
});
