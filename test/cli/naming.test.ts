import { expect, it } from 'vitest';
import { compressionByEnding, outputBeside, outputName } from '../../src/cli/naming.ts';

it.each([
  ['cpu.pb.gz', 'cpu.otlp'],
  ['x.pprof.zst', 'x.otlp'],
  ['x.pprof', 'x.otlp'],
  ['x.pb', 'x.otlp'],
  ['x.prof', 'x.otlp'],
  ['X.PB.GZ', 'X.otlp'],
  ['merge.pgo.pb.gz', 'merge.pgo.otlp'],
  ['profile', 'profile.otlp'],
  ['profile.2026-11-23', 'profile.2026-11-23.otlp'],
  ['v1.2.gz', 'v1.2.otlp'],
  ['.pb.gz', '.pb.otlp'],
  ['.gz', '.gz.otlp'],
  ['007', '007.otlp'],
])('pprof %s gives %s', (input, output) => {
  expect(outputName(input, 'otlp', 'none')).toBe(output);
});

it.each([
  ['cpu.otlp', 'cpu.pb.gz'],
  ['cpu.otlp.gz', 'cpu.pb.gz'],
  ['x.otlp.pb', 'x.pb.gz'],
  ['x.otlp.pb.zst', 'x.pb.gz'],
  ['x.pb', 'x.pb.gz'],
  ['x.binpb', 'x.pb.gz'],
  ['payload', 'payload.pb.gz'],
])('OTLP %s gives %s', (input, output) => {
  expect(outputName(input, 'pprof', 'gzip')).toBe(output);
});

it('says how the output is compressed, and which of several it is', () => {
  expect(outputName('x.otlp', 'pprof', 'none')).toBe('x.pb');
  expect(outputName('x.otlp', 'pprof', 'zstd')).toBe('x.pb.zst');
  expect(outputName('x.pb', 'otlp', 'gzip')).toBe('x.otlp.gz');
  expect(outputName('x.otlp', 'pprof', 'gzip', 2)).toBe('x-2.pb.gz');
});

it('stays in the directory of the input', () => {
  expect(outputBeside('a.pb/b.gz/cpu.pb.gz', 'otlp', 'none')).toBe('a.pb/b.gz/cpu.otlp');
  expect(outputBeside('/cpu.pb.gz', 'otlp', 'none')).toBe('/cpu.otlp');
});

it('reads the compression off the ending of -o', () => {
  expect(compressionByEnding('a.otlp.gz')).toBe('gzip');
  expect(compressionByEnding('a.pb.zst')).toBe('zstd');
  expect(compressionByEnding('a.gz/b.otlp')).toBeUndefined();
});
