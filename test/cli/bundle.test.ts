import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { buildLibrary } from '../../scripts/build.mjs';
import { pprof } from './profile.ts';
import { workspace } from './run.ts';

it('the library is one file that imports nothing and works', async () => {
  const file = join(workspace(), 'index.mjs');
  await buildLibrary(file);
  expect(readFileSync(file, 'utf8')).not.toMatch(/^\s*import\b|\brequire\(|\bimport\(/m);
  const { pprofToOtlp, otlpToPprof } = await import(pathToFileURL(file).href);
  const { otlp } = pprofToOtlp(pprof());
  expect(Buffer.compare(otlpToPprof(otlp).pprofs[0], pprof())).toBe(0);
});

it('its build fails when something imports Node', async () => {
  const dir = workspace();
  writeFileSync(join(dir, 'entry.ts'), "import 'node:fs';\n");
  const library = buildLibrary(join(dir, 'out.js'), { entryPoints: [join(dir, 'entry.ts')], logLevel: 'silent' });
  await expect(library).rejects.toThrow(/Could not resolve "node:fs"/);
});
