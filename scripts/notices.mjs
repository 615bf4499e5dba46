// Writes THIRD-PARTY-NOTICES: the licenses of the packages that are in the bundles.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundledPackages, root } from './bundled.mjs';

/** Pako says "MIT AND Zlib", and has only the first as a file. */
const ZLIB = `Its port of zlib is under the zlib license:

(C) 1995-2013 Jean-loup Gailly and Mark Adler
(C) 2014-2017 Vitaly Puzrin and Andrey Tupitsin

This software is provided 'as-is', without any express or implied
warranty. In no event will the authors be held liable for any damages
arising from the use of this software.

Permission is granted to anyone to use this software for any purpose,
including commercial applications, and to alter it and redistribute it
freely, subject to the following restrictions:

1. The origin of this software must not be misrepresented; you must not
   claim that you wrote the original software. If you use this software
   in a product, an acknowledgment in the product documentation would be
   appreciated but is not required.
2. Altered source versions must be plainly marked as such, and must not be
   misrepresented as being the original software.
3. This notice may not be removed or altered from any source distribution.`;

const MORE = { pako: [ZLIB] };

export async function notices() {
  const packages = await bundledPackages();
  const head =
    'The files in dist/ contain code of these packages. They are built in: nothing is installed beside this package.';
  return `${[head, ...packages.map(notice)].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

function notice({ name, version, license, folder }) {
  const files = readdirSync(join(root, folder)).filter((file) => /^(licen[cs]e|notice|copying)\b/i.test(file));
  if (files.length === 0) throw new Error(`${name} has no license file; add what it asks for to scripts/notices.mjs`);
  const texts = files.sort().map((file) => tidy(readFileSync(join(root, folder, file), 'utf8')));
  const own = tidy(readFileSync(join(root, 'LICENSE'), 'utf8'));
  const said = texts.map((text) =>
    text === own ? 'Its license has the same words as LICENSE beside this file.' : text,
  );
  return [`${name} ${version}: ${license}`, ...said, ...(MORE[name] ?? [])].join('\n\n');
}

const tidy = (text) =>
  text
    .replaceAll('\r\n', '\n')
    .replaceAll(/[ \t]+$/gm, '')
    .trim();

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync(join(root, 'THIRD-PARTY-NOTICES'), await notices());
