import yargs from 'yargs';
import { PprofOtlpError } from '../errors.ts';
import { COMMANDS, type CommandSpec, type OptionSpec } from './specs.ts';
import { suggest } from './suggest.ts';

/** A call, taken apart: every value still the string that was typed. */
export interface Call {
  command: CommandSpec;
  /** Whether the command was named, or is the default. */
  named: boolean;
  files: string[];
  values: Record<string, string>;
  lists: Record<string, string[]>;
  switches: Set<string>;
}

const WIDTH = 100;

/** Nothing of yargs' guessing: no numbers, no --no-x, no dots, no -abc for -a -b -c. */
const CONFIGURATION = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'duplicate-arguments-array': true,
  'greedy-arrays': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'short-option-groups': false,
  'strip-aliased': true,
};

export function parseArguments(args: readonly string[]): Call {
  const { command, named, rest } = takeCommand(args);
  const parser = parserFor(command);
  const argv = parser.parseSync(checked(rest, command)) as Record<string, unknown>;
  const call: Call = {
    command,
    named,
    // Positional arguments are read here and never declared: yargs parses declared ones twice and loses "-" and "-x".
    files: (argv._ as unknown[]).map(String),
    values: {},
    lists: {},
    switches: new Set(),
  };
  for (const [key, value] of Object.entries(argv)) {
    if (key === '_' || key === '$0') continue;
    const spec = command.options[key];
    if (spec.value === undefined) {
      if (value === true) call.switches.add(key);
    } else if (spec.repeatable) call.lists[key] = Array.isArray(value) ? value : [value as string];
    else call.values[key] = single(key, value, spec);
  }
  return call;
}

export function helpFor(command: CommandSpec): Promise<string> {
  return parserFor(command).getHelp();
}

function parserFor(command: CommandSpec): ReturnType<typeof yargs> {
  const isDefault = command === COMMANDS[0];
  const parser = yargs([])
    .scriptName('pprof-otlp')
    .usage(`pprof-otlp ${command.usage}\n\n${command.describe}.`)
    .parserConfiguration(CONFIGURATION)
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .showHelpOnFail(false)
    .wrap(Math.min(WIDTH, process.stdout.columns ?? WIDTH))
    .fail((message, error) => {
      throw message ? new PprofOtlpError('usage', explain(message, command)) : error;
    });
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
  return parser;
}

/** The command is the first argument that is neither an option nor the value of one. */
function takeCommand(args: readonly string[]): { command: CommandSpec; named: boolean; rest: string[] } {
  for (let i = 0; i < args.length && args[i] !== '--'; i++) {
    if (args[i].startsWith('-') && args[i] !== '-') {
      const option = optionNamed(args[i]);
      if (option?.spec.value !== undefined && !args[i].includes('=')) i++;
      continue;
    }
    const command = COMMANDS.find(({ name }) => name === args[i]);
    if (command === undefined) break;
    return { command, named: true, rest: [...args.slice(0, i), ...args.slice(i + 1)] };
  }
  return { command: COMMANDS[0], named: false, rest: [...args] };
}

/**
 * Refuses what yargs would take in silence or stumble over, before it sees it: unknown options (some of them, such as
 * --constructor, end in an exception of its own) and "--force=yes", which it reads as no.
 */
function checked(args: readonly string[], command: CommandSpec): string[] {
  const result = [...args];
  for (let i = 0; i < args.length && args[i] !== '--'; i++) {
    const argument = args[i];
    if (!argument.startsWith('-') || argument === '-') continue;
    const option = optionNamed(argument, command);
    if (option === undefined) throw unknownOption(argument.replace(/^--?/, '').replace(/=.*/s, ''), command);
    // Yargs takes a digit for a number.
    if (/^-\d$/.test(argument)) result[i] = `--${option.name}`;
    if (option.spec.value !== undefined) {
      if (!argument.includes('=')) i++;
    } else if (argument.includes('=')) throw new PprofOtlpError('usage', `--${option.name} takes no value`);
    // A file of this name behind a switch would become its value.
    else if (/^(true|false)$/.test(args[i + 1] ?? '')) result[i + 1] = `./${args[i + 1]}`;
  }
  return result;
}

function optionNamed(argument: string, command?: CommandSpec): { name: string; spec: OptionSpec } | undefined {
  const match = /^--?([^=]+)/.exec(argument);
  if (match === null) return undefined;
  for (const { options } of command === undefined ? COMMANDS : [command]) {
    for (const [name, spec] of Object.entries(options)) {
      if (match[1] === name || match[1] === spec.short) return { name, spec };
    }
  }
  return undefined;
}

function single(name: string, value: unknown, spec: OptionSpec): string {
  if (Array.isArray(value)) throw new PprofOtlpError('usage', `--${name} is given twice`);
  const text = String(value);
  if (text === '') throw new PprofOtlpError('usage', `--${name} needs a value`);
  if (spec.choices !== undefined && !spec.choices.includes(text)) {
    const meant = suggest(text, spec.choices);
    const hint = meant === undefined ? `give ${spec.choices.join(', ')}` : `did you mean ${meant}?`;
    throw new PprofOtlpError('usage', `--${name}: "${text}" is not supported; ${hint}`);
  }
  return text;
}

function unknownOption(key: string, command: CommandSpec): PprofOtlpError {
  const typed = key.length === 1 ? `-${key}` : `--${key}`;
  const elsewhere = COMMANDS.find(({ options }) => Object.hasOwn(options, key));
  if (elsewhere !== undefined) {
    return new PprofOtlpError('usage', `${typed} is an option of ${elsewhere.name}, not of ${command.name}`);
  }
  // "-ofile": the letter was meant as an option with its value.
  const short = Object.values(command.options).find(
    (spec) => spec.value !== undefined && spec.short !== undefined && key.startsWith(spec.short),
  );
  const meant = suggest(key, Object.keys(command.options));
  const hint =
    meant !== undefined
      ? `did you mean --${meant}?`
      : short !== undefined
        ? `did you mean -${short.short} ${key.slice(1)}?`
        : `see pprof-otlp ${command.name} --help`;
  return new PprofOtlpError('usage', `unknown option ${typed}; ${hint}`);
}

function explain(message: string, command: CommandSpec): string {
  const missing = /^Not enough arguments following: (.+)$/.exec(message);
  return missing === null ? message : `--${optionNamed(`--${missing[1]}`, command)?.name} needs a value`;
}
