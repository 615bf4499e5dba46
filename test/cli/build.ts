import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { buildCli } from '../../scripts/build.mjs';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the program to start. */
    program: string;
  }
}

/**
 * Tests that start the program run what is in src/ now, not what was built last. It is built outside of the repository:
 * two runs at a time, or a build during a run, must not meet in dist/.
 */
export default async function setup(project: TestProject): Promise<() => void> {
  const dir = mkdtempSync(join(tmpdir(), 'pprof-otlp-program-'));
  const program = join(dir, 'bin/pprof-otlp.js');
  mkdirSync(join(dir, 'bin'));
  copyFileSync(fileURLToPath(new URL('../../bin/pprof-otlp.js', import.meta.url)), program);
  writeFileSync(join(dir, 'package.json'), '{ "type": "module" }\n');
  await buildCli(join(dir, 'dist/cli.js'));
  project.provide('program', program);
  return () => rmSync(dir, { recursive: true, force: true });
}
