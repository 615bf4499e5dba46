import { describe, expect, test } from 'vitest';
import { FORWARD, GOOGLE, PDATA, RETURN } from '../../bench/contenders.mjs';
import { tableText, timeText } from '../../bench/report/format.mjs';
import { GOALS, goalTable, judge } from '../../bench/report/goals.mjs';
import { checkLimits, LIMITS } from '../../bench/report/limits.mjs';
import { pageText } from '../../bench/report/page.mjs';
import { doublingsOf, growthTable, ratioTable, sizeTable } from '../../bench/report/tables.mjs';
import { machine, results, row, size } from './results.ts';

test('times have three digits', () => {
  expect([0.25, 12.34, 123.4, 1234, 12_345].map(timeText)).toEqual(['0.3 ms', '12.3 ms', '123 ms', '1.23 s', '12.3 s']);
});

test('tables line up', () => {
  expect(
    tableText(
      ['a', 'long head'],
      [
        ['first', '1'],
        ['x', '22'],
      ],
    ),
  ).toBe(
    ['| a     | long head |', '|-------|----------:|', '| first |         1 |', '| x     |        22 |', ''].join('\n'),
  );
});

test('memory is told beside what the contender reads', () => {
  const table = sizeTable(size(10));
  // 30 MB for 10 MB of pprof, and for 5 MB of OTLP.
  expect(table).toMatch(/pprof → OTLP, proven +\| +200 ms \| +210 ms \| +30 \| +3\.00 × \|/);
  expect(table).toMatch(/OTLP → pprof, proven +\| +300 ms \| +315 ms \| +30 \| +6\.00 × \|/);
  expect(table).toMatch(/node -e 0 +\| +40\.0 ms \| +42\.0 ms \| +45 \| +– \|/);
});

test('ratios are ours by theirs', () => {
  expect(ratioTable(size(1).rows)).toMatch(/\| pprof → OTLP, proven +\| +0\.50 \(0\.50\) \| +2\.00 \(2\.00\) \|/);
});

test('what did not run says why', () => {
  const { rows, ...rest } = size(1);
  const without = rows.filter(({ name }) => name !== GOOGLE && name !== PDATA);
  const table = sizeTable({
    ...rest,
    rows: [
      ...without,
      { name: GOOGLE, skipped: 'Go is not installed', times: [] },
      { name: PDATA, failed: 'it broke', times: [] },
    ],
  });
  expect(table).toContain('skipped: Go is not installed');
  expect(table).toContain('failed: it broke');
  expect(ratioTable(without)).toBe('');
});

describe('goals', () => {
  const verdicts = new Map(GOALS.map((goal) => [`${goal.what}: ${goal.how}`, judge(goal, results())]));
  const verdict = (text: string): unknown => [...verdicts].find(([name]) => name.includes(text))?.[1];

  test('at least: theirs by ours', () => {
    expect(verdict(`${FORWARD}, 10 MB: ${GOOGLE} / ours`)).toMatchObject({ verdict: 'reached', min: 2 });
    expect(verdict(`${RETURN}, gzip level 1, 100 MB`)).toMatchObject({ verdict: 'reached', min: 4 / 3 });
  });

  test('at most: ours by theirs', () => {
    expect(verdict(`${FORWARD}, 100 MB: ours / ${PDATA}`)).toMatchObject({ verdict: 'reached', min: 2 });
    expect(verdict('--no-verify, 10 MB: ours')).toMatchObject({ verdict: 'reached', min: 1.4 });
    expect(verdict('a small file, pprof → OTLP')).toMatchObject({ verdict: 'not reached', min: 1.75 });
    expect(verdict('--version')).toMatchObject({ verdict: 'reached', min: 1.2 });
  });

  test('speed, memory, growth', () => {
    expect(verdict('library call, pprof → OTLP')).toMatchObject({ verdict: 'not reached', min: 50 });
    expect(verdict('peak memory, pprof → OTLP')).toMatchObject({ verdict: 'reached', min: 3 });
    expect(verdict('peak memory, OTLP → pprof')).toMatchObject({ verdict: 'not reached', min: 6 });
    expect(verdict('twice the input')).toMatchObject({ verdict: 'not reached', min: expect.closeTo(3) });
  });

  test('what was not measured is said to be so', () => {
    expect(verdict('500 MB')).toMatchObject({ verdict: 'not measured' });
    expect(verdict('2,000 files')).toMatchObject({ verdict: 'not measured' });
    for (const goal of GOALS) expect(judge(goal, { machine }).verdict).toBe('not measured');
  });

  test('500 MB works or not', () => {
    const works = (failed?: string) => {
      const rows = [failed === undefined ? row(FORWARD, 1) : { name: FORWARD, failed, times: [] }];
      const goal = GOALS.find(({ what }) => what === `500 MB, ${FORWARD}`);
      return judge(goal as (typeof GOALS)[number], { machine, sizes: [{ ...size(500), rows }] }).verdict;
    };
    expect(works()).toBe('reached');
    expect(works('heap out of memory')).toBe('not reached');
  });

  test('files', () => {
    const files = {
      count: 2000,
      bytes: 1,
      oneThread: row('1', 18),
      twoThreads: row('2', 10),
      processEach: row('p', 150),
    };
    const table = goalTable({ machine, files });
    expect(table).toMatch(/two threads +\|.*1\.80 × \| +1\.80 × \| +reached/);
    expect(table).toMatch(/one process for all +\|.*15\.00 × \| +15\.00 × \| +not reached/);
  });
});

