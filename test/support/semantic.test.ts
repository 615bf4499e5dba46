import { describe, expect, test } from 'vitest';
import type { PprofProfile } from './messages.ts';
import { encodePprof } from './oracle.ts';
import { semanticDifferences } from './semantic.ts';
import { bytesOf } from './texts.ts';

const STRINGS = ['', 'cpu', 'ns', 'samples', 'main', 'work', 'a.go', 'lib.so', 'key', 'one', 'two', 'build', 'note'];
const at = (text: string): bigint => BigInt(STRINGS.indexOf(text));

function mapping(id: bigint, filename: string): PprofProfile['mapping'][number] {
  return {
    ...{
      id,
      memory_start: 0x1000n,
      memory_limit: 0x2000n,
      file_offset: 0n,
      filename: at(filename),
      build_id: at('build'),
    },
    ...{ has_functions: true, has_filenames: false, has_line_numbers: false, has_inline_frames: false },
  };
}

const BASE: PprofProfile = {
  sample_type: [
    { type: at('samples'), unit: at('') },
    { type: at('cpu'), unit: at('ns') },
  ],
  sample: [
    {
      location_id: [1n, 2n],
      value: [1n, 10n],
      label: [
        { key: at('key'), str: at('one'), num: 0n, num_unit: 0n },
        { key: at('key'), str: at('two'), num: 0n, num_unit: 0n },
        { key: at('note'), str: 0n, num: 7n, num_unit: at('ns') },
      ],
    },
    { location_id: [2n], value: [2n, 20n], label: [] },
  ],
  mapping: [mapping(1n, 'lib.so'), mapping(2n, 'a.go')],
  location: [
    { id: 1n, mapping_id: 1n, address: 0x1010n, line: [{ function_id: 1n, line: 3n, column: 4n }], is_folded: false },
    { id: 2n, mapping_id: 1n, address: 0x1020n, line: [{ function_id: 2n, line: 5n, column: 0n }], is_folded: true },
    { id: 3n, mapping_id: 0n, address: 1n, line: [], is_folded: false },
  ],
  function: [
    { id: 1n, name: at('work'), system_name: at('work'), filename: at('a.go'), start_line: 1n },
    { id: 2n, name: at('main'), system_name: at('main'), filename: at('a.go'), start_line: 2n },
    { id: 3n, name: at('note'), system_name: 0n, filename: 0n, start_line: 0n },
  ],
  string_table: STRINGS.map(bytesOf),
  ...{ drop_frames: at('one'), keep_frames: at('two'), time_nanos: 100n, duration_nanos: 200n },
  period_type: { type: at('cpu'), unit: at('ns') },
  ...{ period: 10n, comment: [at('note'), 0n], default_sample_type: at('cpu'), doc_url: at('key') },
};

function differences(change: (profile: PprofProfile) => unknown): string[] {
  const changed = structuredClone(BASE);
  change(changed);
  return semanticDifferences(encodePprof(BASE), encodePprof(changed));
}

/** A place that the lists of BASE fill for sure. */
type Sure<T> = T extends undefined ? never : T;
const nth = <T>(list: T[], i = 0): Sure<T> => list[i] as Sure<T>;

const SAYS_OTHERWISE: Record<string, (p: PprofProfile) => unknown> = {
  'a value': (p) => (nth(p.sample).value[1] = 11n),
  'a sample less': (p) => p.sample.pop(),
  'samples swapped': (p) => p.sample.reverse(),
  'a frame less': (p) => nth(p.sample).location_id.pop(),
  'frames swapped': (p) => nth(p.sample).location_id.reverse(),
  'a frame repeated': (p) => nth(p.sample).location_id.push(2n),
  'an address': (p) => (nth(p.location).address = 2n),
  'a folded flag': (p) => (nth(p.location).is_folded = true),
  'a line': (p) => (nth(nth(p.location).line).line = 9n),
  'a column': (p) => (nth(nth(p.location).line).column = 9n),
  'an inlined frame': (p) => nth(p.location).line.push({ function_id: 2n, line: 0n, column: 0n }),
  'a line without function': (p) => (nth(nth(p.location).line).function_id = 0n),
  'a location without mapping': (p) => (nth(p.location).mapping_id = 0n),
  'another mapping': (p) => (nth(p.location).mapping_id = 2n),
  'a function name': (p) => (nth(p.function).name = at('main')),
  'a system name': (p) => (nth(p.function).system_name = at('main')),
  'a file name': (p) => (nth(p.function).filename = at('lib.so')),
  'a start line': (p) => (nth(p.function).start_line = 7n),
  'a label value': (p) => (nth(nth(p.sample).label).str = at('two')),
  'values of one key swapped': (p) => nth(p.sample).label.splice(0, 2, ...nth(p.sample).label.slice(0, 2).reverse()),
  'a label key': (p) => (nth(nth(p.sample).label).key = at('note')),
  'a label number': (p) => (nth(nth(p.sample).label, 2).num = 8n),
  'a label unit': (p) => (nth(nth(p.sample).label, 2).num_unit = at('cpu')),
  'a label less': (p) => nth(p.sample).label.pop(),
  'a label more': (p) => nth(p.sample, 1).label.push({ key: at('key'), str: 0n, num: 0n, num_unit: 0n }),
  'a broken byte in a label value': (p) => (p.string_table[Number(at('one'))] = Uint8Array.of(0xff)),
  'a sample type': (p) => (nth(p.sample_type).type = at('cpu')),
  'a unit': (p) => (nth(p.sample_type).unit = at('ns')),
  'sample types swapped': (p) => p.sample_type.reverse(),
  'the default sample type': (p) => (p.default_sample_type = 0n),
  'a mapping less': (p) => p.mapping.pop(),
  'mappings swapped': (p) => p.mapping.reverse(),
  'a mapping start': (p) => (nth(p.mapping, 1).memory_start = 1n),
  'a mapping flag': (p) => (nth(p.mapping, 1).has_inline_frames = true),
  'a build id': (p) => (nth(p.mapping, 1).build_id = 0n),
  'the time': (p) => (p.time_nanos = -100n),
  'the duration': (p) => (p.duration_nanos = 0n),
  'the period': (p) => (p.period = 11n),
  'the period type': (p) => (p.period_type = undefined),
  'a comment less': (p) => p.comment.pop(),
  drop_frames: (p) => (p.drop_frames = 0n),
  keep_frames: (p) => (p.keep_frames = 0n),
  doc_url: (p) => (p.doc_url = 0n),
};

