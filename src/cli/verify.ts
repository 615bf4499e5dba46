import { PprofOtlpError } from '../errors.ts';
import { otlpToPprof, pprofToOtlp, verify as prove, type Report } from '../index.ts';
import { decompress } from '../io/node/decompress.ts';
import { readInput } from '../io/node/input.ts';
import type { Call } from './args.ts';
import { type Common, commonOptions, runBatch } from './common.ts';
import { blocking } from './interrupt.ts';
import type { Progress } from './progress.ts';
import { done, type FileReport, failed } from './report.ts';

export async function verify(call: Call): Promise<number> {
  const common = commonOptions(call);
  return runBatch({
    call,
    style: common.style,
    dataOnStdout: false,
    job: (file, index, progress) => verifyFile(file, index, common, progress),
  });
}

async function verifyFile(file: string, index: number, common: Common, progress: Progress): Promise<FileReport[]> {
  const { maxSize } = common;
  progress.step('reading', index, file);
  const stored = await readInput(file, maxSize);
  progress.step('verifying', index, file, stored.length);
  const report = blocking(() => proveAs(common, decompress(stored, maxSize)));
  if (report.proven) return [done(file, null, report)];
  const reason =
    report.from === 'otlp' && report.residualBytes === 0
      ? 'not proven: it was not made from a pprof by this program, so there are no bytes to compare with'
      : 'not proven: the way there and back does not give the same bytes';
  return [failed(file, new PprofOtlpError('not-proven', reason, { stage: 'prove' }), report)];
}

/** --from is believed over what the content looks like. */
function proveAs({ from, maxSize }: Common, bytes: Uint8Array): Report {
  if (from === undefined) return prove(bytes, { maxSize });
  if (from === 'pprof') return pprofToOtlp(bytes, { maxSize }).report;
  const { reports } = otlpToPprof(bytes, { maxSize });
  return { ...reports[0], proven: reports.every(({ proven }) => proven) };
}
