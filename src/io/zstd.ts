import { Decompress } from 'fzstd';
import { PprofOtlpError } from '../errors.ts';
import { concat } from './bytes.ts';
import { type Inflated, isSkippableFrame, modestSize } from './compression.ts';
import { xxh64Low } from './xxh64.ts';

/** One data frame of a zstd file, as its header describes it. */
export interface Frame {
  bytes: Uint8Array;
  /** Memory that decoding needs besides the output. */
  windowSize: number;
  contentSize: number | undefined;
  checksum: number | undefined;
  blocks: number;
  /** What the blocks whose headers tell their size become together: those that are not compressed or one byte repeated. */
  least: number;
}

/** Decodes one frame; may stop as soon as more than `limit` bytes came out. The port that Node's own zstd fits too. */
export type FrameDecoder = (frame: Frame, limit: number) => Uint8Array;

const FRAME_MAGIC = 0xfd2fb528;
const RLE_BLOCK = 1;
const COMPRESSED_BLOCK = 2;
const MAX_BLOCK = 128 * 1024;
/** Magic, flags, window, content size. */
const STORED_HEADER = 10;
/** As the zstd program: a frame that asks for more memory is refused. */
const MAX_WINDOW = 128 * 1024 * 1024;
/** fzstd moves its whole window for every block; a frame of tiny blocks with a huge window would take hours. */
const MAX_WINDOW_MOVES = 2 ** 37;

/** Decodes zstd data of one or several frames and stops at `limit` bytes of output. */
export function unzstd(input: Uint8Array, limit: number, decode: FrameDecoder = decodeFrame): Inflated {
  const modest = modestSize(input.length);
  if (modest >= limit) return decodeFrames(input, limit, decode);
  const start = decodeFrames(input, modest, decode);
  return start.complete || unzstdSize(input, limit) > limit ? start : decodeFrames(input, limit, decode);
}

/** How much zstd data becomes; no more than somewhat above `limit` is looked at, and nothing of it is kept. */
function unzstdSize(input: Uint8Array, limit: number): number {
  let size = 0;
  for (const frame of dataFrames(input)) {
    const told = Math.max(frame.contentSize ?? 0, frame.least);
    size += size + told > limit ? told : inflateFrame(frame, limit - size, () => {});
    if (size > limit) break;
  }
  return size;
}

function decodeFrames(input: Uint8Array, limit: number, decode: FrameDecoder): Inflated {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (const frame of dataFrames(input)) {
    const room = limit - size;
    if ((frame.contentSize ?? 0) > room && size > 0) return { bytes: concat(parts), complete: false };
    const bytes = decode(frame, room);
    parts.push(bytes.length > room ? bytes.subarray(0, room) : bytes);
    if (bytes.length > room) return { bytes: concat(parts), complete: false };
    size += bytes.length;
  }
  return { bytes: concat(parts), complete: true };
}

function* dataFrames(input: Uint8Array): Generator<Frame> {
  for (let at = 0; at < input.length; ) {
    if (isSkippableFrame(input, at)) {
      at += 8 + (at + 8 <= input.length ? readUint32(input, at + 4) : 0);
      if (at > input.length) throw truncated();
      continue;
    }
    const frame = readFrame(input, at);
    at += frame.bytes.length;
    if (frame.windowSize > MAX_WINDOW) {
      throw new PprofOtlpError(
        'limit',
        `the zstd frame needs a window of ${frame.windowSize} bytes; decompress it with \`zstd -d --long=31\` first`,
        { stage: 'decompress' },
      );
    }
    yield frame;
  }
}

/** The portable decoder. fzstd reads over checksums and lengths, so they are held against the result here. */
export function decodeFrame(frame: Frame, limit: number): Uint8Array {
  const parts: Uint8Array[] = [];
  const size = inflateFrame(frame, limit, (part) => parts.push(part));
  const bytes = concat(parts);
  if (size > limit) return bytes;
  if (frame.contentSize !== undefined && frame.contentSize !== size) {
    throw damaged(`the frame says ${frame.contentSize} bytes and holds ${size}`);
  }
  if (frame.checksum !== undefined && frame.checksum !== xxh64Low(bytes)) throw damaged('the checksum does not match');
  return bytes;
}

/** Gives the content of a frame piece by piece, until there is more than `limit` of it, and its size as far as it went. */
function inflateFrame(frame: Frame, limit: number, give: (part: Uint8Array) => void): number {
  if (frame.blocks * frame.windowSize > MAX_WINDOW_MOVES) {
    throw new PprofOtlpError(
      'limit',
      `the zstd frame has ${frame.blocks} blocks with a window of ${frame.windowSize} bytes; decompress it with \`zstd -d\` first`,
      { stage: 'decompress' },
    );
  }
  let size = 0;
  const enough = new Error('enough');
  const stream = new Decompress((part) => {
    if (part.length === 0) return;
    give(part);
    size += part.length;
    if (size > limit) throw enough;
  });
  try {
    stream.push(frame.bytes, true);
  } catch (error) {
    if (error !== enough) throw damaged(error instanceof Error ? error.message : String(error), error);
  }
  return size;
}

