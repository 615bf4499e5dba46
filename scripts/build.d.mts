import type { BuildResult } from 'esbuild';

export function buildLibrary(outfile?: string): Promise<BuildResult>;
export function buildCli(outfile?: string): Promise<BuildResult>;
