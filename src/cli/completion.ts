import { PprofOtlpError } from '../errors.ts';
import type { Call } from './args.ts';
import { COMMANDS, CONVERT, type CommandSpec, type OptionSpec, SHELLS } from './specs.ts';
import { suggest } from './suggest.ts';

type Shell = (typeof SHELLS)[number];

/** A script with everything in it: no program has to start for a press of Tab. */
export async function completion(call: Call): Promise<number> {
  const [shell, ...more] = call.files;
  if (shell === undefined) throw new PprofOtlpError('usage', `completion for which shell? give ${SHELLS.join(', ')}`);
  if (more.length > 0 || !SHELLS.includes(shell as Shell)) {
    const meant = more.length > 0 ? undefined : suggest(shell, SHELLS);
    const hint = meant === undefined ? `give one of ${SHELLS.join(', ')}` : `did you mean ${meant}?`;
    throw new PprofOtlpError('usage', `no completion for "${call.files.join(' ')}"; ${hint}`);
  }
  process.stdout.write(completionScript(shell as Shell));
  return 0;
}

export function completionScript(shell: Shell): string {
  return { bash, zsh, fish }[shell]();
}

const options = ({ options }: CommandSpec): [string, OptionSpec][] => Object.entries(options);
const names = (command: CommandSpec): string =>
  options(command)
    .flatMap(([name, { short }]) => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])])
    .join(' ');
const commandNames = COMMANDS.map(({ name }) => name).join(' ');
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function bash(): string {
  const choices = new Map<string, string>();
  for (const command of COMMANDS) {
    for (const [name, spec] of options(command)) {
      if (spec.choices !== undefined) choices.set(`--${name}`, spec.choices.join(' '));
    }
  }
  const files = COMMANDS.flatMap(options).flatMap(([name, { value, short }]) =>
    value === 'PATH' ? [`--${name}`, ...(short === undefined ? [] : [`-${short}`])] : [],
  );
  return `# bash completion of pprof-otlp
_pprof_otlp() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=${CONVERT.name} word
  COMPREPLY=()
  case $previous in
${[...choices].map(([name, words]) => `    ${name}) COMPREPLY=($(compgen -W ${quote(words)} -- "$current")); return ;;`).join('\n')}
    ${files.join('|')}) return ;;
  esac
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in ${commandNames.replaceAll(' ', '|')}) command=$word; break ;; esac
  done
  case $current in
    -*)
      case $command in
${COMMANDS.map((command) => `        ${command.name}) COMPREPLY=($(compgen -W ${quote(names(command))} -- "$current")) ;;`).join('\n')}
      esac ;;
    *)
      if [ "$command" = completion ]; then COMPREPLY=($(compgen -W ${quote(SHELLS.join(' '))} -- "$current"))
      elif [ "$COMP_CWORD" = 1 ]; then COMPREPLY=($(compgen -W ${quote(commandNames)} -- "$current") $(compgen -f -- "$current"))
      fi ;;
  esac
}
complete -o bashdefault -o default -o filenames -F _pprof_otlp pprof-otlp
`;
}

function zsh(): string {
  const argument = (name: string, spec: OptionSpec): string[] => {
    const text = spec.describe.replaceAll(/[[\]:]/g, '\\$&');
    const takes =
      spec.value === undefined
        ? ''
        : `:${spec.value}:${spec.choices ? `(${spec.choices.join(' ')})` : completerOf(spec)}`;
    const many = spec.repeatable ? '*' : '';
    const all = [`--${name}`, ...(spec.short === undefined ? [] : [`-${spec.short}`])];
    return all.map((one) => quote(`${many}${one}[${text}]${takes}`));
  };
  const completerOf = ({ value }: OptionSpec): string => (value === 'PATH' ? '_files' : '');
  const of = (command: CommandSpec, rest: string): string =>
    `    ${command.name}) _arguments ${options(command)
      .flatMap(([name, spec]) => argument(name, spec))
      .join(' ')} ${quote(rest)} ;;`;
  return `#compdef pprof-otlp
# zsh completion of pprof-otlp
_pprof_otlp() {
  local command=${CONVERT.name} word
  for word in \${words[2,CURRENT-1]}; do
    case $word in ${commandNames.replaceAll(' ', '|')}) command=$word; break ;; esac
  done
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    compadd ${commandNames}
  fi
  case $command in
${COMMANDS.map((command) => of(command, command.name === 'completion' ? `*:shell:(${SHELLS.join(' ')})` : '*:file:_files')).join('\n')}
  esac
}
if [ "$funcstack[1]" = _pprof_otlp ]; then _pprof_otlp "$@"; else compdef _pprof_otlp pprof-otlp; fi
`;
}

function fish(): string {
  const lines = [
    '# fish completion of pprof-otlp',
    ...COMMANDS.map(
      ({ name, describe }) => `complete -c pprof-otlp -n __fish_use_subcommand -a ${name} -d ${fishQuote(describe)}`,
    ),
    `complete -c pprof-otlp -f -n '__fish_seen_subcommand_from completion' -a ${fishQuote(SHELLS.join(' '))}`,
  ];
  const elsewhere = COMMANDS.filter((command) => command !== CONVERT).map(({ name }) => name);
  for (const command of COMMANDS) {
    const when =
      command === CONVERT
        ? `not __fish_seen_subcommand_from ${elsewhere.join(' ')}`
        : `__fish_seen_subcommand_from ${command.name}`;
    for (const [name, spec] of options(command)) {
      const short = spec.short === undefined ? '' : ` -s ${spec.short}`;
      const value =
        spec.value === undefined
          ? ''
          : spec.choices !== undefined
            ? ` -x -a ${fishQuote(spec.choices.join(' '))}`
            : spec.value === 'PATH'
              ? ' -r'
              : ' -x';
      lines.push(
        `complete -c pprof-otlp -n ${fishQuote(when)} -l ${name}${short}${value} -d ${fishQuote(spec.describe)}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

const fishQuote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
