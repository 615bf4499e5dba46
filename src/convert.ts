import { Misfit, PprofOtlpError } from './errors.ts';
import { DEFAULT_MAX_SIZE } from './io/compression.ts';
import { decompress } from './io/decompress.ts';
import { detect, type Format } from './io/detect.ts';
import { RESIDUAL } from './model/conventions.ts';
import type { Model, Scope } from './model/model.ts';
import { decode as decodeOtlp } from './otlp/decode.ts';
import { encode as encodeOtlp } from './otlp/encode.ts';
import { fromModel as toPayload } from './otlp/fromModel.ts';
import { toModel as otlpToModel } from './otlp/toModel.ts';
import { type Decoded, decode as decodePprof } from './pprof/decode.ts';
import { canonical, confirm, likelyResidual, residualOf, restore } from './pprof/exact.ts';
import { decodeMappingFacts, decodeResidual, encodeResidual, type Residual } from './pprof/residual.ts';
import { inSampleTypeOrder } from './pprof/scopeMapper.ts';
import { type Mapped, toModel as pprofToModel } from './pprof/toModel.ts';
import { warningsOf } from './pprof/warnings.ts';
import { equalBytes } from './wire/bytes.ts';
import { digest } from './wire/digest.ts';

export type Fidelity = 'exact' | 'semantic';

/** How the facts that OTLP has no field for travel: not at all, as a residual, or as the whole original. */
export type Carried = 'none' | 'structured' | 'embedded';

export interface Options {
  /** `exact` (default) comes back byte for byte; `semantic` writes standard fields and published conventions only. */
  fidelity?: Fidelity;
  /** Prove the round trip before returning. Default true. */
  verify?: boolean;
  /** Resource attributes of the OTLP payload. */
  resource?: Readonly<Record<string, string>>;
  /** Most bytes that the uncompressed input may have. Default 512 MiB. */
  maxSize?: number;
}

/** What a translation did. Sizes are bytes, uncompressed. */
export interface Report {
  from: Format;
  to: Format;
  inputBytes: number;
  outputBytes: number;
  samples: number;
  /** As `type/unit`, in pprof's order. */
  sampleTypes: string[];
  fidelity: Fidelity;
  carried: Carried;
  residualBytes: number;
  /** Whether the way back was run and gave the input's bytes. */
  proven: boolean;
  /** OTLP to pprof only: whether the result is the original to the last byte, by its digest. */
  exactReturn?: boolean;
  warnings: string[];
}

/**
 * Translates a pprof to OTLP Profiles 1.11 (ProfilesData, protobuf).
 *
 * @param input a pprof: gzip, zstd or uncompressed
 * @returns the payload, uncompressed, and a report
 * @throws PprofOtlpError `bad-input` for what is no pprof or has references without meaning, `limit` above `maxSize`,
 *   `not-proven` when the round trip does not give the input's bytes
 */
export function pprofToOtlp(input: Uint8Array, options: Options = {}): { otlp: Uint8Array; report: Report } {
  const { fidelity = 'exact', verify: prove = true, resource = {}, maxSize = DEFAULT_MAX_SIZE } = options;
  const bytes = decompress(input, maxSize);
  const decoded = expecting('pprof', bytes, () => decodePprof(bytes));
  const { data } = decoded;
  const mapped = pprofToModel(data, fidelity === 'semantic');
  const report: Report = {
    from: 'pprof',
    to: 'otlp',
    inputBytes: bytes.length,
    outputBytes: 0,
    samples: data.sample.length,
    sampleTypes: Array.from({ length: data.sampleType.length }, (_, k) =>
      typeText(data.strings.text(data.sampleType.type.array[k]), data.strings.text(data.sampleType.unit.array[k])),
    ),
    fidelity,
    carried: 'none',
    residualBytes: 0,
    proven: false,
    warnings: [...decoded.warnings, ...warningsOf(data)].map(
      ({ what, inOtlp }) => `${what}: ${fate(inOtlp, fidelity)}`,
    ),
  };
  const write = (residual?: Uint8Array, originalPayload?: Uint8Array) =>
    encodeOtlp(toPayload(mapped.model, { resource, residual, originalPayload }), bytes.length);
  const finish = (otlp: Uint8Array) => ({ otlp, report: { ...report, outputBytes: otlp.length } });
  if (fidelity === 'semantic') {
    const otlp = write();
    if (prove) report.proven = provesSemantics(otlp, mapped.model);
    if (prove && !report.proven) throw notProven(`the way back from OTLP does not say the same`);
    return finish(otlp);
  }

  // The likely residual costs one way back, in its proof; the other one more.
  for (const residualBy of prove ? [likelyResidual, residualOf] : [residualOf]) {
    const residual = structuredResidual(residualBy, decoded, mapped);
    if (residual === undefined || residual.length >= Math.max(bytes.length, SMALL)) continue;
    const otlp = write(residual);
    const proven = prove && comesBack(otlp, bytes);
    if (prove && !proven) continue;
    Object.assign(report, { carried: 'structured', residualBytes: residual.length, proven });
    return finish(otlp);
  }
  const residual = encodeResidual(
    { length: bytes.length, digest: digest(bytes), structure: undefined },
    mapped.model.dictionary,
  );
  const otlp = write(residual, bytes);
  Object.assign(report, {
    carried: 'embedded',
    residualBytes: residual.length,
    proven: prove && comesBack(otlp, bytes),
  });
  if (prove && !report.proven) throw notProven('the way back from OTLP does not give the same bytes');
  return finish(otlp);
}

