// Changes of meaning that somebody makes to an OTLP payload on its way: filters,
// redaction, corrections. Each says what the pprof behind the payload has become.

import type { KeyValue, OtlpProfile, PprofFunction, PprofProfile, ProfilesData } from './messages.ts';
import { decodeOtlp, decodePprof, encodeOtlp, encodePprof } from './oracle.ts';
import type { Random } from './random.ts';
import { dictionaryOf, referenced } from './references.ts';
import { bytesOf } from './texts.ts';

export const RESIDUAL_KEY = 'pprof_otlp.residual';

export interface Edited {
  otlp: Uint8Array;
  pprof: Uint8Array;
}

/** Changes both in place, or returns false where there is nothing of the kind to change. */
type Change = (data: ProfilesData, pprof: PprofProfile, random: Random) => boolean;
export type Edit = (otlp: Uint8Array, pprof: Uint8Array, random: Random) => Edited | undefined;

function edit(change: Change): Edit {
  return (otlp, pprof, random) => {
    const data = decodeOtlp(otlp);
    const profile = decodePprof(pprof);
    return change(data, profile, random) ? { otlp: encodeOtlp(data), pprof: encodePprof(profile) } : undefined;
  };
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

function profilesOf(data: ProfilesData): OtlpProfile[] {
  return data.resource_profiles.flatMap((resource) => resource.scope_profiles.flatMap((scope) => scope.profiles));
}

function keyOf(data: ProfilesData, attribute: KeyValue): string {
  return attribute.key_strindex === 0 ? attribute.key : (dictionaryOf(data).string_table[attribute.key_strindex] ?? '');
}

function scopeAttribute(data: ProfilesData, key: string): KeyValue | undefined {
  const scopes = data.resource_profiles.flatMap((resource) => resource.scope_profiles);
  return scopes.flatMap((scope) => scope.scope?.attributes ?? []).find((attribute) => keyOf(data, attribute) === key);
}

/** For each Profile the index of its sample type in the pprof. */
export function sampleTypeOrder(data: ProfilesData): number[] {
  const order = scopeAttribute(data, 'pprof.scope.sample_type_order')?.value?.array_value?.values;
  return order?.map((item) => Number(item.int_value)) ?? profilesOf(data).map((_, i) => i);
}

function intern(pprof: PprofProfile, text: string): bigint {
  return BigInt(pprof.string_table.push(bytesOf(text)) - 1);
}

const dropSample: Change = (data, pprof, random) => {
  if (pprof.sample.length === 0) return false;
  const at = random.below(pprof.sample.length);
  pprof.sample.splice(at, 1);
  for (const profile of profilesOf(data)) profile.samples.splice(at, 1);
  return true;
};

const changeValue: Change = (data, pprof, random) => {
  if (pprof.sample.length === 0) return false;
  const at = random.below(pprof.sample.length);
  const profiles = profilesOf(data);
  const k = random.below(profiles.length);
  const type = sampleTypeOrder(data)[k] as number;
  const values = (pprof.sample[at] as { value: bigint[] }).value;
  const changed = BigInt.asIntN(64, (values[type] as bigint) + 1n + BigInt(random.below(1000)));
  values[type] = changed;
  ((profiles[k] as OtlpProfile).samples[at] as { values: bigint[] }).values = [changed];
  return true;
};

const swapSamples: Change = (data, pprof) => {
  const first = pprof.sample.at(0);
  const last = pprof.sample.at(-1);
  if (first === undefined || first === last) return false;
  pprof.sample.reverse();
  for (const profile of profilesOf(data)) profile.samples.reverse();
  return true;
};

const changeTime: Change = (data, pprof) => {
  if (pprof.sample_type.length === 0) return false;
  pprof.time_nanos = 1_600_000_000_000_000_000n;
  for (const profile of profilesOf(data)) profile.time_unix_nano = pprof.time_nanos;
  return true;
};

const changePeriod: Change = (data, pprof) => {
  if (pprof.sample_type.length === 0) return false;
  pprof.period = BigInt.asIntN(64, pprof.period + 1n);
  for (const profile of profilesOf(data)) profile.period = pprof.period;
  return true;
};

const renameFunction: Change = (data, pprof, random) => {
  const { function_table, string_table } = dictionaryOf(data);
  const used = [...referenced(data, 'function_table')].filter((index) => index !== 0);
  if (used.length === 0) return false;
  const target = function_table[random.pick(used)] as (typeof function_table)[number];
  const names = pprof.string_table.map((bytes) => utf8.decode(bytes));
  const key = (f: PprofFunction): string =>
    JSON.stringify([names[Number(f.name)], names[Number(f.system_name)], names[Number(f.filename)], `${f.start_line}`]);
  const content = [target.name_strindex, target.system_name_strindex, target.filename_strindex].map(
    (index) => string_table[index],
  );
  const was = JSON.stringify([...content, `${target.start_line}`]);
  const renamed = pprof.function.filter((f) => key(f) === was);
  if (renamed.length === 0) return false;
  const name = intern(pprof, 'renamed');
  for (const f of renamed) f.name = name;
  // Whoever edits a shared table must not edit another's copy of the same entry.
  const index = string_table.push('renamed') - 1;
  for (const entry of function_table) {
    const same = [entry.name_strindex, entry.system_name_strindex, entry.filename_strindex].map((i) => string_table[i]);
    if (entry !== target && JSON.stringify([...same, `${entry.start_line}`]) === was) entry.name_strindex = index;
  }
  target.name_strindex = index;
  return true;
};

interface Plain {
  key: string;
  text: string;
}

/** The labels that OTLP holds as a plain string attribute: their key once, no number, no unit. */
function plainLabels(pprof: PprofProfile): Map<PprofProfile['sample'][number]['label'][number], Plain> {
  const found = new Map<PprofProfile['sample'][number]['label'][number], Plain>();
  const bytes = (index: bigint): Uint8Array => pprof.string_table[Number(index)] as Uint8Array;
  for (const sample of pprof.sample) {
    for (const label of sample.label) {
      const key = utf8.decode(bytes(label.key));
      const text = utf8.decode(bytes(label.str));
      const alone = sample.label.filter((other) => utf8.decode(bytes(other.key)) === key).length === 1;
      const whole = Buffer.compare(bytesOf(text), bytes(label.str)) === 0;
      if (alone && whole && text !== '' && label.num === 0n && bytes(label.num_unit).length === 0)
        found.set(label, { key, text });
    }
  }
  return found;
}

/** A link says the same as trace and span labels; who redacts those removes it too. */
function unlink(data: ProfilesData, concerns: (indices: number[]) => boolean): void {
  for (const sample of profilesOf(data).flatMap((profile) => profile.samples))
    if (concerns(sample.attribute_indices)) sample.link_index = 0;
}

const editAttribute: Change = (data, pprof, random) => {
  const { attribute_table, string_table } = dictionaryOf(data);
  const plain = plainLabels(pprof);
  if (plain.size === 0) return false;
  const { key, text } = random.pick([...plain.values()]);
  const entries = attribute_table.filter(
    (entry) =>
      string_table[entry.key_strindex] === key && entry.value?.string_value === text && entry.unit_strindex === 0,
  );
  if (entries.length === 0) return false;
  const edited = new Set(entries.map((entry) => attribute_table.indexOf(entry)));
  for (const entry of entries) entry.value = { string_value: 'redacted' };
  unlink(data, (indices) => indices.some((index) => edited.has(index)));
  const redacted = intern(pprof, 'redacted');
  for (const [label, said] of plain) if (said.key === key && said.text === text) label.str = redacted;
  return true;
};

const removeAttribute: Change = (data, pprof, random) => {
  const { attribute_table, string_table } = dictionaryOf(data);
  const plain = plainLabels(pprof);
  if (plain.size === 0) return false;
  const { key } = random.pick([...plain.values()]);
  for (const sample of pprof.sample)
    sample.label = sample.label.filter(
      (label) => utf8.decode(pprof.string_table[Number(label.key)] as Uint8Array) !== key,
    );
  const removed = (index: number): boolean => string_table[attribute_table[index]?.key_strindex ?? 0] === key;
  unlink(data, (indices) => indices.some(removed));
  for (const sample of profilesOf(data).flatMap((profile) => profile.samples))
    sample.attribute_indices = sample.attribute_indices.filter((index) => !removed(index));
  return true;
};

/** Edits whose outcome is known. */
export const EDITS: Readonly<Record<string, Edit>> = {
  dropSample: edit(dropSample),
  changeValue: edit(changeValue),
  swapSamples: edit(swapSamples),
  changeTime: edit(changeTime),
  changePeriod: edit(changePeriod),
  renameFunction: edit(renameFunction),
  editAttribute: edit(editAttribute),
  removeAttribute: edit(removeAttribute),
};

/** Takes away all that speaks of the original file: what is left is plain OTLP. */
export function stripResidual(bytes: Uint8Array): Uint8Array {
  const data = decodeOtlp(bytes);
  for (const resource of data.resource_profiles) {
    for (const { scope } of resource.scope_profiles) {
      if (scope !== undefined)
        scope.attributes = scope.attributes.filter((attribute) => keyOf(data, attribute) !== RESIDUAL_KEY);
    }
  }
  for (const profile of profilesOf(data)) {
    profile.original_payload = new Uint8Array(0);
    profile.original_payload_format = '';
  }
  return encodeOtlp(data);
}

/** One sample type less; the scope's attributes still speak of all. */
export function dropProfile(bytes: Uint8Array, random: Random): Uint8Array {
  const data = decodeOtlp(bytes);
  const scope = data.resource_profiles[0]?.scope_profiles[0];
  scope?.profiles.splice(random.below(scope.profiles.length), 1);
  return encodeOtlp(data);
}
