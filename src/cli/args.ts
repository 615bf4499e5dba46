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

export function parseArguments(args: readonly string[]): Call {
  const { command, named, rest } = takeCommand(args);
  const call: Call = { command, named, files: [], values: {}, lists: {}, switches: new Set() };
  for (let i = 0; i < rest.length; i++) {
    const argument = rest[i];
    if (argument === '--') {
      call.files.push(...rest.slice(i + 1));
      break;
    }
    if (!argument.startsWith('-') || argument === '-') {
      call.files.push(argument);
      continue;
    }
    const option = optionNamed(argument, command);
    if (option === undefined) throw unknownOption(argument.replace(/^--?/, '').replace(/=.*/s, ''), command);
    const { name, spec } = option;
    const equals = argument.indexOf('=');
    if (spec.value === undefined) {
      if (equals >= 0) throw new PprofOtlpError('usage', `--${name} takes no value`);
      call.switches.add(name);
      continue;
    }
    const value = equals >= 0 ? argument.slice(equals + 1) : rest[++i];
    // A value that begins with a dash has to be tied to its option by "=": it may be another option.
    const isOption = equals < 0 && value?.startsWith('-') && value !== '-';
    if (value === undefined || value === '' || isOption) throw new PprofOtlpError('usage', `--${name} needs a value`);
    if (spec.repeatable) {
      call.lists[name] ??= [];
      call.lists[name].push(value);
    } else if (call.values[name] !== undefined) throw new PprofOtlpError('usage', `--${name} is given twice`);
    else call.values[name] = chosen(name, value, spec);
  }
  return call;
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

/** The value of an option, if it is one of its choices. */
function chosen(name: string, value: string, { choices }: OptionSpec): string {
  if (choices === undefined || choices.includes(value)) return value;
  const meant = suggest(value, choices);
  const hint = meant === undefined ? `give ${choices.join(', ')}` : `did you mean ${meant}?`;
  throw new PprofOtlpError('usage', `--${name}: "${value}" is not supported; ${hint}`);
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