/**
 * Translates OTLP Profiles (protobuf) to pprof: one for each scope.
 *
 * A scope with a residual comes back to the last byte of the pprof that it was made from, unless somebody changed the
 * payload on the way: then the result says what the payload says, and `exactReturn` is false.
 *
 * @param input ProfilesData or ExportProfilesServiceRequest: gzip, zstd or uncompressed
 * @returns the pprofs, uncompressed, and a report for each
 * @throws PprofOtlpError `bad-input` for what is no OTLP or has indexes that lead nowhere, `limit` above `maxSize`
 */
export function otlpToPprof(input: Uint8Array, options: Options = {}): { pprofs: Uint8Array[]; reports: Report[] } {
  const bytes = decompress(input, options.maxSize ?? DEFAULT_MAX_SIZE);
  const results = returnAll(bytes);
  if (results.length === 0)
    throw new PprofOtlpError('bad-input', 'the payload has no profiles; nothing to translate', { stage: 'map' });
  return {
    pprofs: results.map(({ pprof }) => pprof),
    reports: results.map(({ pprof, model, carried, residualBytes, exact, warnings }) => {
      const { dictionary, resources } = model;
      const [scope] = resources[0].scopes;
      return {
        from: 'otlp',
        to: 'pprof',
        inputBytes: bytes.length,
        outputBytes: pprof.length,
        samples: scope.profiles[0].samples.identity.length,
        sampleTypes: inSampleTypeOrder(scope).map(({ sampleType }) =>
          typeText(dictionary.strings.text(sampleType.type), dictionary.strings.text(sampleType.unit)),
        ),
        fidelity: exact ? 'exact' : 'semantic',
        carried,
        residualBytes,
        proven: exact,
        exactReturn: exact,
        warnings,
      };
    }),
  };
}

/**
 * Proves the round trip of a file without keeping its translation.
 *
 * @param input a pprof or OTLP payload, compressed or not
 * @returns a report; `proven` says whether the file comes back byte for byte
 * @throws PprofOtlpError as `pprofToOtlp` and `otlpToPprof` do, but not `not-proven`
 */
export function verify(input: Uint8Array, options: Options = {}): Report {
  const bytes = decompress(input, options.maxSize ?? DEFAULT_MAX_SIZE);
  if (detect(bytes).format === 'pprof') {
    const { report } = pprofToOtlp(bytes, { ...options, verify: true });
    return report;
  }
  const { reports } = otlpToPprof(bytes, options);
  return {
    ...reports[0],
    proven: reports.every(({ proven }) => proven),
    warnings: reports.flatMap(({ warnings }) => warnings),
  };
}

/** A structured residual larger than the file expresses nothing; below this size that does not matter. */
const SMALL = 4096;

interface Returned {
  pprof: Uint8Array;
  model: Model;
  carried: Carried;
  residualBytes: number;
  exact: boolean;
  warnings: string[];
}

function returnAll(bytes: Uint8Array): Returned[] {
  const { data, warnings } = expecting('otlp', bytes, () => decodeOtlp(bytes));
  const isOnly = data.resources.length === 1 && data.resources[0].scopes.length === 1;
  return data.resources.flatMap(({ scopes }, resource) =>
    scopes.flatMap((scope, index) => {
      if (scope.profiles.length === 0) return [];
      const residual = residualIn(scope);
      // A residual speaks of referenced entries only; without one the table itself tells the mappings.
      const model = otlpToModel(data, resource, index, residual === undefined && isOnly);
      return [returnScope(model, residual, warnings)];
    }),
  );
}

