import { Misfit, PprofOtlpError, unlessMisfit } from '../errors.ts';
import { RESIDUAL } from '../model/conventions.ts';
import type { Model, Scope } from '../model/model.ts';
import { additionsIn, samplesOf } from '../otlp/additions.ts';
import type { OtlpData } from '../otlp/data.ts';
import { decode as decodeOtlp } from '../otlp/decode.ts';
import { appendExtension, type Content } from '../otlp/extension/message.ts';
import { isInRange } from '../otlp/indexes.ts';
import { reduce } from '../otlp/join/reduce.ts';
import { normalise } from '../otlp/layout/layout.ts';
import { toModel as otlpToModel } from '../otlp/toModel.ts';
import { saysMore } from '../pprof/beyond.ts';
import type { PprofData } from '../pprof/data.ts';
import { decode as decodePprof } from '../pprof/decode.ts';
import { type Caller, canonical, confirm, restore, restoreUnproven } from '../pprof/exact.ts';
import type { Run } from '../pprof/layout.ts';
import { decodeMappingFacts, decodeResidual, type Residual } from '../pprof/residual.ts';
import { PROFILE } from '../pprof/schema.ts';
import { toModel as pprofToModel } from '../pprof/toModel.ts';
import { equalBytes } from '../wire/bytes.ts';
import { makeExtension, unitePayload, unitePlainly } from './extension.ts';
import type { Carried, Report, ToPprofOptions } from './options.ts';
import { inMessage, NO_FORM, type OtlpMessages, onePayload } from './otlpFile.ts';
import { contentOf, contentOfScope } from './report.ts';

export interface Returned extends Omit<Report, 'from' | 'to' | 'inputBytes' | 'outputBytes'> {
  pprof: Uint8Array;
  /** The pprof without its extension. */
  base: Uint8Array;
}

/**
 * The pprofs of all scopes: one each for those that were made from a pprof, one for the others together.
 * `caller`: a proof knows what it expects.
 */
export function returnAll(file: OtlpMessages, options: ToPprofOptions, caller: Caller = {}): Returned[] {
  const { merge = false, split = false } = options;
  const decoded = file.messages.map((message, i) => {
    try {
      return decodeOtlp(message);
    } catch (error) {
      throw file.messages.length === 1 ? error : inMessage(error, i);
    }
  });
  const places = decoded.flatMap(({ data }, message) =>
    data.resources.flatMap(({ scopes }, resource) =>
      scopes.flatMap((scope, index) =>
        scope.profiles.length === 0 ? [] : [{ message, resource, scope: index, residual: residualIn(scope) }],
      ),
    ),
  );
  const isPprof = (place: Place) => place.residual !== undefined && !merge;
  const others = places.filter((place) => !isPprof(place));
  const firstResource = decoded.map((_, i) =>
    decoded.slice(0, i).reduce((sum, { data }) => sum + data.resources.length, 0),
  );
  const partOf = (wanted: readonly Place[]) =>
    wanted.length === places.length ? file : part(file, wanted, firstResource);
  // No pprof tells of a resource or scope without profiles.
  const hasBare = decoded.some(({ data }) =>
    data.resources.some(({ scopes }) => scopes.length === 0 || scopes.some(({ profiles }) => profiles.length === 0)),
  );
  const own = places.filter(isPprof).map((place) => {
    const { data, warnings } = decoded[place.message];
    const stands = { warnings, besideBare: hasBare && places.length === 1, caller };
    return returnScope(data, place, stands, options, () => partOf([place]).messages);
  });
  const groups = split ? others.map((place) => [place]) : [others];
  const warnings = decoded.flatMap((each) => each.warnings);
  const united = groups.filter((group) => group.length > 0).map((group) => unite(partOf(group), options, warnings));
  const results = [...own, ...united];
  // The file as a whole comes back only from one pprof.
  if (results.length > 1) for (const result of results) result.warnings.push(`one of ${results.length} ${PART}`);
  return results;
}

const PART = 'pprofs: each brings back its scopes, --merge makes one that brings back the file';

interface Place {
  message: number;
  resource: number;
  scope: number;
  residual: Uint8Array | undefined;
}

/** The file as one payload with these scopes only. */
function part(file: OtlpMessages, places: readonly Place[], firstResource: readonly number[]): OtlpMessages {
  const wanted = new Set(places.map(({ message, resource, scope }) => `${firstResource[message] + resource} ${scope}`));
  const payload = reduce(normalise(onePayload(file.messages)).canonical, (resource, scope) =>
    wanted.has(`${resource} ${scope}`),
  );
  return { messages: [payload], form: NO_FORM };
}

