/**
 * The wire layout of an OTLP payload, apart from its content: with the canonical form of a payload and its layout,
 * the exact bytes of any protobuf encoder come back. proto/layout.proto says what a layout consists of.
 */

import { Misfit, PprofOtlpError } from '../../errors.ts';
import { MessageReader, MessageWriter } from '../../wire/message.ts';
import { restore } from './restore.ts';
import { Splitter } from './split.ts';

/** Fields of Layout in proto/layout.proto. */
const LAYOUT = { surprises: 1, shapes: 2, raw: 3, whole: 4 } as const;

/** What padding and explicit zeros make of a payload at the most; one that exceeds this is kept whole. */
const LARGEST_GROWTH = 32;
const ALLOWANCE = 4096;

const limitOf = (canonical: Uint8Array, layout: Uint8Array): number =>
  LARGEST_GROWTH * (canonical.length + layout.length) + ALLOWANCE;

/**
 * Splits a ProfilesData message into what it says and how that is written.
 *
 * `canonical` has the known fields ascending, numbers packed, zeros and overridden values left out, pieces of one message
 * merged, varints as short as they can be. It may share memory with `bytes`.
 * `layout` is what `relayout` needs besides; it is empty exactly when `bytes` are canonical.
 *
 * Throws PprofOtlpError `bad-input` when the bytes are no ProfilesData, `limit` when they are nested too deep.
 */
export function normalise(bytes: Uint8Array): { canonical: Uint8Array; layout: Uint8Array } {
  const splitter = new Splitter(bytes);
  const { surprises, table, raw } = splitter;
  if (surprises.length === 0) return { canonical: bytes, layout: new Uint8Array(0) };
  const canonical = splitter.canonical.finish();
  const layout = new MessageWriter()
    .packed(LAYOUT.surprises, surprises)
    .packed(LAYOUT.shapes, table)
    .bytes(LAYOUT.raw, raw.finish())
    .finish();
  if (bytes.length <= limitOf(canonical, layout)) return { canonical, layout };
  return { canonical, layout: new MessageWriter().bytes(LAYOUT.whole, bytes).finish() };
}

/**
 * The bytes that `normalise` split. Whether `canonical` and `layout` belong together shows only in part:
 * the caller has to know the bytes by a digest.
 *
 * Throws Misfit when they cannot belong together or the layout is damaged.
 */
export function relayout(canonical: Uint8Array, layout: Uint8Array): Uint8Array {
  if (layout.length === 0) return canonical;
  try {
    const stored = new MessageReader(layout);
    const whole = stored.bytes(LAYOUT.whole);
    if (whole.length > 0) return whole;
    const notes = {
      surprises: stored.packedNumbers(LAYOUT.surprises),
      table: stored.packedNumbers(LAYOUT.shapes),
      raw: stored.bytes(LAYOUT.raw),
    };
    return restore(canonical, notes, limitOf(canonical, layout));
  } catch (error) {
    if (error instanceof PprofOtlpError) throw new Misfit(error.message);
    throw error;
  }
}
