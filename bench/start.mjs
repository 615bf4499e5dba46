// What starting costs: the smallest jobs there are, as whole processes, beside a Node that does nothing.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { bareNode, CLI, FORWARD, GOOGLE, ours, peer, RETURN, VERSION, wholeProcess } from './contenders.mjs';
import { run } from './processes.mjs';
import { demandSame } from './profiles.mjs';
import { inTurns } from './rounds.mjs';

const SMALL = fileURLToPath(new URL('../fixtures/go-runtime-heap.pb.gz', import.meta.url));

/**
 * @typedef {object} StartResult
 * @property {string} file
 * @property {{ gzip: number, pprof: number }} bytes
 * @property {number} rounds
 * @property {import('./rounds.mjs').Row[]} rows
 */

/**
 * @param {number} rounds
 * @param {import('./contenders.mjs').Peers} peers
 * @param {string} folder
 * @param {(progress: string) => void} say
 * @returns {Promise<StartResult>}
 */
export async function measureStart(rounds, peers, folder, say) {
  const [otlp, out, back, raw] = ['small.otlp', 'out.otlp', 'back.pb.gz', 'out.raw'].map((name) => join(folder, name));
  run([process.execPath, CLI, SMALL, '-o', otlp, '-f', '-q']);
  const rows = await inTurns(
    [
      bareNode(folder),
      wholeProcess(VERSION, [process.execPath, CLI, '--version'], folder),
      ours(FORWARD, [SMALL, '-o', out], folder, () => demandSame(out, otlp)),
      ours(RETURN, [otlp, '-o', back], folder, () => demandSame(back, SMALL)),
      peer(GOOGLE, peers, ['google-pprof', '-o', raw, SMALL], folder),
    ],
    rounds,
    (progress) => say(`start: ${progress}`),
  );
  const bytes = { gzip: statSync(SMALL).size, pprof: gunzipSync(readFileSync(SMALL)).length };
  return { file: 'fixtures/go-runtime-heap.pb.gz', bytes, rounds, rows };
}
