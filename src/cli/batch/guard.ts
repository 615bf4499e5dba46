import { PprofOtlpError } from '../../errors.ts';
import { asFailure, isBrokenPipe } from '../status.ts';
import type { Context } from './many.ts';
import type { Job, Outcome, Result, Task } from './task.ts';

/** What is asked for is there already. A mistake where a file was named; in a directory there may be such. */
export class Already extends PprofOtlpError {
  constructor(message: string) {
    super('usage', message);
  }
}

/** Names that nothing but a profile should have: what is wrong with such a file is worth a word. */
const PROFILE_NAME = /\.(pb|pprof|otlp)(\.(pb|jsonl?))?(\.(gz|gzip|zstd?))?$/i;

/** A job that never rejects: what is thrown becomes a result, or a file of a directory that is passed over. */
export function guarded<R extends Result>(
  { progress }: Context,
  work: (task: Task) => Promise<Outcome<R>>,
  failure: (task: Task, error: PprofOtlpError) => R,
): Job<R> {
  return async (task) => {
    try {
      if (task.problem !== undefined) throw new PprofOtlpError('io', task.problem, { stage: 'read' });
      return await work(task);
    } catch (thrown) {
      const error = asFailure(thrown);
      if (task.found && isNoProfile(error, task.file)) return { results: [], passedOver: true };
      if (process.env.PPROF_OTLP_DEBUG === '1') {
        progress.clear();
        process.stderr.write(`${(thrown as Error)?.stack ?? thrown}\n`);
      }
      return { results: [failure(task, error)], silent: isBrokenPipe(error) };
    }
  };
}

function isNoProfile(error: PprofOtlpError, file: string): boolean {
  if (error instanceof Already) return true;
  const { code, stage } = error;
  const isForeign = (code === 'bad-input' && stage === 'detect') || (code === 'limit' && stage === 'read');
  return isForeign && !PROFILE_NAME.test(file);
}
