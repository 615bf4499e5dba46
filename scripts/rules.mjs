// Writes docs/rules.md: the rules of `check`, and what they and profcheck make of each defect. The test that compares the
// page with the tables is what writes it.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
execFileSync(process.execPath, [vitest, 'run', 'test/check/page.test.ts', '--update'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...process.env, CI: '' },
  stdio: 'inherit',
});
