// Runs a translator over all vectors: node vectors/run.mjs --to-otlp COMMAND --to-pprof COMMAND. Needs Node and no packages.
// Status 0: every vector that follows from a specification passes; 1: one does not; 2: usage.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { differences } from './lib/differences.mjs';
import { encode } from './lib/protobuf.mjs';
import { meaning, readBytes, readOtlp } from './lib/read.mjs';
import { OTLP } from './lib/schema.mjs';

const USAGE = `usage: node vectors/run.mjs [--to-otlp COMMAND] [--to-pprof COMMAND] [options]
  COMMAND is run by the shell; {in} and {out} in it are the files. Without {out} its standard output counts.
  --to-otlp COMMAND   translates a pprof to OTLP, protobuf or JSON
  --to-pprof COMMAND  translates OTLP to pprof. With both, ways back are run, too
  --otlp-protobuf     OTLP/JSON is given to the translator as protobuf; what has no protobuf is skipped
  --only TEXT         only vectors with TEXT in their name or direction
  --strict            vectors whose expectation is a choice count for the status, too
  --json              a JSON object a line instead of text`;

const folder = fileURLToPath(new URL('./', import.meta.url));

function main(values) {
  if (values.help) return say(USAGE, 0);
  if (values['to-otlp'] === undefined && values['to-pprof'] === undefined) return say(USAGE, 2);
  const { vectors } = JSON.parse(readFileSync(`${folder}manifest.json`, 'utf8'));
  const dir = mkdtempSync(join(tmpdir(), 'vectors-'));
  try {
    const runner = new Runner(values, dir);
    const wanted = vectors.filter(({ name, direction }) => `${direction}/${name}`.includes(values.only ?? ''));
    const results = wanted.map((vector) => runner.run(vector));
    for (const result of results) print(result, values.json);
    return summary(results, values);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

class Runner {
  constructor(options, dir) {
    this.options = options;
    this.dir = dir;
  }

  /** @returns what came of it: `semantic` and `exact` are pass, fail or skip; `problems` says why */
  run(vector) {
    const { name, direction, basis, level } = vector;
    const result = { vector: `${direction}/${name}`, basis, level, semantic: 'skip', exact: 'skip', problems: [] };
    if (vector.options !== undefined) return result;
    try {
      if (direction === 'pprof-to-otlp') this.fromPprof(vector, result);
      else this.fromOtlp(vector, result);
    } catch (error) {
      result.problems.push(error.message);
      if (result.semantic === 'skip') result.semantic = 'fail';
    }
    return result;
  }

  fromPprof({ input, expected, back = input, compare = [] }, result) {
    const options = { fromPprof: true, mappingTable: compare.includes('mapping-table') };
    const otlp = this.translate('to-otlp', readFileSync(folder + input), input);
    const returned = otlp && this.translate('to-pprof', otlp, 'x.otlp');
    if (returned !== undefined) {
      const identical = returned.equals(readBytes(folder + input));
      result.exact = identical ? 'pass' : 'fail';
      // What the table does not show may travel otherwise.
      if (identical) options.mappingTable = false;
    }
    const wanted = readBytes(folder + expected);
    if (otlp !== undefined) this.compare('otlp', wanted, otlp, options, result, '');
    const fromExpected = this.translate('to-pprof', this.otlpInput(wanted), 'x.otlp.json');
    if (fromExpected !== undefined) this.compare('pprof', readBytes(folder + back), fromExpected, {}, result, 'back: ');
  }

  fromOtlp({ input, expected, usual = input }, result) {
    const isJson = /\.jsonl?$/.test(input);
    // The forms of JSON and of lines are gone in protobuf.
    if (this.options['otlp-protobuf'] && (isJson ? usual !== input || input.endsWith('jsonl') : false)) return;
    const bytes = readFileSync(folder + input);
    const pprof = this.translate('to-pprof', isJson ? this.otlpInput(bytes) : bytes, input);
    if (pprof === undefined) return;
    this.compare('pprof', readBytes(folder + expected), pprof, {}, result, '');
    const returned = this.translate('to-otlp', pprof, 'x.pb');
    if (returned === undefined || input.endsWith('jsonl')) return;
    const lost = differences(meaning('otlp', readBytes(folder + usual)), meaning('otlp', returned));
    result.exact = lost.length === 0 ? 'pass' : 'fail';
  }

  otlpInput(json) {
    return this.options['otlp-protobuf'] ? encode(OTLP, 'ProfilesData', readOtlp(json)) : json;
  }

  compare(format, expected, actual, options, result, prefix) {
    const found = differences(meaning(format, expected, options), meaning(format, actual, options));
    result.problems.push(...found.map((text) => prefix + text));
    result.semantic = found.length === 0 && result.semantic !== 'fail' ? 'pass' : 'fail';
  }

  /** Runs a command; undefined when it was not given. */
  translate(which, bytes, name) {
    const command = this.options[which];
    if (command === undefined) return undefined;
    const source = join(this.dir, name.split('/').at(-1));
    const target = join(this.dir, 'out');
    rmSync(target, { force: true });
    writeFileSync(source, bytes);
    const line = command.replaceAll('{in}', `"${source}"`).replaceAll('{out}', `"${target}"`);
    const { status, stdout, stderr } = spawnSync(line, { shell: true, maxBuffer: 1 << 28 });
    if (status !== 0) throw new Error(`${which}: status ${status}: ${`${stderr}`.trim().split('\n')[0]}`);
    if (!command.includes('{out}')) writeFileSync(target, stdout);
    if (!existsSync(target)) throw new Error(`${which}: the command has written nothing`);
    return readBytes(target);
  }
}

function print(result, json) {
  if (json) console.log(JSON.stringify(result));
  else if (result.semantic === 'fail' || result.exact === 'fail') {
    console.log(`${result.vector} (${result.basis}): semantic ${result.semantic}, exact ${result.exact}`);
    for (const problem of result.problems.slice(0, 5)) console.log(`  ${problem}`);
    if (result.problems.length > 5) console.log(`  and ${result.problems.length - 5} more`);
  }
}

function summary(results, { json, strict }) {
  const count = (basis, what, wanted) =>
    results.filter((result) => (basis === undefined || result.basis === basis) && result[what] === wanted).length;
  if (!json) {
    const line = (text, basis, what) =>
      `${text}: ${count(basis, what, 'pass')} pass, ${count(basis, what, 'fail')} fail, ${count(basis, what, 'skip')} skipped`;
    console.log(line('same meaning, by a specification', 'specification', 'semantic'));
    console.log(line('same meaning, by choice', 'choice', 'semantic'));
    console.log(line('returned exactly', undefined, 'exact'));
  }
  const failed = count('specification', 'semantic', 'fail') + (strict ? count('choice', 'semantic', 'fail') : 0);
  return failed === 0 ? 0 : 1;
}

function say(text, status) {
  (status > 1 ? process.stderr : process.stdout).write(`${text}\n`);
  return status;
}

try {
  const text = { type: 'string' };
  const flag = { type: 'boolean' };
  const { values } = parseArgs({
    options: {
      ...{ 'to-otlp': text, 'to-pprof': text, only: text },
      ...{ 'otlp-protobuf': flag, strict: flag, json: flag, help: flag },
    },
  });
  process.exitCode = main(values);
} catch (error) {
  if (!error.code?.startsWith('ERR_PARSE_ARGS')) throw error;
  process.exitCode = say(`${error.message}\n${USAGE}`, 2);
}
