import { Misfit, PprofOtlpError, unlessMisfit } from '../errors.ts';
import { DEFAULT_MAX_SIZE } from '../io/compression.ts';
import type { Model } from '../model/model.ts';
import { withAdditions } from '../otlp/additions.ts';
import { decode as decodeOtlp } from '../otlp/decode.ts';
import { encode as encodeOtlp } from '../otlp/encode.ts';
import { fromModel as toPayload } from '../otlp/fromModel.ts';
import { toModel as otlpToModel } from '../otlp/toModel.ts';
import { type Decoded, decode as decodePprof } from '../pprof/decode.ts';
import { canonical, type Expected, likelyResidual, residualOf } from '../pprof/exact.ts';
import { encodeResidual } from '../pprof/residual.ts';
import { type Mapped, toModel as pprofToModel } from '../pprof/toModel.ts';
import { warningsOf } from '../pprof/warnings.ts';
import { equalBytes } from '../wire/bytes.ts';
import { digest } from '../wire/digest.ts';
import { misfit, type Restored, restoreFrom } from './extension.ts';
import { expecting, readInput } from './input.ts';
import type { Fidelity, OtlpForm, Report, ToOtlpOptions, ToPprofOptions } from './options.ts';
import { NO_FORM, type OtlpMessages, writeOtlpFile } from './otlpFile.ts';
import { contentOf } from './report.ts';
import { returnAll } from './returnAll.ts';

/**
 * Translates a pprof to OTLP Profiles 1.11. A pprof that was made from OTLP becomes that OTLP again.
 *
 * @param input a pprof: gzip, zstd or uncompressed
 * @returns the payload, uncompressed, and a report
 * @throws PprofOtlpError `bad-input` for what is no pprof or has references without meaning, `limit` above `maxSize`,
 *   `not-proven` when the round trip does not give the input's bytes
 */
export function pprofToOtlp(input: Uint8Array, options: ToOtlpOptions = {}): { otlp: Uint8Array; report: Report } {
  const { bytes } = readInput(input, options, 'pprof');
  const restored = restoreFrom(bytes, options.maxSize ?? DEFAULT_MAX_SIZE);
  const warnings: string[] = [];
  try {
    if (restored?.kind === 'messages') return giveBack(bytes, restored, options);
    if (restored?.kind === 'changed') warnings.push(restored.reason);
    if (restored?.kind === 'additions') {
      // What was added to the payload that the pprof came home from stands behind the pprof.
      const payload = translate(restored.pprof, bytes, restored.shell, options);
      if (payload !== undefined) return asFile(payload, options.to, []);
      warnings.push(misfit('the pprof does not come back with it'));
    }
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    warnings.push(misfit(error.message));
  }
  const payload = translate(bytes, bytes, undefined, options);
  if (payload === undefined) throw notProven('the way back from OTLP does not give the same bytes');
  return asFile(
    payload,
    options.to,
    warnings.map((warning) => `${warning}: what the pprof says is translated`),
  );
}

function asFile(
  { otlp: payload, report }: { otlp: Uint8Array; report: Report },
  to: OtlpForm = 'otlp',
  more: readonly string[],
): { otlp: Uint8Array; report: Report } {
  const { bytes: otlp, form, warnings } = writeOtlpFile([payload], NO_FORM, to);
  return {
    otlp,
    report: { ...report, to: form, outputBytes: otlp.length, warnings: [...report.warnings, ...more, ...warnings] },
  };
}

/** The messages that the pprof was made from. Throws Misfit when they are no OTLP. */
function giveBack(
  bytes: Uint8Array,
  { messages, file, carried, extensionBytes }: Extract<Restored, { kind: 'messages' }>,
  { resource = {}, to, fidelity = 'exact', verify = true }: ToOtlpOptions,
): { otlp: Uint8Array; report: Report } {
  const { data } = expecting('pprof', bytes, () => decodePprof(bytes));
  try {
    const { bytes: otlp, form, warnings } = writeOtlpFile(messages, file, to);
    const proven = verify && givesAgain({ messages, form: file }, bytes);
    if (verify && !proven) warnings.push(OTHERWISE);
    if (Object.keys(resource).length > 0)
      warnings.push('comes back as the OTLP that it was made from: resource attributes are not added');
    return {
      otlp,
      report: {
        ...{ from: 'pprof', to: form, inputBytes: bytes.length, outputBytes: otlp.length },
        ...contentOf(data),
        ...{ fidelity, carried, residualBytes: extensionBytes, proven, exactReturn: true, warnings },
      },
    };
  } catch (error) {
    if (error instanceof PprofOtlpError) throw new Misfit(error.message, { cause: error });
    throw error;
  }
}

const OTHERWISE =
  'comes back as the OTLP that it was made from, by its digest, which this release turns into another pprof';

/** Whether the messages become the very pprof again, by one of the ways that it may have been made. */
function givesAgain(file: OtlpMessages, bytes: Uint8Array): boolean {
  const ways: ToPprofOptions[] = [{}, { timestamps: 'labels' }, { merge: true }, { merge: true, timestamps: 'labels' }];
  return ways.some((way) => {
    const results = returnAll(file, { ...way, verify: false });
    return results.length === 1 && equalBytes(results[0].pprof, bytes);
  });
}

/**
 * The payload that a pprof becomes, with what its extension adds; undefined when `whole`, the pprof with its extension,
 * does not come back from it.
 */
