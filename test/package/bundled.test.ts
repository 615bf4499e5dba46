// The papers of the package: licenses and bill of materials name what is in its bundles, no more and no less.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { type Bundled, bundledPackages } from '../../scripts/bundled.mjs';
import { notices } from '../../scripts/notices.mjs';
import { sbom } from '../../scripts/sbom.mjs';
import { MANIFEST, ROOT } from './packed.ts';

let packages: Bundled[];
beforeAll(async () => {
  packages = await bundledPackages();
});

const names = () => packages.map(({ name, version }) => `${name}@${version}`);

it('packages in the bundles are known', () => {
  expect(packages.map(({ name }) => name)).toEqual(expect.arrayContaining(['pako', 'fzstd', 'yargs', 'chalk']));
  expect(packages.map(({ name }) => name)).not.toContain('esbuild');
});

it('THIRD-PARTY-NOTICES is what `npm run notices` writes', async () => {
  const text = await notices();
  expect(readFileSync(join(ROOT, 'THIRD-PARTY-NOTICES'), 'utf8'), 'run `npm run notices`').toBe(text);
  for (const { name, version, license } of packages) expect(text).toContain(`\n${name} ${version}: ${license}\n`);
});

it('`npm run sbom` prints a CycloneDX bill of them', { timeout: 120_000 }, async () => {
  const bill = await sbom();
  expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5' });
  const { name, version, purl } = bill.metadata.component;
  expect({ name, version, purl }).toEqual({
    name: 'pprof-otlp',
    version: MANIFEST.version,
    purl: `pkg:npm/pprof-otlp@${MANIFEST.version}`,
  });
  expect(bill.components.map(({ purl }) => decodeURIComponent(purl.replace('pkg:npm/', ''))).sort()).toEqual(
    names().sort(),
  );
  for (const { licenses, scope } of bill.components) {
    expect(licenses).toHaveLength(1);
    expect(scope).toBe('required');
  }
  const refs = [bill.metadata.component, ...bill.components].map((component) => component['bom-ref']).sort();
  expect(bill.dependencies.map(({ ref }) => ref).sort()).toEqual(refs);
  expect(bill.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !refs.includes(ref))).toEqual([]);
});
