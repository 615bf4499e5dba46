import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { run, workspace } from './run.ts';

/** A directory with these files. */
export function withFiles(files: Readonly<Record<string, Uint8Array | string>>): string {
  const dir = workspace();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
  return dir;
}

/** A file without its gzip. */
export function contentOf(dir: string, name: string): Buffer {
  const stored = readFileSync(join(dir, name));
  return stored[0] === 0x1f && stored[1] === 0x8b ? gunzipSync(stored) : stored;
}

export type JsonReport = Record<string, unknown> & { warnings: string[]; error: { message: string } | null };

export interface Reported {
  status: number | null;
  reports: JsonReport[];
}

/** Runs with `--format json`; the output must go to files. */
export async function reported(dir: string, args: readonly string[]): Promise<Reported> {
  const { status, stdout } = await run([...args, '--format', 'json'], { cwd: dir });
  const lines = stdout.toString().split('\n').filter(Boolean);
  return { status, reports: lines.map((line) => JSON.parse(line)) };
}
