// Which packages have code in what is published. The package installs none of them: they are in its bundles.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildBundles } from './build.mjs';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** In the order of their names: `name`, `version`, `license` as the package says it, and the `folder` it lies in. */
export async function bundledPackages() {
  const { metafile } = await buildBundles('dist', { write: false });
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  const folders = new Set(inputs.map(folderOf).filter((folder) => folder !== undefined));
  return [...folders]
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
      return { name, version, license, folder };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function folderOf(input) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0];
}
