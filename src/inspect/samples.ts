import {
  type Profile,
  type SampleIdentity,
  type Samples,
  type Scope,
  sameIdentity,
  valuesFrom,
  valuesTo,
} from '../model/model.ts';

/** Profiles whose samples agree one for one in stack, attributes and link: the sample types of one measurement. */
export interface SampleSet {
  identity: SampleIdentity;
  profiles: Profile[];
}

/** The sample sets of a scope. A pprof is one set; in OTLP profiles that stand one after the other are compared. */
export function sampleSets({ profiles }: Scope): SampleSet[] {
  const sets: SampleSet[] = [];
  for (const profile of profiles) {
    const { identity } = profile.samples;
    const last = sets[sets.length - 1];
    if (last !== undefined && sameIdentity(last.identity, identity)) last.profiles.push(profile);
    else sets.push({ identity, profiles: [profile] });
  }
  return sets;
}

/** Calls `visit` for each value of each sample; a sample with timestamps only counts them, as OTLP has it. */
export function eachValue(
  { identity, values, timestamps }: Samples,
  visit: (sample: number, lo: number, hi: number) => void,
): void {
  const { column } = values;
  for (let i = 0; i < identity.length; i++) {
    const from = valuesFrom(values, i);
    const to = valuesTo(values, i);
    for (let at = from; at < to; at++) visit(i, column.lo[at], column.hiAt(at));
    if (from === to && timestamps !== undefined) visit(i, timestamps.start.array[i + 1] - timestamps.start.array[i], 0);
  }
}
