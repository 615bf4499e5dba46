import { describe, expect, test } from 'vitest';
import { corpusPresent, otlpFiles } from './corpus.ts';
import { decodeOtlp } from './oracle.ts';
import { otlpMeaning } from './otlpMeaning.ts';
import { foreignPayload } from './payload.ts';
import { Random } from './random.ts';
import { referenced, TABLES } from './references.ts';
import { compose, HOPS, type Hop, merge, mergeScopes } from './transit.ts';

const payloads = [{ name: 'payload made by hand', read: foreignPayload }, ...otlpFiles];
const hop = (name: string): Hop => HOPS[name] as Hop;
const silent = Object.keys(HOPS).filter((name) => name !== 'addResourceAttributes');

describe.skipIf(!corpusPresent)('with real payloads', () => {
  test('the corpus has OTLP files', () => {
    expect(otlpFiles.length).toBeGreaterThan(5);
  });
});

describe.each(payloads)('$name', ({ read }) => {
  const bytes = read();
  const meaning = otlpMeaning(bytes);

  test.each(silent)('means the same after %s', (name) => {
    expect(otlpMeaning(hop(name)(bytes, new Random(1)))).toEqual(meaning);
  });

  test('means the same after all of them', () => {
    const all = compose(silent.map(hop));
    expect(otlpMeaning(all(bytes, new Random(4)))).toEqual(meaning);
  });

  test('stays whole beside another', () => {
    const other = foreignPayload();
    for (const seed of [1, 2]) {
      const merged = otlpMeaning(merge(other)(bytes, new Random(seed)));
      expect(merged).toHaveLength(meaning.length + 1);
      for (const tree of [...meaning, ...otlpMeaning(other)]) expect(merged).toContainEqual(tree);
      expect(otlpMeaning(mergeScopes(other)(bytes, new Random(seed)))).toHaveLength(meaning.length);
    }
  });
});

describe('a hop does what it is called', () => {
  const bytes = foreignPayload();
  const run = (name: string, seed = 7): ReturnType<typeof decodeOtlp> => decodeOtlp(hop(name)(bytes, new Random(seed)));
  const before = decodeOtlp(bytes);

  test('shuffleTables', () => {
    expect(run('shuffleTables').dictionary?.string_table).not.toEqual(before.dictionary?.string_table);
    expect(run('shuffleTables').dictionary?.string_table[0]).toBe('');
  });

  test('removeDuplicates', () => {
    expect(run('removeDuplicates').dictionary?.function_table).toHaveLength(2);
    expect(run('removeDuplicates').dictionary?.string_table.filter((text) => text === '')).toHaveLength(1);
  });

  test('collectGarbage', () => {
    const after = run('collectGarbage');
    expect(after.dictionary?.location_table).toHaveLength(3);
    for (const table of TABLES) {
      const used = referenced(after, table);
      for (const i of after.dictionary?.[table].keys() ?? []) expect(i === 0 || used.has(i)).toBe(true);
    }
  });

  test('referToStrings', () => {
    const attribute = run('referToStrings').resource_profiles[0]?.resource?.attributes[0];
    expect(attribute?.key).toBe('');
    expect(attribute?.value?.string_value).toBeUndefined();
    expect(attribute?.key_strindex).toBeGreaterThan(0);
  });

  test('descendingFields', () => {
    expect(hop('descendingFields')(bytes, new Random(1))[0]).toBe(0x12);
  });

  test('addResourceAttributes', () => {
    expect(run('addResourceAttributes').resource_profiles[0]?.resource?.attributes.map(({ key }) => key)).toEqual([
      'service.name',
      'host.name',
      'k8s.pod.name',
    ]);
  });
});
