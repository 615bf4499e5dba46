// fast-check arbitraries of whole OTLP payloads, as bytes.

import fc from 'fast-check';
import type { ProfilesData } from './messages.ts';
import { encodeOtlp } from './oracle.ts';
import { otlpData } from './otlpData.ts';
import { otlpWireStyle, relayOtlp } from './otlpLayouts.ts';
import { realisticCase } from './otlpProducers.ts';

export { realisticCase };

export interface OtlpCase {
  /** What the bytes say. */
  data: ProfilesData;
  bytes: Uint8Array;
}

/** Any OTLP that has a meaning, as protobuf libraries write it: fields ascending, numbers packed, no zeros. */
export const canonicalOtlpCase: fc.Arbitrary<OtlpCase> = otlpData.map((data) => ({ data, bytes: encodeOtlp(data) }));

/** Any OTLP that has a meaning, in any wire layout. */
export const wildOtlpCase: fc.Arbitrary<OtlpCase> = fc
  .tuple(canonicalOtlpCase, otlpWireStyle)
  .map(([{ data, bytes }, style]) => ({ data, bytes: relayOtlp(bytes, style) }));

/** All of these; shrinks to canonical ones. */
export const otlpCase: fc.Arbitrary<OtlpCase> = fc.oneof(
  { withCrossShrink: true },
  { weight: 2, arbitrary: canonicalOtlpCase },
  { weight: 2, arbitrary: wildOtlpCase },
  { weight: 1, arbitrary: realisticCase },
);

const bytesOf = ({ bytes }: OtlpCase): Uint8Array => bytes;
export const canonicalOtlp: fc.Arbitrary<Uint8Array> = canonicalOtlpCase.map(bytesOf);
export const wildOtlp: fc.Arbitrary<Uint8Array> = wildOtlpCase.map(bytesOf);
export const realisticOtlp: fc.Arbitrary<Uint8Array> = realisticCase.map(bytesOf);
export const otlp: fc.Arbitrary<Uint8Array> = otlpCase.map(bytesOf);
