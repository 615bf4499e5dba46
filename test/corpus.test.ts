// Real files: every one comes back to the last byte, at a small price, and means the same without it.

import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decompress, otlpToPprof, PprofOtlpError, pprofToOtlp } from '../src/index.ts';
import { expectSameBytes } from './support/bytes.ts';
import { corpusPresent, foreignFiles, pprofFiles } from './support/corpus.ts';
import { semanticDifferences } from './support/semantic.ts';

/** Most bytes that a residual may have beside an OTLP payload of this size. */
function limit(name: string, otlpBytes: number): number {
  switch (basename(name)) {
    case 'rust-pprof-cpu.pb':
      // pprof-rs numbers its strings in the order of a HashSet: log2(n!) bits are the floor.
      return 1024;
    case 'google-filter-orphans.pb.gz':
      // 426 locations and 179 functions that nothing refers to must be carried as content.
      return 7000;
    default:
      return 200 + otlpBytes / 100;
  }
}

const byName = new Map(pprofFiles.map((file) => [file.name, file]));
const totals = { files: 0, residual: 0, otlp: 0 };

test('the fixtures are there', () => {
  expect(byName.size).toBeGreaterThanOrEqual(13);
  expect(byName.has('rust-pprof-cpu.pb')).toBe(true);
});

describe.each([...byName.values()])('$name', ({ name, read }) => {
  const original = decompress(read());

  test('comes back to the last byte, carried structured, at a small price', () => {
    // The proof is made here, so it need not be made twice.
    const { otlp, report } = pprofToOtlp(original, { verify: false });
    expect(report).toMatchObject({
      carried: 'structured',
      fidelity: 'exact',
      inputBytes: original.length,
    });
    const { pprofs, reports } = otlpToPprof(otlp);
    expect(pprofs).toHaveLength(1);
    expectSameBytes(pprofs[0], original);
    expect(reports[0]).toMatchObject({ exactReturn: true, proven: true });
    expect(report.residualBytes).toBeLessThanOrEqual(limit(name, otlp.length));
    totals.files++;
    totals.residual += report.residualBytes;
    totals.otlp += otlp.length;
  });

  test('means the same at semantic fidelity', () => {
    const { otlp, report } = pprofToOtlp(original, { fidelity: 'semantic', verify: false });
    expect(report).toMatchObject({ carried: 'none', residualBytes: 0 });
    const { pprofs } = otlpToPprof(otlp);
    expect(pprofs).toHaveLength(1);
    expect(semanticDifferences(original, pprofs[0] as Uint8Array)).toEqual([]);
  });
});

describe('all files together', () => {
  test.skipIf(!corpusPresent)('cost half a percent at most (skipped where ../shared/corpus is not there)', () => {
    expect(totals.files).toBe(byName.size);
    expect(totals.files).toBeGreaterThan(25);
    expect(totals.residual).toBeLessThanOrEqual(totals.otlp * 0.005);
  });
});

describe('legacy gperftools files are refused, and told what they are', () => {
  const legacy = new Map(foreignFiles.map((file) => [file.name, file]));

  test.each([
    ['gperftools-legacy-cpu.prof', 'looks like a legacy gperftools CPU profile; convert it with'],
    ['gperftools-legacy-heap.heap', 'looks like a legacy gperftools text profile; convert it with'],
  ])('%s', (name, message) => {
    const file = legacy.get(name);
    if (file === undefined) throw new Error('the fixture is missing');
    for (const convert of [pprofToOtlp, otlpToPprof]) {
      let thrown: unknown;
      try {
        convert(file.read());
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(PprofOtlpError);
      expect(thrown).toMatchObject({ code: 'bad-input', stage: 'detect' });
      expect((thrown as PprofOtlpError).message).toContain(message);
    }
  });
});
