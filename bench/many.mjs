// Many small files, as bench/files.mjs measures them: by one thread, by two, and by a process for each file.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './processes.mjs';

const FILES = fileURLToPath(new URL('files.mjs', import.meta.url));

/**
 * @typedef {object} FilesResult
 * @property {number} count of files
 * @property {number} bytes of all, uncompressed
 * @property {import('./rounds.mjs').Row} oneThread
 * @property {import('./rounds.mjs').Row} twoThreads
 * @property {import('./rounds.mjs').Row} processEach
 */

/**
 * @param {number} rounds
 * @param {string} folder
 * @param {(progress: string) => void} say
 * @returns {FilesResult}
 */
export function measureMany(rounds, folder, say) {
  say('2,000 files: some minutes');
  const json = join(folder, 'files.json');
  run([process.execPath, FILES, '--files', '2000', '--jobs', '2', '--rounds', String(rounds), '--json', json]);
  const { files, bytes, results } = JSON.parse(readFileSync(json, 'utf8'));
  rmSync(json);
  const [oneThread, twoThreads, , processEach] = results;
  return { count: files, bytes, oneThread, twoThreads, processEach };
}
