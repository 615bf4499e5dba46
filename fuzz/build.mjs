// Bundles the worker of the fuzzer into out/fuzz/, with counters in what comes from src/.
import { readFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, transform } from 'esbuild';
import { instrument } from './instrument.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** @returns {Promise<{ worker: string, counters: number }>} path of the worker, and how many counters it has */
export async function buildWorker() {
  let counters = 0;
  const worker = join(root, 'out/fuzz/worker.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['fuzz/worker.ts'],
    outfile: worker,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    logLevel: 'warning',
    plugins: [
      {
        name: 'counters',
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, async ({ path }) => {
            const source = await readFile(path, 'utf8');
            // Tests find proto/ and fixtures/ from where they lie.
            if (!path.startsWith(join(root, 'src') + sep))
              return {
                contents: source.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path))),
                loader: 'ts',
              };
            const { code } = await transform(source, { loader: 'ts', target: 'es2022' });
            const counted = instrument(code, counters);
            counters = counted.next;
            return { contents: counted.code, loader: 'js' };
          });
        },
      },
    ],
  });
  return { worker, counters };
}
