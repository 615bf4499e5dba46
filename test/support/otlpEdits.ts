// Changes that somebody makes to an OTLP payload on its way, and whether each is still to be
// seen in what comes back later. A pprof has no place for most of what they add.

import { EDITS, type Edit, RESIDUAL_KEY } from './edits.ts';
import type {
  AnyValue,
  InstrumentationScope,
  KeyValue,
  OtlpProfile,
  OtlpSample,
  ProfilesData,
  Resource,
  ResourceProfiles,
  ScopeProfiles,
} from './messages.ts';
import { decodeOtlp, encodeOtlp } from './oracle.ts';
import { otlpMeaning, type Tree } from './otlpMeaning.ts';
import type { Random } from './random.ts';
import { dictionaryOf, referenced } from './references.ts';

/** What an edit concerns: these fields of the nodes of this level of otlpMeaning; `samples.x` is field x of each sample. */
interface Concern {
  level: 'resources' | 'scopes' | 'profiles';
  fields: string[];
}

export interface EditedOtlp {
  otlp: Uint8Array;
  /** Whether what the edit changed says the same in the payloads that came back, together. */
  survives: (...back: Uint8Array[]) => boolean;
}

/** `pprof` is what the payload was made from. Undefined where there is nothing of the kind to change. */
export type OtlpEdit = (otlp: Uint8Array, pprof: Uint8Array, random: Random) => EditedOtlp | undefined;

type Node = { [name: string]: Tree };
const children = (nodes: Node[], name: string): Node[] => nodes.flatMap((node) => (node[name] ?? []) as Node[]);

/** An edited payload may come back with another residual, or with none. */
const isOurs = (attribute: Tree): boolean => JSON.stringify(attribute).includes(RESIDUAL_KEY);

/** The fields concerned, of each node of the level. */
function concerned(otlp: Uint8Array, { level, fields }: Concern): string[] {
  let nodes = otlpMeaning(otlp) as Node[];
  if (level !== 'resources') nodes = children(nodes, 'scopes');
  if (level === 'profiles') nodes = children(nodes, 'profiles');
  return nodes.map((node) => JSON.stringify(fields.map((path) => pick(node, path))));
}

function pick(node: Node, path: string): Tree {
  const [name, field] = path.split('.') as [string, string | undefined];
  const tree = node[name] as Tree;
  if (field !== undefined) return (tree as Node[]).map((sample) => sample[field] as Tree);
  return name === 'attributes' ? (tree as Tree[]).filter((attribute) => !isOurs(attribute)) : tree;
}

