import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../src/cli/duration.ts';
import { parseHeaders } from '../../src/cli/headers.ts';

describe('times', () => {
  it.each([
    ['30', 30_000],
    ['30s', 30_000],
    ['1.5s', 1500],
    ['500ms', 500],
    ['2M', 120_000],
    ['1h', 3_600_000],
  ])('%s', (text, milliseconds) => {
    expect(parseDuration(text, 'x')).toBe(milliseconds);
  });

  it.each(['', '0', '-1', '1 s', '1d', 's', '1e3', '600h', '0.0001ms'])('"%s" is none', (text) => {
    expect(() => parseDuration(text, 'x')).toThrow(`--x: "${text}" is no time; give seconds`);
  });

  it('may be nothing where that means something', () => {
    expect(parseDuration('0', 'x', 0)).toBe(0);
  });

  it('are said shortly', () => {
    expect([950, 1000, 2540, 90_400].map(formatDuration)).toEqual(['950 ms', '1 s', '2.5 s', '90 s']);
  });
});

describe('headers', () => {
  it.each([
    ['Authorization=Bearer a', { authorization: 'Bearer a' }],
    ['Authorization: Bearer a', { authorization: 'Bearer a' }],
    ['Authorization: Basic YTpi=', { authorization: 'Basic YTpi=' }],
    ['x-a=b:c=d', { 'x-a': 'b:c=d' }],
    ['x-a :  b ', { 'x-a': 'b' }],
    ['x-a=', { 'x-a': '' }],
  ])('%s', (text, headers) => {
    expect(parseHeaders([text], 'header')).toEqual(headers);
  });

  it.each([
    [['Bearer secret'], '--header: what is given is neither KEY=VALUE nor "Key: value"'],
    [['a=b', '=secret'], '--header: what is given (number 2) is neither KEY=VALUE nor "Key: value"'],
    [['x-a=secret\r\nx-b: c'], "--header: the value of x-a has characters that a header can't have"],
    [['x-a=€'], "--header: the value of x-a has characters that a header can't have"],
    [
      ['OTLP-Profiles-Development-Version: 2'],
      '--header: otlp-profiles-development-version is set by pprof-otlp itself; leave it out',
    ],
    [['Content-Type: x'], '--header: content-type is set by pprof-otlp itself; leave it out'],
    [['X-A: secret', 'x-a=secret'], '--header: x-a is given twice'],
  ])('%s is wrong, and nothing of a value is said', (list, message) => {
    expect(() => parseHeaders(list, 'header')).toThrow(expect.objectContaining({ code: 'usage', message }));
  });

  it('called __proto__ is a header', () => {
    expect(Object.keys(parseHeaders(['__proto__=x'], 'header'))).toEqual(['__proto__']);
  });
});
