import { PprofOtlpError } from '../errors.ts';
import { ioError } from '../io/node/failure.ts';
import { WORKER_ARGUMENT } from './batch/message.ts';
import { printable } from './escape.ts';
import { cleanUpWhenInterrupted } from './interrupt.ts';
import { startedFrom } from './program.ts';
import { asFailure, isBrokenPipe, statusOf } from './status.ts';
import { VERSION } from './version.ts';

/** Commands and the parser are imported when they are needed: the bundle evaluates them only then. */
async function main(args: readonly string[]): Promise<number> {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  if (own.includes('--version')) return say(VERSION);
  const { parseArguments } = await import('./args.ts');
  const call = parseArguments(own.includes('--help') || own.includes('-h') ? helpOnly(args) : args);
  if (call.switches.has('help')) return say(await (await import('./help.ts')).helpFor(call.command));
  if (call.command.name === 'completion') return (await import('./completion.ts')).completion(call);
  cleanUpWhenInterrupted();
  if (call.command.name === 'verify') return (await import('./verify.ts')).verify(call);
  if (call.command.name === 'check') return (await import('./check.ts')).check(call);
  if (call.command.name === 'inspect') return (await import('./inspect.ts')).inspect(call);
  if (call.command.name === 'diff') return (await import('./diff.ts')).diff(call);
  if (call.command.name === 'push') return (await import('./push.ts')).push(call);
  return (await import('./convert.ts')).convert(call);
}

/** Whoever asks for help may have the rest of the line wrong. */
function helpOnly(args: readonly string[]): string[] {
  return [...args.filter((argument) => !argument.startsWith('-')), '--help'];
}

function say(text: string): number {
  process.stdout.write(`${text}\n`);
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
  // A thread of the pool runs this file, too.
  if (process.argv[2] === WORKER_ARGUMENT) await (await import('./batch/worker.ts')).serve();
  else process.exitCode = await main(process.argv.slice(2));
} catch (thrown) {
  const error = thrown instanceof PprofOtlpError ? thrown : asFailure(thrown);
  if (process.env.PPROF_OTLP_DEBUG === '1') process.stderr.write(`${(thrown as Error)?.stack ?? thrown}\n`);
  if (!isBrokenPipe(error)) process.stderr.write(`pprof-otlp: ${printable(error.describe())}\n`);
  process.exitCode = statusOf(error.code);
}
