import zlib from 'node:zlib';

/** What is deflated at once. */
export const BLOCK = 1 << 20;
/** How far back deflate can point. */
const WINDOW = 1 << 15;
/** libuv has four threads: more blocks at once would take memory and no less time. */
const AT_ONCE = 4;
/** Room for what does not shrink, so that a block is one call. */
const SPARE = 1 << 10;

/**
 * Gzips bytes as one member whose blocks are deflated side by side, on the threads of libuv. A block may point into the
 * window before it and ends on a whole byte, so that together they are one deflate stream (RFC 1951, RFC 1952). The
 * result depends on bytes and level alone.
 */
export async function* gzipBlocks(bytes: Uint8Array, level: number): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, UNKNOWN_SYSTEM);
  const blocks: Promise<Uint8Array>[] = [];
  let checksum = 0;
  for (let start = 0; start < bytes.length || blocks.length > 0; ) {
    for (; start < bytes.length && blocks.length < AT_ONCE; start += BLOCK) {
      const block = deflateBlock(bytes, start, level);
      // One that fails is told of when its turn comes.
      block.catch(() => {});
      blocks.push(block);
      checksum = zlib.crc32(bytes.subarray(start, start + BLOCK), checksum);
    }
    const first = await blocks.shift();
    if (first !== undefined) yield first;
  }
  const trailer = new DataView(new ArrayBuffer(8));
  trailer.setUint32(0, checksum, true);
  trailer.setUint32(4, bytes.length, true);
  yield new Uint8Array(trailer.buffer);
}

const UNKNOWN_SYSTEM = 255;

function deflateBlock(bytes: Uint8Array, start: number, level: number): Promise<Uint8Array> {
  const { Z_FINISH, Z_SYNC_FLUSH } = zlib.constants;
  const end = Math.min(start + BLOCK, bytes.length);
  const options = {
    level,
    finishFlush: end === bytes.length ? Z_FINISH : Z_SYNC_FLUSH,
    chunkSize: BLOCK + SPARE,
    ...(start === 0 ? {} : { dictionary: bytes.subarray(Math.max(0, start - WINDOW), start) }),
  };
  return new Promise((resolve, reject) => {
    zlib.deflateRaw(bytes.subarray(start, end), options, (error, block) => (error ? reject(error) : resolve(block)));
  });
}