const SAYS_THE_SAME: Record<string, (p: PprofProfile) => unknown> = {
  'an unused location less': (p) => p.location.pop(),
  'an unused function less': (p) => p.function.pop(),
  'locations in another order': (p) => p.location.reverse(),
  'other ids': (p) => {
    for (const location of p.location) location.id += 100n;
    for (const sample of p.sample) sample.location_id = sample.location_id.map((id) => id + 100n);
  },
  'a doubled function': (p) => {
    p.function.push({ ...nth(p.function), id: 9n });
    nth(nth(p.location).line).function_id = 9n;
  },
  'a doubled string': (p) => (nth(p.function).name = BigInt(p.string_table.push(bytesOf('work')) - 1)),
  'labels of different keys in another order': (p) => nth(p.sample).label.unshift(nth(p.sample).label.pop() as never),
  'an all-zero mapping': (p) => {
    const flags = { has_functions: false, has_filenames: false, has_line_numbers: false, has_inline_frames: false };
    p.mapping.push({
      id: 3n,
      memory_start: 0n,
      memory_limit: 0n,
      file_offset: 0n,
      filename: 0n,
      build_id: 0n,
      ...flags,
    });
    nth(p.location, 2).mapping_id = 3n;
  },
  'a dangling mapping on an unmapped location': (p) => (nth(p.location, 2).mapping_id = 44n),
};

describe('semantic comparison', () => {
  test('a profile means what it means', () => {
    expect(differences(() => undefined)).toEqual([]);
  });

  test.each(Object.keys(SAYS_OTHERWISE))('sees %s', (what) => {
    expect(differences(SAYS_OTHERWISE[what] as never)).not.toEqual([]);
  });

  test.each(Object.keys(SAYS_THE_SAME))('passes over %s', (what) => {
    expect(differences(SAYS_THE_SAME[what] as never)).toEqual([]);
  });

  test('takes an empty function for none', () => {
    const one = structuredClone(BASE);
    one.function.push({ id: 9n, name: 0n, system_name: 0n, filename: 0n, start_line: 0n });
    nth(nth(one.location).line).function_id = 9n;
    const other = structuredClone(BASE);
    nth(nth(other.location).line).function_id = 0n;
    expect(semanticDifferences(encodePprof(one), encodePprof(other))).toEqual([]);
  });

  test('takes a broken name for its replacement', () => {
    const broken = structuredClone(BASE);
    broken.string_table[Number(at('work'))] = Uint8Array.of(0x77, 0xff);
    const replaced = structuredClone(BASE);
    replaced.string_table[Number(at('work'))] = bytesOf('w\ufffd');
    expect(semanticDifferences(encodePprof(broken), encodePprof(replaced))).toEqual([]);
    expect(semanticDifferences(encodePprof(BASE), encodePprof(replaced))).not.toEqual([]);
  });

  test('can take a negative time for none', () => {
    const negative = structuredClone(BASE);
    negative.time_nanos = -5n;
    const none = structuredClone(BASE);
    none.time_nanos = 0n;
    expect(semanticDifferences(encodePprof(negative), encodePprof(none))).not.toEqual([]);
    expect(semanticDifferences(encodePprof(negative), encodePprof(none), { unsignedTimes: true })).toEqual([]);
    expect(semanticDifferences(encodePprof(BASE), encodePprof(none), { unsignedTimes: true })).not.toEqual([]);
  });

  test('can leave unreached mappings out', () => {
    const less = structuredClone(BASE);
    less.mapping.pop();
    expect(semanticDifferences(encodePprof(BASE), encodePprof(less), { mappings: 'used' })).toEqual([]);
  });
});
