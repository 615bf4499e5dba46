import { expect, test } from 'vitest';
import { isUcum, suggestion } from '../../src/check/otlp/ucum.ts';

test.each([
  '1',
  's',
  'ns',
  'ms',
  'By',
  'KiBy',
  'MBy',
  'bit',
  'Hz',
  'GHz',
  '%',
  '{request}',
  '{requests}/s',
  'By/s',
  'm/s2',
  'By.s',
  '/min',
  '10*6',
  '(By/s)/{cpu}',
  'min',
  'Cel',
  'kBy{heap}',
])('%s is UCUM', (unit) => {
  expect(isUcum(unit)).toBe(true);
});

test.each(['nanoseconds', 'bytes', 'count', 'KB', 'sec', 'per cent', 'by', 's/', '{open', 'ü', ''])(
  '%s is not',
  (unit) => {
    expect(isUcum(unit)).toBe(false);
  },
);

test.each([
  ['nanoseconds', 'ns'],
  ['Bytes', 'By'],
  ['kilobytes', 'kBy'],
  ['samples', '{sample}'],
  ['per cent', ''],
  ['ms', undefined],
  ['', undefined],
])('%s would be %s', (unit, instead) => {
  expect(suggestion(unit)).toBe(instead);
});
