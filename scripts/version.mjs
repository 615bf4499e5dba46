// `npm version` runs this: the recipes in docs/ci.md name the new version.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const page = join(root, 'docs/ci.md');
const text = readFileSync(page, 'utf8');
writeFileSync(
  page,
  text.replaceAll(/(\bpprof-otlp@v?|\brev: v)\d[\w.-]*\w/g, (_, before) => `${before}${version}`),
);
