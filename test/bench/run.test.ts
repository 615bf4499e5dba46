import { describe, expect, test } from 'vitest';
import { optionsOf } from '../../bench/options.mjs';
import { united } from '../../bench/results.mjs';
import { inTurns } from '../../bench/rounds.mjs';
import { perDoubling, summaryOf } from '../../bench/statistics.mjs';
import { machine, results, size } from './results.ts';

test('the median of an even number of runs lies between two', () => {
  expect(summaryOf([4, 1, 3])).toEqual({ min: 1, median: 3 });
  expect(summaryOf([4, 1, 3, 2])).toEqual({ min: 1, median: 2.5 });
  expect(() => summaryOf([])).toThrow();
});

test('growth counts per doubling', () => {
  expect(perDoubling({ size: 1, time: 10 }, { size: 2, time: 40 })).toBeCloseTo(4);
  expect(perDoubling({ size: 1, time: 10 }, { size: 8, time: 80 })).toBeCloseTo(2);
});

describe('turns', () => {
  const contender = (name: string, log: string[]) => ({
    name,
    warmUp: async () => {
      log.push(`(${name})`);
      return { memory: 7 };
    },
    measure: async () => {
      log.push(name);
      return [log.length];
    },
    close: () => void log.push(`/${name}`),
  });

  test('a warm-up, then each once a round, beginning with another each time', async () => {
    const log: string[] = [];
    const said: string[] = [];
    const rows = await inTurns([contender('a', log), contender('b', log)], 2, (text) => said.push(text));
    expect(log.join(' ')).toBe('(a) (b) b a a b /a /b');
    expect(rows).toMatchObject([
      { name: 'a', times: [4, 5], min: 4, median: 4.5, memory: 7 },
      { name: 'b', times: [3, 6], min: 3, median: 4.5 },
    ]);
    expect(said).toEqual(['warm-up', 'round 1 of 2', 'round 2 of 2']);
  });

  test('one that fails is not run again and stops nobody', async () => {
    const log: string[] = [];
    let calls = 0;
    const broken = { ...contender('b', log), measure: () => Promise.reject(new Error(`it broke ${++calls}`)) };
    const absent = { ...contender('c', log), skipped: 'not here' };
    const rows = await inTurns([contender('a', log), broken, absent], 2, () => {});
    expect(rows[0]).toMatchObject({ times: [expect.any(Number), expect.any(Number)] });
    expect(rows[1]).toMatchObject({ failed: 'it broke 1', times: [] });
    expect(rows[1]).not.toHaveProperty('min');
    expect(rows[2]).toMatchObject({ skipped: 'not here', times: [] });
    expect(log.filter((entry) => entry.includes('c'))).toEqual(['/c']);
  });
});

describe('kept results', () => {
  test('a new size joins the others, a new part replaces the old', () => {
    const start = { ...results().start, rounds: 99 };
    const both = united(results(), { machine, start, sizes: [size(500), { ...size(10), rounds: 99 }] });
    expect(both.start?.rounds).toBe(99);
    expect(both.sizes?.map(({ megabytes, rounds }) => [megabytes, rounds])).toEqual([
      [10, 99],
      [100, 2],
      [500, 2],
    ]);
    expect(both.calls).toEqual(results().calls);
    expect(both.growth).toHaveLength(2);
  });

  test.each([{ cores: 64 }, { build: '4567' }])('another machine or build begins anew: %j', (difference) => {
    const other = { machine: { ...machine, ...difference }, sizes: [size(1)] };
    expect(united(results(), other)).toEqual(other);
    expect(united(undefined, other)).toEqual(other);
  });
});

describe('options', () => {
  test('the usual run', () => {
    expect(optionsOf([])).toMatchObject({ sizes: [1, 10, 100], callSizes: [1, 10], rounds: 5, check: false });
    expect([...optionsOf([]).parts]).toEqual(['start', 'calls', 'sizes', 'corpus']);
    expect([...optionsOf(['--growth']).parts]).toEqual(['growth']);
    expect(optionsOf(['--parts', 'none', '--write-docs'])).toMatchObject({ parts: new Set(), writeDocs: true });
    expect(optionsOf(['--quick', '--check'])).toMatchObject({ sizes: [1], rounds: 3, quick: true, check: true });
    expect(optionsOf(['--sizes', '100,1', '--rounds', '9'])).toMatchObject({ sizes: [1, 100], rounds: 9 });
  });

  test.each([
    ['--parts sizes,nonsense', 'nonsense'],
    ['--sizes 1,x', '1,x'],
    ['--growth-sizes 0', '0'],
    ['--rounds 0', '0'],
    ['--shapes square', 'square'],
    ['--check', '--quick'],
    ['--quick --sizes 10', '--sizes'],
    ['--growth --parts start', '--growth'],
    ['--nonsense', '--nonsense'],
  ])('%s is refused', (words, mentioned) => {
    expect(() => optionsOf(words.split(' '))).toThrow(mentioned);
  });
});
