// Spoils one part of a valid OTLP payload.

import type {
  OtlpMapping,
  OtlpProfile,
  OtlpSample,
  ProfilesData,
  ProfilesDictionary,
  Resource,
} from '../../support/messages.ts';
import type { Defect } from '../defect.ts';
import { type keyValue, START } from '../valid.ts';

export type OtlpDefect = Defect<ProfilesData>;
export type Spoil<T> = (part: T, dictionary: ProfilesDictionary) => void;

export const tables = (data: ProfilesData): ProfilesDictionary => data.dictionary as ProfilesDictionary;
export const scopes = (data: ProfilesData) => data.resource_profiles[0]?.scope_profiles ?? [];
export const profiles = (data: ProfilesData) => scopes(data)[0]?.profiles ?? [];

/** Spoilers of the dictionary, the first profile, the resource, the attributes of the scope. */
export const inTables = (spoil: (dictionary: ProfilesDictionary) => void) => (data: ProfilesData) =>
  spoil(tables(data));
export const inProfile = (spoil: Spoil<OtlpProfile>) => (data: ProfilesData) =>
  spoil(profiles(data)[0] as OtlpProfile, tables(data));
export const inResource = (spoil: Spoil<Resource>) => (data: ProfilesData) =>
  spoil(data.resource_profiles[0]?.resource as Resource, tables(data));
export const inScope = (spoil: Spoil<ReturnType<typeof keyValue>[]>) => (data: ProfilesData) =>
  spoil(scopes(data)[0]?.scope?.attributes ?? [], tables(data));

/** A sample beside the valid ones, of their shape and of another identity. */
export const sample = (part: Partial<OtlpSample>): OtlpSample => ({
  ...{ stack_index: 2, attribute_indices: [1], link_index: 0, values: [1n], timestamps_unix_nano: [START] },
  ...part,
});

export const withSample = (part: Partial<OtlpSample>) => inProfile((profile) => profile.samples.push(sample(part)));

/** An attribute at the end of attribute_table that the first sample refers to. */
export const attribute = (key: string, value: NonNullable<ReturnType<typeof keyValue>['value']>, unit = '') =>
  inProfile((profile, dictionary) => {
    profile.samples[0]?.attribute_indices.push(dictionary.attribute_table.length);
    dictionary.attribute_table.push({
      key_strindex: intern(dictionary, key),
      value,
      unit_strindex: intern(dictionary, unit),
    });
  });

/** A mapping like the valid one, both of them without addresses. */
export function withoutRange({ mapping_table }: ProfilesDictionary): OtlpMapping {
  const mapping = mapping_table[1] as OtlpMapping;
  Object.assign(mapping, { memory_start: 0n, memory_limit: 0n });
  return { ...mapping };
}

export function intern({ string_table }: ProfilesDictionary, text: string): number {
  const known = string_table.indexOf(text);
  return known >= 0 ? known : string_table.push(text) - 1;
}

/** Takes away all that refers to the dictionary. */
export function withoutDictionary(data: ProfilesData): void {
  inScope((attributes) => attributes.splice(1, 1))(data);
  inResource((resource) => resource.attributes.pop())(data);
  for (const profile of profiles(data))
    Object.assign(profile, {
      ...{ sample_type: undefined, period_type: undefined, period: 0n, samples: [], attribute_indices: [] },
    });
}

export const OUT = 99;
export const SAMPLE = [1, 2, 2, 2];
export const FIRST_PROFILE = [1, 2, 2];
export const not = (text: string): Uint8Array =>
  new TextEncoder().encode(text).map((byte, i) => (i === 0 ? 0xff : byte));

/** The bytes with the first occurrence of a text spoiled. */
export const spoilText = (text: string) => (bytes: Uint8Array) => {
  const at = Buffer.from(bytes).indexOf(text);
  const out = bytes.slice();
  out.set(not(text), at);
  return out;
};
