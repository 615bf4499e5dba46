import { describe, expect, test } from 'vitest';
import { Misfit } from '../../src/errors.ts';
import { decode } from '../../src/pprof/decode.ts';
import { ALL, FOREIGN, INTERLEAVED, type Run } from '../../src/pprof/layout.ts';
import { coverContent, defaultRuns, shortestRuns, walkRecords } from '../../src/pprof/records.ts';
import { ENCODERS, type Layout, layOut } from '../support/layout.ts';
import { bytesOfSketch, decoded, FULL, profileOf, type Sketch } from './sketch.ts';

const run = (field: number, count: number): Run => ({ field, count });

function walked(sketch: Sketch, runs: Run[]): string[] {
  const seen: string[] = [];
  walkRecords(decoded(sketch).data, runs, (field, index) => seen.push(`${field}.${index}`));
  return seen;
}

describe('defaultRuns', () => {
  test('name what has content, ascending', () => {
    expect(defaultRuns(decoded(FULL).data)).toEqual([
      ...[1, 2, 3, 4, 5, 6].map((field) => run(field, ALL)),
      ...[7, 8, 9, 10, 11, 12, 13, 14, 15].map((field) => run(field, 1)),
    ]);
    expect(defaultRuns(decoded({ types: [] }).data)).toEqual([run(6, ALL)]);
    expect(defaultRuns(decoded({ types: [], periodType: ['', ''] }).data)).toEqual([run(6, ALL), run(11, 1)]);
  });

  test('are what protobufjs writes', () => {
    const { data, runs } = decode(bytesOfSketch(FULL));
    expect(shortestRuns(data, runs, data)).toBeUndefined();
  });
});

describe('walkRecords', () => {
  test('takes so many of a field, and ALL that is left', () => {
    expect(walked(FULL, [run(4, 1), run(2, 2), run(4, ALL), run(2, ALL), run(2, ALL)])).toEqual([
      ...['4.0', '2.0', '2.1', '4.1', '4.2', '2.2'],
    ]);
  });

  test('a field that does not repeat stands as often as the run says', () => {
    expect(walked(FULL, [run(9, 1), run(FOREIGN, 3), run(12, 2)])).toEqual([
      '9.0',
      '16.0',
      '16.1',
      '16.2',
      '12.0',
      '12.1',
    ]);
  });

  test.each<[string, Run[]]>([
    ['more entries than there are', [run(2, 4)]],
    ['more entries than are left', [run(2, 2), run(2, 2)]],
    ['very many entries', [run(6, 2 ** 60)]],
    ['a field very often', [run(9, 2 ** 40)]],
    ['an unknown field very often', [run(FOREIGN, 65_537)]],
  ])('%s do not fit', (_, runs) => {
    expect(() => walked(FULL, runs)).toThrow(Misfit);
  });

  test('many runs of one field do not run for long', () => {
    const { data } = decoded(FULL);
    const runs = Array.from({ length: 1000 }, () => run(FOREIGN, 65_536));
    let visits = 0;
    const start = performance.now();
    expect(() => walkRecords(data, runs, () => visits++)).toThrow(Misfit);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('interleaved', () => {
  const sketch: Sketch = {
    samples: [{ at: [1, 2] }, { at: [2] }, { at: [4, 1] }],
    locations: [{ lines: [[2]] }, {}, { lines: [[3]] }, { lines: [[1], [4]] }],
    functions: [{}, {}, {}, {}, {}],
  };

  test('before each sample its new locations, behind each its new functions', () => {
    expect(walked(sketch, [run(1, ALL), run(INTERLEAVED, 1), run(6, ALL)])).toEqual([
      ...['1.0', '4.0', '5.0', '5.1', '4.1', '2.0', '2.1', '4.2', '5.2', '4.3', '5.3', '2.2'],
      ...['6.0', '6.1', '6.2'],
    ]);
  });

  test('what no sample uses follows where a run takes it', () => {
    const locations = [...(sketch.locations ?? []), {}];
    expect(walked({ ...sketch, locations }, [run(INTERLEAVED, 1), run(4, ALL), run(5, ALL)]).slice(-2)).toEqual([
      '4.4',
      '5.4',
    ]);
  });

  test.each([0, 1, 2])('is found in what the Go runtime writes, and named by one run (%i comments)', (comments) => {
    const profile = profileOf({ ...FULL, comments: ['a', 'b'].slice(0, comments) });
    const { data, runs } = decode(layOut(profile, ENCODERS.goRuntime as Layout));
    expect(runs.length).toBeGreaterThan(10);
    const shortest = shortestRuns(data, runs, data);
    expect(shortest?.some(({ field }) => field === INTERLEAVED)).toBe(true);
    expect(shortest?.length).toBeLessThan(runs.length);
  });
});

describe('shortestRuns', () => {
  const runsOf = (fields: [number, number][]): Run[] => fields.map(([field, count]) => run(field, count));

  test('leave out the count of the last run of a field', () => {
    const { data } = decoded({ samples: [{}, {}, {}], unusedStrings: ['a'] });
    const actual = runsOf([
      [6, 4],
      [2, 1],
      [1, 1],
      [2, 2],
    ]);
    expect(shortestRuns(data, actual, data)).toEqual(
      runsOf([
        [6, ALL],
        [2, 1],
        [1, ALL],
        [2, ALL],
      ]),
    );
  });

  test('comments are one record, however many fields they are', () => {
    const { data } = decoded({ comments: ['a', 'b', 'c'] });
    expect(
      shortestRuns(
        data,
        runsOf([
          [1, 1],
          [6, 6],
          [13, 3],
        ]),
        data,
      ),
    ).toBeUndefined();
  });

  test('are written when the restored profile does not tell them', () => {
    const { data } = decoded({ time: -5n });
    const restored = decoded({ time: 0n }).data;
    const actual = runsOf([
      [1, 1],
      [6, 3],
      [9, 1],
    ]);
    expect(shortestRuns(data, actual, data)).toBeUndefined();
    expect(shortestRuns(data, actual, restored)).toEqual(
      runsOf([
        [1, ALL],
        [6, ALL],
        [9, 1],
      ]),
    );
  });
});

describe('coverContent', () => {
  const { data } = decoded({ samples: [{ at: [1] }], locations: [{ lines: [[1]] }], functions: [{}], period: 1n });
  const plain = [1, 2, 4, 5, 6, 12].map((field) => run(field, ALL));

  test('is true when each field with content is named', () => {
    expect(coverContent(data, plain)).toBe(true);
    expect(coverContent(data, [run(1, ALL), run(INTERLEAVED, 1), run(6, ALL), run(12, 1)])).toBe(true);
  });

  test.each(plain.map(({ field }) => field))('is false without field %i', (field) => {
    expect(
      coverContent(
        data,
        plain.filter((other) => other.field !== field),
      ),
    ).toBe(false);
  });
});
