// Results as a run would have them, of made-up times.

import * as names from '../../bench/contenders.mjs';
import { summaryOf } from '../../bench/statistics.mjs';

export const row = (name: string, min: number, megabytes?: number) => ({
  name,
  times: [min * 1.1, min],
  ...summaryOf([min * 1.1, min]),
  ...(megabytes !== undefined && { memory: (megabytes * 1e6) / 1024 }),
});

export const machine = {
  cores: 4,
  architecture: 'x64',
  platform: 'linux',
  node: 'v20.19.0',
  go: 'go1.26.0',
  peers: { pdata: 'v1' },
  build: '0123',
};

export const size = (megabytes: number) => ({
  megabytes,
  rounds: 2,
  bytes: { pprof: megabytes * 1e6, gzip: megabytes * 4e5, otlp: megabytes * 5e5 },
  rows: [
    row(names.FORWARD, 20 * megabytes, 3 * megabytes),
    row(names.FORWARD_UNPROVEN, 14 * megabytes, 3 * megabytes),
    row(names.RETURN, 30 * megabytes, 3 * megabytes),
    row(names.GOOGLE, 40 * megabytes, 10 * megabytes),
    row(names.PDATA, 10 * megabytes, 2 * megabytes),
    row(names.NODE, 40, 45),
  ],
});

const point = (megabytes: number, there: number, back: number) => ({
  megabytes,
  bytes: megabytes * 1e6,
  there: summaryOf([there]),
  back: summaryOf([back]),
});

export const results = () => ({
  machine,
  start: {
    file: 'fixtures/small.pb.gz',
    bytes: { gzip: 1000, pprof: 3000 },
    rounds: 2,
    rows: [row(names.NODE, 40), row(names.VERSION, 48), row(names.FORWARD, 70), row(names.RETURN, 56)],
  },
  calls: [size(10)],
  sizes: [size(10), size(100)],
  corpus: {
    source: 'fixtures' as const,
    rounds: 2,
    groups: [{ name: 'pprof', files: 3, bytes: 12_345, rows: [row(names.FORWARD, 100), row(names.GOOGLE, 50)] }],
  },
  growth: [
    { shape: 'service', rounds: 3, points: [point(8, 100, 50), point(16, 200, 100)] },
    { shape: 'wide-samples', rounds: 3, points: [point(8, 100, 50), point(16, 300, 100)] },
  ],
});
