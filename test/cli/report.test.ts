import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { colorLevel } from '../../src/cli/color.ts';
import { escapeData, escapeProperty, printable } from '../../src/cli/escape.ts';
import { done, failed } from '../../src/cli/report.ts';
import { githubLines, textLines } from '../../src/cli/reporter.ts';
import { asFailure, statusOf } from '../../src/cli/status.ts';
import { PprofOtlpError } from '../../src/errors.ts';
import type { Report } from '../../src/index.ts';

const plain = new Chalk({ level: 0 });
const REPORT: Report = {
  from: 'pprof',
  to: 'otlp',
  inputBytes: 2048,
  outputBytes: 3000,
  samples: 114,
  sampleTypes: ['samples/count', 'cpu/nanoseconds'],
  fidelity: 'exact',
  carried: 'structured',
  residualBytes: 127,
  proven: true,
  warnings: [],
};

describe('text', () => {
  const lines = (change: Partial<Report> = {}, output: string | null = 'cpu.otlp'): string[] =>
    textLines(done('cpu.pb.gz', output, { ...REPORT, ...change }), false, plain);

  it('is one line a file with sizes, samples, types, what is carried, the proof', () => {
    expect(lines()).toEqual([
      'cpu.pb.gz -> cpu.otlp: pprof 2.0 KiB -> OTLP 2.9 KiB, 114 samples of samples/count, cpu/nanoseconds, carried structured in 127 B, proven',
    ]);
  });

  it('names the other ways to carry, and what is missing', () => {
    expect(lines({ carried: 'embedded', residualBytes: 2048 })[0]).toMatch(/, carried embedded in 2\.0 KiB, proven$/);
    expect(lines({ carried: 'none', fidelity: 'semantic', proven: false })[0]).toMatch(/, semantic, not proven$/);
    expect(lines({ carried: 'none', exactReturn: true })[0]).toMatch(/, exact return, proven$/);
    expect(lines({ samples: 1, sampleTypes: [] })[0]).toMatch(/, 1 sample of no type, /);
    expect(lines({}, '-')[0]).toMatch(/^cpu\.pb\.gz -> stdout: /);
    expect(lines({}, null)[0]).toMatch(/^cpu\.pb\.gz: /);
  });

  it('prints warnings after it, and nothing when quiet', () => {
    const report = done('a', 'b', { ...REPORT, warnings: ['negative line'] });
    expect(textLines(report, false, plain)[1]).toBe('a: warning: negative line');
    expect(textLines(report, true, plain)).toEqual([]);
  });

  it('prints an error as FILE: @OFFSET path: what; what to do', () => {
    const error = new PprofOtlpError('bad-input', 'points nowhere; get it again', {
      offset: 12,
      path: 'sample[3].location_id',
    });
    expect(textLines(failed('a', error), true, plain)).toEqual([
      'a: @12 sample[3].location_id: points nowhere; get it again',
    ]);
    expect(textLines(failed('a', new PprofOtlpError('io', 'gone')), false, plain)).toEqual(['a: gone']);
  });

  it('lets no control character through', () => {
    const evil = '\x1b]0;x\x07\x1b[2J\r\n\u202e\u0085\x7f';
    const report = done(`in${evil}`, `out${evil}`, { ...REPORT, sampleTypes: [evil], warnings: [evil] });
    const error = failed(`in${evil}`, new PprofOtlpError('bad-input', evil, { path: evil }));
    const text = [...textLines(report, false, plain), ...textLines(error, false, plain)];
    expect(text).toHaveLength(3);
    for (const line of text) expect(line).toMatch(/^[ -~]+$/);
    expect(printable('a\n\x1b\u202eä€')).toBe('a\\n\\x1b\\u202eä€');
  });
});

