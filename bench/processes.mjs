// Runs child processes: whole ones, timed from start to exit, and library calls in one that stays.

import { fork, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LIBRARY = fileURLToPath(new URL('library.mjs', import.meta.url));
const GNU_TIME = '/usr/bin/time';

/**
 * @param {string[]} command
 * @returns {string} standard output
 */
export function run([program = '', ...words]) {
  const { status, signal, error, stdout, stderr } = spawnSync(program, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(reasonIn(stderr) ?? `exit status ${status ?? signal}`);
  return stdout;
}

/**
 * @param {string[]} command
 * @returns {number} milliseconds from start to exit
 */
export function time(command) {
  const start = performance.now();
  run(command);
  return performance.now() - start;
}

/**
 * Peak resident memory of a command: as GNU time tells it; where that is missing, as Node itself tells it at its exit.
 *
 * @param {string[]} command
 * @param {string} note a file to write to and remove
 * @returns {number | undefined} kilobytes; undefined where there is no way to know
 */
export function peakMemory(command, note) {
  const [program = '', ...words] = command;
  if (hasGnuTime()) run([GNU_TIME, '-q', '-f', '%M', '-o', note, ...command]);
  else if (program === process.execPath) run([program, '--import', noteAtExit(note), ...words]);
  else run(command);
  if (!existsSync(note)) return undefined;
  const kilobytes = Number(readFileSync(note, 'utf8'));
  rmSync(note);
  return kilobytes;
}

/** @type {boolean | undefined} */
let gnuTime;
function hasGnuTime() {
  gnuTime ??= spawnSync(GNU_TIME, ['-q', '-f', '%M', process.execPath, '-e', '0'], { stdio: 'ignore' }).status === 0;
  return gnuTime;
}

/** @param {string} note */
function noteAtExit(note) {
  const code = `import { writeFileSync } from 'node:fs';
    process.on('exit', () => writeFileSync(${JSON.stringify(note)}, String(process.resourceUsage().maxRSS)));`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/**
 * The line of an error output that says what happened: what Node or V8 begin with its kind, else the last one.
 *
 * @param {string} text
 */
const reasonIn = (text) => /^(?:\w*Error\b|FATAL).*$/m.exec(text)?.[0] ?? (text.trim().split('\n').at(-1) || undefined);

/**
 * What bench/library.mjs is asked for.
 * @typedef {object} Request
 * @property {string} task
 * @property {string} file
 * @property {number} calls 0 warms up
 * @property {boolean} [collect] collect garbage before each call: what an earlier one left is not on its bill
 * @property {string} [keep] file for the result
 */

/**
 * @typedef {object} Library
 * @property {(request: Request) => Promise<number[]>} ask milliseconds of each call
 * @property {() => void} close
 */

/** @returns {Library} */
export function library() {
  const child = fork(LIBRARY, [], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: ['--expose-gc'] });
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    complaint += text;
  });
  const ended = new Promise((_, reject) => {
    child.once('close', (status, signal) => {
      reject(new Error(reasonIn(complaint) ?? `exit status ${status ?? signal}`));
    });
  });
  ended.catch(() => {});
  return {
    ask: (request) => {
      const answer = new Promise((resolve) => child.once('message', resolve));
      if (child.connected) child.send(request);
      return Promise.race([answer, ended]);
    },
    close: () => {
      if (child.connected) child.disconnect();
    },
  };
}
