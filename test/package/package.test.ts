// What is published, as a user gets it: packed, installed without a registry, run, imported, compiled against, bundled.

import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { workspace } from '../cli/run.ts';
import { MANIFEST, npm, npx, type Packed, pack, ROOT } from './packed.ts';

const PROFILE = join(ROOT, 'fixtures/go-runtime-cpu-labels.pb.gz');
const MOST_BYTES = 250_000;
const SLOW = 180_000;

let packed: Packed;
/** A project that has installed the package. */
let user: string;
beforeAll(async () => {
  packed = await pack();
  user = join(dirname(packed.tarball), 'user');
  write(user, { 'package.json': JSON.stringify({ name: 'user', version: '1.0.0', private: true }) });
  npm(['install', packed.tarball], user, join(user, 'home'));
}, SLOW);
afterAll(() => packed?.remove());

function write(dir: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(dir, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
}

/** A folder of the project, with these files. */
function folder(name: string, files: Readonly<Record<string, string>>): string {
  write(join(user, name), files);
  return join(user, name);
}

/** Where a package's program lies, as its manifest says. */
function programOf(name: string, program = name): string {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return join(dirname(manifest), JSON.parse(readFileSync(manifest, 'utf8')).bin[program]);
}

describe('the tarball', () => {
  it(`has at most ${MOST_BYTES / 1000} kB`, () => {
    expect(packed.size).toBeLessThanOrEqual(MOST_BYTES);
  });

  it('holds what is meant to be in it', () => {
    const rest = packed.files.filter((file) => !/^dist\/(chunks\/[\w-]+\.js|[\w/]+\.d\.ts)$/.test(file));
    expect(rest.filter((file) => !/^(docs|proto)\//.test(file)).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'THIRD-PARTY-NOTICES',
      'bin/pprof-otlp.js',
      'dist/cli.js',
      'dist/index.js',
      'man/pprof-otlp.1',
      'package.json',
    ]);
    expect(packed.files).toContain('proto/residual.proto');
  });

  it('installs nothing else and runs nothing at the installation', () => {
    expect(MANIFEST.dependencies).toBeUndefined();
    expect(MANIFEST.peerDependencies).toBeUndefined();
    expect(MANIFEST.optionalDependencies).toBeUndefined();
    expect(Object.keys(MANIFEST.scripts).filter((name) => /^(pre|post)?install$/.test(name))).toEqual([]);
    expect(readdirSync(join(user, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['pprof-otlp']);
  });

  it('is published for everybody, with its provenance', () => {
    expect(MANIFEST.publishConfig).toEqual({ access: 'public', provenance: true });
  });

  it('satisfies publint', { timeout: SLOW }, async () => {
    const data = readFileSync(packed.tarball);
    const tarball = data.buffer.slice(data.byteOffset, data.byteOffset + data.length) as ArrayBuffer;
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  // CommonJS gets the module by require(esm), which every Node that the package is for has; attw counts that as a fault.
  it('satisfies are-the-types-wrong', { timeout: SLOW }, () => {
    const attw = programOf('@arethetypeswrong/cli', 'attw');
    const args = [attw, packed.tarball, '--profile', 'esm-only', '--format', 'json'];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
    expect(stderr).toBe('');
    const { analysis, problems } = JSON.parse(stdout);
    expect(Object.keys(analysis.entrypoints)).toContain('.');
    const found = Object.values<{ kind: string; resolutionKind?: string }[]>(problems).flat();
    expect(found.filter(({ kind }) => kind !== 'CJSResolvesToESM')).toEqual([]);
  });
});

describe('npx', () => {
  it('converts a file in an empty folder, without a registry', { timeout: SLOW }, () => {
    const dir = workspace();
    copyFileSync(PROFILE, join(dir, 'cpu.pb.gz'));
    copyFileSync(packed.tarball, join(dir, 'package.tgz'));
    const there = npx(['--yes', './package.tgz', 'cpu.pb.gz'], dir, join(dir, 'home'));
    expect(there).toMatchObject({ status: 0, stdout: '' });
    expect(there.stderr).toMatch(/^cpu\.pb\.gz -> cpu\.otlp: .* 929 samples .*, proven$/m);
    const back = npx(['--yes', './package.tgz', 'cpu.otlp', '-o', 'back.pb.gz'], dir, join(dir, 'home'));
    expect(back.stderr).toMatch(/exact return, proven$/m);
  });

  it('has every command', { timeout: SLOW }, () => {
    const dir = folder('commands', {});
    copyFileSync(PROFILE, join(dir, 'cpu.pb.gz'));
    const program = join(user, 'node_modules/.bin/pprof-otlp');
    const said = (...args: string[]) => execFileSync(program, args, { cwd: dir, encoding: 'utf8', stdio: 'pipe' });
    expect(said('--version')).toBe(`${MANIFEST.version}\n`);
    expect(said('--help')).toContain('Examples:');
    expect(JSON.parse(said('verify', 'cpu.pb.gz', '--format', 'json'))).toMatchObject({ proven: true });
    expect(JSON.parse(said('check', 'cpu.pb.gz', '--format', 'json'))).toMatchObject({ errors: 0 });
    expect(JSON.parse(said('inspect', 'cpu.pb.gz', '--format', 'json'))).toMatchObject({
      format: 'pprof',
      bytes: 129919,
    });
    said('cpu.pb.gz');
    expect(said('diff', 'cpu.pb.gz', 'cpu.otlp', '--only', 'semantic')).not.toContain('error');
    expect(said('completion', 'bash')).toContain('pprof-otlp');
  });
});

describe('the library, installed', () => {
  const USE = `
const input = readFileSync(process.argv[2]);
const { otlp, report } = pprofToOtlp(input);
const { pprofs } = otlpToPprof(otlp);
console.log(report.proven, Buffer.compare(pprofs[0], decompress(input)));
try {
  pprofToOtlp(new Uint8Array([1, 2]));
} catch (error) {
  console.log(error instanceof PprofOtlpError, error.code);
}
`;
  const NAMES = '{ decompress, otlpToPprof, PprofOtlpError, pprofToOtlp }';

  it('is imported and required', { timeout: SLOW }, () => {
    const dir = folder('use', {
      'use.mjs': `import { readFileSync } from 'node:fs';\nimport ${NAMES} from 'pprof-otlp';${USE}`,
      'use.cjs': `const { readFileSync } = require('node:fs');\nconst ${NAMES} = require('pprof-otlp');${USE}`,
    });
    for (const file of ['use.mjs', 'use.cjs'])
      expect(execFileSync(process.execPath, [join(dir, file), PROFILE], { encoding: 'utf8', stdio: 'pipe' })).toBe(
        'true 0\ntrue bad-input\n',
      );
  });

  it('gives out its schemas and its manifest, and nothing of its inside', { timeout: SLOW }, () => {
    const resolve = createRequire(join(user, 'use.js')).resolve;
    expect(readFileSync(resolve('pprof-otlp/proto/residual.proto'), 'utf8')).toContain('message');
    expect(resolve('pprof-otlp/package.json')).toContain('package.json');
    expect(() => resolve('pprof-otlp/dist/cli.js')).toThrow(/not defined by "exports"/);
  });

  const TYPED = `
const input: Uint8Array = new Uint8Array();
const { otlp, report }: { otlp: Uint8Array; report: Report } = pprofToOtlp(input, { fidelity: 'semantic' });
const proven: boolean = report.proven;
const findings: Finding[] = check(otlp).findings;
const code: ErrorCode = new PprofOtlpError('bad-input', 'x', { stage: 'read' }).code;
export const all = [proven, findings, code, RULES.length, summaryJson(inspect(input, 'pprof'))] as const;
// @ts-expect-error: no such option
pprofToOtlp(input, { fidelty: 'semantic' });
`;
  const TYPED_NAMES =
    '{ check, type ErrorCode, type Finding, inspect, PprofOtlpError, pprofToOtlp, type Report, RULES, summaryJson }';
  const SETTINGS = [
    { module: 'node16', moduleResolution: 'node16' },
    { module: 'nodenext', moduleResolution: 'nodenext' },
    { module: 'esnext', moduleResolution: 'bundler' },
  ];

  it.each(SETTINGS)('has types under $moduleResolution', { timeout: SLOW }, (settings) => {
    // With nodenext, as in Node, CommonJS may require the package.
    const commonjs = settings.module === 'nodenext' ? ['use.cts'] : [];
    const options = { ...settings, target: 'es2022', lib: ['es2022'], types: [], strict: true, noEmit: true };
    const dir = folder(settings.moduleResolution, {
      'use.mts': `import ${TYPED_NAMES} from 'pprof-otlp';${TYPED}`,
      'use.cts': `import ${TYPED_NAMES} from 'pprof-otlp';${TYPED}`,
      'tsconfig.json': JSON.stringify({ compilerOptions: options, files: ['use.mts', ...commonjs] }),
    });
    const { stdout, status } = spawnSync(process.execPath, [programOf('typescript', 'tsc'), '-p', dir], {
      encoding: 'utf8',
    });
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  });

  it('is bundled for a browser, with nothing of Node and only what is used', { timeout: SLOW }, async () => {
    const dir = folder('browser', {
      'detect.js': "import { detect } from 'pprof-otlp';\nglobalThis.found = detect;\n",
      'all.js': `import ${NAMES} from 'pprof-otlp';\nglobalThis.found = ${NAMES};\n`,
    });
    const bundle = async (name: string) => {
      const options = { bundle: true, platform: 'browser', format: 'iife', minify: true, write: false } as const;
      return (await build({ ...options, entryPoints: [join(dir, name)] })).outputFiles[0].text;
    };
    const [small, all] = [await bundle('detect.js'), await bundle('all.js')];
    const scope: { found?: Record<string, (...args: unknown[]) => { pprofs: Uint8Array[]; otlp: Uint8Array }> } = {};
    new Function('globalThis', 'process', 'require', 'Buffer', all)(scope);
    const input = readFileSync(PROFILE);
    const { otlp } = scope.found?.pprofToOtlp(input) ?? {};
    expect(scope.found?.otlpToPprof(otlp).pprofs[0]).toEqual(scope.found?.decompress(input));
    expect(small.length).toBeLessThan(all.length / 2);
  });
});
