import zlib from 'node:zlib';

/** What is deflated at once. */
export const BLOCK = 1 << 20;
/** How far back deflate can point. */
const WINDOW = 1 << 15;
/** libuv has four threads: more blocks at once would take memory and no less time. */
const AT_ONCE = 4;
/** As many blocks are deflated before it is known whether the bytes will be wanted; they are kept meanwhile. */
const AHEAD = 16;
/** Room for what does not shrink, so that a block is one call. */
const SPARE = 1 << 10;

/**
 * Gzips bytes as one member whose blocks are deflated side by side, on the threads of libuv. A block may point into the
 * window before it and ends on a whole byte, so that together they are one deflate stream (RFC 1951, RFC 1952). The
 * result depends on bytes and level alone.
 */
export async function* gzipBlocks(
  bytes: Uint8Array,
  level: number,
  ahead: readonly Promise<Uint8Array>[] = [],
): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, UNKNOWN_SYSTEM);
  const blocks: Promise<Uint8Array>[] = [];
  let checksum = 0;
  for (let start = 0; start < bytes.length || blocks.length > 0; ) {
    for (; start < bytes.length && blocks.length < AT_ONCE; start += BLOCK) {
      blocks.push(ahead[start / BLOCK] ?? deflateBlock(bytes, start, bytes.length, level));
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

/** Deflates the first blocks of bytes while those behind them are still being written by this thread. */
export class BlocksAhead {
  private buffer: Uint8Array | undefined;
  private blocks: Promise<Uint8Array>[] = [];

  constructor(private readonly level: number) {}

  /** To be told how many bytes stand in the buffer. */
  readonly written = (buffer: Uint8Array, end: number): void => {
    const started = this.blocks.length * BLOCK;
    if (buffer !== this.buffer || end < started) this.blocks = [];
    this.buffer = buffer;
    // The last block of all ends otherwise, so there has to be more behind it.
    for (let start = this.blocks.length * BLOCK; start + BLOCK < end && this.blocks.length < AHEAD; start += BLOCK)
      this.blocks.push(deflateBlock(buffer, start, Number.POSITIVE_INFINITY, this.level));
  };

  /** The blocks of these bytes that are under way. */
  of(bytes: Uint8Array): readonly Promise<Uint8Array>[] {
    const { buffer } = this;
    return buffer?.buffer === bytes.buffer && buffer.byteOffset === bytes.byteOffset ? this.blocks : [];
  }
}

/** `length`: of all bytes, of which the last ends the stream. */
function deflateBlock(bytes: Uint8Array, start: number, length: number, level: number): Promise<Uint8Array> {
  const { Z_FINISH, Z_SYNC_FLUSH } = zlib.constants;
  const end = Math.min(start + BLOCK, length);
  const options = {
    level,
    finishFlush: end === length ? Z_FINISH : Z_SYNC_FLUSH,
    chunkSize: BLOCK + SPARE,
    ...(start === 0 ? {} : { dictionary: bytes.subarray(Math.max(0, start - WINDOW), start) }),
  };
  const block = new Promise<Uint8Array>((resolve, reject) => {
    zlib.deflateRaw(bytes.subarray(start, end), options, (error, result) => (error ? reject(error) : resolve(result)));
  });
  // One that fails is told of when its turn comes.
  block.catch(() => {});
  return block;
}
