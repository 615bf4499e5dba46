// fast-check arbitrary of small damages to bytes. Places are fractions, so that one
// mutation fits inputs of any length.

import fc from 'fast-check';

export type Mutation = (bytes: Uint8Array) => Uint8Array;

/** A mutation that a failure report can print. */
function named(name: string, mutate: Mutation): Mutation {
  return Object.assign((bytes: Uint8Array) => mutate(bytes), { [fc.toStringMethod]: () => name });
}

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const at = (bytes: Uint8Array, fraction: number): number => Math.floor(fraction * bytes.length);

function splice(bytes: Uint8Array, from: number, to: number, middle: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length - (to - from) + middle.length);
  out.set(bytes.subarray(0, from));
  out.set(middle, from);
  out.set(bytes.subarray(to), from + middle.length);
  return out;
}

const hex = (bytes: Uint8Array): string =>
  bytes.length > 40 ? `${bytes.length} bytes` : Buffer.from(bytes).toString('hex');

const pieces = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 4 }),
  // What means something on the wire: a varint without end, huge lengths, ends of groups that never began.
  fc
    .constantFrom(
      [0x80],
      [0xff, 0xff, 0xff, 0xff, 0x0f],
      [0x0a, 0xff, 0xff, 0xff, 0xff, 0x7f],
      [0x0b],
      [0x0c],
      [0x00],
      [0x48, 0x01],
      [0x32, 0x00],
      Array<number>(11).fill(0xff),
    )
    .map((bytes) => Uint8Array.from(bytes)),
  // Groups in groups, closed and not: a reader that recurses for each runs out of stack.
  fc.record({ depth: fc.constantFrom(3, 90, 20_000), closed: fc.boolean() }).map(({ depth, closed }) => {
    const open = Array<number[]>(depth).fill([0x83, 0x01]).flat();
    return Uint8Array.from(closed ? [...open, ...Array<number[]>(depth).fill([0x84, 0x01]).flat()] : open);
  }),
);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.nat({ max: 7 })).map(([where, bit]) =>
    named(`bit ${bit} at ${where} flipped`, (bytes) => {
      const byte = bytes[at(bytes, where)];
      return byte === undefined
        ? bytes
        : splice(bytes, at(bytes, where), at(bytes, where) + 1, Uint8Array.of(byte ^ (1 << bit)));
    }),
  ),
  fc
    .tuple(place, fc.nat({ max: 255 }))
    .map(([where, byte]) =>
      named(`byte at ${where} set to ${byte}`, (bytes) =>
        splice(bytes, at(bytes, where), Math.min(bytes.length, at(bytes, where) + 1), Uint8Array.of(byte)),
      ),
    ),
  fc
    .tuple(place, pieces)
    .map(([where, piece]) =>
      named(`${hex(piece)} put in at ${where}`, (bytes) => splice(bytes, at(bytes, where), at(bytes, where), piece)),
    ),
  pieces.map((piece) => named(`${hex(piece)} added`, (bytes) => splice(bytes, bytes.length, bytes.length, piece))),
  place.map((where) => named(`cut off at ${where}`, (bytes) => bytes.slice(0, at(bytes, where)))),
  fc
    .tuple(place, fc.integer({ min: 1, max: 8 }))
    .map(([where, length]) =>
      named(`${length} bytes at ${where} removed`, (bytes) =>
        splice(bytes, at(bytes, where), Math.min(bytes.length, at(bytes, where) + length), new Uint8Array(0)),
      ),
    ),
  fc
    .tuple(place, place, fc.integer({ min: 1, max: 64 }))
    .map(([from, to, length]) =>
      named(`${length} bytes copied from ${from} to ${to}`, (bytes) =>
        splice(bytes, at(bytes, to), at(bytes, to), bytes.slice(at(bytes, from), at(bytes, from) + length)),
      ),
    ),
);

export const mutations: fc.Arbitrary<Mutation[]> = fc.array(mutation, { minLength: 1, maxLength: 3 });

export function mutate(bytes: Uint8Array, list: readonly Mutation[]): Uint8Array {
  return list.reduce((out, next) => next(out), bytes);
}

export interface Source {
  name: string;
  bytes: Uint8Array;
}

/** One of several inputs; a failure report prints its name, not its bytes. */
export function sourceAmong(sources: readonly Source[]): fc.Arbitrary<Source> {
  return fc.constantFrom(
    ...sources.map((source) => Object.assign({ ...source }, { [fc.toStringMethod]: () => source.name })),
  );
}

/** Any input from an arbitrary, mutated; a failure report prints the bytes as they have become. */
export function mutated(source: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  return fc.tuple(source, mutations).map(([bytes, list]) => mutate(bytes, list));
}
