// docs/lossless.md is what scripts/lossless.mjs writes with the program as it is now.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { PROGRAM } from '../cli/run.ts';
import { corpusPresent } from '../support/corpus.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

test.skipIf(!corpusPresent)('docs/lossless.md is current (skipped where ../shared/corpus is not there)', () => {
  const { stdout, stderr } = spawnSync(process.execPath, [at('../../scripts/lossless.mjs'), '--print', PROGRAM], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toBe(readFileSync(at('../../docs/lossless.md'), 'utf8'));
});
