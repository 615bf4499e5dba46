/** How the bytes of a file are wrapped. */
export type Compression = 'none' | 'gzip' | 'zstd';

/** What an inflater hands back: `complete` is false when there is more than the size it was given. */
export interface Inflated {
  /** Where incomplete, what came out before that was clear: all that was asked for, up to a modest size. */
  bytes: Uint8Array;
  complete: boolean;
}

/** 512 MiB of uncompressed bytes. */
export const DEFAULT_MAX_SIZE = 512 * 1024 * 1024;

/** Places in the bytes are kept in 32 bits. */
export const MOST_SIZE = 2 ** 31 - 1;

const MODEST_SIZE = 64 * 1024 * 1024;
/** Profiles become three to ten times as large; a bomb a thousand times and more. */
const MODEST_RATIO = 16;

/**
 * Uncompressed bytes up to which compressed data is simply inflated. What becomes more may be a bomb: its size is taken
 * first, without keeping what comes out.
 */
export function modestSize(stored: number): number {
  return Math.max(MODEST_SIZE, MODEST_RATIO * stored);
}

/** Told by the magic number alone. A protobuf starts with neither: both would be a field with an impossible wire type. */
export function compressionOf(input: Uint8Array): Compression {
  if (input.length >= 2 && input[0] === 0x1f && input[1] === 0x8b) return 'gzip';
  if (input.length < 4 || input[1] !== 0xb5 || input[2] !== 0x2f || input[3] !== 0xfd) {
    return isSkippableFrame(input, 0) ? 'zstd' : 'none';
  }
  return input[0] === 0x28 ? 'zstd' : 'none';
}

/** A zstd file may begin with frames that hold no data: 0x184D2A50 to 0x184D2A5F. */
export function isSkippableFrame(input: Uint8Array, at: number): boolean {
  return (
    at + 4 <= input.length &&
    (input[at] & 0xf0) === 0x50 &&
    input[at + 1] === 0x2a &&
    input[at + 2] === 0x4d &&
    input[at + 3] === 0x18
  );
}
