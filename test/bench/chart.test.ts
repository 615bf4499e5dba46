import { describe, expect, test } from 'vitest';
import { chartSvg, decadesOf, scale, spread } from '../../bench/report/chart.mjs';

describe('scale', () => {
  test('is logarithmic', () => {
    const x = scale(1, 100, 0, 200);
    expect([1, 10, 100].map(x)).toEqual([0, 100, 200]);
  });

  test('holds with one value only', () => {
    expect(scale(5, 5, 10, 20)(5)).toBe(10);
  });
});

test('decades reach around all values', () => {
  expect(decadesOf([3, 250])).toEqual([1, 10, 100, 1000]);
  expect(decadesOf([100])).toEqual([100, 1000]);
  expect(decadesOf([0.02])[0]).toBeCloseTo(0.01);
  expect(decadesOf([])).toEqual([1, 10]);
});

describe('spread', () => {
  test('leaves alone what has room', () => {
    expect(spread([50, 10, 90], 20, 0, 100)).toEqual([50, 10, 90]);
  });

  test('moves apart what touches, around its middle', () => {
    expect(spread([50, 50], 20, 0, 100)).toEqual([40, 60]);
    expect(spread([55, 50, 51], 10, 0, 100)).toEqual([62, 42, 52]);
  });

  test('stays within the bounds', () => {
    expect(spread([1, 2, 3], 10, 0, 100)).toEqual([0, 10, 20]);
    expect(spread([99, 100], 10, 0, 100)).toEqual([90, 100]);
  });

  test('always keeps the distance', () => {
    for (let seed = 1; seed < 200; seed++) {
      const wanted = Array.from({ length: 8 }, (_, i) => (seed * 7919 * (i + 3)) % 300);
      const tops = spread(wanted, 17, 0, 300).sort((a: number, b: number) => a - b);
      for (let i = 1; i < tops.length; i++)
        expect((tops[i] as number) - (tops[i - 1] as number)).toBeGreaterThan(16.99);
    }
  });
});

describe('the chart', () => {
  const chart = {
    title: 'a < b & c',
    description: 'for those who cannot see it',
    xLabel: 'size',
    yLabel: 'time',
    xTicks: [1, 10],
    xText: (x: number) => `${x} MB`,
    yText: (y: number) => `${y} ms`,
    series: [
      {
        name: 'ours',
        kind: 'ours' as const,
        points: [
          { x: 1, y: 5 },
          { x: 10, y: 50 },
        ],
      },
      { name: 'theirs', kind: 'peer' as const, points: [{ x: 1, y: 7 }] },
      { name: 'nothing', kind: 'floor' as const, points: [] },
    ],
  };
  const svg: string = chartSvg(chart);

  test('is well-formed, without numbers that are none', () => {
    const open: string[] = [];
    for (const [, close, name, empty] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
      if (close) expect(open.pop()).toBe(name);
      else if (!empty) open.push(name as string);
    }
    expect(open).toEqual([]);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(svg).toContain('a &lt; b &amp; c');
  });

  test('names each line that has points, once', () => {
    const names = [...svg.matchAll(/<text class="name[^>]*>([^<]*)</g)].map(([, name]) => name);
    expect(names).toEqual(['ours', 'theirs']);
    expect(svg.match(/class="mark/g)).toHaveLength(3);
  });

  test('has colours for light and dark pages', () => {
    expect(svg).toMatch(/\.page\{fill:#fff.*@media \(prefers-color-scheme:dark\)\{\.page\{fill:#0d1117/);
  });

  test('has an empty frame where there is nothing to show', () => {
    expect(chartSvg({ ...chart, series: [] })).not.toMatch(/NaN|undefined|Infinity/);
  });
});
