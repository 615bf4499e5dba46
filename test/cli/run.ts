import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';

export const PROGRAM = inject('program');

export interface Result {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: Buffer;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  input?: Uint8Array;
  env?: Record<string, string>;
  stdio?: SpawnOptions['stdio'];
  /** Called with the running process. */
  during?: (child: ChildProcess) => void | Promise<void>;
}

/** The environment without what would change the outcome. */
function environment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const names = /^(OTEL_|NO_COLOR$|FORCE_COLOR$|PPROF_OTLP_)/;
  return { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.test(name))), ...extra };
}

/** Starts the program as a shell would. */
export function run(args: readonly string[], options: RunOptions = {}): Promise<Result> {
  return start(process.execPath, [PROGRAM, ...args], options);
}

export async function start(command: string, args: readonly string[], options: RunOptions = {}): Promise<Result> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: environment(options.env),
    stdio: options.stdio ?? 'pipe',
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (chunk) => stdout.push(chunk));
  child.stderr?.on('data', (chunk) => stderr.push(chunk));
  // The program may refuse before it reads.
  child.stdin?.on('error', () => {});
  const closed = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve([status, signal]));
  });
  if (options.during !== undefined) await options.during(child);
  else child.stdin?.end(options.input);
  const [status, signal] = await closed;
  return { status, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
}

/** A directory of the test's own, gone after it. */
export function workspace(): string {
  const path = mkdtempSync(join(tmpdir(), 'pprof-otlp-test-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Everything in a directory, hidden files, too: temporary ones must not stay. */
export function listing(path: string): string[] {
  return readdirSync(path).sort();
}
