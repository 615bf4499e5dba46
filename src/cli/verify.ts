import { verify as prove } from '../convert/verify.ts';
import { PprofOtlpError } from '../errors.ts';
import { decompress } from '../io/node/decompress.ts';
import { isStdin, readInput } from '../io/node/input.ts';
import type { Call } from './args.ts';
import { guarded } from './batch/guard.ts';
import { inputsOf } from './batch/inputs.ts';
import { type Context, runMany } from './batch/many.ts';
import type { Job } from './batch/task.ts';
import { type Common, commonOptions, inputOptions, reporting } from './common.ts';
import { blocking } from './interrupt.ts';
import { done, type FileReport, failed } from './report.ts';

export async function verify(call: Call): Promise<number> {
  const common = commonOptions(call);
  const { reporter, ...report } = reporting(call, common.style, false);
  return runMany<FileReport>({
    ...report,
    ...{ call, command: 'verify', verb: 'verifying' },
    inputs: await inputsOf(call),
    settings: common,
    maxSize: common.maxSize,
    makeJob: (context) => verifyJob(common, context),
    lost: ({ file }, error) => failed(file, error),
    print: (result) => reporter.print(result),
    staysHere: ({ file }) => isStdin(file),
  });
}

export function verifyJob(common: Common, context: Context): Job<FileReport> {
  return guarded(
    context,
    async ({ file, index }) => ({ results: [await verifyFile(file, index, common, context)] }),
    ({ file }, error) => failed(file, error),
  );
}

async function verifyFile(file: string, index: number, common: Common, { progress }: Context): Promise<FileReport> {
  const { maxSize } = common;
  progress.step('reading', index, file);
  const stored = await readInput(file, maxSize, common.live, progress.watch(index, file));
  progress.step('verifying', index, file, stored.length);
  const bytes = await blocking(() => decompress(stored, maxSize));
  const report = blocking(() => prove(bytes, inputOptions(common)));
  if (report.proven) return done(file, null, report);
  const reason =
    report.exactReturn === false
      ? 'not proven: it was made from a pprof and changed since'
      : 'not proven: the way there and back does not give the same bytes';
  return failed(file, new PprofOtlpError('not-proven', reason, { stage: 'prove' }), report);
}
