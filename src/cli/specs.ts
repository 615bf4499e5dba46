import { FORMATS as INPUT_FORMS } from '../io/formats.ts';
import { DEFAULT_GZIP_LEVEL } from '../io/node/compress.ts';

/** One option: help, parsing and shell completion are made from it. */
export interface OptionSpec {
  /** What the value is called in the help; no value, no placeholder. */
  value?: string;
  short?: string;
  choices?: readonly string[];
  repeatable?: boolean;
  describe: string;
}

export interface CommandSpec {
  name: string;
  /** What follows the name. */
  usage: string;
  describe: string;
  options: Readonly<Record<string, OptionSpec>>;
  examples: readonly (readonly [command: string, describe: string])[];
}

export const FORMATS = ['text', 'json', 'github'] as const;
export const CHECK_FORMATS = [...FORMATS, 'junit'] as const;
export const INPUT_FORMATS = Object.keys(INPUT_FORMS);
export const OUTPUT_FORMATS = ['pprof', 'otlp', 'otlp-json', 'otlp-jsonl'] as const;
export const FIDELITIES = ['exact', 'semantic'] as const;
export const TIMESTAMPS = ['aggregate', 'labels'] as const;
export const COMPRESSIONS = ['none', 'gzip', 'zstd'] as const;
export const PROTOCOLS = ['http/protobuf', 'http/json'] as const;
export const PUSH_COMPRESSIONS = ['none', 'gzip'] as const;
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

const GENERAL: Record<string, OptionSpec> = {
  help: { short: 'h', describe: 'Show this help' },
  version: { describe: 'Show the version' },
};

const LIVE: Record<string, OptionSpec> = {
  header: {
    value: 'KEY=VALUE',
    repeatable: true,
    describe: 'Header for inputs that are URLs, also as "Key: value" (repeatable)',
  },
  timeout: { value: 'TIME', describe: 'Most time for an input that is a URL (default 60s and its seconds=)' },
};

const INPUT: Record<string, OptionSpec> = {
  from: { value: 'FORMAT', choices: INPUT_FORMATS, describe: 'Take the input for this, whatever it looks like' },
  'otlp-version': { value: 'VERSION', describe: 'Layout of OTLP protobuf, 1.3 to 1.11 (default: told by its shape)' },
  strict: { describe: 'Refuse OTLP/JSON with fields that OTLP does not know' },
  'max-size': { value: 'SIZE', describe: 'Limit of the uncompressed input, in bytes or with k, m, g (default 512m)' },
};

const REPORT: Record<string, OptionSpec> = {
  format: { value: 'STYLE', choices: FORMATS, describe: 'Style of the report (default text)' },
  quiet: { short: 'q', describe: 'Report only what went wrong' },
  color: { describe: 'Color the report even when it goes to no terminal' },
  'no-color': { describe: 'Never color the report' },
  ...GENERAL,
};

/** Which inputs, and by how many threads. */
const MANY: Record<string, OptionSpec> = {
  'files-from': {
    value: 'PATH',
    describe: 'Also the files that this list names, one a line or NUL-separated; - is stdin',
  },
  null: { short: '0', describe: 'The names in the list are NUL-separated (else a NUL in it tells)' },
  recursive: { short: 'r', describe: 'Of a directory take all profiles below it, told by their content' },
  shard: { value: 'I/N', describe: 'Only the I-th of N parts of the files, told by their names' },
  jobs: { value: 'N', short: 'j', describe: 'Work on N files at a time (default: by the cores and the work)' },
};

const COMMON: Record<string, OptionSpec> = { ...INPUT, ...LIVE, ...REPORT };