function translate(
  pprof: Uint8Array,
  whole: Uint8Array,
  shell: Uint8Array | undefined,
  options: ToOtlpOptions,
): Translated | undefined {
  const { fidelity = 'exact', verify: prove = true, resource = {} } = options;
  if (fidelity === 'semantic') return translateSemantics(pprof, whole, shell, options);
  const expected: Expected = { bytes: pprof, digest: digest(pprof) };
  // Resource attributes that are added here ride in the extension when the pprof comes back, behind the same bytes.
  const proves = (otlp: Uint8Array): boolean => {
    const [{ exactReturn, pprof: returned, base }] = returnAll({ messages: [otlp], form: NO_FORM }, {}, { expected });
    const isWhole = shell !== undefined && Object.keys(resource).length === 0;
    return exactReturn === true && (isWhole ? equalBytes(returned, whole) : equalBytes(base, pprof));
  };
  // The likely residual costs one way back, in its proof; the other one more. A retry decodes again, so that a proof
  // need not share the memory with what it proves.
  for (const residualBy of prove ? [likelyResidual, residualOf, embedded] : [residualOf, embedded]) {
    const translated = write(pprof, whole, shell, expected, residualBy, options);
    if (translated === undefined) continue;
    if (!prove) return translated;
    if (proves(translated.otlp)) return { otlp: translated.otlp, report: { ...translated.report, proven: true } };
  }
  return undefined;
}

interface Translated {
  otlp: Uint8Array;
  report: Report;
}

/** Writes the payload with a residual of this kind; undefined where there is none. */
function write(
  pprof: Uint8Array,
  whole: Uint8Array,
  shell: Uint8Array | undefined,
  expected: Expected,
  residualBy: typeof residualOf,
  options: ToOtlpOptions,
): Translated | undefined {
  const made = payloadOf(pprof, whole, expected, residualBy, options);
  if (made === undefined) return undefined;
  const payload = shell === undefined ? made.payload : withAdditions(made.payload, shell);
  return { otlp: encodeOtlp(payload, pprof.length), report: made.report };
}

/** Apart from `write`, so that what was decoded need not share the memory with what is encoded. */
function payloadOf(
  pprof: Uint8Array,
  whole: Uint8Array,
  { digest: digestOfPprof }: Expected,
  residualBy: typeof residualOf,
  { resource = {} }: ToOtlpOptions,
): { payload: Model; report: Report } | undefined {
  const decoded = expecting('pprof', pprof, () => decodePprof(pprof));
  const mapped = pprofToModel(decoded.data, false);
  const residual = encodedResidual(residualBy, decoded, mapped, digestOfPprof);
  const isEmbedded = residualBy === embedded;
  if (residual === undefined || (!isEmbedded && residual.length >= Math.max(pprof.length, SMALL))) return undefined;
  const carried = isEmbedded ? 'embedded' : 'structured';
  return {
    payload: toPayload(mapped.model, { resource, residual, originalPayload: isEmbedded ? pprof : undefined }),
    report: { ...reportOf(decoded, whole, 'exact'), carried, residualBytes: residual.length },
  };
}

function translateSemantics(
  pprof: Uint8Array,
  whole: Uint8Array,
  shell: Uint8Array | undefined,
  { verify: prove = true, resource = {} }: ToOtlpOptions,
): Translated {
  const decoded = expecting('pprof', pprof, () => decodePprof(pprof));
  const { model } = pprofToModel(decoded.data, true);
  const payload = toPayload(model, { resource, residual: undefined, originalPayload: undefined });
  const otlp = encodeOtlp(shell === undefined ? payload : withAdditions(payload, shell), pprof.length);
  const proven = prove && provesSemantics(otlp, model);
  if (prove && !proven) throw notProven(`the way back from OTLP does not say the same`);
  return { otlp, report: { ...reportOf(decoded, whole, 'semantic'), proven } };
}

function reportOf({ data, warnings }: Decoded, whole: Uint8Array, fidelity: Fidelity): Report {
  return {
    ...{ from: 'pprof', to: 'otlp', inputBytes: whole.length, outputBytes: 0 },
    ...contentOf(data),
    ...{ fidelity, carried: 'none', residualBytes: 0, proven: false },
    warnings: [...warnings, ...warningsOf(data)].map(({ what, inOtlp }) => `${what}: ${fate(inOtlp, fidelity)}`),
  };
}

/** The residual beside which the payload carries the pprof itself. */
const embedded: typeof residualOf = ({ bytes }, _, digestOfBytes = digest(bytes)) => ({
  length: bytes.length,
  digest: digestOfBytes,
  structure: undefined,
});

/** A structured residual larger than the file expresses nothing; below this size that does not matter. */
const SMALL = 4096;

function encodedResidual(
  residualBy: typeof residualOf,
  decoded: Decoded,
  mapped: Mapped,
  digestOfAll: Uint8Array,
): Uint8Array | undefined {
  return unlessMisfit(() => encodeResidual(residualBy(decoded, mapped, digestOfAll), mapped.model.dictionary));
}

/** Whether OTLP that was just written says the same as the model that it was written from. */
function provesSemantics(otlp: Uint8Array, model: Model): boolean {
  const { data } = decodeOtlp(otlp);
  return equalBytes(canonical(otlpToModel(data, 0, 0, true)), canonical(model));
}

function notProven(message: string): PprofOtlpError {
  return new PprofOtlpError('not-proven', `${message}; please report the file`, { stage: 'prove' });
}

const fate = (inOtlp: boolean, fidelity: Fidelity): string =>
  inOtlp ? 'kept' : fidelity === 'exact' ? 'kept in the residual' : 'lost';
