import zlib from 'node:zlib';
import type { Inflated } from '../compression.ts';
import { type Inflaters, decompress as portableDecompress } from '../decompress.ts';
import { guessSize, gunzip as portableGunzip } from '../gzip.ts';
import { decodeFrame, type Frame, unzstd as portableUnzstd } from '../zstd.ts';

/** zlib asks for one chunk more when the output fills it to the last byte. */
const SPARE = 64;
const SMALLEST_CHUNK = 64;

/** Not in the type definitions of the oldest Node that is supported. */
type ZstdDecompress = (input: Uint8Array, options: { maxOutputLength: number }) => Uint8Array;
const nativeUnzstd = (zlib as unknown as { zstdDecompressSync?: ZstdDecompress }).zstdDecompressSync;

/**
 * node:zlib does the work when all is well. Whatever it objects to goes through the portable inflater again,
 * so that an error reads the same and names the place, whichever of them found it.
 */
export function gunzip(input: Uint8Array, limit: number): Inflated {
  const chunkSize = Math.max(SMALLEST_CHUNK, guessSize(input, limit) + SPARE);
  try {
    const { buffer, engine } = zlib.gunzipSync(input, {
      maxOutputLength: Math.max(1, limit),
      chunkSize,
      info: true,
    }) as unknown as { buffer: Uint8Array; engine: { bytesWritten: number } };
    // Like gzip, zlib reads over zeros behind the last member.
    if (engine.bytesWritten === input.length && buffer.length <= limit) return { bytes: buffer, complete: true };
  } catch {
    // Told below.
  }
  return portableGunzip(input, limit);
}

export function unzstd(input: Uint8Array, limit: number): Inflated {
  return portableUnzstd(input, limit, nativeUnzstd === undefined ? decodeFrame : decodeFrameNatively);
}

function decodeFrameNatively(frame: Frame, limit: number): Uint8Array {
  try {
    const bytes = nativeUnzstd?.(frame.bytes, { maxOutputLength: Math.max(1, limit) });
    if (bytes !== undefined && bytes.length === (frame.contentSize ?? bytes.length)) return bytes;
  } catch {
    // Told below.
  }
  return decodeFrame(frame, limit);
}

export const native: Inflaters = { gunzip, unzstd };

/** `decompress` of io/decompress.ts at the speed of node:zlib. */
export function decompress(input: Uint8Array, maxSize: number): Uint8Array {
  return portableDecompress(input, maxSize, native);
}
