// What the documentation shows: the example of docs/library.md, run as it stands against what `npm run build` wrote; the
// configurations of docs/backends.md, which the interop tests run.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('the example of the library runs and loses nothing', () => {
  const said = execFileSync(process.execPath, [fileURLToPath(new URL('../docs/example.mjs', import.meta.url))], {
    encoding: 'utf8',
  });
  expect(said).toMatch(/^929 samples of samples\/count, cpu\/nanoseconds\n/);
  expect(said).toContain('proven: true');
  expect(said).toContain('identical: true');
  expect(said).toContain('a damaged file: bad-input');
});

test('the configurations of the Collector are those that were run', () => {
  const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
  const blocks = [...read('docs/backends.md').matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block]) => block);
  for (const name of ['collector', 'agent', 'resource', 'files'])
    expect(blocks, name).toContain(read(`interop/collector/${name}.yaml`));
});
