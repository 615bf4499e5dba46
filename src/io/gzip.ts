import { Z_BUF_ERROR, Z_NO_FLUSH, Z_OK, Z_STREAM_END, ZStream, zlibInflate, zlibInflateInit2 } from 'pako';
import { PprofOtlpError } from '../errors.ts';
import { type Inflated, modestSize } from './compression.ts';

/** 15 bits of window, +16: gzip and nothing else. Left to itself zlib takes a zlib stream for gzip. */
const GZIP_ONLY = 15 + 16;
/** Header, empty deflate block, CRC and length. */
const SMALLEST_MEMBER = 20;
/** Deflate can't do better than 258 bytes for every 2 bits. */
const BEST_RATIO = 1032;
const FIRST_GUESS = 64 * 1024;
const SCRATCH = 64 * 1024;

/**
 * Inflates gzip data of one or several members and stops at `limit` bytes of output: a bomb costs no more than that.
 * With the whole input read, the CRC and the length of every member are checked, and nothing may follow the last one.
 */
export function gunzip(input: Uint8Array, limit: number): Inflated {
  const modest = modestSize(input.length);
  if (modest >= limit) return inflateMembers(input, limit).inflated;
  const start = inflateMembers(input, modest).inflated;
  return start.complete || gunzippedSize(input, limit) > limit ? start : inflateMembers(input, limit).inflated;
}

/** How much gzip data becomes; no more than somewhat above `limit` is looked at. */
export function gunzippedSize(input: Uint8Array, limit: number): number {
  return inflateMembers(input, limit, false).size;
}

/** With `keep` false nothing is kept but the size. */
function inflateMembers(input: Uint8Array, limit: number, keep = true): { inflated: Inflated; size: number } {
  let output = new Uint8Array(keep ? guessSize(input, limit) : SCRATCH);
  let written = 0;
  let dropped = 0;
  let at = 0;
  const result = (complete: boolean) => {
    const bytes = written === output.length ? output : output.subarray(0, written);
    // What is kept for long should not keep a larger buffer with it.
    const kept = complete && bytes !== output ? bytes.slice() : bytes;
    return { inflated: { bytes: kept, complete }, size: dropped + written };
  };
  while (at < input.length) {
    if (at > 0 && !(input[at] === 0x1f && input[at + 1] === 0x8b)) throw trailingJunk(input.length - at, at);
    const stream = new ZStream();
    zlibInflateInit2(stream, GZIP_ONLY);
    stream.input = input;
    stream.next_in = at;
    stream.avail_in = input.length - at;
    for (;;) {
      if (written === output.length && !keep) {
        dropped += written;
        written = 0;
      } else if (written === output.length && written < limit) output = grow(output, limit);
      stream.output = output;
      stream.next_out = written;
      stream.avail_out = output.length - written;
      const status = zlibInflate(stream, Z_NO_FLUSH);
      written = stream.next_out;
      if (status === Z_STREAM_END) break;
      if (status !== Z_OK && status !== Z_BUF_ERROR) throw damaged(stream.msg, at, stream.next_in);
      // A member that ends exactly at the limit reads its trailer without more room, so this one goes on.
      if (keep ? written >= limit : dropped + written > limit) return result(false);
      if (stream.avail_in === 0 && stream.avail_out > 0) throw truncated(input.length);
    }
    at = stream.next_in;
  }
  return result(true);
}

/** The last four bytes say how long the last member is. They may lie, so the input's own length bounds them. */
export function guessSize(input: Uint8Array, limit: number): number {
  const end = input.length;
  if (end < SMALLEST_MEMBER) return Math.min(FIRST_GUESS, limit);
  const claimed = (input[end - 4] | (input[end - 3] << 8) | (input[end - 2] << 16) | (input[end - 1] << 24)) >>> 0;
  const believable = claimed >= end / 4 && claimed <= end * BEST_RATIO;
  return Math.min(believable ? claimed : Math.max(FIRST_GUESS, end * 4), limit);
}

function grow(output: Uint8Array<ArrayBuffer>, limit: number): Uint8Array<ArrayBuffer> {
  const bigger = new Uint8Array(Math.min(Math.max(output.length * 2, FIRST_GUESS), limit));
  bigger.set(output);
  return bigger;
}

function damaged(reason: string, memberAt: number, at: number): PprofOtlpError {
  const what =
    reason === 'incorrect data check'
      ? 'the gzip checksum does not match'
      : reason === 'incorrect length check'
        ? 'the gzip length does not match'
        : reason === 'incorrect header check' || reason === 'unknown compression method'
          ? `no gzip header at byte ${memberAt} of the file`
          : `damaged gzip data near byte ${at} of the file (${reason})`;
  return new PprofOtlpError('bad-input', `${what}; get the file again`, { stage: 'decompress' });
}

function truncated(at: number): PprofOtlpError {
  return new PprofOtlpError('bad-input', `the gzip data ends early, at byte ${at} of the file; get the file again`, {
    stage: 'decompress',
  });
}

function trailingJunk(count: number, at: number): PprofOtlpError {
  const what = `${count} ${count === 1 ? 'byte follows' : 'bytes follow'} the gzip data, from byte ${at} of the file on`;
  return new PprofOtlpError('bad-input', `${what}; cut them off or get the file again`, { stage: 'decompress' });
}
