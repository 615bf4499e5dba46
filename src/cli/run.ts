import { parseArguments } from './args.ts';
import { WORKER_ARGUMENT } from './batch/message.ts';
import { serve } from './batch/worker.ts';
import { convert } from './convert.ts';
import { cleanUpWhenInterrupted } from './interrupt.ts';

/**
 * Runs what the arguments say and gives the exit status. What convert needs, with the threads of a call, is one with this
 * file in the bundle, all else in another: files cost the start of everything more than what is in them.
 *
 * @param own the arguments before `--`
 */
export async function run(args: readonly string[], own: readonly string[]): Promise<number> {
  if (args[0] === WORKER_ARGUMENT) {
    await serve();
    return 0;
  }
  const call = parseArguments(own.includes('--help') || own.includes('-h') ? helpOnly(args) : args);
  if (call.switches.has('help')) {
    const { helpFor } = await import('./help.ts');
    process.stdout.write(`${await helpFor(call.command)}\n`);
    return 0;
  }
  const { name } = call.command;
  if (name !== 'completion') cleanUpWhenInterrupted();
  if (name === 'convert') return convert(call);
  return (await import('./commands.ts')).commands[name](call);
}

/** Whoever asks for help may have the rest of the line wrong. */
function helpOnly(args: readonly string[]): string[] {
  return [...args.filter((argument) => !argument.startsWith('-')), '--help'];
}
