// Who runs: pprof-otlp, its peers in Go, and what nobody can be faster than.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { library, peakMemory, run, time } from './processes.mjs';

const CLI = fileURLToPath(new URL('../bin/pprof-otlp.js', import.meta.url));
const PEERS = fileURLToPath(new URL('peers/', import.meta.url));
const GUNZIP = `require('node:zlib').gunzipSync(require('node:fs').readFileSync(process.argv[1]))`;

export const FORWARD = 'pprof → OTLP, proven';
export const UNPROVEN = 'pprof → OTLP, --no-verify';
export const RETURN = 'OTLP → pprof';
export const GOOGLE = 'google/pprof parse + write';
export const PDATA = 'pdata unmarshal + marshal';
export const GUNZIP_ALONE = 'gunzip alone';
export const NODE_ALONE = 'node -e 0';

/**
 * The same profile in its three forms.
 * @typedef {{ pprof: string, gzip: string, otlp: string }} Files
 */

/**
 * The Go peers' program, or why there is none.
 * @typedef {{ program: string, skipped?: undefined } | { program?: undefined, skipped: string }} Peers
 */

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {'in process' | 'whole process'} mode
 * @property {string} [skipped] why it does not run
 * @property {() => Promise<{ memory?: number | undefined }>} warmUp with the peak memory in kilobytes where it can be had
 * @property {(calls: number) => Promise<number[]>} measure milliseconds of each call; a whole process is one call
 * @property {() => void} [close]
 */

/**
 * @param {string} folder where the program goes
 * @returns {Peers}
 */
export function buildPeers(folder) {
  if (spawnSync('go', ['version']).error !== undefined) return { skipped: 'Go is not installed' };
  const program = join(folder, process.platform === 'win32' ? 'peers.exe' : 'peers');
  const { status, stderr } = spawnSync('go', ['build', '-o', program, '.'], { cwd: PEERS, encoding: 'utf8' });
  return status === 0 ? { program } : { skipped: `go build failed: ${stderr.trim().split('\n').at(-1)}` };
}

/**
 * Writes the OTLP of a pprof as the command line does.
 *
 * @param {string} pprof
 * @param {string} otlp
 */
export const translate = (pprof, otlp) => run([process.execPath, CLI, pprof, '-o', otlp, '-f', '-q']);

/**
 * @param {Files} files
 * @param {Peers} peers
 * @param {string} folder for what the contenders write
 * @returns {Contender[]}
 */
export function contendersFor(files, peers, folder) {
  const node = process.execPath;
  const to = join(folder, 'out');
  const whole = (/** @type {string} */ name, /** @type {string[]} */ command) =>
    wholeProcess(name, command, join(folder, 'peak'));
  const peer = (/** @type {string} */ name, /** @type {string} */ task, /** @type {string} */ file) =>
    peers.program === undefined
      ? [skipped(name, 'in process', peers.skipped), skipped(name, 'whole process', peers.skipped)]
      : [inGoProcess(name, peers.program, task, file), whole(name, [peers.program, task, file])];
  const goPeers = [...peer(GOOGLE, 'google-pprof', files.pprof), ...peer(PDATA, 'pdata', files.otlp)];
  return [
    inNodeProcess(FORWARD, 'forward', files.pprof),
    inNodeProcess(UNPROVEN, 'forward-no-verify', files.pprof),
    inNodeProcess(RETURN, 'return', files.otlp),
    ...goPeers.filter(({ mode }) => mode === 'in process'),
    inNodeProcess(GUNZIP_ALONE, 'gunzip', files.gzip),
    whole(FORWARD, [node, CLI, files.pprof, '-o', to, '-f', '-q']),
    whole(UNPROVEN, [node, CLI, files.pprof, '-o', to, '-f', '-q', '--no-verify']),
    whole(RETURN, [node, CLI, files.otlp, '-o', to, '-f', '-q', '--compress', 'none']),
    ...goPeers.filter(({ mode }) => mode === 'whole process'),
    whole(GUNZIP_ALONE, [node, '-e', GUNZIP, files.gzip]),
    whole(NODE_ALONE, [node, '-e', '0']),
  ];
}

/**
 * @param {string} name
 * @param {Contender['mode']} mode
 * @param {string} reason
 * @returns {Contender}
 */
function skipped(name, mode, reason) {
  return { name, mode, skipped: reason, warmUp: async () => ({}), measure: async () => [] };
}

/**
 * @param {string} name
 * @param {string[]} command
 * @param {string} note
 * @returns {Contender}
 */
function wholeProcess(name, command, note) {
  return {
    name,
    mode: 'whole process',
    warmUp: async () => ({ memory: peakMemory(command, note) }),
    measure: async () => [time(command)],
  };
}

/**
 * @param {string} name
 * @param {string} task
 * @param {string} file
 * @returns {Contender}
 */
function inNodeProcess(name, task, file) {
  const { ask, close } = library(task, file);
  return {
    name,
    mode: 'in process',
    warmUp: async () => {
      await ask(0);
      return {};
    },
    measure: ask,
    close,
  };
}

/**
 * Each measurement is a process of its own, whose first call warms it up.
 *
 * @param {string} name
 * @param {string} program
 * @param {string} task
 * @param {string} file
 * @returns {Contender}
 */
function inGoProcess(name, program, task, file) {
  const measure = async (/** @type {number} */ calls) =>
    JSON.parse(run([program, task, '-repeat', String(calls + 1), file])).slice(1);
  return {
    name,
    mode: 'in process',
    warmUp: async () => {
      await measure(1);
      return {};
    },
    measure,
  };
}
