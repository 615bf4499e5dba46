// The profile of a size in the forms that contenders read, and whether what they wrote is right.

import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { CLI } from './contenders.mjs';
import { run } from './processes.mjs';

const GENERATE = fileURLToPath(new URL('generate.mjs', import.meta.url));

/**
 * @typedef {{ pprof: string, gzip: string, otlp: string }} Files the same profile in three forms
 */

/**
 * @param {number} megabytes
 * @param {string} folder
 * @returns {Files}
 */
export function prepareProfile(megabytes, folder) {
  const files = {
    pprof: join(folder, 'profile.pb'),
    gzip: join(folder, 'profile.pb.gz'),
    otlp: join(folder, 'profile.otlp'),
  };
  // By processes of their own, as a child's peak memory may count what its parent holds.
  run([process.execPath, GENERATE, String(megabytes), files.pprof]);
  run([process.execPath, GENERATE, String(megabytes), files.gzip, '--gzip']);
  run([process.execPath, CLI, files.gzip, '-o', files.otlp, '-f', '-q']);
  return files;
}

/**
 * @param {number} megabytes
 * @param {string} shape
 * @param {string} file
 */
export const generate = (megabytes, shape, file) =>
  run([process.execPath, GENERATE, String(megabytes), file, '--shape', shape]);

/** @param {Files} files */
export const sizesOf = ({ pprof, gzip, otlp }) => ({
  pprof: statSync(pprof).size,
  gzip: statSync(gzip).size,
  otlp: statSync(otlp).size,
});

/**
 * Throws when the contents differ; what ends in .gz counts unzipped.
 *
 * @param {string} file
 * @param {string} original
 */
export async function demandSame(file, original) {
  const [got, wanted] = await Promise.all([file, original].map(hashOf));
  if (got !== wanted) throw new Error('not the original bytes');
}

/** @param {string} file */
async function hashOf(file) {
  const hash = createHash('sha256');
  if (file.endsWith('.gz')) await pipeline(createReadStream(file), createGunzip(), hash);
  else await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
