import type { Dictionary, Profile, ValueType } from '../model/model.ts';
import { type Content, profilesOf } from './content.ts';
import { eachValue } from './samples.ts';
import type { SampleTypeSummary } from './summary.ts';
import { Sums } from './sums.ts';

/** All profiles of one sample type, in the order in which the file has the types. */
export interface TypedProfiles {
  type: string;
  unit: string;
  isDefault: boolean;
  profiles: Profile[];
}

/** A pprof's types are in its own order; the profile that stands first in the model is the default one. */
export function typedProfiles(content: Content): TypedProfiles[] {
  const profiles = profilesOf(content);
  const first = profiles[0];
  if (content.pprof !== undefined) {
    if (content.pprof.data.sampleType.length === 0) return [];
    profiles.sort((a, b) => a.samples.values.first - b.samples.values.first);
  }
  const types = new Map<string, TypedProfiles>();
  for (const profile of profiles) {
    const { type, unit } = textOf(content.dictionary, profile.sampleType);
    // Two sample types of one pprof may have the same name, and are two all the same.
    const place = content.pprof === undefined ? '' : profile.samples.values.first;
    const key = JSON.stringify([type, unit, place]);
    const known = types.get(key) ?? { type, unit, isDefault: false, profiles: [] };
    known.profiles.push(profile);
    known.isDefault ||= profile === first;
    types.set(key, known);
  }
  return [...types.values()];
}

/** The sample type of this name, `type` or `type/unit`; the default one when none is asked for. */
export function chosenType(types: readonly TypedProfiles[], wanted?: string): TypedProfiles | undefined {
  if (wanted === undefined) return types.find(({ isDefault }) => isDefault);
  return types.find(({ type, unit }) => wanted === type || wanted === `${type}/${unit}`);
}

export function sampleTypeSummary({ dictionary }: Content, typed: TypedProfiles): SampleTypeSummary {
  const { type, unit, isDefault, profiles } = typed;
  const sum = new Sums(1);
  for (const { samples } of profiles) eachValue(samples, (_, lo, hi) => sum.add(0, lo, hi));
  const period = textOf(dictionary, profiles[0].periodType);
  return {
    type,
    unit,
    isDefault,
    profiles: profiles.length,
    samples: profiles.reduce((count, { samples }) => count + samples.identity.length, 0),
    total: sum.get(0),
    periodType: period.type,
    periodUnit: period.unit,
    period: profiles[0].period,
  };
}

function textOf({ strings }: Dictionary, { type, unit }: ValueType): { type: string; unit: string } {
  return { type: strings.text(type), unit: strings.text(unit) };
}
