import { type BigIntStats, unlinkSync } from 'node:fs';
import { link, mkdir, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import tty from 'node:tty';
import { PprofOtlpError } from '../../errors.ts';
import { ioError, systemCode } from './failure.ts';
import type { Identity } from './input.ts';

/** A file that must not be written to, even by force. */
export interface Taken extends Pick<Identity, 'dev' | 'ino'> {
  /** Why, as the sentence goes on after its name. */
  why: string;
}

export interface WriteRules {
  /** Replace a file that exists. */
  force: boolean;
  taken: readonly Taken[];
}

/** Links to new names are refused by some file systems; rename then has to do. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EXDEV']);

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
export async function writeFileAtomic(path: string, bytes: Uint8Array, rules: WriteRules): Promise<void> {
  const existing = await inspect(path, rules);
  try {
    if (existing !== undefined && !existing.isFile()) await writeDirectly(path, bytes);
    else await replace(path, bytes, existing, rules.force);
  } catch (error) {
    throw ioError(error, 'write', path);
  }
}

/** Bytes to standard output, waiting until they are gone. */
export async function writeStdout(bytes: Uint8Array | string): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      process.stdout.once('error', reject);
      process.stdout.write(bytes, (error) => {
        if (error) return reject(error);
        process.stdout.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw ioError(error, 'write', 'standard output');
  }
}

/** Binary on a terminal garbles it and helps nobody. */
export function refuseTerminal(descriptor: number): void {
  if (tty.isatty(descriptor)) {
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
  const taken = rules.taken.find(({ dev, ino }) => dev === existing.dev && ino === existing.ino);
  if (taken !== undefined) throw refusal(`${path} ${taken.why}; give another -o`);
  if (!rules.force) throw refusal(`${path} exists; give --force to replace it or another -o`);
  return existing;
}

async function writeDirectly(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'w');
  try {
    refuseTerminal(handle.fd);
    await handle.writeFile(bytes);
  } finally {
    await handle.close();
  }
}

async function replace(
  path: string,
  bytes: Uint8Array,
  existing: BigIntStats | undefined,
  force: boolean,
): Promise<void> {
  // Through a symbolic link to the file behind it: the link stays.
  const target = existing === undefined ? path : await realpath(path);
  // The name is short on purpose: the target's own may be as long as names can be.
  const temp = join(dirname(target), `.pprof-otlp-${randomName()}.tmp`);
  temporary.add(temp);
  try {
    const handle = await open(temp, 'wx', 0o666);
    try {
      // Some file systems know no modes; the content matters more.
      if (existing !== undefined) await handle.chmod(Number(existing.mode) & 0o7777).catch(() => {});
      // writeFile reports a full disk; a single write may stop short without a word.
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (force || existing !== undefined) await rename(temp, target);
    else await giveNewName(temp, target);
  } catch (error) {
    await unlink(temp).catch(() => {});
    throw error;
  } finally {
    temporary.delete(temp);
  }
}

/** The global crypto is set up on first use; importing the module would cost every start some milliseconds. */
function randomName(): string {
  return Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(8))).toString('hex');
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
