import yargs from 'yargs';
import { COMMANDS, type CommandSpec } from './specs.ts';

const WIDTH = 100;

/** The help of a command. Only help needs yargs: loading it takes longer than all else at the start. */
export function helpFor(command: CommandSpec): Promise<string> {
  const isDefault = command === COMMANDS[0];
  const parser = yargs([])
    .scriptName('pprof-otlp')
    .usage(`pprof-otlp ${command.usage}\n\n${command.describe}.`)
    .locale('en')
    .help(false)
    .version(false)
    .wrap(Math.min(WIDTH, process.stdout.columns ?? WIDTH));
  for (const [name, spec] of Object.entries(command.options)) {
    const alias = spec.short === undefined ? {} : { alias: spec.short };
    const choices = spec.choices === undefined ? '' : ` [${spec.choices.join('|')}]`;
    const describe = spec.describe + choices;
    // Yargs takes a dash after an option for another one unless it must have one argument.
    if (spec.value === undefined) parser.option(name, { ...alias, type: 'boolean', describe });
    else parser.option(name, { ...alias, type: 'string', nargs: 1, describe });
  }
  for (const [example, describe] of command.examples) parser.example(example, describe);
  const others = COMMANDS.filter((other) => other !== command && isDefault);
  const list = others.map((other) => `  pprof-otlp ${other.usage.padEnd(28)} ${other.describe}`);
  parser.epilogue(
    [
      ...(list.length > 0 ? ['Other commands:', ...list, ''] : []),
      'FILE may be - for standard input. A file named like a command needs ./ before it.',
      'Exit status: 0 done, 1 finding, 2 usage or refused to write, 3 bad input, 4 input/output, 5 limit.',
    ].join('\n'),
  );
  return parser.getHelp();
}