export const CONVERT: CommandSpec = {
  name: 'convert',
  usage: '[convert] FILE... [-o PATH|DIR|-]',
  describe: 'Translate pprof to OTLP Profiles or back; the direction follows from the content',
  options: {
    output: { value: 'PATH', short: 'o', describe: 'File or directory to write to, - for standard output' },
    to: {
      value: 'FORMAT',
      choices: OUTPUT_FORMATS,
      describe: 'What to write (default: the other format; OTLP to OTLP upgrades drafts and changes encodings)',
    },
    fidelity: {
      value: 'KIND',
      choices: FIDELITIES,
      describe: 'exact: the way back gives the same bytes; semantic: standard fields only (default exact)',
    },
    'no-verify': { describe: 'Skip the proof that the way back gives the same bytes' },
    timestamps: {
      value: 'KIND',
      choices: TIMESTAMPS,
      describe: 'In pprof: counted (aggregate) or a sample an observation with its time as a label (labels)',
    },
    merge: { describe: 'Make one pprof of everything, also of what was made from several' },
    split: { describe: 'Make a pprof of each scope' },
    resource: { value: 'KEY=VALUE', repeatable: true, describe: 'Resource attribute for OTLP (repeatable)' },
    compress: {
      value: 'KIND',
      choices: COMPRESSIONS,
      describe: 'Compression of the output (default: gzip for pprof, none for OTLP)',
    },
    'gzip-level': { value: 'LEVEL', describe: `0 (none) to 9 (smallest), default ${DEFAULT_GZIP_LEVEL}` },
    force: { short: 'f', describe: 'Replace an output file that exists' },
    resume: { describe: 'Leave out what is there already and gives the input, which is proven' },
    ...MANY,
    ...COMMON,
  },
  examples: [
    ['pprof-otlp cpu.pb.gz', 'write cpu.otlp'],
    ['pprof-otlp cpu.otlp', 'write cpu.pb.gz'],
    ['pprof-otlp *.pb.gz -o otlp/', 'several files into a directory'],
    ['pprof-otlp -r archive -o otlp/ --resume', 'what lies below a directory and is not there yet'],
    ['pprof-otlp profiles.jsonl --split -o pprof/', 'a pprof for each scope'],
    ['pprof-otlp old.otlp --to otlp-json', 'write old.otlp.json, upgraded to OTLP 1.11'],
    ['curl -s localhost:6060/debug/pprof/heap | pprof-otlp - > heap.otlp', 'from standard input'],
    ['pprof-otlp http://localhost:6060/debug/pprof/heap -o heap.otlp', 'from a live program'],
    ['pprof-otlp cpu.pb.gz --resource service.name=shop', 'say whose profile it is'],
  ],
};

export const VERIFY: CommandSpec = {
  name: 'verify',
  usage: 'verify FILE...',
  describe: 'Prove that files come back byte for byte; write nothing',
  options: { ...MANY, ...COMMON },
  examples: [
    ['pprof-otlp verify cpu.pb.gz', 'status 0 when proven, 1 when not'],
    ['pprof-otlp verify *.pb.gz --format github', 'annotations in a GitHub workflow'],
  ],
};

export const CHECK: CommandSpec = {
  name: 'check',
  usage: 'check FILE...',
  describe: 'Check files against the rules of pprof or OTLP Profiles',
  options: {
    all: { describe: 'List every place of a finding, not the first few' },
    rule: {
      value: 'ID=LEVEL',
      repeatable: true,
      describe: 'Severity of a rule: off, info, warn or error (repeatable; docs/rules.md has the rules)',
    },
    ...MANY,
    ...COMMON,
    strict: { describe: 'Warnings count for the exit status, too' },
    format: { value: 'STYLE', choices: CHECK_FORMATS, describe: 'Style of the report (default text)' },
  },
  examples: [
    ['pprof-otlp check cpu.otlp', 'status 0 without errors, 1 with'],
    ['pprof-otlp check *.pb.gz --strict --format github', 'annotations in a GitHub workflow'],
    ['pprof-otlp check cpu.otlp --rule otlp/orphan-entry=off', 'without one of the rules'],
  ],
};

/** The report of inspect is its data: nothing to annotate, nothing to keep quiet about. */
const DATA_FORMATS = ['text', 'json'] as const;
const { quiet: _, ...SHOWN } = COMMON;

export const INSPECT: CommandSpec = {
  name: 'inspect',
  usage: 'inspect FILE...',
  describe: 'Say what is in a profile: sizes, sample types, labels, symbols, top functions',
  options: {
    dump: { describe: 'Print the whole content as text, with what each index leads to' },
    top: { value: 'N', describe: 'How many top functions (default 8)' },
    'sample-type': { value: 'TYPE', describe: 'Sample type of the top functions (default: the default one)' },
    ...MANY,
    ...SHOWN,
    format: { value: 'STYLE', choices: DATA_FORMATS, describe: 'Style of the summary (default text)' },
  },
  examples: [
    ['pprof-otlp inspect cpu.pb.gz', 'one screen'],
    ['pprof-otlp inspect heap.pb.gz --sample-type inuse_space --top 30', 'the largest functions'],
    ['pprof-otlp inspect cpu.otlp --format json', 'for programs: docs/inspect.md'],
    ['pprof-otlp inspect cpu.otlp --dump | less', 'all of it'],
  ],
};

