import type { BuildOptions, BuildResult, Metafile } from 'esbuild';

export function buildLibrary(outfile?: string, overrides?: BuildOptions): Promise<BuildResult>;
export function buildCli(outfile?: string): Promise<BuildResult>;
export function buildBundles(outdir?: string, overrides?: BuildOptions): Promise<BuildResult & { metafile: Metafile }>;
export function buildPackage(outdir?: string): Promise<void>;
