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
  if (status !== 0) throw new Error(stderr.trim().split('\n').at(-1) || `exit status ${status ?? signal}`);
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
  if (hasGnuTime) run([GNU_TIME, '-f', '%M', '-o', note, ...command]);
  else if (program === process.execPath) run([program, '--import', noteAtExit(note), ...words]);
  else run(command);
  if (!existsSync(note)) return undefined;
  const kilobytes = Number(readFileSync(note, 'utf8'));
  rmSync(note);
  return kilobytes;
}

const hasGnuTime = spawnSync(GNU_TIME, ['-f', '%M', process.execPath, '-e', '0'], { stdio: 'ignore' }).status === 0;

/** @param {string} note */
function noteAtExit(note) {
  const code = `import { writeFileSync } from 'node:fs';
    process.on('exit', () => writeFileSync(${JSON.stringify(note)}, String(process.resourceUsage().maxRSS)));`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/**
 * @param {string} task of bench/library.mjs
 * @param {string} file
 * @returns {{ ask: (calls: number) => Promise<number[]>, close: () => void }} `ask(0)` warms up; else the milliseconds
 *   of each call
 */
export function library(task, file) {
  const child = fork(LIBRARY, [task, file], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    complaint += text;
  });
  const ended = new Promise((_, reject) => {
    child.once('close', (status, signal) => {
      const reason = /^(?:\w*Error\b|FATAL).*$/m.exec(complaint)?.[0];
      reject(new Error(reason ?? `exit status ${status ?? signal}`));
    });
  });
  ended.catch(() => {});
  return {
    ask: (calls) => {
      const answer = new Promise((resolve) => child.once('message', resolve));
      if (child.connected) child.send(calls);
      return Promise.race([answer, ended]);
    },
    close: () => {
      if (child.connected) child.disconnect();
    },
  };
}