const FOREIGN = 'made by another program: what pprof has no field for is not kept';
const MODIFIED = 'modified in transit: identity facts not restored';

function returnScope(model: Model, bytes: Uint8Array | undefined, warnings: string[]): Returned {
  const returned: Returned = {
    pprof: new Uint8Array(0),
    model,
    carried: 'none',
    residualBytes: bytes?.length ?? 0,
    exact: false,
    warnings,
  };
  if (bytes === undefined) return { ...returned, pprof: canonical(model), warnings: [...warnings, FOREIGN] };
  let reason = MODIFIED;
  try {
    const residual = decodeResidual(bytes, model.dictionary);
    returned.carried = residual.structure === undefined ? 'embedded' : 'structured';
    const pprof = original(model, residual);
    if (pprof !== undefined) return { ...returned, pprof, exact: true };
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    reason += ` (${error.message})`;
  }
  return { ...returned, pprof: withMappings(model, bytes), warnings: [...warnings, reason] };
}

/** What the model says, with the mappings that no location names, which only the residual can tell. */
function withMappings(model: Model, residual: Uint8Array): Uint8Array {
  try {
    return canonical(model, decodeMappingFacts(residual, model.dictionary));
  } catch (error) {
    if (error instanceof Misfit) return canonical(model);
    throw error;
  }
}

/** The original's bytes, by structure or as they were embedded. */
function original(model: Model, residual: Residual): Uint8Array | undefined {
  const [scope] = model.resources[0].scopes;
  if (residual.structure !== undefined) return restore(model.dictionary, scope, residual);
  const embedded = scope.profiles.find(
    ({ originalPayloadFormat }) => originalPayloadFormat === 'pprof',
  )?.originalPayload;
  const bytes = embedded && confirm(embedded, residual);
  if (bytes === undefined) return undefined;
  // The payload may have been edited beside the embedded original: it stands for the payload only while both say the same.
  return equalBytes(canonical(modelOf(bytes)), canonical(model)) ? bytes : undefined;
}

function modelOf(pprof: Uint8Array): Model {
  try {
    return pprofToModel(decodePprof(pprof).data, false).model;
  } catch (error) {
    if (error instanceof PprofOtlpError) throw new Misfit('the embedded original is no pprof', { cause: error });
    throw error;
  }
}

function residualIn(scope: Scope): Uint8Array | undefined {
  const value = scope.attributes.find(({ key }) => key === RESIDUAL)?.value;
  return value instanceof Uint8Array ? value : undefined;
}

function structuredResidual(residualBy: typeof residualOf, decoded: Decoded, mapped: Mapped): Uint8Array | undefined {
  try {
    return encodeResidual(residualBy(decoded, mapped), mapped.model.dictionary);
  } catch (error) {
    if (error instanceof Misfit) return undefined;
    throw error;
  }
}

function comesBack(otlp: Uint8Array, bytes: Uint8Array): boolean {
  const [result] = returnAll(otlp);
  return result.exact && equalBytes(result.pprof, bytes);
}

/** Whether OTLP that was just written says the same as the model that it was written from. */
function provesSemantics(otlp: Uint8Array, model: Model): boolean {
  const [result] = returnAll(otlp);
  return equalBytes(result.pprof, canonical(model));
}

/** Decodes; where that fails because the bytes are something else, says what they are. */
function expecting<T>(format: Format, bytes: Uint8Array, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof PprofOtlpError) || error.code !== 'bad-input') throw error;
    const found = identify(bytes, error);
    if (found === format) throw error;
    throw new PprofOtlpError('bad-input', `looks like ${found}, not ${format}`, { stage: 'detect', cause: error });
  }
}

/** What bytes that could not be decoded are. When they look like nothing known, the decoder's own error says more. */
function identify(bytes: Uint8Array, decodeError: PprofOtlpError): Format {
  try {
    return detect(bytes).format;
  } catch (error) {
    throw error instanceof PprofOtlpError && error.message.startsWith('looks like') ? error : decodeError;
  }
}

function notProven(message: string): PprofOtlpError {
  return new PprofOtlpError('not-proven', `${message}; please report the file`, { stage: 'prove' });
}

const fate = (inOtlp: boolean, fidelity: Fidelity): string =>
  inOtlp ? 'kept' : fidelity === 'exact' ? 'kept in the residual' : 'lost';

const typeText = (type: string, unit: string): string => `${type}/${unit}`;
