// Runs pprof-otlp over the files of the action: report, annotations, job summary, outputs.
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { expand } from './files.mjs';
import { readInputs, UsageError } from './inputs.mjs';
import { filesOf, remarks, resultOf } from './report.mjs';
import { summary } from './summary.mjs';
import { annotation, logLine } from './text.mjs';

const { env } = process;
const LEVELS = ['error', 'warning', 'notice'];
/** Bytes of names in one call: Windows takes 32767 characters. */
const MOST_ARGUMENTS = 24_000;

function main() {
  const inputs = readInputs(env);
  const files = expand(inputs.files, inputs.cwd);
  const folder = mkdtempSync(join(env.RUNNER_TEMP || tmpdir(), 'pprof-otlp-report-'));
  const reportPath = join(folder, 'report.jsonl');
  if (files.length === 0 && inputs.ifNoFilesFound !== 'ignore') {
    const text = `files: nothing matches ${inputs.files.join(', ')}`;
    print(annotation(inputs.ifNoFilesFound === 'error' ? 'error' : 'warning', { title: 'pprof-otlp' }, text));
  }
  const status = run(inputs, files, reportPath);
  const found = filesOf(readFileSync(reportPath, 'utf8').split('\n'));
  for (const file of found) {
    for (const result of resultOf(file)) print(logLine(`${file.input}: ${result}`));
  }
  annotate(found, inputs.cwd);
  if (inputs.summary && env.GITHUB_STEP_SUMMARY)
    appendFileSync(env.GITHUB_STEP_SUMMARY, summary(inputs.command, found));
  const exit = files.length === 0 && inputs.ifNoFilesFound === 'error' ? 2 : status;
  const sum = (key) => found.reduce((total, file) => total + file[key], 0);
  output({
    status: exit === 0 ? 'passed' : 'failed',
    'exit-code': exit,
    files: files.length,
    failed: found.filter(({ exit }) => exit > 0).length,
    errors: sum('errors'),
    warnings: sum('warnings'),
    report: reportPath,
  });
  return inputs.fail ? exit : 0;
}

/** Writes the report; the largest exit status is the result. */
function run({ command, options, cwd }, files, reportPath) {
  const report = openSync(reportPath, 'w');
  let worst = 0;
  for (const batch of batches(files)) {
    const args = [env.PPROF_OTLP_PROGRAM, command, ...options, '--format', 'json', '--', ...batch];
    const result = spawnSync(process.execPath, args, { cwd, stdio: ['ignore', report, 'pipe'], maxBuffer: 2 ** 26 });
    if (result.error) throw result.error;
    const lines = result.stderr.toString().split('\n').filter(Boolean);
    if (result.signal) lines.push(`ended by ${result.signal}`);
    // What is about a file is in the report.
    for (const line of lines) {
      const [, warning, text] = /^(?:pprof-otlp: )?(warning: )?(.*)$/s.exec(line);
      print(annotation(warning === undefined ? 'error' : 'warning', { title: 'pprof-otlp' }, text));
    }
    worst = Math.max(worst, result.status ?? 1);
  }
  closeSync(report);
  return worst;
}

function* batches(files) {
  let batch = [];
  let bytes = 0;
  for (const file of files) {
    const length = Buffer.byteLength(file) + 1;
    if (batch.length > 0 && bytes + length > MOST_ARGUMENTS) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    // "-" would be standard input.
    batch.push(file === '-' ? './-' : file);
    bytes += length;
  }
  if (batch.length > 0) yield batch;
}

/** A workflow shows ten of each level: the errors first, and of every file before the rest of one. */
function annotate(files, cwd) {
  const all = files.flatMap((file) => remarks(file).map((remark, index) => ({ ...remark, file: file.input, index })));
  all.sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || a.index - b.index);
  for (const { level, rule, text, file } of all)
    print(annotation(level, { file: inWorkspace(file, cwd), title: rule ?? 'pprof-otlp' }, text));
}

/** Annotations name a file from the root of the repository. */
function inWorkspace(file, cwd) {
  if (!env.GITHUB_WORKSPACE) return file;
  const path = relative(env.GITHUB_WORKSPACE, resolve(cwd, file));
  return path.startsWith('..') || isAbsolute(path) ? file : path.split(sep).join('/');
}

function output(values) {
  const end = randomUUID();
  const text = Object.entries(values).map(([name, value]) => `${name}<<${end}\n${value}\n${end}\n`);
  if (env.GITHUB_OUTPUT) appendFileSync(env.GITHUB_OUTPUT, text.join(''));
}

function print(line) {
  process.stdout.write(`${line}\n`);
}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  print(annotation('error', { title: 'pprof-otlp' }, error.message));
  output({ status: 'failed', 'exit-code': 2, files: 0, failed: 0, errors: 0, warnings: 0, report: '' });
  process.exitCode = 2;
}
