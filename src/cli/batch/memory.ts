import { closeSync, openSync, readSync } from 'node:fs';
import { compressionOf } from '../../io/compression.ts';

/** A translation with its proof holds about so many times the uncompressed input at its height. */
const HELD = 10;
/** What compression can hide, where the file does not say: profiles become three to ten times as large. */
const USUAL_RATIO = 8;
/** Below this an input is small whatever it becomes; nobody looks into it. */
export const SMALL = 1024 * 1024;
/** The rest is for the threads themselves and for whoever else is there. */
const SHARE = 0.7;

/** Bytes that inputs at work may take together. */
export function memoryBudget(): number {
  // Knows the limit of a container, too.
  return SHARE * process.availableMemory();
}

/**
 * About the most bytes that work on a file takes.
 *
 * @param size of the file
 * @param maxSize limit of its uncompressed bytes
 */
export function weightOf(file: string, size: number, maxSize: number): number {
  const uncompressed = size <= SMALL ? size * USUAL_RATIO : Math.max(size, uncompressedSize(file, size));
  return size + HELD * Math.min(maxSize, uncompressed);
}

function uncompressedSize(file: string, size: number): number {
  let handle: number | undefined;
  try {
    handle = openSync(file, 'r');
    const ends = new Uint8Array(8);
    readSync(handle, ends, 0, 4, 0);
    readSync(handle, ends, 4, 4, size - 4);
    const compression = compressionOf(ends.subarray(0, 4));
    if (compression === 'none') return size;
    // The last four bytes of gzip are the size of its last member.
    return compression === 'gzip'
      ? Math.max(2 * size, new DataView(ends.buffer).getUint32(4, true))
      : size * USUAL_RATIO;
  } catch {
    // Reading it will say why.
    return size;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
