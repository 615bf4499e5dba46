import { describe, expect, test } from 'vitest';
import { warningsOf } from '../../src/pprof/warnings.ts';
import { decoded, FULL, type Sketch } from './sketch.ts';

const warnings = (sketch: Sketch): [string, boolean][] =>
  warningsOf(decoded(sketch).data).map(({ what, inOtlp }) => [what, inOtlp]);

test('an ordinary profile has none', () => {
  expect(warnings(FULL)).toEqual([]);
  expect(warnings({})).toEqual([]);
});

describe('what is odd is told, with how often', () => {
  test.each<[string, Sketch, [string, boolean][]]>([
    [
      'negative lines',
      {
        functions: [{}],
        locations: [
          {
            lines: [
              [1, -1n],
              [1, -5n, 1n],
              [1, 1n << 40n],
            ],
          },
        ],
      },
      [['negative line numbers, which OTLP forbids (2)', true]],
    ],
    [
      'negative columns',
      { functions: [{}], locations: [{ lines: [[1, 0n, -1n]] }] },
      [['negative columns, which OTLP forbids (1)', true]],
    ],
    [
      'negative start lines',
      { functions: [{ startLine: -1n }, { startLine: 5n }] },
      [['negative start lines, which OTLP forbids (1)', true]],
    ],
    [
      'mappings whose start is not below their limit',
      {
        mappings: [
          { filename: 'f' },
          { start: 5n, limit: 5n },
          { start: 5n },
          { limit: 5n },
          { start: 1n, limit: 1n << 63n },
          { start: 1n << 63n, limit: 1n },
        ],
      },
      [['mappings whose start is not below their limit, which OTLP forbids (3)', true]],
    ],
    [
      'labels with an empty value',
      { samples: [{ labels: [{ key: 'a' }, { key: 'b', str: 'x' }, { key: 'c', num: 1n }, { key: 'd', unit: 'u' }] }] },
      [['labels with an empty value, which google/pprof drops (1)', true]],
    ],
    [
      'names that are not UTF-8, each once; values may be anything',
      {
        functions: [{ name: Uint8Array.of(0xff), filename: Uint8Array.of(0xff) }, { systemName: Uint8Array.of(0xfe) }],
        mappings: [{ buildId: Uint8Array.of(0xfd) }],
        samples: [
          {
            labels: [
              { key: 'a', str: Uint8Array.of(0xfd) },
              { key: Uint8Array.of(0xfc), num: 1n, unit: 'u' },
            ],
          },
        ],
        comments: [Uint8Array.of(0xfd)],
      },
      [['names that are not UTF-8, which OTLP cannot say (3)', false]],
    ],
    [
      'a period type that is not UTF-8',
      { periodType: ['cpu', Uint8Array.of(0xff)] },
      [['names that are not UTF-8, which OTLP cannot say (1)', false]],
    ],
    [
      'mappings without content',
      { mappings: [{}, { buildId: 'x' }, { has: ['functions'] }, { filename: 'x' }, { offset: 1n }, {}] },
      [['mappings without content, which OTLP cannot tell from none (2)', false]],
    ],
    ['no sample types', { types: [] }, [['there are no sample types, which pprof readers may refuse', true]]],
    [
      'negative times',
      { time: -1n, duration: -1n },
      [
        ['time_nanos is negative, which OTLP cannot say', false],
        ['duration_nanos is negative, which OTLP cannot say', false],
      ],
    ],
  ])('%s', (_, sketch, expected) => {
    expect(warnings(sketch)).toEqual(expected);
  });
});
