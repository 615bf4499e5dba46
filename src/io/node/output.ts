import { type BigIntStats, unlinkSync } from 'node:fs';
import { link, mkdir, open, realpath, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PprofOtlpError } from '../../errors.ts';
import type { Output } from './compress.ts';
import { ioError, systemCode } from './failure.ts';
import type { Identity } from './input.ts';

export type FileId = Pick<Identity, 'dev' | 'ino'>;

/** What the rest of a call has to do with a file that is to be written; asked of another thread, it takes a moment. */
export interface Ledger {
  /** Why a file that exists must not be replaced even by force, as the sentence goes on after its name. */
  takenFor(file: FileId): Promise<string | undefined> | string | undefined;
  /**
   * Says that `path` comes into being, by way of the temporary file. The same as above when another input has the path.
   * Both are free again when the input is done.
   */
  reserve(path: string, temporary: string): Promise<string | undefined> | string | undefined;
  /** Says that the file was written: nothing else of this call may replace it. */
  written(file: FileId): void;
}

export interface WriteRules {
  /** Replace a file that exists. */
  force: boolean;
  ledger: Ledger;
  /** Real paths that an attempt before this one reserved: what is there is of this call. */
  own?: readonly string[] | undefined;
}

/** Links to new names are refused by some file systems; rename then has to do. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);

const TEMPORARY = '.pprof-otlp-';

/** Whether a name is one that files of ours have until they are complete: a program that was killed leaves them. */
export function isTemporary(name: string): boolean {
  return name.startsWith(TEMPORARY) && name.endsWith('.tmp');
}

/** Temporary files that exist now: an interrupted program removes them. */
const temporary = new Set<string>();

/** Synchronous, for the handler of a signal. */
export function removeTemporaryFiles(): void {
  for (const path of temporary) {
    try {
      unlinkSync(path);
    } catch {
      // Gone already, or never made.
    }
  }
  temporary.clear();
}

/** Refuses what must not be written to, before any work is done for it. */
export async function checkTarget(path: string, rules: WriteRules): Promise<void> {
  await inspect(path, rules);
}

/**
 * Writes the whole file or nothing: a temporary file beside the target takes its name only when every byte is on disk.
 * Devices and pipes are written to directly, they can't be replaced.
 */
export async function writeFileAtomic(path: string, bytes: Output, rules: WriteRules): Promise<void> {
  const existing = await inspect(path, rules);
  try {
    if (existing !== undefined && !existing.isFile()) await writeDirectly(path, bytes);
    else await replace(path, bytes, existing, rules);
  } catch (error) {
    throw ioError(error, 'write', path);
  }
}

/** Bytes to standard output, waiting until they are gone. */
export async function writeStdout(output: Output | string): Promise<void> {
  try {
    if (typeof output === 'string' || output instanceof Uint8Array) await printed(output);
    else for await (const part of output) await printed(part);
  } catch (error) {
    throw ioError(error, 'write', 'standard output');
  }
}

async function printed(bytes: Uint8Array | string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.once('error', reject);
    process.stdout.write(bytes, (error) => {
      if (error) return reject(error);
      process.stdout.off('error', reject);
      resolve();
    });
  });
}

/** Binary on a terminal garbles it and helps nobody. */
export async function refuseTerminal(descriptor: number): Promise<void> {
  // Imported here, as it brings the network along.
  const { isatty } = await import('node:tty');
  if (isatty(descriptor)) {
    throw refusal('would write binary to the terminal; redirect it or give -o FILE');
  }
}

/** What kind of place a path is: tells `-o DIR` from `-o FILE`. */
export async function placeOf(path: string): Promise<'directory' | 'file' | 'nothing'> {
  try {
    return (await stat(path)).isDirectory() ? 'directory' : 'file';
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 'nothing';
    throw ioError(error, 'write', path);
  }
}

export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw ioError(error, 'write', path);
  }
}

async function inspect(path: string, rules: WriteRules): Promise<BigIntStats | undefined> {
  let existing: BigIntStats;
  try {
    existing = await stat(path, { bigint: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw ioError(error, 'write', path);
  }
  if (existing.isDirectory()) throw refusal(`${path} is a directory; give -o FILE`);
  if (!existing.isFile()) return existing;
  const why = await rules.ledger.takenFor(existing);
  if (why !== undefined) throw refusal(`${path} ${why}; give another -o`);
  const isOwn = rules.own?.includes(await realpath(path)) ?? false;
  if (!rules.force && !isOwn) throw refusal(`${path} exists; give --force to replace it or another -o`);
  return existing;
}

async function writeDirectly(path: string, bytes: Output): Promise<void> {
  const handle = await open(path, 'w');
  try {
    await refuseTerminal(handle.fd);
    await writeFile(handle, bytes);
  } finally {
    await handle.close();
  }
}

async function replace(
  path: string,
  bytes: Output,
  existing: BigIntStats | undefined,
  { force, ledger }: WriteRules,
): Promise<void> {
  // Through a symbolic link to the file behind it: the link stays.
  const target =
    existing === undefined ? join(await realDirectory(dirname(path)), basename(path)) : await realpath(path);
  // The name is short on purpose: the target's own may be as long as names can be.
  const temp = join(dirname(target), `${TEMPORARY}${randomName()}.tmp`);
  const why = await ledger.reserve(target, temp);
  if (why !== undefined) throw refusal(`${path} ${why}; give another -o`);
  temporary.add(temp);
  try {
    const handle = await open(temp, 'wx', 0o666);
    let written: FileId;
    try {
      // Some file systems know no modes; the content matters more.
      if (existing !== undefined) await handle.chmod(Number(existing.mode) & 0o7777).catch(() => {});
      // writeFile reports a full disk; a single write may stop short without a word.
      await writeFile(handle, bytes);
      await handle.sync();
      written = await handle.stat({ bigint: true });
    } finally {
      await handle.close();
    }
    if (force || existing !== undefined) await rename(temp, target);
    else await giveNewName(temp, target);
    ledger.written(written);
  } catch (error) {
    await unlink(temp).catch(() => {});
    throw error;
  } finally {
    temporary.delete(temp);
  }
}

let lastDirectory = { path: '', real: '' };

/** Many files go into one directory; its real name is asked for once. */
async function realDirectory(path: string): Promise<string> {
  if (lastDirectory.path !== path) lastDirectory = { path, real: await realpath(path) };
  return lastDirectory.real;
}

/** A file that has the name already is no danger: only a new one is opened. To set up crypto would cost milliseconds. */
function randomName(): string {
  const word = () => Math.floor(Math.random() * 2 ** 32);
  return [word(), word()].map((part) => part.toString(16).padStart(8, '0')).join('');
}

/** A link fails when the name was taken meanwhile; a rename would overwrite. */
async function giveNewName(temp: string, target: string): Promise<void> {
  try {
    await link(temp, target);
  } catch (error) {
    const code = systemCode(error) ?? '';
    if (code === 'EEXIST') throw refusal(`${target} exists; give --force to replace it or another -o`);
    if (!NO_LINKS.has(code)) throw error;
    return rename(temp, target);
  }
  await unlink(temp);
}

function refusal(message: string): PprofOtlpError {
  return new PprofOtlpError('usage', message, { stage: 'write' });
}
