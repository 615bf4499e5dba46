// Writes man/pprof-otlp.1 from the tables of commands and options in src/cli/specs.ts; with --print, to standard output.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8'));

/** The commands as the program has them. */
async function commands() {
  const { outputFiles } = await build({
    entryPoints: [at('src/cli/specs.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    logLevel: 'warning',
  });
  const { COMMANDS } = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
  );
  return COMMANDS;
}

/** Text that roff takes as it is. */
const plain = (text) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^([.'])/gm, '\\&$1');
const bold = (text) => `\\fB${plain(text)}\\fR`;
const italic = (text) => `\\fI${plain(text)}\\fR`;
const section = (name, ...lines) => [`.SH ${name}`, ...lines];
const item = (term, ...lines) => ['.TP', term, ...lines];
const sentence = (text) => plain(/[.!?]$/.test(text) ? text : `${text}.`);

/** FILE and the like in a usage are names for something. */
const usage = (text) =>
  text.replaceAll(/[A-Za-z0-9_-]+|[^A-Za-z0-9_-]+/g, (part) =>
    /^[A-Z]+$/.test(part) ? italic(part) : /^[\w-]+$/.test(part) ? bold(part) : plain(part),
  );

function option(name, { value, short, choices, repeatable, describe }) {
  const flag = [...(short === undefined ? [] : [bold(`-${short}`)]), bold(`--${name}`)].join(', ');
  const among = choices === undefined ? '' : ` One of ${choices.map(bold).join(', ')}.`;
  const more = repeatable === true && !describe.includes('repeatable') ? ' May be given several times.' : '';
  return item(value === undefined ? flag : `${flag} ${italic(value)}`, sentence(describe) + among + more);
}

/** Options that every one of these commands has, said in the same words. */
function shared(all) {
  const [first, ...others] = all.map(({ options }) => options);
  const same = (name) => others.every((options) => JSON.stringify(options[name]) === JSON.stringify(first[name]));
  return Object.keys(first).filter((name) => name in first && same(name));
}

function command({ name, usage: text, describe, options, examples }, common) {
  const own = Object.entries(options).filter(([option]) => !common.includes(option));
  return [
    `.SS ${name}`,
    `${bold('pprof-otlp')} ${usage(text)}`,
    '.PP',
    sentence(describe),
    ...own.flatMap(([option_, spec]) => option(option_, spec)),
    '.PP',
    examples.length === 1 ? 'Example:' : 'Examples:',
    ...examples.flatMap(([line, what]) => ['.PP', '.RS 4', '.nf', plain(line), '.fi', sentence(what), '.RE']),
  ];
}

const STATUS = [
  [0, 'Done.'],
  [
    1,
    'A finding: the round trip is not proven, check has an error, diff a difference, OTLP was changed since it was made from a pprof.',
  ],
  [2, 'Wrong usage, or a refusal to write: the target exists, is an input, is a directory, is a terminal.'],
  [3, 'Bad input.'],
  [4, 'Input or output failed.'],
  [5, 'A limit was reached.'],
  ['130, 143', 'Interrupted, terminated.'],
];

const ENVIRONMENT = [
  ['OTEL_RESOURCE_ATTRIBUTES', 'Resource attributes for OTLP, key=value,key=value, percent-encoded.'],
  [
    'OTEL_SERVICE_NAME',
    'The resource attribute service.name; goes before the list above. The option --resource goes before both.',
  ],
  ['FORCE_COLOR, NO_COLOR', 'Whether reports are colored, unless an option says so.'],
  ['PPROF_OTLP_DEBUG', 'With 1, an error also prints where in the program it came from.'],
];

function page(all) {
  const common = shared(all);
  const general = common.flatMap((name) => option(name, all[0].options[name]));
  return [
    '.\\" Written by scripts/man.mjs from src/cli/specs.ts.',
    `.TH PPROF-OTLP 1 "" "pprof-otlp ${plain(version)}" "User Commands"`,
    ...section('NAME', 'pprof\\-otlp \\- translate between pprof and OTLP Profiles without loss'),
    ...section('SYNOPSIS', ...all.flatMap(({ usage: text }) => [`${bold('pprof-otlp')} ${usage(text)}`, '.br'])),
    ...section(
      'DESCRIPTION',
      plain(
        'Translates between pprof and OTLP Profiles, the profiles signal of OpenTelemetry, in both directions, loses nothing, and proves it for every file before it writes. The direction and the form of a file are told by its content, never by its name: pprof; OTLP in protobuf of the releases 1.3 to 1.11, JSON, JSON lines, frames of the Collector; each plain, gzip or zstd.',
      ),
      '.PP',
      `${italic('FILE')} may be ${bold('-')} for standard input. Without ${bold('-o')} the output lies beside the input. A file that is named like a command needs a path: ${plain('./verify')}. Behind ${bold('--')} everything is a file.`,
    ),
    ...section('COMMANDS', ...all.flatMap((each) => command(each, common))),
    ...section('OPTIONS OF EVERY COMMAND', ...general),
    ...section('EXIT STATUS', ...STATUS.flatMap(([status, text]) => item(bold(`${status}`), plain(text)))),
    '.PP',
    'With several files the rest goes on when one is bad, and the largest status counts.',
    ...section('ENVIRONMENT', ...ENVIRONMENT.flatMap(([name, text]) => item(bold(name), plain(text)))),
    ...section(
      'SEE ALSO',
      plain(
        'In the repository, docs/cli.md has each option in full, docs/format.md what comes back of each form, docs/mapping.md what becomes of what, docs/report.md the report as JSON.',
      ),
    ),
    '',
  ].join('\n');
}

const text = page(await commands());
if (process.argv.includes('--print')) process.stdout.write(text);
else {
  mkdirSync(at('man'), { recursive: true });
  writeFileSync(at('man/pprof-otlp.1'), text);
}
