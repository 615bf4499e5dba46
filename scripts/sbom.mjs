// Prints a CycloneDX bill of materials of what is published: `npm sbom` of the packages that are in the bundles. Npm itself
// would list either nothing, as no dependency is installed, or every tool of the development.
import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { bundledPackages, root } from './bundled.mjs';

export async function sbom() {
  const text = execFileSync('npm', ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    shell: process.platform === 'win32',
  });
  return ofBundles(JSON.parse(text), await bundledPackages());
}

/** In: the bill of everything that is installed. Out: the bill of `packages`, as parts of the one that contains them. */
export function ofBundles(bill, packages) {
  const self = bill.metadata.component;
  const wanted = new Set(packages.map(({ name, version }) => `${name}@${version}`));
  const components = bill.components.filter((component) => wanted.has(nameAndVersion(component)));
  const missing = [...wanted].filter((name) => !components.some((component) => nameAndVersion(component) === name));
  if (missing.length > 0) throw new Error(`npm sbom does not list ${missing.join(', ')}; run npm ci`);
  const refs = new Set([self['bom-ref'], ...components.map((component) => component['bom-ref'])]);
  return {
    ...bill,
    metadata: { ...bill.metadata, component: { ...self, name: self.purl.replace(/^pkg:npm\/|@[^@]*$/g, '') } },
    components: components.map((component) => ({
      ...component,
      scope: 'required',
      properties: [{ name: 'cdx:npm:package:bundled', value: 'true' }],
    })),
    dependencies: bill.dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((on) => refs.has(on)) })),
  };
}

/** A component of a scope has it in a key of its own. */
function nameAndVersion({ group, name, version }) {
  return `${group === undefined || name.startsWith('@') ? '' : `${group}/`}${name}@${version}`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.stdout.write(`${JSON.stringify(await sbom(), null, 2)}\n`);
