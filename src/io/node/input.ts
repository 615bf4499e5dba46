import { fstatSync, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { PprofOtlpError } from '../../errors.ts';
import { MOST_SIZE } from '../compression.ts';
import { ioError, systemCode } from './failure.ts';
import { type LiveOptions, readUrl, type Watch } from './httpInput.ts';
import { isUrl, parseUrl } from './url.ts';

/** Which file it is, whatever its name: the same for a path, a symbolic and a hard link to it. */
export interface Identity {
  dev: bigint;
  ino: bigint;
  /** False for pipes and devices: nothing can be written beside those. */
  regular: boolean;
  directory: boolean;
  /** Bytes; of pipes and devices 0. */
  size: number;
}

/** Node gives U+FFFD for what it can't decode, and the name is lost with it. */
const NOT_UTF8 = "can't read: its name is not UTF-8, which Node can't open; give it as standard input (- < FILE)";

const CHUNK = 1024 * 1024;
/** A single read of more than this fails in Node. */
const MOST_AT_ONCE = 1024 * 1024 * 1024;

/** `-`, and the name that shells have for it: opening /dev/stdin fails where stdin is a socket. */
export function isStdin(name: string): boolean {
  return name === '-' || name === '/dev/stdin';
}

/**
 * Reads a file, a pipe, stdin or a URL whole. Stops with code 'limit' when there is more than `maxSize`
 * and what compression can add to it.
 */
export async function readInput(name: string, maxSize: number, live?: LiveOptions, watch?: Watch): Promise<Uint8Array> {
  const most = Math.min(maxSize + Math.ceil(maxSize / 1000) + CHUNK, MOST_SIZE);
  if (isStdin(name)) return readStdin(most, maxSize);
  if (isUrl(name)) {
    const body = await readUrl(name, most, live, watch);
    if (body === undefined) throw tooBig(maxSize);
    return body;
  }
  let handle: FileHandle | undefined;
  try {
    handle = await open(name, 'r');
    const info = await handle.stat();
    if (info.isDirectory())
      throw new PprofOtlpError('io', 'is a directory; give a file, or --recursive for what is below it', {
        stage: 'read',
      });
    if (info.size > most) throw tooBig(maxSize);
    return await readAll(handle, info, most, maxSize);
  } catch (error) {
    // "ftp://host/x", which no file is called.
    if (systemCode(error) === 'ENOENT' && /^[a-z][a-z0-9+.-]*:\/\//i.test(name)) parseUrl(name);
    const isMangled = systemCode(error) === 'ENOENT' && name.includes('\ufffd');
    throw isMangled ? new PprofOtlpError('io', NOT_UTF8, { stage: 'read', cause: error }) : ioError(error, 'read');
  } finally {
    await handle?.close();
  }
}

async function readAll(handle: FileHandle, info: Stats, most: number, maxSize: number): Promise<Uint8Array> {
  // One byte more than the size finds the end in the same read; files of /proc say 0.
  let buffer = new Uint8Array(info.isFile() && info.size > 0 ? info.size + 1 : CHUNK);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, Math.min(buffer.length - length, MOST_AT_ONCE), null);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
    if (length > most) throw tooBig(maxSize);
    if (length === buffer.length) {
      const bigger = new Uint8Array(buffer.length * 2);
      bigger.set(buffer);
      buffer = bigger;
    }
  }
}

/** By the stream, not by descriptor 0: that may be non-blocking, and a read of it then fails with EAGAIN. */
async function readStdin(most: number, maxSize: number): Promise<Uint8Array> {
  // Imported here, as it brings the network along.
  const { isatty } = await import('node:tty');
  if (isatty(0)) {
    throw new PprofOtlpError('usage', 'standard input is a terminal; give a file or pipe one in', { stage: 'read' });
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > most) throw tooBig(maxSize);
    }
  } catch (error) {
    throw ioError(error, 'read', 'standard input');
  }
  return Buffer.concat(chunks, length);
}

/** The identity of a file, or undefined where there is none: reading it will say why. */
export async function identify(name: string): Promise<Identity | undefined> {
  // A URL is not looked up among the files.
  if (isUrl(name)) return undefined;
  try {
    const stdin = isStdin(name);
    const info = stdin ? fstatSync(0, { bigint: true }) : await stat(name, { bigint: true });
    // Standard input counts as a pipe even when it comes from a file: that file's name is not known.
    const regular = info.isFile() && !stdin;
    const size = regular ? Number(info.size) : 0;
    return { dev: info.dev, ino: info.ino, regular, directory: info.isDirectory(), size };
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

function tooBig(maxSize: number): PprofOtlpError {
  const advice = maxSize > MOST_SIZE ? '2 GiB, which is the most' : `${maxSize} bytes; raise the limit (--max-size)`;
  return new PprofOtlpError('limit', `larger than ${advice}`, { stage: 'read' });
}
