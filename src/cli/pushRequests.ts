import type { Fidelity, Report } from '../convert/options.ts';
import { otlpToOtlp } from '../convert/otherOtlp.ts';
import { pprofToOtlp } from '../convert/toOtlp.ts';
import { PprofOtlpError } from '../errors.ts';
import { split } from '../io/container.ts';
import { detect } from '../io/detect.ts';
import { inputFormOf } from '../io/formats.ts';
import { isJson } from '../io/json.ts';
import type { Protocol } from '../io/node/otlpExporter.ts';
import { type Common, inputOptions } from './common.ts';

/** How a pprof becomes OTLP, with the meaning that the options of convert have. */
export interface Translation {
  fidelity: Fidelity | undefined;
  verify: boolean;
  resource: Record<string, string>;
  /** --resource was given, which only what is made from a pprof can hold. */
  wantsResource: boolean;
}

/** The payloads of ExportProfilesServiceRequests, and what became of the input. */
export interface Requests {
  payloads: Uint8Array[];
  report: Report;
}

/** A file of several messages, such as the Collector's file exporter writes, is as many requests; all else is one. */
export function requestsOf(bytes: Uint8Array, protocol: Protocol, common: Common, translation: Translation): Requests {
  const { format, container } = common.from === undefined ? detect(bytes) : inputFormOf(common.from);
  const options = inputOptions(common);
  const to = protocol === 'http/json' ? 'otlp-json' : 'otlp';
  if (format === 'pprof') {
    const { fidelity = 'exact', verify, resource } = translation;
    const { otlp, report } = pprofToOtlp(bytes, { ...options, to, fidelity, verify, resource });
    return { payloads: withContent([otlp], [report]), report };
  }
  checkFit(translation);
  if (container === 'protobuf' || container === 'json') {
    const { otlp, report } = otlpToOtlp(bytes, { ...options, to });
    return { payloads: withContent([otlp], [report]), report };
  }
  const { messages } = split(bytes, container ?? 'protobuf', common.maxSize);
  if (messages.length === 0) throw new PprofOtlpError('bad-input', 'has no messages; nothing to push');
  const results = messages.map((message, i) => {
    try {
      return otlpToOtlp(message, { ...options, to, from: isJson(message) ? 'otlp-json' : 'otlp' });
    } catch (error) {
      throw messages.length === 1 ? error : inMessage(error, i);
    }
  });
  const reports = results.map(({ report }) => report);
  return {
    payloads: withContent(
      results.map(({ otlp }) => otlp),
      reports,
    ),
    report: together(reports, bytes.length, container),
  };
}

/** Envelopes without a profile are not for sending, says OTLP. */
function withContent(payloads: readonly Uint8Array[], reports: readonly Report[]): Uint8Array[] {
  return payloads.filter((_, i) => reports[i].sampleTypes.length > 0);
}

function together(reports: readonly Report[], inputBytes: number, container: string | undefined): Report {
  const sum = (size: (report: Report) => number) => reports.reduce((total, report) => total + size(report), 0);
  return {
    ...reports[0],
    from: `otlp-${container}` as Report['from'],
    inputBytes,
    outputBytes: sum(({ outputBytes }) => outputBytes),
    samples: sum(({ samples }) => samples),
    sampleTypes: [...new Set(reports.flatMap(({ sampleTypes }) => sampleTypes))],
    proven: reports.every(({ proven }) => proven),
    warnings: [...new Set(reports.flatMap(({ warnings }) => warnings))],
  };
}

/** An option that would do nothing for this input is an error, as with convert. */
function checkFit({ fidelity, verify, wantsResource }: Translation): void {
  const misfit = (message: string) => new PprofOtlpError('usage', message);
  if (wantsResource) throw misfit('--resource is for what is made from a pprof; leave it out');
  if (fidelity !== undefined) throw misfit('--fidelity is for pprof and OTLP; leave it out');
  if (!verify) throw misfit('--no-verify is for pprof and OTLP; leave it out');
}

function inMessage(error: unknown, index: number): unknown {
  if (!(error instanceof PprofOtlpError)) return error;
  const { code, message, stage = 'decode', path, offset } = error;
  return new PprofOtlpError(code, message, {
    stage,
    path: path === undefined ? `[message ${index}]` : `[message ${index}] ${path}`,
    cause: error,
    ...(offset === undefined ? {} : { offset }),
  });
}
