import { PprofOtlpError } from '../errors.ts';
import { verify as prove } from '../index.ts';
import { decompress } from '../io/node/decompress.ts';
import { readInput } from '../io/node/input.ts';
import type { Call } from './args.ts';
import { type Common, commonOptions, inputOptions, runBatch } from './common.ts';
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
  const stored = await readInput(file, maxSize, common.live, progress.watch(index, file));
  progress.step('verifying', index, file, stored.length);
  const bytes = await blocking(() => decompress(stored, maxSize));
  const report = blocking(() => prove(bytes, inputOptions(common)));
  if (report.proven) return [done(file, null, report)];
  const reason =
    report.exactReturn === false
      ? 'not proven: it was made from a pprof and changed since'
      : 'not proven: the way there and back does not give the same bytes';
  return [failed(file, new PprofOtlpError('not-proven', reason, { stage: 'prove' }), report)];
}