/**
 * A zstd frame that holds the bytes as they are, in blocks that are not compressed: what needs no compressor. Any
 * decoder reads it. https://datatracker.ietf.org/doc/html/rfc8878#section-3.1.1
 */
export function storedFrame(bytes: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(bytes.length / MAX_BLOCK));
  const frame = new Uint8Array(STORED_HEADER + 3 * blocks + bytes.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, FRAME_MAGIC, true);
  // The content size takes four bytes and there is no checksum; the window is as large as a block.
  frame[4] = 0x80;
  frame[5] = 0x38;
  view.setUint32(6, bytes.length, true);
  let at = STORED_HEADER;
  for (let block = 0; block < blocks; block++) {
    const content = bytes.subarray(block * MAX_BLOCK, (block + 1) * MAX_BLOCK);
    const header = content.length * 8 + (block === blocks - 1 ? 1 : 0);
    frame.set([header & 0xff, (header >> 8) & 0xff, header >> 16], at);
    frame.set(content, at + 3);
    at += 3 + content.length;
  }
  return frame;
}

/** Walks the block headers to the end of the frame. */
function readFrame(input: Uint8Array, start: number): Frame {
  if (start + 4 > input.length || readUint32(input, start) !== FRAME_MAGIC) {
    if (start === 0) throw truncated();
    throw damaged(`${input.length - start} bytes follow the zstd data; cut them off`);
  }
  let at = start + 4;
  const take = (count: number): number => {
    if (at + count > input.length) throw truncated();
    let value = 0;
    for (let i = count - 1; i >= 0; i--) value = value * 256 + input[at + i];
    at += count;
    return value;
  };
  const flags = take(1);
  const singleSegment = (flags & 0x20) !== 0;
  let windowSize = 0;
  if (!singleSegment) {
    const descriptor = take(1);
    const base = 2 ** (10 + (descriptor >> 3));
    windowSize = base + (base / 8) * (descriptor & 7);
  }
  const dictionary = take([0, 1, 2, 4][flags & 3]);
  if (dictionary !== 0) throw damaged(`it needs dictionary ${dictionary}; compress it without one`);
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][flags >> 6];
  let contentSize = sizeBytes === 0 ? undefined : take(sizeBytes);
  if (sizeBytes === 2 && contentSize !== undefined) contentSize += 256;
  if (singleSegment) windowSize = contentSize ?? 0;
  let blocks = 0;
  let least = 0;
  for (let last = false; !last; blocks++) {
    const header = take(3);
    last = (header & 1) === 1;
    const type = (header >> 1) & 3;
    if (type !== COMPRESSED_BLOCK) least += header >> 3;
    const block = at;
    at += type === RLE_BLOCK ? 1 : header >> 3;
    if (at > input.length) throw truncated();
    if (type === COMPRESSED_BLOCK && hasEndlessWeights(input, block)) throw damaged('a Huffman table without end');
  }
  const checksum = (flags & 4) === 0 ? undefined : take(4);
  return { bytes: input.subarray(start, at), windowSize, contentSize, checksum, blocks, least };
}

/**
 * The weights of a Huffman table may come entropy-coded. Where one weight has all the probability, reading it takes
 * no bits, and the end never comes: no encoder writes that, and fzstd would loop for ever.
 */
function hasEndlessWeights(input: Uint8Array, block: number): boolean {
  const literals = input[block];
  if ((literals & 3) !== COMPRESSED_BLOCK) return false;
  const table = block + [3, 3, 4, 5][(literals >> 2) & 3];
  if (table + 1 >= input.length || input[table] >= 128) return false;
  const accuracy = (input[table + 1] & 15) + 5;
  let bit = (table + 1) * 8 + 4;
  const peek = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++) value += (((input[(bit + i) >> 3] ?? 0) >> ((bit + i) & 7)) & 1) * 2 ** i;
    return value;
  };
  const size = 2 ** accuracy;
  for (;;) {
    // A value takes one bit less when it is small; size - 2 values are.
    const value = peek(accuracy + 1);
    const isShort = value % size < size - 2;
    const probability = (isShort ? value % size : value >= size ? value - (size - 2) : value) - 1;
    if (probability !== 0) return probability === size;
    bit += isShort ? accuracy : accuracy + 1;
    // A zero is followed by how many more zeros there are, 3 for more to come.
    let more: number;
    do {
      more = peek(2);
      bit += 2;
    } while (more === 3);
  }
}

function readUint32(input: Uint8Array, at: number): number {
  return (input[at] | (input[at + 1] << 8) | (input[at + 2] << 16) | (input[at + 3] << 24)) >>> 0;
}

function damaged(reason: string, cause?: unknown): PprofOtlpError {
  return new PprofOtlpError('bad-input', `damaged zstd data: ${reason}; get the file again`, {
    stage: 'decompress',
    cause,
  });
}

function truncated(): PprofOtlpError {
  return new PprofOtlpError('bad-input', 'the zstd data ends early; get the file again', { stage: 'decompress' });
}