export const DIFF_RANKS = ['semantic', 'all'] as const;

export const DIFF: CommandSpec = {
  name: 'diff',
  usage: 'diff A B',
  describe: 'Say what differs between two profiles; their formats may differ',
  options: {
    only: {
      value: 'RANK',
      choices: DIFF_RANKS,
      describe: 'semantic: leave out ids, order and layout, which carry no meaning (default all)',
    },
    examples: { value: 'N', describe: 'How many examples of each difference (default 3)' },
    ...COMMON,
  },
  examples: [
    ['pprof-otlp diff cpu.pb.gz cpu.otlp', 'status 0 when they say the same, 1 when not'],
    ['pprof-otlp diff before.pb.gz after.pb.gz --only semantic', 'what a converter lost'],
    ['pprof-otlp diff a.otlp b.otlp --format json', 'for programs: docs/diff.md'],
  ],
};

export const PUSH: CommandSpec = {
  name: 'push',
  usage: 'push FILE|URL... --endpoint URL',
  describe: 'Send profiles to a Collector or another OTLP receiver by OTLP/HTTP',
  options: {
    endpoint: {
      value: 'URL',
      describe: 'Where to; /v1development/profiles is added (default http://localhost:4318, or OTEL_EXPORTER_OTLP_*)',
    },
    // gRPC is told by its name that it is not spoken.
    protocol: { value: 'NAME', choices: [...PROTOCOLS, 'grpc'], describe: 'Encoding (default http/protobuf; no grpc)' },
    compression: { value: 'KIND', choices: PUSH_COMPRESSIONS, describe: 'Compression of requests (default none)' },
    header: {
      value: 'KEY=VALUE',
      repeatable: true,
      describe: 'Header for the endpoint, also as "Key: value" (repeatable)',
    },
    timeout: { value: 'TIME', describe: 'Most time for one attempt (default 10s)' },
    'retry-for': { value: 'TIME', describe: 'Try again for so long, 0 for a single attempt (default 60s)' },
    certificate: { value: 'PATH', describe: 'PEM of the authority that signed the certificate of the endpoint' },
    'client-certificate': { value: 'PATH', describe: 'PEM of the own certificate' },
    'client-key': { value: 'PATH', describe: 'PEM of the key of the own certificate' },
    interval: { value: 'TIME', describe: 'Read the URLs again and again, so far apart, and push what they give' },
    'dry-run': { describe: 'Show what would be sent where, and send nothing' },
    'source-header': { value: 'KEY=VALUE', repeatable: true, describe: 'Header for inputs that are URLs (repeatable)' },
    'source-timeout': LIVE.timeout,
    resource: CONVERT.options.resource,
    fidelity: CONVERT.options.fidelity,
    'no-verify': CONVERT.options['no-verify'],
    ...INPUT,
    ...REPORT,
  },
  examples: [
    ['pprof-otlp push cpu.pb.gz --endpoint http://collector:4318', 'to a Collector'],
    ['pprof-otlp push *.pb.gz --resource service.name=shop --dry-run', 'what would be sent where'],
    ['pprof-otlp push http://shop:6060/debug/pprof/heap --interval 60s', 'a bridge to a Collector'],
  ],
};

export const COMPLETION: CommandSpec = {
  name: 'completion',
  usage: 'completion bash|zsh|fish',
  describe: 'Print a completion script for the shell',
  options: GENERAL,
  examples: [
    ['source <(pprof-otlp completion bash)', 'in ~/.bashrc; the same with zsh in ~/.zshrc'],
    ['pprof-otlp completion fish | source', 'in ~/.config/fish/config.fish'],
  ],
};

/** The first is what a call without a command means. */
export const COMMANDS: readonly CommandSpec[] = [CONVERT, VERIFY, CHECK, INSPECT, DIFF, PUSH, COMPLETION];
