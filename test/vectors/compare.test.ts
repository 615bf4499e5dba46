// The comparer for other implementers sees every change of a value, and none of what carries no meaning.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { differences, encode, meaning, OTLP, readOtlp } from '../../vectors/lib/index.mjs';
import { workspace } from '../cli/run.ts';
import { Random } from '../support/random.ts';
import { FOLDER, otlpDifferences, pprofDifferences, read, stored, TO_OTLP } from './files.ts';

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

const text = (json: Json): Buffer => Buffer.from(JSON.stringify(json));
const parse = (name: string): Json => readOtlp(read(name)) as Json;

/** The document once for each leaf, with that leaf changed. */
function* changed(value: Json, rebuild: (part: Json) => Json): Generator<Json> {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* changed(item, (part) => rebuild(value.with(i, part)));
  } else if (value !== null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) yield* changed(item, (part) => rebuild({ ...value, [key]: part }));
  } else if (typeof value === 'boolean') yield rebuild(!value);
  else if (typeof value === 'number') yield rebuild(value + 1);
  else if (value !== null) yield rebuild(/^-?\d+$/.test(value) ? `${BigInt(value) + 1n}` : `${value}x`);
}

/** What differs, or that the changed one cannot be read, which is seen just as well. */
function seen(expected: Uint8Array, actual: Uint8Array): string[] {
  try {
    return otlpDifferences(expected, actual, { mappingTable: true });
  } catch (error) {
    return [(error as Error).message];
  }
}

test.each(TO_OTLP.filter(({ level }) => level === 'semantic'))(
  'a change of any value of $name is seen',
  ({ expected }) => {
    const json = parse(expected);
    let count = 0;
    for (const other of changed(json, (part) => part)) {
      count++;
      // Entry 0 is what index 0 means: a string there shows wherever something is not set.
      expect(seen(read(expected), text(other)), JSON.stringify(other)).not.toEqual([]);
    }
    expect(count).toBeGreaterThan(3);
  },
);

/** Every table but its entry 0 in another order, the indexes with them, and the whole in protobuf. */
function shuffled(json: Json, random: Random): Buffer {
  const tables = (json as { dictionary: Record<string, Json[]> }).dictionary;
  const moves = Object.fromEntries(
    Object.entries(tables).map(([name, entries]) => {
      const order = random.shuffle(entries.slice(1).map((_, i) => i + 1));
      return [name.replace('Table', ''), [0, ...order]];
    }),
  ) as Record<string, number[]>;
  const tableOf = (key: string): string | undefined => {
    if (/[sS]trindex$/.test(key)) return 'string';
    const found = /^(stack|link|mapping|function)Index$|^(location|attribute)Indices$/.exec(key);
    return found?.[1] ?? found?.[2];
  };
  const move = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(move);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        const moved = moves[tableOf(key) ?? ''];
        if (moved === undefined) return [key, move(item)];
        const to = (index: Json): Json => moved.indexOf(index as number);
        return [key, Array.isArray(item) ? item.map(to) : to(item)];
      }),
    );
  };
  const data = move(json) as { dictionary: Record<string, Json[]> };
  const dictionary = Object.fromEntries(
    Object.entries(data.dictionary).map(([name, entries]) => {
      const order = moves[name.replace('Table', '')] as number[];
      return [name, order.map((index) => entries[index] as Json)];
    }),
  );
  return encode(OTLP, 'ProfilesData', { ...data, dictionary });
}

test.each(TO_OTLP)('another order of the dictionary of $name is not seen, nor that it is protobuf', ({ expected }) => {
  const random = new Random(1);
  for (let i = 0; i < 3; i++) expect(otlpDifferences(read(expected), shuffled(parse(expected), random))).toEqual([]);
});

test('what a vector is about is seen: no two mean the same', () => {
  const meanings = new Map<string, string[]>();
  // What mapping-missing is about is that nothing of it is in OTLP.
  for (const { name, level, expected } of TO_OTLP) {
    if (level === 'exact' || name === 'mapping-missing') continue;
    const own = JSON.stringify(meaning('otlp', read(expected), { mappingTable: true }));
    meanings.set(own, [...(meanings.get(own) ?? []), name]);
  }
  expect([...meanings.values()].filter((names) => names.length > 1)).toEqual([]);
});

describe('compare.mjs', () => {
  const compare = (...args: string[]) =>
    spawnSync(process.execPath, [`${FOLDER}compare.mjs`, ...args], { encoding: 'utf8' });
  const [a, b] = ['pprof-to-otlp/mapping.otlp.json', 'pprof-to-otlp/mapping-64-bit.otlp.json'].map(
    (name) => FOLDER + name,
  ) as [string, string];

  test('says nothing but that they are the same', () => {
    const { status, stdout } = compare(a, a);
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'the same\n' });
  });

  test('says what differs, and where', () => {
    const { status, stdout } = compare(a, b);
    expect(status).toBe(1);
    expect(stdout).toContain(
      'resources[0].scopes[0].profiles[0].samples[0].stack[0].mapping.memoryStart: "4194304" expected, "18446744071562067968" found\n',
    );
  });

  test('reads pprof and OTLP, compressed or not, by content', () => {
    const dir = workspace();
    writeFileSync(join(dir, 'a'), gzipSync(read('pprof-to-otlp/mapping.pb')));
    writeFileSync(join(dir, 'b'), encode(OTLP, 'ProfilesData', readOtlp(stored('pprof-to-otlp/mapping.otlp.json'))));
    expect(compare(`${FOLDER}pprof-to-otlp/mapping.pb`, join(dir, 'a')).status).toBe(0);
    expect(compare(a, join(dir, 'b')).status).toBe(0);
    expect(compare(join(dir, 'a'), join(dir, 'b')).stdout).toBe('one is pprof, the other otlp\n');
  });

  test('says with --tidy what of the dictionary is unused, with --mapping-table what of its mappings differs', () => {
    const unreferenced = `${FOLDER}pprof-to-otlp/mapping-unreferenced.otlp.json`;
    expect(compare(unreferenced, unreferenced, '--tidy').stdout).toContain('nothing refers to it');
    const [one, other] = ['mappings-several', 'mappings-order'].map(
      (name) => `${FOLDER}pprof-to-otlp/${name}.otlp.json`,
    ) as [string, string];
    expect(compare(one, other).status).toBe(1);
    expect(compare(one, other, '--mapping-table').stdout).toContain('mappingTable: 3 expected, 2 found');
  });

  test('tells usage from what it cannot read', () => {
    expect(compare(a).status).toBe(2);
    expect(compare(a, b, '--nonsense').status).toBe(2);
    expect(compare(a, `${FOLDER}generate.mjs`).status).toBe(3);
    expect(compare(a, `${FOLDER}nothing`).status).toBe(3);
  });
});

test('pprofs that differ in a label, and not in its place, are told apart', () => {
  const [one, other] = ['label-string', 'label-number'].map((name) => read(`pprof-to-otlp/${name}.pb`)) as [
    Buffer,
    Buffer,
  ];
  expect(pprofDifferences(one, other)).not.toEqual([]);
  expect(differences({ a: [1] }, { a: [1, 2] })).toEqual(['a: 1 expected, 2 found']);
});
