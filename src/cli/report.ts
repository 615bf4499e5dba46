import type { Report } from '../convert/options.ts';
import type { PprofOtlpError } from '../errors.ts';
import { shownUrl } from '../io/node/url.ts';
import { statusOf } from './status.ts';

/** One object of `--format json`: every key is always there, null where there is nothing to say. See docs/report.md. */
export interface FileReport {
  input: string;
  output: string | null;
  from: string | null;
  to: string | null;
  inputBytes: number | null;
  outputBytes: number | null;
  samples: number | null;
  sampleTypes: string[] | null;
  fidelity: string | null;
  carried: string | null;
  residualBytes: number | null;
  proven: boolean;
  exactReturn: boolean | null;
  /** The output was there already and gives the input: nothing was written. */
  skipped: boolean;
  warnings: string[];
  /** Of push. */
  delivery?: Delivery;
  error: { code: string; message: string; path: string | null; offset: number | null } | null;
  exit: number;
}

/** What was sent, and what the receiver made of it. */
export interface Delivery {
  time: string;
  dryRun: boolean;
  protocol: string;
  /** Messages of OTLP, each a request. */
  requests: number;
  accepted: number;
  /** Sent, with those that failed. */
  attempts: number;
  /** Bytes of the accepted requests as they were sent. */
  sentBytes: number;
  rejectedProfiles: number;
}

export function done(input: string, output: string | null, report: Report): FileReport {
  return {
    input: shownUrl(input),
    output,
    from: report.from,
    to: report.to,
    inputBytes: report.inputBytes,
    outputBytes: report.outputBytes,
    samples: report.samples,
    sampleTypes: report.sampleTypes,
    fidelity: report.fidelity,
    carried: report.carried,
    residualBytes: report.residualBytes,
    proven: report.proven,
    exactReturn: report.exactReturn ?? null,
    skipped: false,
    warnings: report.warnings,
    error: null,
    exit: 0,
  };
}

/** What was there already: nothing about how it came into being. */
export function skipped(input: string, output: string, report: Report): FileReport {
  return { ...done(input, output, report), proven: true, skipped: true };
}

export function failed(input: string, error: PprofOtlpError, known: Partial<Report> = {}): FileReport {
  return {
    input: shownUrl(input),
    output: null,
    from: known.from ?? null,
    to: known.to ?? null,
    inputBytes: known.inputBytes ?? null,
    outputBytes: known.outputBytes ?? null,
    samples: known.samples ?? null,
    sampleTypes: known.sampleTypes ?? null,
    fidelity: known.fidelity ?? null,
    carried: known.carried ?? null,
    residualBytes: known.residualBytes ?? null,
    proven: false,
    exactReturn: known.exactReturn ?? null,
    skipped: false,
    warnings: known.warnings ?? [],
    error: { code: error.code, message: error.message, path: error.path ?? null, offset: error.offset ?? null },
    exit: statusOf(error.code),
  };
}
