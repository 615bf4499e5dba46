// fast-check arbitraries of whole pprof files, as bytes.

import fc from 'fast-check';
import { layOut } from './layout.ts';
import { encoderLayout, layout } from './layouts.ts';
import type { PprofProfile } from './messages.ts';
import { pprofProfile } from './profiles.ts';

export interface PprofCase {
  profile: PprofProfile;
  bytes: Uint8Array;
}

/** Any pprof that has a meaning, in any layout. */
export const pprofCase: fc.Arbitrary<PprofCase> = fc
  .tuple(pprofProfile, layout)
  .map(([profile, style]) => ({ profile, bytes: layOut(profile, style) }));

export const pprof: fc.Arbitrary<Uint8Array> = pprofCase.map(({ bytes }) => bytes);

/** Any content, but laid out as one of the known encoders does. */
export const ordinaryPprof: fc.Arbitrary<Uint8Array> = fc
  .tuple(pprofProfile, encoderLayout)
  .map(([profile, style]) => layOut(profile, style));

/** Makes a valid profile meaningless, or returns false where it has no place for that. */
type Damage = (profile: PprofProfile) => boolean;

const stringPlaces: [string, (profile: PprofProfile, index: bigint) => boolean][] = [
  ['sample_type.type', (p, i) => set(p.sample_type, 'type', i)],
  ['sample_type.unit', (p, i) => set(p.sample_type, 'unit', i)],
  [
    'label.key',
    (p, i) =>
      set(
        p.sample.flatMap((sample) => sample.label),
        'key',
        i,
      ),
  ],
  [
    'label.str',
    (p, i) =>
      set(
        p.sample.flatMap((sample) => sample.label),
        'str',
        i,
      ),
  ],
  [
    'label.num_unit',
    (p, i) =>
      set(
        p.sample.flatMap((sample) => sample.label),
        'num_unit',
        i,
      ),
  ],
  ['mapping.filename', (p, i) => set(p.mapping, 'filename', i)],
  ['mapping.build_id', (p, i) => set(p.mapping, 'build_id', i)],
  ['function.name', (p, i) => set(p.function, 'name', i)],
  ['function.system_name', (p, i) => set(p.function, 'system_name', i)],
  ['function.filename', (p, i) => set(p.function, 'filename', i)],
  ['drop_frames', (p, i) => set([p], 'drop_frames', i)],
  ['keep_frames', (p, i) => set([p], 'keep_frames', i)],
  ['default_sample_type', (p, i) => set([p], 'default_sample_type', i)],
  ['doc_url', (p, i) => set([p], 'doc_url', i)],
  ['period_type.type', (p, i) => p.period_type !== undefined && set([p.period_type], 'type', i)],
  ['period_type.unit', (p, i) => p.period_type !== undefined && set([p.period_type], 'unit', i)],
  ['comment', (p, i) => p.comment.push(i) > 0],
];

/** On the last entry, which is the one that a check of the first would miss. */
function set<T extends object, K extends keyof T>(entries: T[], key: K, value: T[K]): boolean {
  const last = entries.at(-1);
  if (last === undefined) return false;
  last[key] = value;
  return true;
}

function unused(entries: { id: bigint }[]): bigint {
  let id = 1000n;
  while (entries.some((entry) => entry.id === id)) id++;
  return id;
}

function twin<T extends { id: bigint }>(entries: T[]): boolean {
  const last = entries.at(-1);
  return last !== undefined && entries.unshift(structuredClone(last)) > 0;
}

/** What DESIGN section 5 refuses, by name. */
export const DAMAGES: Readonly<Record<string, Damage>> = {
  ...Object.fromEntries(
    stringPlaces.flatMap(([name, put]): [string, Damage][] => [
      [`${name} one past the string table`, (p) => put(p, BigInt(p.string_table.length))],
      [`${name} far past the string table`, (p) => put(p, (1n << 32n) + 1n)],
      [`${name} negative`, (p) => put(p, -1n)],
    ]),
  ),
  'sample.location_id of no location': (p) => p.sample.at(-1)?.location_id.push(unused(p.location)) !== undefined,
  'line.function_id of no function': (p) =>
    set(
      p.location.flatMap((location) => location.line),
      'function_id',
      unused(p.function),
    ),
  'string_table[0] not empty': (p) => p.string_table.splice(0, 1, Uint8Array.of(0x78)).length > 0,
  'one value too many': (p) => p.sample.at(-1)?.value.push(0n) !== undefined,
  'one value missing': (p) => p.sample.at(-1)?.value.pop() !== undefined,
  'two mappings with one id': (p) => twin(p.mapping),
  'two locations with one id': (p) => twin(p.location),
  'two functions with one id': (p) => twin(p.function),
};

export interface RefusedCase {
  why: string;
  bytes: Uint8Array;
}

const RUN_TOGETHER = 'a second time_nanos';

/** A pprof that must be refused, in any layout. */
export const refusedPprof: fc.Arbitrary<RefusedCase> = fc
  .tuple(pprofProfile, layout, fc.constantFrom(...Object.keys(DAMAGES), RUN_TOGETHER))
  .map(([profile, style, why]) => {
    if (why === RUN_TOGETHER) return { why, bytes: Uint8Array.of(...layOut(profile, style), 0x48, 1, 0x48, 2) };
    const damaged = structuredClone(profile);
    return (DAMAGES[why] as Damage)(damaged) ? { why, bytes: layOut(damaged, style) } : undefined;
  })
  .filter((refused) => refused !== undefined);
