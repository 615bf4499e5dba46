// The example of docs/library.md, run as it stands against what `npm run build` wrote.

import { execFileSync } from 'node:child_process';
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
