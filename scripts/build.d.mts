import type { BuildOptions, BuildResult } from 'esbuild';

export function buildLibrary(outfile?: string, overrides?: BuildOptions): Promise<BuildResult>;
export function buildCli(outfile?: string): Promise<BuildResult>;
