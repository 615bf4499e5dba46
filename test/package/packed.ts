import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildPackage } from '../../scripts/build.mjs';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

export interface Packed {
  /** Path of the tarball. */
  tarball: string;
  /** Size of it in bytes. */
  size: number;
  /** Paths in it. */
  files: string[];
  remove: () => void;
}

/**
 * What would be published of src/ as it is now. It is built and packed outside of the repository: dist/ may belong to
 * another run.
 */
export async function pack(): Promise<Packed> {
  const dir = mkdtempSync(join(tmpdir(), 'pprof-otlp-package-'));
  const stage = join(dir, 'stage');
  for (const name of ['package.json', 'README.md', 'LICENSE', ...MANIFEST.files])
    if (name !== 'dist') cpSync(join(ROOT, name), join(stage, name), { recursive: true });
  await buildPackage(join(stage, 'dist'));
  // It is built; npm 10 runs the script even so.
  mkdirSync(join(stage, 'scripts'));
  writeFileSync(join(stage, 'scripts/prepare.mjs'), '');
  const args = ['pack', '--ignore-scripts', '--json', '--silent', '--pack-destination', dir];
  const [{ filename, files }] = JSON.parse(npm(args, stage, dir));
  const tarball = join(dir, filename);
  return {
    tarball,
    size: statSync(tarball).size,
    files: files.map(({ path }: { path: string }) => path),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Runs npm, which gives its output, or npx with what belongs to this user, and no registry. */
export function npm(args: readonly string[], cwd: string, home: string, program = 'npm'): string {
  return execFileSync(program, args, {
    cwd,
    env: alone(home),
    encoding: 'utf8',
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function npx(args: readonly string[], cwd: string, home: string) {
  return spawnSync('npx', args, {
    cwd,
    env: alone(home),
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
}

/** An environment in which npm has a folder of its own, knows no settings, and reaches no registry. */
function alone(home: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|OTEL_|NODE_OPTIONS$|PPROF_OTLP_)/i.test(name));
  return {
    ...Object.fromEntries(kept),
    PATH: `${dirname(process.execPath)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH}`,
    HOME: home,
    USERPROFILE: home,
    npm_config_cache: join(home, 'cache'),
    npm_config_registry: 'http://127.0.0.1:9/',
    npm_config_fetch_retries: '0',
    npm_config_update_notifier: 'false',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
  };
}
