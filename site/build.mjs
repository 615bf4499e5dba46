// Builds site/dist/index.html: one file with everything in it, which a Content-Security-Policy keeps from connecting to
// anything. The policy allows the page's own script and style by their hashes, and a worker made of them.
//
//   node site/build.mjs [DIRECTORY]

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const site = dirname(fileURLToPath(import.meta.url));
const root = dirname(site);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/**
 * @param {string} entry
 * @param {import('esbuild').BuildOptions} [more]
 */
async function bundle(entry, more = {}) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(site, 'src', entry)],
    outdir: join(site, 'dist'),
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: ['chrome111', 'firefox113', 'safari16.4'],
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    // The names of files come without folders here.
    alias: { 'node:path': join(site, 'src/path.ts') },
    // The page has styles of its own for the flame graph.
    loader: { '.css': 'empty' },
    ...more,
  });
  const script = outputFiles.find(({ path }) => path.endsWith('.js'));
  if (script === undefined) throw new Error(`${entry} gave no script`);
  return { text: script.text.trimEnd(), inputs: Object.keys(metafile.inputs) };
}

async function minifiedStyle() {
  const { outputFiles } = await build({
    entryPoints: [join(site, 'style.css')],
    write: false,
    minify: true,
    charset: 'utf8',
    logLevel: 'warning',
  });
  return outputFiles[0].text.trim();
}

/** @param {string} text as it stands between the tags */
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * @param {string} script
 * @param {string} style
 */
const policyFor = (script, style) =>
  [
    "default-src 'none'",
    "connect-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    'worker-src blob:',
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types pprof-otlp',
  ].join('; ');

/**
 * The licences of the packages whose code is in the page, as a comment at its end.
 *
 * @param {readonly string[]} inputs
 */
function licencesOf(inputs) {
  const names = inputs.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []);
  const texts = [...new Set(names)].sort().map((name) => {
    const folder = join(root, 'node_modules', name);
    const { license, version: its } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : `\n\n${readFileSync(join(folder, file), 'utf8').trim()}`;
    return `${name} ${its} (${license})${text}`;
  });
  return `<!--\nThis page contains:\n\n${texts.join('\n\n---\n\n').replaceAll('--', '- -')}\n-->`;
}

/** Code between script tags must not look like their end. */
const inline = (/** @type {string} */ script) =>
  script.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');

/** @returns {Promise<string>} the page */
export async function buildPage() {
  const worker = await bundle('worker/worker.ts');
  const main = await bundle('main.ts', { define: { __WORKER__: JSON.stringify(worker.text) } });
  const script = inline(main.text);
  const style = await minifiedStyle();
  /** @type {Record<string, string>} */
  const parts = {
    policy: policyFor(script, style),
    script,
    style,
    version,
    licences: licencesOf([...worker.inputs, ...main.inputs]),
  };
  const template = readFileSync(join(site, 'index.html'), 'utf8');
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);
}

async function main() {
  const directory = process.argv[2] ?? join(site, 'dist');
  const page = await buildPage();
  if (!existsSync(directory)) mkdirSync(directory, { recursive: true });
  const file = join(directory, 'index.html');
  writeFileSync(file, page);
  const kib = (/** @type {number} */ bytes) => `${(bytes / 1024).toFixed(1)} KiB`;
  const bytes = Buffer.from(page);
  process.stdout.write(`${file}: ${kib(bytes.length)}, ${kib(gzipSync(bytes, { level: 9 }).length)} with gzip\n`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await main();
