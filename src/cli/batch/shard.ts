import { PprofOtlpError } from '../../errors.ts';

/** Part `index` of `count`, counted from 1. */
export interface Shard {
  index: number;
  count: number;
}

const MOST_SHARDS = 1_000_000;

export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d{1,7})\/(\d{1,7})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (index !== undefined && shard.index >= 1 && shard.index <= shard.count && shard.count <= MOST_SHARDS) return shard;
  const hint = shard.index === 0 && shard.count > 0 ? `the first is 1/${shard.count}` : 'give I/N, such as 1/8';
  throw new PprofOtlpError('usage', `--shard: "${text}" is no part of a whole; ${hint}`);
}

/**
 * Which part a name belongs to, counted from 1. Follows from the name alone, so that machines that list the files for
 * themselves agree; the same in every release.
 */
export function shardOf(name: string, count: number): number {
  return (hash(name) % count) + 1;
}

/** FNV-1a over the UTF-8 bytes, mixed once more (MurmurHash3's last step): names that differ in a digit spread evenly. */
function hash(name: string): number {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) h = Math.imul(h ^ byte, 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
