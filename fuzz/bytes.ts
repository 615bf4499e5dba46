// Changes to bytes that know nothing of what these are.

import type { Random } from '../test/support/random.ts';
import { concat } from './wire.ts';

const PIECES = [
  [0x80],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f],
  [0x0b],
  [0x0c],
  [0x00],
  [0x00, 0x00, 0x00, 0x00],
  [0xff, 0xff, 0xff, 0xff],
  [0x1f, 0x8b, 0x08],
  [0x28, 0xb5, 0x2f, 0xfd],
  Array<number>(11).fill(0xff),
].map((piece) => Uint8Array.from(piece));

export function mutateBytes(bytes: Uint8Array, random: Random, donor: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1);
  const put = (middle: Uint8Array, removed = 0): Uint8Array =>
    concat([bytes.subarray(0, at), middle, bytes.subarray(at + removed)]);
  switch (random.below(9)) {
    case 0:
      return put(Uint8Array.of((bytes[at] ?? 0) ^ (1 << random.below(8))), 1);
    case 1:
      return put(Uint8Array.of(random.below(256)), 1);
    case 2:
      return put(Uint8Array.of(random.below(1 << (1 + random.below(8)))), 1);
    case 3:
      return put(random.pick(PIECES));
    case 4:
      return put(new Uint8Array(0), 1 + random.below(8));
    case 5:
      return random.below(4) === 0 ? bytes.slice(0, at) : put(random.pick(PIECES), 1 + random.below(8));
    case 6: {
      const from = random.below(bytes.length + 1);
      return put(bytes.slice(from, from + 1 + random.below(64)));
    }
    case 7: {
      const from = random.below(donor.length + 1);
      return put(donor.slice(from, from + 1 + random.below(64)), random.below(64));
    }
    default: {
      // Groups in groups, or the same piece very often.
      const piece = random.pick([Uint8Array.of(0x83, 0x01), Uint8Array.of(0x5b), Uint8Array.of(0x0a, 0x00)]);
      return put(concat(Array<Uint8Array>(random.pick([3, 90, 200, 2000])).fill(piece)));
    }
  }
}
