import zlib from 'node:zlib';
import { PprofOtlpError } from '../../errors.ts';
import type { Compression } from '../compression.ts';
import { BLOCK, BlocksAhead, gzipBlocks } from './gzipBlocks.ts';

type ZstdCompress = (input: Uint8Array) => Uint8Array;
const zstdCompress = (zlib as unknown as { zstdCompressSync?: ZstdCompress }).zstdCompressSync;

export const DEFAULT_GZIP_LEVEL = 6;

/** Says before any work is done whether this Node can write it. */
export function requireCompression(compression: Compression): void {
  if (compression === 'zstd' && zstdCompress === undefined) {
    throw new PprofOtlpError('usage', `writing zstd needs Node 22.15 or later, this is ${process.version}; use gzip`, {
      stage: 'write',
    });
  }
}

export function compress(bytes: Uint8Array, compression: Compression, gzipLevel = DEFAULT_GZIP_LEVEL): Uint8Array {
  requireCompression(compression);
  if (compression === 'gzip') return zlib.gzipSync(bytes, { level: gzipLevel });
  if (compression === 'zstd' && zstdCompress !== undefined) return zstdCompress(bytes);
  return bytes;
}

/** Bytes, whole or as they come. */
export type Output = Uint8Array | AsyncIterable<Uint8Array>;

/** For `compressAsItComes`, of bytes that are still to be written. */
export function compressAhead(compression: Compression, gzipLevel = DEFAULT_GZIP_LEVEL): BlocksAhead | undefined {
  return compression === 'gzip' ? new BlocksAhead(gzipLevel) : undefined;
}

/** As `compress`; what is large and becomes gzip comes as it is ready, by several threads. */
export function compressAsItComes(
  bytes: Uint8Array,
  compression: Compression,
  gzipLevel = DEFAULT_GZIP_LEVEL,
  ahead?: BlocksAhead,
): Output {
  if (compression === 'gzip' && bytes.length > BLOCK) return gzipBlocks(bytes, gzipLevel, ahead?.of(bytes));
  return compress(bytes, compression, gzipLevel);
}