describe('growth', () => {
  test('is told for each doubling, and marked beyond the limit', () => {
    expect(doublingsOf(results().growth).map(({ growth }) => growth)).toEqual(
      [2, 2, 3, 2].map((number) => expect.closeTo(number)),
    );
    expect(growthTable(results().growth, 'there')).toMatch(/service +\| +100 ms \| +2\.00 \| +80\.0 MB\/s/);
    expect(growthTable(results().growth, 'there')).toMatch(/wide-samples +\| +100 ms \| +3\.00 ! \|/);
  });

  test('counts by the bytes there were, also where sizes do not double', () => {
    const [first] = results().growth;
    const points = [first?.points[0], { ...first?.points[1], bytes: 32e6, there: { min: 400, median: 400 } }];
    expect(doublingsOf([{ ...first, points }] as never)[0]?.growth).toBeCloseTo(2);
  });

  test('says what was not run', () => {
    const [first] = results().growth;
    const points = [first?.points[0], { megabytes: 16, bytes: 0, failed: 'too slow' }];
    expect(growthTable([{ ...first, points }] as never, 'there')).toMatch(
      /service +\| +100 ms \| not run \| +80\.0 MB\/s/,
    );
  });
});

describe('limits', () => {
  const within = {
    machine,
    calls: [size(1)],
    sizes: [size(1)],
    start: results().start,
  };

  test('hold for what is fast', () => {
    expect(checkLimits(within)).toEqual({ beyond: [], within: LIMITS.length, missing: 0 });
  });

  test('name what is slow', () => {
    const rows = size(1).rows.map((one) => (one.name === RETURN ? row(RETURN, 100_000) : one));
    expect(checkLimits({ ...within, calls: [{ ...size(1), rows }] }).beyond).toEqual([
      expect.stringMatching(/^calls, OTLP → pprof, proven \/ google\/pprof.*: 2500\.00, at most \d+ is allowed$/),
      expect.stringMatching(/^calls, OTLP → pprof, proven \/ pdata/),
    ]);
  });

  test('count what was not measured', () => {
    expect(checkLimits({ machine })).toEqual({ beyond: [], within: 0, missing: LIMITS.length });
  });
});

describe('the page', () => {
  test('has a part for all that was measured', () => {
    const page: string = pageText(results());
    const heads = [...page.matchAll(/^## (.*)$/gm)].map(([, head]) => head);
    expect(heads).toEqual([
      'Goals',
      'Time and memory against size',
      'The library, warm',
      'Start',
      'Real profiles',
      'Growth',
      'Again',
    ]);
    expect(page).toContain('4 cores, linux x64; Node v20.19.0; Go 1.26.0; pdata v1');
    expect(page).toContain('](images/performance.svg)');
    expect(page).toContain('](images/growth.svg)');
    expect(page).toMatch(/^npm run bench -- --growth --growth-sizes [\d,]+ --rounds \d+ --shapes .*\bwide-samples\b/m);
    expect(page).toContain('Beyond 2.4, marked with !: wide-samples there, 8 → 16 MB.');
    expect(page).not.toMatch(/undefined|NaN|\[object/);
  });

  test('leaves out the rest', () => {
    const page: string = pageText({ machine: { ...machine, go: undefined, peers: {} } });
    expect([...page.matchAll(/^## (.*)$/gm)].map(([, head]) => head)).toEqual(['Goals', 'Again']);
    expect(page).toContain('no Go');
  });
});
