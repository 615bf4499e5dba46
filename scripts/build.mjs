// Builds dist/: the library (index.js and types) and the command line (cli.js), each bundled into one file.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  charset: 'utf8',
  legalComments: 'eof',
  logLevel: 'warning',
};

/** Neutral platform: an import of a Node module can't be resolved, and the build fails. */
export function buildLibrary(outfile = 'dist/index.js', overrides = {}) {
  return build({
    ...common,
    entryPoints: ['src/index.ts'],
    outfile,
    platform: 'neutral',
    target: 'es2022',
    mainFields: ['module', 'main'],
    ...overrides,
  });
}

export function buildCli(outfile = 'dist/cli.js') {
  return build({
    ...common,
    entryPoints: ['src/cli/main.ts'],
    outfile,
    platform: 'node',
    target: 'node20.19',
    minify: true,
    alias: { 'string-width': './scripts/ascii-width.mjs' },
    define: { __VERSION__: JSON.stringify(version) },
  });
}

function emitTypes() {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', 'scripts/tsconfig.types.json'], { cwd: root, stdio: 'inherit' });
}

async function buildAll() {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await Promise.all([buildLibrary(), buildCli()]);
  emitTypes();
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await buildAll();
