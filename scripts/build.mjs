// Builds dist/: the library (index.js and types) and the command line (cli.js). They share the chunks beside them, which
// halves the package; buildLibrary and buildCli make one file of each.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { minify } from 'terser';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** What chalk finds out about terminals is not asked for: Node tells it (src/cli/color.ts), and needs no modules for it. */
const noSupportsColor = {
  name: 'no-supports-color',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^#supports-color$/ }, () => ({ path: 'supports-color', namespace: 'nothing' }));
    onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'export default {};' }));
  },
};

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
    plugins: [noSupportsColor],
    define: { __VERSION__: JSON.stringify(version) },
  });
}

const PACKAGE_ENTRIES = { index: 'src/index.ts', cli: 'src/cli/main.ts' };

/** What is published, except types. With `write: false` only the metafile of it. */
export async function buildBundles(outdir = 'dist', overrides = {}) {
  const result = await build({
    ...common,
    entryPoints: PACKAGE_ENTRIES,
    outdir,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    target: ['es2022', 'node20.19'],
    mainFields: ['module', 'main'],
    minify: true,
    alias: { 'string-width': './scripts/ascii-width.mjs' },
    plugins: [noSupportsColor],
    define: { __VERSION__: JSON.stringify(version) },
    metafile: true,
    ...overrides,
  });
  refuseNodeInLibrary(result.metafile);
  return result;
}

/** The library shares a build with the command line, for which imports of Node are fine. */
function refuseNodeInLibrary({ outputs }) {
  const [entry] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === PACKAGE_ENTRIES.index);
  const reached = new Set([entry]);
  for (const file of reached) {
    for (const { path, external } of outputs[file].imports) {
      if (external) throw new Error(`the library imports ${path}`);
      reached.add(path);
    }
  }
}

function emitTypes(outdir) {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const args = [compiler, '-p', 'scripts/tsconfig.types.json', '--outDir', resolve(root, outdir)];
  execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  tidyTypes(resolve(root, outdir));
}

/**
 * The compiler writes declarations of every module, and keeps the endings that imports have in the source. Only what leads
 * away from index.d.ts can matter to anybody, and every release of TypeScript knows the ending .js.
 */
function tidyTypes(outdir) {
  const reached = new Set([join(outdir, 'index.d.ts')]);
  for (const file of reached) {
    const text = readFileSync(file, 'utf8').replaceAll(/\b(from |import\()(['"])(\.[^'"]*)\.ts\2/g, (_, ...parts) => {
      const [before, quote, specifier] = parts;
      reached.add(join(dirname(file), `${specifier}.d.ts`));
      return `${before}${quote}${specifier}.js${quote}`;
    });
    writeFileSync(file, text);
  }
  for (const entry of readdirSync(outdir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && path.endsWith('.d.ts') && !reached.has(path)) rmSync(path);
  }
}

/** What esbuild has minified becomes some four percent smaller still. */
async function minifyAgain(outdir) {
  const scripts = readdirSync(outdir, { recursive: true }).filter((name) => name.endsWith('.js'));
  for (const path of scripts.map((name) => join(outdir, name))) {
    const { code } = await minify(readFileSync(path, 'utf8'), { module: true, ecma: 2020, compress: { passes: 2 } });
    writeFileSync(path, code);
  }
}

export async function buildPackage(outdir = 'dist') {
  rmSync(resolve(root, outdir), { recursive: true, force: true });
  await buildBundles(outdir);
  await minifyAgain(resolve(root, outdir));
  emitTypes(outdir);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await buildPackage();