describe('JSON', () => {
  const KEYS = [
    'input',
    'output',
    'from',
    'to',
    'inputBytes',
    'outputBytes',
    'samples',
    'sampleTypes',
    'fidelity',
    'carried',
    'residualBytes',
    'proven',
    'exactReturn',
    'skipped',
    'warnings',
    'error',
    'exit',
  ];

  it('always has every key', () => {
    const parsed = [done('a', 'b', REPORT), failed('a', new PprofOtlpError('limit', 'x'))].map((report) =>
      JSON.parse(JSON.stringify(report)),
    );
    for (const report of parsed) expect(Object.keys(report)).toEqual(KEYS);
    expect(Object.keys(parsed[1].error)).toEqual(['code', 'message', 'path', 'offset']);
    expect(parsed[1]).toMatchObject({ exit: 5, proven: false, samples: null, error: { code: 'limit', path: null } });
  });
});

describe('GitHub', () => {
  it('escapes names and messages', () => {
    expect(escapeData('100%\r\n::')).toBe('100%25%0D%0A::');
    expect(escapeProperty('a:b,c%')).toBe('a%3Ab%2Cc%25');
    const error = new PprofOtlpError('bad-input', 'no\n::warning::x', { offset: 1 });
    expect(githubLines(failed('a,b:c\n', error), false)).toEqual([
      '::error file=a%2Cb%3Ac%0A,title=pprof-otlp::@1: no%0A::warning::x',
    ]);
  });

  it('annotates warnings; a plain line can be no command', () => {
    const lines = githubLines(done('::error::x', '##[error]y', { ...REPORT, warnings: ['50%'] }), false);
    expect(lines[0]).toMatch(/^pprof-otlp: ::error::x -> # #\[error\]y: /);
    expect(lines[1]).toBe('::warning file=%3A%3Aerror%3A%3Ax,title=pprof-otlp::50%25');
    expect(githubLines(done('a', 'b', { ...REPORT, warnings: ['w'] }), true)).toEqual([]);
  });
});

describe('color', () => {
  const level = (switches: string[], environment: Record<string, string>, terminal = true): number =>
    colorLevel(new Set(switches), environment, terminal, terminal ? 2 : 0);

  it('follows the terminal', () => {
    expect(level([], {})).toBe(2);
    expect(level([], {}, false)).toBe(0);
    expect(level([], { TERM: 'dumb' })).toBe(0);
  });

  it('honours NO_COLOR and FORCE_COLOR', () => {
    expect(level([], { NO_COLOR: '1' })).toBe(0);
    expect(level([], { NO_COLOR: '' })).toBe(2);
    expect(level([], { FORCE_COLOR: '1' }, false)).toBe(1);
    expect(level([], { FORCE_COLOR: '' }, false)).toBe(1);
    expect(level([], { FORCE_COLOR: '3' }, false)).toBe(3);
    expect(level([], { FORCE_COLOR: '0' })).toBe(0);
    expect(level([], { FORCE_COLOR: '1', NO_COLOR: '1' }, false)).toBe(1);
  });

  it('obeys the options first', () => {
    expect(level(['no-color'], { FORCE_COLOR: '3' })).toBe(0);
    expect(level(['color'], { NO_COLOR: '1' }, false)).toBe(1);
  });
});

describe('failures', () => {
  it('have the documented statuses', () => {
    const statuses = (['not-proven', 'internal', 'usage', 'bad-input', 'io', 'limit'] as const).map(statusOf);
    expect(statuses).toEqual([1, 1, 2, 3, 4, 5]);
  });

  it('say so when the program is at fault, or memory', () => {
    expect(asFailure(new TypeError('x is undefined'))).toMatchObject({
      code: 'internal',
      message: expect.stringMatching(/^defect in pprof-otlp, TypeError: x is undefined; please report/),
    });
    expect(asFailure(new RangeError('Array buffer allocation failed')).code).toBe('limit');
    const ours = new PprofOtlpError('limit', 'x');
    expect(asFailure(ours)).toBe(ours);
  });
});
