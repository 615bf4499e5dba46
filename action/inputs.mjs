// The inputs of the action, from the environment that action.yml makes of them.
import { resolve } from 'node:path';

export class UsageError extends Error {}

const COMMANDS = ['verify', 'check', 'convert'];
const IF_NO_FILES = ['error', 'warn', 'ignore'];

export function readInputs(env) {
  const text = (name) => env[`INPUT_${name.toUpperCase().replaceAll('-', '_')}`] ?? '';
  const lines = (name) =>
    text(name)
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
  const choice = (name, choices) => {
    const value = text(name) || choices[0];
    if (!choices.includes(value)) throw new UsageError(`${name}: "${value}" is none of ${choices.join(', ')}`);
    return value;
  };
  const flag = (name, usual) => choice(name, usual ? ['true', 'false'] : ['false', 'true']) === 'true';

  const command = choice('command', COMMANDS);
  const files = lines('files');
  if (files.length === 0) throw new UsageError('files: give paths or globs, one a line');
  const output = text('output').trim();
  if (output !== '' && command !== 'convert') throw new UsageError(`output: ${command} writes nothing; leave it out`);
  return {
    command,
    files,
    /** Arguments of the program before the files. */
    options: [
      ...(flag('strict', false) ? ['--strict'] : []),
      // With the slash it is a directory, also for a single file.
      ...(output === '' ? [] : ['-o', output.replace(/\/*$/, '/')]),
      ...lines('args'),
    ],
    cwd: resolve(text('working-directory') || '.'),
    ifNoFilesFound: choice('if-no-files-found', IF_NO_FILES),
    fail: flag('fail', true),
    summary: flag('summary', true),
  };
}
