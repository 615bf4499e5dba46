// What fuzzing found once stays found: fuzz/regressions/TARGET/NAME.bin.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { TARGETS, type TargetName } from '../../fuzz/targets.ts';

const FOLDER = fileURLToPath(new URL('../../fuzz/regressions/', import.meta.url));
/** Milliseconds for one input, beside other work of the machine. */
const SLOW = 10_000;

const folders = existsSync(FOLDER) ? readdirSync(FOLDER) : [];

test('each folder is named like a target', () => {
  for (const folder of folders) expect(Object.keys(TARGETS)).toContain(folder);
});

const names = (Object.keys(TARGETS) as TargetName[]).filter((name) => folders.includes(name));

describe.each(names)('%s', (name) => {
  test.each(readdirSync(`${FOLDER}/${name}`))('%s', (file) => {
    const start = performance.now();
    TARGETS[name].judge(new Uint8Array(readFileSync(`${FOLDER}/${name}/${file}`)));
    expect(performance.now() - start).toBeLessThan(SLOW);
  });
});
