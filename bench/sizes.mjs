// The whole job as people run it, on the same synthetic profile in one size after the other: from the start of a process
// to its exit, a gzipped pprof in, files out.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  bareNode,
  FORWARD,
  FORWARD_UNPROVEN,
  GOOGLE,
  gunzip,
  ours,
  PDATA,
  peer,
  protobufjs,
  RETURN,
  RETURN_UNPROVEN,
} from './contenders.mjs';
import { demandSame, prepareProfile, sizesOf } from './profiles.mjs';
import { inTurns } from './rounds.mjs';

/**
 * @typedef {object} SizeResult
 * @property {number} megabytes of uncompressed pprof
 * @property {number} rounds
 * @property {{ pprof: number, gzip: number, otlp: number }} bytes
 * @property {import('./rounds.mjs').Row[]} rows
 */

/**
 * @param {number} megabytes
 * @param {number} rounds
 * @param {import('./contenders.mjs').Peers} peers
 * @param {string} folder
 * @param {(progress: string) => void} say
 * @returns {Promise<SizeResult>}
 */
export async function measureSize(megabytes, rounds, peers, folder, say) {
  say(`${megabytes} MB: generating`);
  const files = prepareProfile(megabytes, folder);
  const [otlp, pprof, raw] = ['out.otlp', 'out.pb.gz', 'out.raw'].map((name) => join(folder, name));
  const forward = ['-o', otlp, files.gzip];
  const back = ['-o', pprof, '--gzip-level', '1', files.otlp];
  const rows = await inTurns(
    [
      ours(FORWARD, forward, folder, () => demandSame(otlp, files.otlp)),
      ours(FORWARD_UNPROVEN, [...forward, '--no-verify'], folder, () => demandSame(otlp, files.otlp)),
      ours(RETURN, back, folder, () => demandSame(pprof, files.pprof)),
      ours(RETURN_UNPROVEN, [...back, '--no-verify'], folder, () => demandSame(pprof, files.pprof)),
      peer(GOOGLE, peers, ['google-pprof', '-o', raw, files.gzip], folder),
      peer(PDATA, peers, ['pdata', '-o', raw, files.otlp], folder),
      protobufjs(files.gzip, folder),
      gunzip(files.gzip, folder),
      bareNode(folder),
    ],
    rounds,
    (progress) => say(`${megabytes} MB: ${progress}`),
  );
  const bytes = sizesOf(files);
  for (const file of [...Object.values(files), otlp, pprof, raw]) rmSync(file, { force: true });
  return { megabytes, rounds, bytes, rows };
}
