// Runs the examples: each folder has *.in.* files, a `command` for the shell, and the *.out.* files that it gives.
// node examples/run.mjs [--program PATH] [--update] [NAME...]; --update writes the *.out.* files anew.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const FOLDER = fileURLToPath(new URL('./', import.meta.url));
const BUILT = fileURLToPath(new URL('../bin/pprof-otlp.js', import.meta.url));
/** What the command prints, both streams in one as on a terminal, and its exit status. */
const SCREEN = 'screen.out.txt';

export const EXAMPLES = readdirSync(FOLDER).filter((name) => existsSync(join(FOLDER, name, 'command')));

/**
 * Runs one example in a folder of its own.
 *
 * @param {string} name
 * @param {string} program path of the command line
 * @returns {Map<string, Buffer>} every *.out.* file that it gave
 */
export function runExample(name, program = BUILT) {
  const source = join(FOLDER, name);
  const dir = mkdtempSync(join(tmpdir(), 'pprof-otlp-example-'));
  try {
    const work = join(dir, 'work');
    const bin = join(dir, 'bin');
    for (const path of [work, bin]) spawnSync('mkdir', [path]);
    for (const file of readdirSync(source).filter((each) => each.includes('.in.')))
      copyFileSync(join(source, file), join(work, file));
    const start = join(bin, 'pprof-otlp');
    writeFileSync(start, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
    chmodSync(start, 0o755);
    const command = readFileSync(join(source, 'command'), 'utf8');
    const { stdout, status } = spawnSync('sh', ['-c', `exec 2>&1\n${command}`], {
      cwd: work,
      encoding: 'utf8',
      env: { PATH: `${bin}${delimiter}${process.env.PATH}`, LC_ALL: 'C.UTF-8' },
    });
    const screen = `${stdout}${status === 0 ? '' : `exit status ${status}\n`}`;
    const given = readdirSync(work, { recursive: true })
      .map(String)
      .filter((file) => file.includes('.out.'));
    return new Map([
      ...given.map((file) => [file, readFileSync(join(work, file))]),
      ...(screen === '' ? [] : [[SCREEN, Buffer.from(screen)]]),
    ]);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The *.out.* files that an example keeps. */
export function keptFiles(name) {
  const files = readdirSync(join(FOLDER, name)).filter((file) => file.includes('.out.'));
  return new Map(files.map((file) => [file, readFileSync(join(FOLDER, name, file))]));
}

/** What counts: zlib may compress otherwise tomorrow. */
export const content = (bytes) => (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes);

/** @returns {string[]} the files that are not what the example keeps */
export function changedFiles(kept, given) {
  const names = new Set([...kept.keys(), ...given.keys()]);
  return [...names].filter((file) => {
    const [a, b] = [kept.get(file), given.get(file)];
    return a === undefined || b === undefined || !content(a).equals(content(b));
  });
}

function main(args) {
  const update = args.includes('--update');
  const programAt = args.indexOf('--program');
  const program = programAt < 0 ? BUILT : args[programAt + 1];
  const names = args.filter((each, i) => !each.startsWith('--') && (programAt < 0 || i !== programAt + 1));
  for (const name of names.length > 0 ? names : EXAMPLES) {
    const given = runExample(name, program);
    const kept = keptFiles(name);
    for (const file of changedFiles(kept, given)) {
      console.log(`${name}/${file}${update ? '' : ' is not what the command gives; see with --update and git diff'}`);
      if (!update) process.exitCode = 1;
      else if (given.has(file)) writeFileSync(join(FOLDER, name, file), given.get(file));
      else rmSync(join(FOLDER, name, file));
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
