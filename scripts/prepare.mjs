// What npm runs in a checkout after `npm ci`, and where it packs or installs from git. Where it installs from git globally, as
// pre-commit does, it leaves out the tools of the build (npm hands "global" on to the installation of them): get them here.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

if (process.env.npm_config_global === 'true' && !existsSync(join(root, 'node_modules/esbuild'))) {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_config_(global|location|\w*prefix)$/.test(name));
  execFileSync('npm', ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund'], {
    cwd: root,
    env: Object.fromEntries(kept),
    // What npm prints to standard output belongs to the outer command.
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
}

const { buildPackage } = await import('./build.mjs');
await buildPackage();
