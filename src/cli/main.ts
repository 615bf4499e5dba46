import { PprofOtlpError } from '../errors.ts';
import { ioError } from '../io/node/failure.ts';
import { printable } from './escape.ts';
import { startedFrom } from './program.ts';
import { asFailure, isBrokenPipe, statusOf } from './status.ts';
import { VERSION } from './version.ts';

/** All but the version is imported when it is needed: it alone is there at once. */
async function main(args: readonly string[]): Promise<number> {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  if (!own.includes('--version')) return (await import('./run.ts')).run(args, own);
  process.stdout.write(`${VERSION}\n`);
  return 0;
}

/** A reader that leaves early, as `head` does, is no error of ours. */
function failUnlessBrokenPipe(error: NodeJS.ErrnoException): boolean {
  if (error.code === 'EPIPE') return false;
  process.exitCode ||= statusOf('io');
  return true;
}

process.stdout.on('error', (error) => {
  // Whoever waits for a write listens, too, and reports it.
  if (!failUnlessBrokenPipe(error) || process.stdout.listenerCount('error') > 1) return;
  process.stderr.write(`pprof-otlp: ${ioError(error, 'write', 'standard output').message}\n`);
});
process.stderr.on('error', failUnlessBrokenPipe);

startedFrom(import.meta.url);
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (thrown) {
  const error = thrown instanceof PprofOtlpError ? thrown : asFailure(thrown);
  if (process.env.PPROF_OTLP_DEBUG === '1') process.stderr.write(`${(thrown as Error)?.stack ?? thrown}\n`);
  if (!isBrokenPipe(error)) process.stderr.write(`pprof-otlp: ${printable(error.describe())}\n`);
  process.exitCode = statusOf(error.code);
}
