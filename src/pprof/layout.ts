import { LAST_FIELD, MESSAGES, type MessageName, PROFILE } from './schema.ts';

/** Never packed: no message has that many numbers. */
export const NEVER_PACKED = 0x7fffffff;

/**
 * How an encoder writes one message type, as rules that hold for nearly all of its messages.
 * Encoders differ in these four ways and hardly in any other; what breaks a rule is a patch.
 */
export interface Style {
  /** Field numbers in the order in which they are written. */
  order: number[];
  /** Fields that are written even when they are zero, as bits. */
  zeros: number;
  /** A repeated number is packed when it has more entries than this. Per field. */
  packedAbove: Int32Array;
  /** Least bytes of a length prefix. Per field. */
  lengthWidth: Uint8Array;
}

export type Styles = Record<MessageName, Style>;

/** Fields ascending, repeated numbers packed, zeros left out, lengths as short as they can be: what protobuf libraries write. */
export function defaultStyle(name: MessageName): Style {
  return {
    order: Array.from({ length: LAST_FIELD[name] }, (_, i) => i + 1),
    zeros: 0,
    packedAbove: new Int32Array(16),
    lengthWidth: new Uint8Array(16).fill(1),
  };
}

export function defaultStyles(): Styles {
  return Object.fromEntries(MESSAGES.map((name) => [name, defaultStyle(name)])) as Styles;
}

/**
 * The order of the top-level fields as runs. `count` ALL means all entries that are left.
 * Two runs are not fields: INTERLEAVED, as Go's runtime writes samples, and FOREIGN, a field that profile.proto does not know.
 */
export interface Run {
  field: number;
  count: number;
}
export const ALL = 0;
/** Every sample, before it the locations it uses that were not written yet, behind each of those its new functions. */
export const INTERLEAVED = 0;
export const FOREIGN = 16;

/** Replaces `remove` bytes at `at` of what the rules give for one top-level field by `insert`. */
export interface Patch {
  /** Counts top-level fields from 0, in the order in which they are written. */
  record: number;
  at: number;
  remove: number;
  insert: Uint8Array;
}

/** The wire layout of one pprof: everything about its bytes that its content does not say. */
export interface Layout {
  styles: Styles;
  /** Undefined: the fields that have content, ascending. */
  runs: Run[] | undefined;
  patches: Patch[];
  /** Of what the rules give for the records that have patches: a patch must not hide that somebody edited its record. */
  patchedDigest: Uint8Array;
}

export const defaultLayout = (): Layout => ({
  styles: defaultStyles(),
  runs: undefined,
  patches: [],
  patchedDigest: new Uint8Array(0),
});

/** What the decoder sees of one message type, from which its style follows. */
export class Observed {
  /** For each field, the fields that came before it in some message, as bits. */
  readonly before = new Int32Array(16);
  readonly zeros = new Int32Array(16);
  /** For each field, how often 1, 2 and more numbers were packed and how often not. */
  readonly packed = new Int32Array(16 * 4);
  readonly unpacked = new Int32Array(16 * 4);
  readonly paddedWidth = new Uint8Array(16);
  readonly padded = new Int32Array(16);
  readonly minimal = new Int32Array(16);

  /** `nonZero` counts the messages in which a field is not zero, `messages` all. */
  style(name: MessageName, messages: number, nonZero: (field: number) => number): Style {
    const style = defaultStyle(name);
    style.order = this.order(style.order);
    for (const field of style.order) {
      const written = this.zeros[field];
      if (written > 0 && written > messages - nonZero(field) - written) style.zeros |= 1 << field;
      style.packedAbove[field] = this.packedAbove(field);
      if (this.padded[field] > this.minimal[field]) style.lengthWidth[field] = this.paddedWidth[field];
    }
    return style;
  }

  /** A field follows another when it was seen behind it and never before it. */
  private order(fields: number[]): number[] {
    const rest = [...fields];
    const order: number[] = [];
    const follows = (field: number, other: number) =>
      (this.before[field] & (1 << other)) !== 0 && (this.before[other] & (1 << field)) === 0;
    while (rest.length > 0) {
      const free = rest.findIndex((field) => rest.every((other) => other === field || !follows(field, other)));
      order.push(...rest.splice(Math.max(free, 0), 1));
    }
    return order;
  }

  private packedAbove(field: number): number {
    const at = field * 4;
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (const above of [0, 1, 2, NEVER_PACKED]) {
      let wrong = 0;
      for (let size = 1; size <= 3; size++) wrong += size > above ? this.unpacked[at + size] : this.packed[at + size];
      if (wrong < least) {
        least = wrong;
        best = above;
      }
    }
    return best;
  }
}

export type Observations = Record<MessageName, Observed>;

export const observations = (): Observations =>
  Object.fromEntries(MESSAGES.map((name) => [name, new Observed()])) as Observations;

/** Fields whose repetition is one record each; the others are written once. */
export const REPEATED_RECORDS: ReadonlySet<number> = new Set([
  PROFILE.sampleType,
  PROFILE.sample,
  PROFILE.mapping,
  PROFILE.location,
  PROFILE.function,
  PROFILE.stringTable,
]);
