// Writes docs/lossless.md: what other converters lose, as `diff` tells it. Run `npm run build` before.
// With --print PROGRAM it prints the page that this program gives.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const folders = ['../fixtures/', '../../shared/corpus/files/'].map(at);
const [print, given] = process.argv.slice(2);
const program = print === '--print' ? given : at('../bin/pprof-otlp.js');
const dir = mkdtempSync(join(tmpdir(), 'pprof-otlp-lossless-'));

function take(...names) {
  for (const name of names) {
    const folder = folders.find((path) => existsSync(path + name));
    if (folder === undefined) throw new Error(`${name} is neither in fixtures/ nor in the corpus`);
    copyFileSync(folder + name, join(dir, name));
  }
}

/** A command and what it says, as on a terminal. */
function session(...args) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...args], {
    cwd: dir,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  });
  return ['```', `$ pprof-otlp ${args.join(' ')}`, (stdout + stderr).trimEnd(), '$ echo $?', status, '```']
    .filter((line) => line !== '')
    .join('\n');
}

function page() {
  take(
    'go-runtime-cpu-labels.pb.gz',
    'google-rewrite-cpu.pb.gz',
    'go-runtime-cpu-plain.pb.gz',
    'contrib-go-cpu.otlp.pb',
  );
  return `# Lossless, and how to see it

Written by \`node scripts/lossless.mjs\`: every output below is what the program says, and a test holds that it still
says so. What the words mean is in [diff.md](diff.md).

## Read and written by google/pprof

\`google-rewrite-cpu.pb.gz\` is \`go-runtime-cpu-labels.pb.gz\`, a profile of a Go program, after github.com/google/pprof
parsed it and wrote it again, with nothing done in between.

${session('diff', 'go-runtime-cpu-labels.pb.gz', 'google-rewrite-cpu.pb.gz')}

Every label whose value is the empty string is gone: profile.proto has no way to tell \`""\` from "not set", and the
library takes it for the latter.

## Translated by the Collector

\`contrib-go-cpu.otlp.pb\` is \`go-runtime-cpu-plain.pb.gz\` after the OpenTelemetry Collector's \`pkg/translator/pprof\` (commit
02c04c139f9b) made OTLP of it and \`pdata\` wrote that.

${session('diff', 'go-runtime-cpu-plain.pb.gz', 'contrib-go-cpu.otlp.pb', '--examples', '2')}

The frames of inlined functions come out in the wrong order: the caller stands where the callee should, so a viewer
shows time in the wrong function. pprof's default sample type is the last one unless it says otherwise, and OTLP has
viewers show the first profile; the translation keeps the order, so another type is shown. And what was not set is now
set to the empty string.

## Translated by pprof-otlp

${session('go-runtime-cpu-labels.pb.gz', '--quiet')}

${session('diff', 'go-runtime-cpu-labels.pb.gz', 'go-runtime-cpu-labels.otlp')}

Without anything carried beside the standard fields, the meaning is still the same:

${session('go-runtime-cpu-plain.pb.gz', '-o', 'semantic.otlp', '--fidelity', 'semantic', '--quiet')}

${session('diff', 'go-runtime-cpu-plain.pb.gz', 'semantic.otlp')}
`;
}

try {
  if (print === '--print') process.stdout.write(page());
  else writeFileSync(at('../docs/lossless.md'), page());
} finally {
  rmSync(dir, { recursive: true, force: true });
}
