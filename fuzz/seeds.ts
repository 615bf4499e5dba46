// What fuzzing begins with: the small real profiles, and generated ones. Made anew at each start, so nothing is stored.

import fc from 'fast-check';
import { decompress, otlpToOtlp, otlpToPprof, PprofOtlpError, pprofToOtlp } from '../src/index.ts';
import { ordinaryPprof, pprof } from '../test/support/arbitraries.ts';
import { otlpFiles, pprofFiles } from '../test/support/corpus.ts';
import { RELEASES } from '../test/support/drafts/protos.ts';
import { render } from '../test/support/drafts/render.ts';
import { sketchOf } from '../test/support/drafts/sketch.ts';
import { otlp, realisticOtlp } from '../test/support/otlpPayloads.ts';
import { foreignPayload } from '../test/support/payload.ts';

/** Larger files take more time than they show. */
const LARGEST = 20_000;
const GENERATED = 60;

const small = (list: readonly Uint8Array[], largest = LARGEST): Uint8Array[] =>
  list.filter(({ length }) => length <= largest);

const some = (arbitrary: fc.Arbitrary<Uint8Array>, numRuns = GENERATED): Uint8Array[] =>
  fc.sample(arbitrary, { seed: 7, numRuns });

export function pprofSeeds(largest = LARGEST): Uint8Array[] {
  return small([...pprofFiles.map(({ read }) => decompress(read())), ...some(ordinaryPprof), ...some(pprof)], largest);
}

export function otlpSeeds(largest = LARGEST): Uint8Array[] {
  const own = some(pprof, 20).map((bytes) => pprofToOtlp(bytes, { resource: { 'service.name': 'seed' } }).otlp);
  const files = otlpFiles.map(({ read }) => decompress(read()));
  return small([foreignPayload(), ...files, ...some(otlp), ...some(realisticOtlp), ...own], largest);
}

/** What can't be translated makes no seed: payloads without profiles, text that is not UTF-8 in JSON. */
function ifPossible(translate: () => Uint8Array[]): Uint8Array[] {
  try {
    return translate();
  } catch (error) {
    if (error instanceof PprofOtlpError) return [];
    throw error;
  }
}

export function jsonSeeds(): Uint8Array[] {
  return otlpSeeds(6000).flatMap((payload) =>
    ifPossible(() => [otlpToOtlp(payload, { from: 'otlp', otlpVersion: '1.11', to: 'otlp-json' }).otlp]),
  );
}

export function draftSeeds(): Uint8Array[] {
  return small(RELEASES.flatMap((release) => some(sketchOf(release).map(render), 20)));
}

/** Pprofs with an extension. */
export function extensionSeeds(): Uint8Array[] {
  return otlpSeeds(8000).flatMap((payload, i) => {
    const timestamps = i % 3 === 0 ? 'labels' : 'aggregate';
    return ifPossible(
      () => otlpToPprof(payload, { from: 'otlp', otlpVersion: '1.11', merge: i % 4 !== 0, timestamps }).pprofs,
    );
  });
}

/** OTLP with a residual. */
export function residualSeeds(): Uint8Array[] {
  return pprofSeeds(8000).map((bytes) => pprofToOtlp(bytes).otlp);
}
