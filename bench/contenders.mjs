// Who runs: pprof-otlp, its peers in Go, and what nobody can be faster than.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { library, peakMemory, run, time } from './processes.mjs';

const PEERS = fileURLToPath(new URL('peers/', import.meta.url));
const PROTOBUFJS = fileURLToPath(new URL('protobufjs.mjs', import.meta.url));
const GUNZIP_CODE = `require('node:zlib').gunzipSync(require('node:fs').readFileSync(process.argv[1]))`;

/** The command line that is measured. */
export const CLI = fileURLToPath(new URL('../bin/pprof-otlp.js', import.meta.url));

export const FORWARD = 'pprof → OTLP, proven';
export const FORWARD_UNPROVEN = 'pprof → OTLP, --no-verify';
export const RETURN = 'OTLP → pprof, proven';
export const RETURN_UNPROVEN = 'OTLP → pprof, --no-verify';
export const GOOGLE = 'google/pprof parse + raw write';
export const PDATA = 'pdata unmarshal + marshal';
export const PROTOBUFJS_DECODE = 'protobufjs decode alone';
export const GUNZIP = 'gunzip alone';
export const NODE = 'node -e 0';
export const VERSION = 'pprof-otlp --version';

/** @typedef {import('./rounds.mjs').Contender} Contender */

/**
 * The Go peers' program, or why there is none.
 * @typedef {{ program: string, go: string, skipped?: undefined } | { program?: undefined, skipped: string }} Peers
 */

/**
 * @param {string} folder where the program goes
 * @returns {Peers}
 */
export function buildPeers(folder) {
  const version = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  if (version.error !== undefined) return { skipped: 'Go is not installed' };
  const program = join(folder, process.platform === 'win32' ? 'peers.exe' : 'peers');
  const { status, stderr } = spawnSync('go', ['build', '-o', program, '.'], { cwd: PEERS, encoding: 'utf8' });
  if (status !== 0) return { skipped: `go build failed: ${stderr.trim().split('\n').at(-1)}` };
  return { program, go: version.stdout.trim() };
}

/**
 * @param {Peers} peers
 * @returns {Record<string, string>} the versions of what is measured beside
 */
export function peerVersions({ program }) {
  if (program === undefined) return {};
  const list = run(['go', 'version', '-m', program]);
  const of = (/** @type {string} */ module) => list.match(new RegExp(`\\t${module}\\t(\\S+)`))?.[1] ?? 'unknown';
  return {
    'google/pprof': of('github.com/google/pprof'),
    pdata: of('go.opentelemetry.io/collector/pdata/pprofile'),
  };
}

/**
 * From the start of a process to its exit.
 *
 * @param {string} name
 * @param {string[]} command
 * @param {string} folder for a note
 * @param {() => Promise<void>} [prove] throws when what the command wrote is wrong
 * @returns {Contender}
 */
export function wholeProcess(name, command, folder, prove) {
  return {
    name,
    warmUp: async () => {
      const memory = peakMemory(command, join(folder, 'peak'));
      await prove?.();
      return { memory };
    },
    measure: async () => [time(command)],
  };
}

/**
 * @param {string} name
 * @param {string[]} words
 * @param {string} folder
 * @param {() => Promise<void>} [prove]
 */
export const ours = (name, words, folder, prove) =>
  wholeProcess(name, [process.execPath, CLI, ...words, '-f', '-q'], folder, prove);

/**
 * @param {string} name
 * @param {Peers} peers
 * @param {string[]} words
 * @param {string} folder
 * @returns {Contender}
 */
export function peer(name, peers, words, folder) {
  if (peers.program === undefined) return absent(name, peers.skipped);
  return wholeProcess(name, [peers.program, ...words], folder);
}

/**
 * @param {string} file
 * @param {string} folder
 */
export const protobufjs = (file, folder) =>
  wholeProcess(PROTOBUFJS_DECODE, [process.execPath, PROTOBUFJS, file], folder);

/**
 * @param {string} file
 * @param {string} folder
 */
export const gunzip = (file, folder) => wholeProcess(GUNZIP, [process.execPath, '-e', GUNZIP_CODE, file], folder);

/** @param {string} folder */
export const bareNode = (folder) => wholeProcess(NODE, [process.execPath, '-e', '0'], folder);

/**
 * Calls of the library in a process that is warm.
 *
 * @param {string} name
 * @param {string} task of bench/library.mjs
 * @param {string} file
 * @param {number} calls a round
 * @returns {Contender}
 */
export function libraryCall(name, task, file, calls) {
  const { ask, close } = library();
  return {
    name,
    warmUp: async () => {
      await ask({ task, file, calls: 0 });
      return {};
    },
    measure: () => ask({ task, file, calls }),
    close,
  };
}

/**
 * Calls in a Go process, a new one each round, whose first call warms it up.
 *
 * @param {string} name
 * @param {Peers} peers
 * @param {string} task
 * @param {string} file
 * @param {number} calls a round
 * @returns {Contender}
 */
export function peerCall(name, peers, task, file, calls) {
  const { program } = peers;
  if (program === undefined) return absent(name, peers.skipped);
  const measure = async (/** @type {number} */ count) =>
    JSON.parse(run([program, task, '-repeat', String(count + 1), file])).slice(1);
  return {
    name,
    warmUp: async () => {
      await measure(1);
      return {};
    },
    measure: () => measure(calls),
  };
}

/**
 * @param {string} name
 * @param {string} reason
 * @returns {Contender}
 */
function absent(name, reason) {
  return { name, skipped: reason, warmUp: async () => ({}), measure: async () => [] };
}
