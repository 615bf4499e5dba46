import { Misfit, PprofOtlpError } from '../errors.ts';
import {
  PROFILE_COMMENT,
  PROFILE_DOC_URL,
  PROFILE_DROP_FRAMES,
  PROFILE_KEEP_FRAMES,
  RESIDUAL,
  SCOPE_DEFAULT_SAMPLE_TYPE,
  SCOPE_NAME,
  SCOPE_SAMPLE_TYPE_ORDER,
} from '../model/conventions.ts';
import { DictionaryAppender, DictionaryBuilder } from '../model/dictionary.ts';
import {
  attributeValue,
  type Dictionary,
  type KeyValue,
  type Model,
  newProfile,
  newResource,
  newScope,
  type Profile,
  type Resource,
  SampleIdentity,
} from '../model/model.ts';
import { Int64Column } from '../wire/columns.ts';
import type { OtlpData } from './data.ts';
import { decode } from './decode.ts';
import { encode } from './encode.ts';
import { checkIndexes } from './indexes.ts';

/** What the pprof itself tells, or the residual. */
const PPROF_TELLS_OF_SCOPE: readonly string[] = [RESIDUAL, SCOPE_DEFAULT_SAMPLE_TYPE, SCOPE_SAMPLE_TYPE_ORDER];
const PPROF_TELLS_OF_PROFILE: readonly string[] = [
  PROFILE_COMMENT,
  PROFILE_DOC_URL,
  PROFILE_DROP_FRAMES,
  PROFILE_KEEP_FRAMES,
];

/**
 * What was added to the resource, scope and profiles of a payload that was made from a pprof, as a payload without
 * samples; undefined when nothing was. `embedded`: the original payload is our own.
 */
export function additionsIn({ dictionary, resources }: Model, embedded: boolean): Uint8Array | undefined {
  const [resource] = resources;
  const [scope] = resource.scopes;
  const builder = new DictionaryBuilder();
  const profiles = scope.profiles.map((profile) => addedTo(profile, dictionary, builder, embedded));
  const attributes = scope.attributes.filter(({ key }) => !PPROF_TELLS_OF_SCOPE.includes(key));
  const shell: Resource = { ...resource, scopes: [{ ...scope, attributes, profiles }] };
  const plain: Resource = {
    ...{ attributes: [], droppedAttributesCount: 0, entityRefs: [], schemaUrl: '' },
    scopes: [{ ...newScope(profiles.map(() => emptyProfile())), name: SCOPE_NAME }],
  };
  const bytes = encode({ dictionary: builder.dictionary, resources: [shell] });
  const nothing = encode({ dictionary: new DictionaryBuilder().dictionary, resources: [plain] });
  return bytes.length === nothing.length && bytes.every((byte, i) => byte === nothing[i]) ? undefined : bytes;
}

/** What a model says without anything that `additionsIn` finds: equal bytes for equal meaning. */
export function samplesOf({ dictionary, resources }: Model): Uint8Array {
  const [scope] = resources[0].scopes;
  const attributes = scope.attributes.filter(({ key }) => key !== RESIDUAL && PPROF_TELLS_OF_SCOPE.includes(key));
  const profiles = scope.profiles.map((profile) => ({
    ...profile,
    ...{ profileId: NOTHING, droppedAttributesCount: 0, originalPayloadFormat: '', originalPayload: NOTHING },
    attributes: profile.attributes.filter((index) => {
      const key = dictionary.strings.text(dictionary.attributes.key.array[index]);
      return PPROF_TELLS_OF_PROFILE.includes(key);
    }),
  }));
  return encode({ dictionary, resources: [newResource([{ ...newScope(profiles), attributes }])] });
}

const NOTHING = new Uint8Array(0);

const emptyProfile = (): Profile => {
  const values = { column: new Int64Column(), first: 0, stride: 1, start: undefined };
  return newProfile({ identity: new SampleIdentity(), values, timestamps: undefined });
};

function addedTo(profile: Profile, from: Dictionary, builder: DictionaryBuilder, embedded: boolean): Profile {
  const { profileId, droppedAttributesCount, originalPayloadFormat, originalPayload } = profile;
  const attributes = profile.attributes.flatMap((index) => {
    const key = from.strings.text(from.attributes.key.array[index]);
    if (PPROF_TELLS_OF_PROFILE.includes(key)) return [];
    const unit = builder.stringText(from.strings.text(from.attributes.unit.array[index]));
    return [builder.valueAttribute(builder.stringText(key), unit, attributeValue(from, index))];
  });
  const isOurs = embedded && originalPayloadFormat === 'pprof';
  return {
    ...emptyProfile(),
    ...{ profileId, droppedAttributesCount, attributes },
    ...(isOurs ? {} : { originalPayloadFormat, originalPayload }),
  };
}

/**
 * Adds to a model that was made from a pprof what `additionsIn` found.
 * Throws Misfit when that is no payload with as many profiles.
 */
export function withAdditions(model: Model, additions: Uint8Array): Model {
  const data = decodeShell(additions);
  const [resource] = data.resources;
  const [scope] = resource.scopes;
  const [own] = model.resources[0].scopes;
  if (scope.profiles.length !== own.profiles.length) throw new Misfit('the additions are to other profiles');
  const appender = new DictionaryAppender(model.dictionary);
  const profiles = own.profiles.map((profile, i): Profile => {
    const { profileId, droppedAttributesCount, originalPayloadFormat, originalPayload, attributes } = scope.profiles[i];
    const { strings, attributes: table } = data.dictionary;
    const added = attributes.map((index) =>
      appender.attribute(
        strings.text(table.key.array[index]),
        strings.text(table.unit.array[index]),
        attributeValue(data.dictionary, index),
      ),
    );
    return {
      ...profile,
      ...{ profileId, droppedAttributesCount, attributes: [...profile.attributes, ...added] },
      ...(originalPayload.length > 0 || originalPayloadFormat !== '' ? { originalPayloadFormat, originalPayload } : {}),
    };
  });
  const attributes = [...own.attributes, ...scope.attributes];
  return {
    dictionary: profiles.some(({ attributes: a }, i) => a.length > own.profiles[i].attributes.length)
      ? appender.dictionary
      : model.dictionary,
    resources: [
      {
        ...resource,
        attributes: merged(resource.attributes, model.resources[0].attributes),
        scopes: [{ ...scope, attributes, profiles }],
      },
    ],
  };
}

function decodeShell(additions: Uint8Array): OtlpData {
  try {
    const { data } = decode(additions);
    checkIndexes(data);
    if (data.resources.length === 1 && data.resources[0].scopes.length === 1) return data;
  } catch (error) {
    if (!(error instanceof PprofOtlpError)) throw error;
  }
  throw new Misfit('the additions are no payload of one scope');
}

/** What is said now replaces what was said before. */
function merged(before: readonly KeyValue[], now: readonly KeyValue[]): KeyValue[] {
  const said = new Map(now.map((entry) => [entry.key, entry]));
  const kept = before.map((entry) => said.get(entry.key) ?? entry);
  return [...kept, ...now.filter(({ key }) => !before.some((entry) => entry.key === key))];
}
