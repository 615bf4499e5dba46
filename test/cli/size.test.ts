import { expect, it } from 'vitest';
import { formatSize, parseSize } from '../../src/cli/size.ts';

it.each([
  ['1', 1],
  ['1048576', 2 ** 20],
  ['64k', 65_536],
  ['512m', 2 ** 29],
  ['2G', 2 ** 31],
])('%s', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

it.each(['0', '', '-1', '1e3', '1.5g', '12 m', '5t', '0x10', 'm', '9999999999g'])('refuses "%s"', (text) => {
  expect(() => parseSize(text)).toThrow(/^--max-size: ".*" is no size/);
});

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [1_500_000, '1.4 MiB'],
  [2 ** 31, '2.0 GiB'],
])('formats %i as %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});
