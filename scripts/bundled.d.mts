export interface Bundled {
  name: string;
  version: string;
  /** As the package says it, an SPDX expression. */
  license: string;
  /** Path of the package, from the root of the repository. */
  folder: string;
}

export const root: string;
export function bundledPackages(): Promise<Bundled[]>;
