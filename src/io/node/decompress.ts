import zlib from 'node:zlib';
import { compressionOf, type Inflated, modestSize } from '../compression.ts';
import { type Inflaters, onlyOnce, decompress as portableDecompress, tooBig } from '../decompress.ts';
import { guessSize, gunzip as portableGunzip } from '../gzip.ts';
import { decodeFrame, type Frame, unzstd as portableUnzstd } from '../zstd.ts';
import { systemCode } from './failure.ts';

/** zlib asks for one chunk more when the output fills it to the last byte. */
const SPARE = 64;
const SMALLEST_CHUNK = 64;
const COUNTED_CHUNK = 256 * 1024;
const NOTHING = new Uint8Array(0);

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
  } catch (error) {
    if (systemCode(error) === 'ERR_BUFFER_TOO_LARGE') return { bytes: NOTHING, complete: false };
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
export async function decompress(input: Uint8Array, maxSize: number): Promise<Uint8Array> {
  const modest = modestSize(input.length);
  if (compressionOf(input) === 'gzip' && modest < maxSize) {
    const { bytes, complete } = gunzip(input, modest);
    if (complete) return onlyOnce(bytes, 'gzip');
    if (await gunzipsToMore(input, maxSize)) throw tooBig(maxSize);
  }
  return portableDecompress(input, maxSize, native);
}

/** Only the stream of node:zlib gives its output piece by piece, so that nothing of it need be kept. */
async function gunzipsToMore(input: Uint8Array, limit: number): Promise<boolean> {
  let size = 0;
  try {
    const stream = zlib.createGunzip({ chunkSize: COUNTED_CHUNK });
    stream.end(input);
    for await (const part of stream as AsyncIterable<Uint8Array>) {
      size += part.length;
      if (size > limit) return true;
    }
  } catch {
    // What is wrong with it, inflating it tells.
  }
  return false;
}