function unite(
  { messages, form }: OtlpMessages,
  { timestamps = 'aggregate', verify = true, fidelity = 'exact' }: ToPprofOptions,
  warnings: readonly string[],
): Returned {
  const { pprof, data, carried, extensionBytes, proven } =
    fidelity === 'exact' ? unitePayload(messages, form, timestamps, verify) : unitePlainly(messages, timestamps);
  return {
    ...{ pprof, base: pprof.subarray(0, pprof.length - extensionBytes) },
    ...contentOf(data),
    ...{ fidelity, carried, residualBytes: extensionBytes, proven },
    warnings: [...warnings],
  };
}

interface Standing {
  warnings: readonly string[];
  besideBare: boolean;
  caller: Caller;
}

function returnScope(
  data: OtlpData,
  { resource, scope, residual: bytes = new Uint8Array(0) }: Place,
  { warnings, besideBare, caller }: Standing,
  { fidelity = 'exact' }: ToPprofOptions,
  messages: () => Uint8Array[],
): Returned {
  const asIs = besideBare ? undefined : restoreAsIs(data, bytes, caller);
  // A residual speaks of referenced entries only; the mappings that it does not speak of it knows.
  const model = asIs?.model ?? otlpToModel(data, resource, scope, false);
  const { pprof, carried, exact, reason } = asIs?.restored ?? restorePprof(model, bytes, caller);
  const isStrange = (): boolean => isStrung(data.resources[resource].scopes[scope], model) || !saysAll(pprof, model);
  const more = asIs === undefined && (besideBare || (exact ? saysMore(model, pprof) : isStrange()));
  const content = more ? original(messages()) : additions(model, carried === 'embedded');
  const extension =
    content === undefined || fidelity === 'semantic' ? undefined : makeExtension(pprof, messages(), NO_FORM, content);
  const isEmbedded = extension !== undefined && more;
  return {
    pprof: extension === undefined ? pprof : appendExtension(pprof, extension),
    base: pprof,
    ...contentOfScope(model),
    fidelity: exact ? 'exact' : 'semantic',
    carried: isEmbedded ? 'embedded' : carried,
    residualBytes: extension?.length ?? bytes.length,
    proven: exact,
    exactReturn: exact,
    warnings: [...warnings, ...(reason === undefined ? [] : [reason]), ...(isEmbedded ? [EMBEDDED] : [])],
  };
}

/**
 * Takes the dictionary of a payload for the canonical one that it is when nobody has touched it: then it need not be
 * mapped. Undefined when the digest does not confirm that, or when the payload has gained something.
 */
function restoreAsIs(
  { dictionary, resources }: OtlpData,
  bytes: Uint8Array,
  caller: Caller,
): { model: Model; restored: RestoredPprof } | undefined {
  const [resource] = resources;
  if (resources.length !== 1 || resource.scopes.length !== 1) return undefined;
  const [{ profiles }] = resource.scopes;
  const [{ samples }] = profiles;
  if (!profiles.every((profile) => profile.samples.identity === samples.identity)) return undefined;
  const model: Model = { dictionary, resources };
  if (!isInRange({ dictionary, resources })) return undefined;
  return unlessMisfit(() => {
    const residual = decodeResidual(bytes, dictionary);
    if (residual.structure === undefined) return undefined;
    const pprof = originalPprof(model, residual, caller);
    if (pprof === undefined || saysMore(model, pprof)) return undefined;
    return { model, restored: { pprof, carried: 'structured', exact: true } };
  });
}

const EMBEDDED = 'has gained what pprof has no field for: the payload rides in the extension as it is';

/** Whether the samples of profiles that do not agree were strung together: then each profile has those of the others too. */
const isStrung = ({ profiles }: Scope, { resources }: Model): boolean =>
  resources[0].scopes[0].profiles.some(
    ({ samples }, i) => samples.identity.length !== profiles[i].samples.identity.length,
  );

/** Whether the pprof, translated, says all that the model says of samples and tables. */
function saysAll(pprof: Uint8Array, model: Model): boolean {
  return equalBytes(samplesOf(modelOf(pprof)), samplesOf(model));
}

const original = (messages: Uint8Array[]): Content => ({ kind: 'original', messages });

function additions(model: Model, embedded: boolean): Content | undefined {
  const shell = additionsIn(model, embedded);
  return shell === undefined ? undefined : { kind: 'additions', shell };
}

const MODIFIED = 'modified in transit';

