// The script that npm runs in a checkout; where npm installs from git globally it comes without the tools of the build.

import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, it } from 'vitest';
import { workspace } from '../cli/run.ts';
import { ROOT } from './packed.ts';

/** A checkout with the script, a build that leaves a mark, and an npm that says how it was called. */
function prepare(env: Record<string, string>, hasTools: boolean) {
  const dir = workspace();
  for (const name of ['scripts', 'bin']) mkdirSync(join(dir, name));
  if (hasTools) mkdirSync(join(dir, 'node_modules/esbuild'), { recursive: true });
  copyFileSync(join(ROOT, 'scripts/prepare.mjs'), join(dir, 'scripts/prepare.mjs'));
  const build =
    "import { writeFileSync } from 'node:fs';\nexport const buildPackage = () => writeFileSync('built', '');\n";
  writeFileSync(join(dir, 'scripts/build.mjs'), build);
  writeFileSync(
    join(dir, 'bin/npm'),
    '#!/bin/sh\necho "$@" "global=$npm_config_global" "prefix=$npm_config_prefix" > called\n',
  );
  chmodSync(join(dir, 'bin/npm'), 0o755);
  const { status, stdout } = spawnSync(process.execPath, ['scripts/prepare.mjs'], {
    cwd: dir,
    env: { ...process.env, npm_config_global: '', ...env, PATH: `${join(dir, 'bin')}${delimiter}${process.env.PATH}` },
    encoding: 'utf8',
  });
  const called = join(dir, 'called');
  return {
    status,
    stdout,
    built: existsSync(join(dir, 'built')),
    npm: existsSync(called) ? readFileSync(called, 'utf8') : null,
  };
}

it('builds', () => {
  expect(prepare({}, true)).toEqual({ status: 0, stdout: '', built: true, npm: null });
});

it.skipIf(process.platform === 'win32')('gets the tools for a global installation from git', () => {
  expect(prepare({ npm_config_global: 'true', npm_config_prefix: '/elsewhere' }, false)).toEqual({
    status: 0,
    stdout: '',
    built: true,
    npm: 'ci --ignore-scripts --include=dev --no-audit --no-fund global= prefix=\n',
  });
  expect(prepare({ npm_config_global: 'true' }, true)).toMatchObject({ built: true, npm: null });
});
