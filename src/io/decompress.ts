import { PprofOtlpError } from '../errors.ts';
import { type Compression, compressionOf, DEFAULT_MAX_SIZE, type Inflated, MOST_SIZE } from './compression.ts';
import { gunzip } from './gzip.ts';
import { unzstd } from './zstd.ts';

/** The inflaters behind `decompress`: the portable ones here, faster ones where the platform has them. */
export interface Inflaters {
  gunzip(input: Uint8Array, limit: number): Inflated;
  unzstd(input: Uint8Array, limit: number): Inflated;
}

export const portable: Inflaters = { gunzip, unzstd: (input, limit) => unzstd(input, limit) };

/**
 * The uncompressed bytes of gzip or zstd data; other bytes come back as they are.
 * No more than `maxSize` bytes are ever inflated: one more is an error of code 'limit'.
 */
export function decompress(input: Uint8Array, maxSize = DEFAULT_MAX_SIZE, inflaters = portable): Uint8Array {
  const compression = compressionOf(input);
  if (compression === 'none') {
    if (input.length > Math.min(maxSize, MOST_SIZE)) throw tooBig(maxSize);
    return input;
  }
  const inflate = compression === 'gzip' ? inflaters.gunzip : inflaters.unzstd;
  const { bytes, complete } = inflate(input, Math.min(maxSize, MOST_SIZE));
  if (!complete) throw tooBig(maxSize);
  return onlyOnce(bytes, compression);
}

/** The bytes that came out of a compression, if they are not compressed again. */
export function onlyOnce(bytes: Uint8Array, compression: Compression): Uint8Array {
  const inner = compressionOf(bytes);
  if (inner !== 'none') {
    throw new PprofOtlpError(
      'bad-input',
      `compressed twice: ${inner} inside ${compression}; decompress it once first`,
      {
        stage: 'decompress',
      },
    );
  }
  return bytes;
}

/** At most `size` bytes from the start of the uncompressed bytes. */
export function decompressPrefix(input: Uint8Array, size: number): Inflated {
  const compression = compressionOf(input);
  if (compression === 'none') return { bytes: input.subarray(0, size), complete: input.length <= size };
  return compression === 'gzip' ? gunzip(input, size) : unzstd(input, size);
}

export function tooBig(maxSize: number): PprofOtlpError {
  if (maxSize > MOST_SIZE) {
    return new PprofOtlpError('limit', 'more than 2 GiB uncompressed, which is the most', {
      stage: 'decompress',
    });
  }
  return new PprofOtlpError('limit', `more than ${maxSize} bytes uncompressed; raise the limit (maxSize, --max-size)`, {
    stage: 'decompress',
  });
}
