// What is fuzzed: where each target begins, how its input is changed and what must hold of it.

import { gunzipSync, gzipSync } from 'node:zlib';
import { check, decompress, detect, inspect, otlpToOtlp, otlpToPprof, pprofToOtlp } from '../src/index.ts';
import { join, plainForm } from '../src/io/container.ts';
import { storedFrame } from '../src/io/zstd.ts';
import { RELEASES } from '../src/otlp/drafts/schemas.ts';
import { findExtension } from '../src/otlp/extension/message.ts';
import { stripResidual } from '../test/support/edits.ts';
import { decodeOtlp } from '../test/support/oracle.ts';
import { meaningOfData } from '../test/support/otlpMeaning.ts';
import type { Random } from '../test/support/random.ts';
import { mutateBytes } from './bytes.ts';
import {
  type Edit,
  editExtension,
  editResidual,
  openExtension,
  openResidual,
  signExtension,
  signResidual,
} from './inside.ts';
import { attempt, expect, expectSame, judgeOtlp, judgePprof, type Leg, surely } from './oracle.ts';
import { draftSeeds, extensionSeeds, jsonSeeds, otlpSeeds, pprofSeeds, residualSeeds } from './seeds.ts';
import { mutateJson } from './text.ts';
import { concat, mutateWire } from './wire.ts';

export interface Target {
  seeds: () => Uint8Array[];
  /** `donor` is another input, of which pieces may be taken. */
  mutate: (bytes: Uint8Array, random: Random, donor: Uint8Array) => Uint8Array;
  /** Throws a Finding for what must not be. */
  judge: (bytes: Uint8Array, leg?: Leg) => void;
}

const CURRENT = { otlpVersion: '1.11' };

const byWire = (bytes: Uint8Array, random: Random, donor: Uint8Array): Uint8Array =>
  (random.below(5) === 0 ? undefined : mutateWire(bytes, random, donor)) ?? mutateBytes(bytes, random, donor);

const text = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

const pprof: Target = {
  seeds: () => pprofSeeds(),
  mutate: byWire,
  judge(input, leg) {
    const bytes = attempt('decompress', () => decompress(input));
    if (bytes !== undefined) judgePprof(bytes, leg);
  },
};

const otlp: Target = {
  seeds: () => otlpSeeds(),
  mutate: byWire,
  judge(input, leg) {
    attempt('detect', () => detect(input));
    const bytes = attempt('decompress', () => decompress(input));
    if (bytes !== undefined) judgeOtlp(bytes, 'otlp', CURRENT, leg);
  },
};

const json: Target = {
  seeds: jsonSeeds,
  mutate: (bytes, random, donor) =>
    random.below(5) === 0
      ? mutateBytes(bytes, random, donor)
      : new TextEncoder().encode(mutateJson(text(bytes), random, text(donor))),
  judge(input, leg) {
    attempt('detect', () => detect(input));
    const bytes = attempt('decompress', () => decompress(input));
    if (bytes === undefined) return;
    const isRead = attempt('otlpToOtlp', () => otlpToOtlp(bytes, { from: 'otlp-json' })) !== undefined;
    if (isRead) surely('JSON.parse', () => JSON.parse(text(bytes).replace(/^\ufeff/, '')));
    judgeOtlp(bytes, 'otlp-json', {}, leg);
  },
};

const LIMIT = 200_000;

/** A file that holds the message in some way. */
function wrapped(message: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const note = random.below(3) === 0 ? [random.below(6)] : [];
  switch (random.below(8)) {
    case 0:
      return gzipSync(message);
    case 1:
      return concat([
        gzipSync(message.subarray(0, message.length >> 1)),
        gzipSync(message.subarray(message.length >> 1)),
      ]);
    case 2:
      return storedFrame(message);
    case 3:
      return join([message, other], Uint8Array.of(...plainForm('frames'), random.below(2), random.below(2)));
    case 4:
      return join([message], Uint8Array.of(...plainForm('jeffrey'), ...note.map((n) => Math.min(n, 5))));
    case 5:
      return join([message, other], plainForm('jeffrey'));
    case 6:
      return join([message, other], plainForm('jsonl'));
    default:
      return concat([Uint8Array.of(0xef, 0xbb, 0xbf), message]);
  }
}

