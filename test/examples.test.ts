// The folders of examples/: the command gives the *.out.* files that are there.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { changedFiles, content, EXAMPLES, keptFiles, runExample } from '../examples/run.mjs';
import { PROGRAM } from './cli/run.ts';

const readme = readFileSync(fileURLToPath(new URL('../examples/README.md', import.meta.url)), 'utf8');
const shellAndTools = existsSync('/bin/sh');

test.skipIf(!shellAndTools).each(EXAMPLES)(
  '%s (skipped without a shell)',
  (name) => {
    const kept = keptFiles(name);
    const given = runExample(name, PROGRAM);
    const shown = (files: Map<string, Buffer>): string => files.get('screen.out.txt')?.toString() ?? '';
    expect(shown(given)).toBe(shown(kept));
    expect(changedFiles(kept, given)).toEqual([]);
  },
  120_000,
);

test('each has a line in the README, and gives something', () => {
  expect(EXAMPLES.length).toBeGreaterThan(10);
  for (const name of EXAMPLES) {
    expect(readme).toContain(`[${name}](${name})`);
    expect(keptFiles(name).size).toBeGreaterThan(0);
  }
});

test('a changed file is seen, whatever compressed it', () => {
  const kept = keptFiles('there-and-back');
  const [name, bytes] = [...kept].find(([file]) => file.endsWith('.gz')) as [string, Buffer];
  expect(changedFiles(kept, new Map([...kept, [name, content(bytes)]]))).toEqual([]);
  const other = Buffer.from(content(bytes));
  other[20] = (other[20] as number) ^ 1;
  expect(changedFiles(kept, new Map([...kept, [name, other]]))).toEqual([name]);
  expect(changedFiles(kept, new Map())).toEqual([...kept.keys()]);
});
