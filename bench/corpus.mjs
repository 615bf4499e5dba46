// Real profiles, all files of a kind by one process: those of ../shared/corpus where that is there, else the fixtures.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import {
  bareNode,
  CLI,
  FORWARD,
  FORWARD_UNPROVEN,
  GOOGLE,
  ours,
  PDATA,
  peer,
  RETURN,
  RETURN_UNPROVEN,
} from './contenders.mjs';
import { run } from './processes.mjs';
import { demandSame } from './profiles.mjs';
import { inTurns } from './rounds.mjs';

const CORPUS = fileURLToPath(new URL('../../shared/corpus/files/', import.meta.url));
const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));

/**
 * @typedef {object} CorpusResult
 * @property {'corpus' | 'fixtures'} source
 * @property {number} rounds
 * @property {CorpusGroup[]} groups
 */

/**
 * @typedef {object} CorpusGroup
 * @property {string} name
 * @property {number} files
 * @property {number} bytes uncompressed
 * @property {import('./rounds.mjs').Row[]} rows
 */

/**
 * @param {number} rounds
 * @param {import('./contenders.mjs').Peers} peers
 * @param {string} folder
 * @param {(progress: string) => void} say
 * @returns {Promise<CorpusResult>}
 */
export async function measureCorpus(rounds, peers, folder, say) {
  const source = existsSync(CORPUS) ? CORPUS : FIXTURES;
  const names = readdirSync(source).sort();
  const chosen = (/** @type {RegExp} */ pattern) =>
    names.filter((name) => pattern.test(name)).map((name) => source + name);
  // No zstd: google/pprof does not read it, and the one file is there as gzip, too.
  const pprofs = chosen(/(?<!\.otlp)\.pb(\.gz)?$/);
  /** @type {CorpusGroup[]} */
  const groups = [];
  const measure = async (
    /** @type {string} */ name,
    /** @type {string[]} */ files,
    /** @type {(out: string, raw: string) => import('./rounds.mjs').Contender[]} */ contenders,
  ) => {
    if (files.length === 0) return;
    const [out, raw] = ['out', 'raw'].map((kind) => join(folder, `${kind}-${groups.length}`));
    for (const path of [out, raw]) mkdirSync(path);
    const rows = await inTurns([...contenders(out, raw), bareNode(folder)], rounds, (progress) =>
      say(`${name}: ${progress}`),
    );
    for (const path of [out, raw]) rmSync(path, { recursive: true });
    const bytes = files.reduce((sum, file) => sum + uncompressed(file).length, 0);
    groups.push({ name, files: files.length, bytes, rows });
  };

  const made = join(folder, 'made');
  mkdirSync(made);
  run([process.execPath, CLI, ...pprofs, '-o', made, '-f', '-q']);
  const otlps = pprofs.map((file) => join(made, basename(file).replace(/\.pb(\.gz)?$/, '.otlp')));
  await measure('pprof', pprofs, (out, raw) => {
    const same = async () => {
      for (const file of otlps) await demandSame(join(out, basename(file)), file);
    };
    return [
      ours(FORWARD, [...pprofs, '-o', out], folder, same),
      ours(FORWARD_UNPROVEN, [...pprofs, '-o', out, '--no-verify'], folder, same),
      peer(GOOGLE, peers, ['google-pprof', '-o', raw, ...pprofs], folder),
      peer(PDATA, peers, ['pdata', '-o', raw, ...otlps], folder),
    ];
  });
  await measure('OTLP made of them', otlps, (out, raw) => {
    const back = [...otlps, '-o', out, '--gzip-level', '1'];
    return [
      ours(RETURN, back, folder),
      ours(RETURN_UNPROVEN, [...back, '--no-verify'], folder),
      peer(GOOGLE, peers, ['google-pprof', '-o', raw, ...pprofs], folder),
      peer(PDATA, peers, ['pdata', '-o', raw, ...otlps], folder),
    ];
  });
  for (const [name, files] of /** @type {const} */ ([
    ['OTLP protobuf of other producers', chosen(/\.otlp\.pb$/)],
    ['OTLP/JSON of other producers', chosen(/\.otlp\.json$/)],
  ]))
    await measure(name, files, (out, raw) => {
      const there = [...files, '-o', out, '--gzip-level', '1'];
      return [
        ours(RETURN, there, folder),
        ours(RETURN_UNPROVEN, [...there, '--no-verify'], folder),
        peer(PDATA, peers, ['pdata', '-o', raw, ...files], folder),
      ];
    });
  return { source: source === CORPUS ? 'corpus' : 'fixtures', rounds, groups };
}

/** @param {string} file */
function uncompressed(file) {
  const bytes = readFileSync(file);
  return file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}