/** What `after` has more of than `before`. */
function added(before: string[], after: string[]): string[] {
  const left = [...before];
  return after.filter((text) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function watched(before: Uint8Array, after: Uint8Array, concern: Concern): EditedOtlp | undefined {
  const changed = added(concerned(before, concern), concerned(after, concern));
  if (changed.length === 0) return undefined;
  const survives = (...back: Uint8Array[]): boolean =>
    added(
      back.flatMap((otlp) => concerned(otlp, concern)),
      changed,
    ).length === 0;
  return { otlp: after, survives };
}

/** Changes in place, or returns false where there is nothing of the kind to change. */
type Change = (data: ProfilesData, random: Random) => boolean;

function edit(level: Concern['level'], fields: string[], change: Change): OtlpEdit {
  return (otlp, _pprof, random) => {
    const data = decodeOtlp(otlp);
    return change(data, random) ? watched(otlp, encodeOtlp(data), { level, fields }) : undefined;
  };
}

/** An edit whose outcome as a pprof is known, too. */
function known(level: Concern['level'], fields: string[], change: Edit | undefined): OtlpEdit {
  return (otlp, pprof, random) => {
    const edited = change?.(otlp, pprof, random);
    return edited && watched(otlp, edited.otlp, { level, fields });
  };
}

const resourcesOf = (data: ProfilesData): ResourceProfiles[] => data.resource_profiles;
const scopesOf = (data: ProfilesData): ScopeProfiles[] => resourcesOf(data).flatMap((one) => one.scope_profiles);
const profilesOf = (data: ProfilesData): OtlpProfile[] => scopesOf(data).flatMap(({ profiles }) => profiles);
const samplesOf = (data: ProfilesData): OtlpSample[] => profilesOf(data).flatMap(({ samples }) => samples);

/** Runs a change on one item, if there is one. */
function one<T>(items: T[], random: Random, change: (item: T) => void): boolean {
  if (items.length === 0) return false;
  change(random.pick(items));
  return true;
}

function resourceOf(entry: ResourceProfiles): Resource {
  entry.resource ??= { attributes: [], dropped_attributes_count: 0, entity_refs: [] };
  return entry.resource;
}

function scopeOf(entry: ScopeProfiles): InstrumentationScope {
  entry.scope ??= { name: '', version: '', attributes: [], dropped_attributes_count: 0 };
  return entry.scope;
}

const text = (value: string): AnyValue => ({ string_value: value });
const keyValue = (key: string, value: AnyValue): KeyValue => ({ key, value, key_strindex: 0 });

function addString(data: ProfilesData, value: string): number {
  return dictionaryOf(data).string_table.push(value) - 1;
}

function addAttribute(data: ProfilesData, key: string, value: AnyValue, unit = ''): number {
  const unit_strindex = unit === '' ? 0 : addString(data, unit);
  return dictionaryOf(data).attribute_table.push({ key_strindex: addString(data, key), value, unit_strindex }) - 1;
}

/** The entries of a table that something refers to, without entry 0. */
function inUse<T extends 'mapping_table' | 'location_table'>(
  data: ProfilesData,
  table: T,
): ReturnType<typeof dictionaryOf>[T][number][] {
  const { [table]: entries } = dictionaryOf(data);
  return [...referenced(data, table)].filter((index) => index !== 0).map((index) => entries[index] as never);
}

const newProfile = (data: ProfilesData): OtlpProfile => ({
  sample_type: { type_strindex: addString(data, 'added'), unit_strindex: addString(data, 'count') },
  samples: [{ stack_index: 0, attribute_indices: [], link_index: 0, values: [7n], timestamps_unix_nano: [] }],
  ...{ time_unix_nano: 1_790_000_000_000_000_000n, duration_nano: 5n, period_type: undefined, period: 0n },
  ...{ profile_id: new Uint8Array(16).fill(9), dropped_attributes_count: 0, attribute_indices: [] },
  ...{ original_payload_format: '', original_payload: new Uint8Array(0) },
});

const newScope = (data: ProfilesData): ScopeProfiles => ({
  scope: { name: 'added/scope', version: '2', attributes: [], dropped_attributes_count: 0 },
  ...{ profiles: [newProfile(data)], schema_url: '' },
});

export const OTLP_EDITS: Readonly<Record<string, OtlpEdit>> = {
  addResourceAttribute: edit('resources', ['attributes'], (data, random) =>
    one(resourcesOf(data), random, (entry) => {
      const nested = { kvlist_value: { values: [keyValue('zone', text('b')), keyValue('rack', { int_value: 3n })] } };
      resourceOf(entry).attributes.push(keyValue('added.resource', nested));
    }),
  ),
  addEntityRef: edit('resources', ['entities', 'dropped'], (data, random) =>
    one(resourcesOf(data), random, (entry) => {
      const ref = { schema_url: '', type: 'service', id_keys: ['service.name'], description_keys: [] };
      resourceOf(entry).entity_refs.push(ref);
      resourceOf(entry).dropped_attributes_count++;
    }),
  ),
  addResource: edit('resources', ['attributes', 'scopes'], (data) => {
    const attributes = [keyValue('service.name', text('added'))];
    const resource = { attributes, dropped_attributes_count: 0, entity_refs: [] };
    return resourcesOf(data).push({ resource, scope_profiles: [newScope(data)], schema_url: '' }) > 0;
  }),
  addSchemaUrl: edit('scopes', ['schema'], (data, random) =>
    one(scopesOf(data), random, (scope) => {
      scope.schema_url = 'https://opentelemetry.io/schemas/1.39.0';
    }),
  ),
  changeScope: edit('scopes', ['name', 'version'], (data, random) =>
    one(scopesOf(data), random, (entry) => {
      scopeOf(entry).name = 'changed/scope';
      scopeOf(entry).version += '.1';
    }),
  ),
  addScopeAttribute: edit('scopes', ['attributes'], (data, random) =>
    one(scopesOf(data), random, (entry) => {
      scopeOf(entry).attributes.push(keyValue('added.scope', { bool_value: true }));
    }),
  ),
  addScope: edit('scopes', ['name', 'version', 'profiles'], (data, random) =>
    one(resourcesOf(data), random, (entry) => {
      entry.scope_profiles.push(newScope(data));
    }),
  ),
  addProfile: edit('profiles', ['type', 'samples'], (data, random) =>
    one(scopesOf(data), random, ({ profiles }) => {
      profiles.push(newProfile(data));
    }),
  ),
  addProfileAttribute: edit('profiles', ['type', 'attributes'], (data, random) =>
    one(profilesOf(data), random, (profile) => {
      profile.attribute_indices.push(addAttribute(data, 'added.profile', { double_value: 0.5 }, 's'));
    }),
  ),
  setProfileId: edit('profiles', ['type', 'id'], (data, random) =>
    one(profilesOf(data), random, (profile) => {
      profile.profile_id = Uint8Array.from({ length: 16 }, () => 1 + random.below(255));
    }),
  ),
  // As a processor does it: to what is one sample in pprof.
  addSampleAttribute: edit('profiles', ['type', 'samples.attributes'], (data, random) => {
    const index = addAttribute(data, 'added.sample', text('x'));
    const at = random.below(Math.max(1, ...profilesOf(data).map(({ samples }) => samples.length)));
    const same = profilesOf(data).flatMap(({ samples }) => samples.slice(at, at + 1));
    for (const sample of same) sample.attribute_indices.push(index);
    return same.length > 0;
  }),
  // To one profile of several: from now on its samples are not those of the others.
  addAttributeInOneProfile: edit('profiles', ['type', 'samples.attributes'], (data, random) =>
    one(samplesOf(data), random, (sample) => {
      sample.attribute_indices.push(addAttribute(data, 'added.sample', text('x')));
    }),
  ),
  addTimestamps: edit('profiles', ['type', 'samples.values', 'samples.timestamps'], (data, random) =>
    one(samplesOf(data), random, (sample) => {
      sample.timestamps_unix_nano = sample.values.map(() => 1_790_000_000_000_000_000n + BigInt(random.below(1000)));
    }),
  ),
  splitValue: edit('profiles', ['type', 'samples.values'], (data, random) =>
    one(samplesOf(data), random, (sample) => {
      sample.values = [...sample.values, 0n];
    }),
  ),
  removeLink: edit('profiles', ['type', 'samples.link'], (data, random) =>
    one(
      samplesOf(data).filter((sample) => sample.link_index !== 0),
      random,
      (sample) => {
        sample.link_index = 0;
      },
    ),
  ),
  addMappingAttribute: edit('profiles', ['type', 'samples.stack'], (data, random) =>
    one(inUse(data, 'mapping_table'), random, (mapping) => {
      mapping.attribute_indices.push(addAttribute(data, 'process.executable.build_id.htlhash', text('c0ffee')));
    }),
  ),
  addFrameType: edit('profiles', ['type', 'samples.stack'], (data, random) =>
    one(inUse(data, 'location_table'), random, (location) => {
      location.attribute_indices.push(addAttribute(data, 'profile.frame.type', text('native')));
    }),
  ),
  renameFunction: known('profiles', ['type', 'samples.stack'], EDITS.renameFunction),
  dropSample: known('profiles', ['type', 'samples.stack', 'samples.values'], EDITS.dropSample),
  swapSamples: known('profiles', ['type', 'samples.stack', 'samples.values'], EDITS.swapSamples),
  changeValue: known('profiles', ['type', 'samples.values'], EDITS.changeValue),
  editAttribute: known('profiles', ['type', 'samples.attributes'], EDITS.editAttribute),
  removeAttribute: known('profiles', ['type', 'samples.attributes'], EDITS.removeAttribute),
  changeTime: known('profiles', ['type', 'time'], EDITS.changeTime),
  changePeriod: known('profiles', ['type', 'period'], EDITS.changePeriod),
};