const containers: Target = {
  seeds: () => [
    ...pprofSeeds(4000),
    ...otlpSeeds(4000),
    ...jsonSeeds().slice(0, 20),
    gzipSync(new Uint8Array(300_000)),
  ],
  mutate: (bytes, random, donor) =>
    random.below(3) === 0 ? wrapped(bytes, random, donor) : mutateBytes(bytes, random, donor),
  judge(input, leg) {
    const form = attempt('detect', () => detect(input));
    const bytes = attempt('decompress', () => decompress(input, LIMIT));
    if (bytes === undefined) return;
    expect(bytes.length <= LIMIT, 'decompress gives more than its limit');
    if (input[0] === 0x1f && input[1] === 0x8b)
      expectSame(
        bytes,
        surely('zlib', () => gunzipSync(input)),
        'zlib inflates to other bytes',
      );
    if (form === undefined) return;
    if (form.format === 'pprof') judgePprof(bytes, leg);
    else {
      const from =
        form.container === undefined || form.container === 'protobuf' ? 'otlp' : (`otlp-${form.container}` as const);
      judgeOtlp(bytes, from, { ...CURRENT, maxSize: LIMIT }, leg);
    }
  },
};

const VERSIONS = [undefined, ...Object.keys(RELEASES)];

const drafts: Target = {
  seeds: draftSeeds,
  mutate: byWire,
  judge(bytes) {
    attempt('detect', () => detect(bytes));
    for (const otlpVersion of VERSIONS) {
      const options = { from: 'otlp', ...(otlpVersion === undefined ? {} : { otlpVersion }) } as const;
      const what = `as ${otlpVersion ?? 'told by its shape'}`;
      const upgraded = attempt(`otlpToOtlp ${what}`, () => otlpToOtlp(bytes, options));
      attempt(`check ${what}`, () => check(bytes, options));
      if (upgraded === undefined) continue;
      // Of a payload without profiles there is no pprof.
      const there = attempt(`otlpToPprof ${what}`, () => otlpToPprof(bytes, { ...options, merge: true }));
      if (there === undefined) continue;
      expect(there.reports[0].proven, `an accepted draft is not proven ${what}`);
      const back = surely(`the way back ${what}`, () => pprofToOtlp(there.pprofs[0]));
      expectSame(back.otlp, upgraded.otlp, `the upgraded payload does not come back ${what}`);
      surely(`inspect ${what}`, () => inspect(upgraded.otlp, 'otlp'));
    }
  },
};

/** Now and then what was changed is made to match its digest, or nobody would look at what it gives. */
function mutateInside(
  edit: (file: Uint8Array, edit: Edit) => Uint8Array | undefined,
  sign: (file: Uint8Array) => Uint8Array | undefined,
): Target['mutate'] {
  return (file, random, donor) => {
    let given: Uint8Array = donor;
    edit(donor, (inside) => {
      given = inside;
      return undefined;
    });
    const changed = edit(file, (inside) => byWire(inside, random, given)) ?? file;
    if (random.below(3) !== 0) return changed;
    try {
      return sign(changed) ?? changed;
    } catch {
      return changed;
    }
  };
}

const present = <T>(list: readonly (T | undefined)[]): T[] => list.filter((item) => item !== undefined);

const residual: Target = {
  seeds: () => present(residualSeeds().map(openResidual)),
  mutate: mutateInside(editResidual, signResidual),
  judge(bytes, leg) {
    const returned = attempt('otlpToPprof', () => otlpToPprof(bytes));
    if (returned === undefined) return;
    returned.pprofs.forEach((pprof, i) => {
      const there = surely('pprofToOtlp of what came back', () => pprofToOtlp(pprof));
      expect(there.report.proven, 'what came back is not proven');
      if (returned.reports[i].exactReturn === true || (leg ?? 0) > 0) return;
      const plain = surely('otlpToPprof without residual', () =>
        otlpToPprof(stripResidual(bytes), { fidelity: 'semantic' }),
      );
      expect(meaning(pprof) === meaning(plain.pprofs[0]), 'what came back says something else');
    });
  },
};

/** What the pprof says itself, whatever its extension would bring back. */
function meaning(pprof: Uint8Array): string {
  const bare = findExtension(pprof)?.pprof ?? pprof;
  return JSON.stringify(meaningOfData(decodeOtlp(pprofToOtlp(bare, { fidelity: 'semantic' }).otlp)));
}

const extension: Target = {
  seeds: () => present(extensionSeeds().map(openExtension)),
  mutate: mutateInside(editExtension, signExtension),
  judge(bytes) {
    const there = attempt('pprofToOtlp', () => pprofToOtlp(bytes));
    attempt('check', () => check(bytes, { from: 'pprof' }));
    if (there === undefined) return;
    // Of what another writer made only the digests tell.
    expect(there.report.proven || there.report.exactReturn === true, 'an accepted pprof is not proven');
    if (there.report.exactReturn === true) {
      attempt('otlpToPprof of what came back', () => otlpToPprof(there.otlp, { merge: true }));
      return;
    }
    const { pprofs } = surely('otlpToPprof of the translation', () => otlpToPprof(there.otlp));
    expectSame(pprofs[0], bytes, 'the pprof does not come back');
  },
};

export const TARGETS = { pprof, otlp, json, containers, drafts, residual, extension } satisfies Record<string, Target>;
export type TargetName = keyof typeof TARGETS;
