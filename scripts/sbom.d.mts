import type { Bundled } from './bundled.mjs';

/** The keys of a CycloneDX document that this repository reads. */
export interface Bill {
  bomFormat: string;
  specVersion: string;
  metadata: { component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
}

export interface Component {
  'bom-ref': string;
  name: string;
  version: string;
  purl: string;
  scope: string;
  licenses: object[];
}

export function ofBundles(bill: Bill, packages: readonly Bundled[]): Bill;
export function sbom(): Promise<Bill>;