interface RestoredPprof {
  pprof: Uint8Array;
  carried: Carried;
  exact: boolean;
  reason?: string;
}

/** The pprof that a scope was made from; where the scope was changed since, what it says now with what still fits. */
function restorePprof(model: Model, bytes: Uint8Array, caller: Caller): RestoredPprof {
  let carried: Carried = 'none';
  let detail = '';
  try {
    const residual = decodeResidual(bytes, model.dictionary);
    carried = residual.structure === undefined ? 'embedded' : 'structured';
    const pprof = originalPprof(model, residual, caller);
    if (pprof !== undefined) return { pprof, carried, exact: true };
    for (const [withLayout, reason] of FITTING) {
      const fitting = restoreFitting(model, residual, withLayout);
      if (fitting !== undefined) return { pprof: fitting, carried, exact: false, reason: `${MODIFIED}: ${reason}` };
    }
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    detail = ` (${error.message})`;
  }
  const reason = `${MODIFIED}: identity facts not restored${detail}`;
  return { pprof: withMappings(model, bytes), carried, exact: false, reason };
}

/** What of a residual fits a payload that was changed. */
const FITTING: readonly (readonly [withLayout: boolean, reason: string])[] = [
  [
    true,
    'ids, order, unused entries and wire layout of the original are kept as far as they fit, not proven by its digest',
  ],
  [false, 'ids, order and unused entries of the original are kept as far as they fit; its wire layout is not'],
];

function restoreFitting(model: Model, residual: Residual, withLayout: boolean): Uint8Array | undefined {
  return unlessMisfit(() => {
    const [scope] = model.resources[0].scopes;
    const pprof = restoreUnproven(model.dictionary, scope, residual, withLayout);
    return pprof !== undefined && saysSame(pprof, model) ? pprof : undefined;
  });
}

/** What the model says, with the mappings that no location names, which only the residual can tell. */
function withMappings(model: Model, residual: Uint8Array): Uint8Array {
  const withFacts = unlessMisfit(() => {
    const pprof = canonical(model, decodeMappingFacts(residual, model.dictionary));
    return saysSame(pprof, model) ? pprof : undefined;
  });
  return withFacts ?? canonical(model);
}

/** Whether what the structure gives is a pprof without looking: ids 1..n, one time_nanos, and no bytes of its own. */
const followsRules = ({ facts, layout }: NonNullable<Residual['structure']>): boolean =>
  layout.patches.length === 0 &&
  timesIn(layout.runs ?? []) <= 1 &&
  facts.unusedLocations.length === 0 &&
  [facts.mapping, facts.location, facts.function].every(({ ids }) => ids.length === 0);

/** How many time_nanos are written. */
const timesIn = (runs: readonly Run[]): number =>
  runs.reduce((times, { field, count }) => times + (field === PROFILE.timeNanos ? Math.max(count, 1) : 0), 0);

/** The original's bytes, by structure or as they were embedded. */
function originalPprof(model: Model, residual: Residual, caller: Caller): Uint8Array | undefined {
  const [scope] = model.resources[0].scopes;
  if (residual.structure !== undefined) {
    const bytes = restore(model.dictionary, scope, residual, caller);
    // The digest confirms what whoever wrote it wanted: that need not be a pprof.
    if (bytes !== undefined && bytes !== caller.expected?.bytes && !followsRules(residual.structure)) decodable(bytes);
    return bytes;
  }
  const embedded = scope.profiles.find(
    ({ originalPayloadFormat }) => originalPayloadFormat === 'pprof',
  )?.originalPayload;
  const bytes = embedded && confirm(embedded, residual);
  // The payload may have been edited beside the embedded original: it stands for the payload only while both say the same.
  return bytes !== undefined && saysSame(bytes, model) ? bytes : undefined;
}

const saysSame = (pprof: Uint8Array, model: Model): boolean => equalBytes(canonical(modelOf(pprof)), canonical(model));

const modelOf = (pprof: Uint8Array): Model => pprofToModel(decodable(pprof), false).model;

/** What a pprof that a residual gave holds. */
function decodable(pprof: Uint8Array): PprofData {
  try {
    return decodePprof(pprof).data;
  } catch (error) {
    if (error instanceof PprofOtlpError) throw new Misfit('what the residual gives is no pprof', { cause: error });
    throw error;
  }
}

function residualIn(scope: Scope): Uint8Array | undefined {
  const value = scope.attributes.find(({ key }) => key === RESIDUAL)?.value;
  return value instanceof Uint8Array ? value : undefined;
}
