import { readInput } from './input.ts';
import type { Options, Report } from './options.ts';
import { pprofToOtlp } from './toOtlp.ts';
import { otlpToPprof } from './toPprof.ts';

/**
 * Proves the round trip of a file without keeping its translation.
 *
 * @param input a pprof or OTLP payload, compressed or not
 * @returns a report; `proven` says whether the file comes back: protobuf byte for byte, of JSON and of older drafts every
 *   field, and of OTLP that was made from a pprof that pprof
 * @throws PprofOtlpError as `pprofToOtlp` and `otlpToPprof` do, but not `not-proven`
 */
export function verify(input: Uint8Array, options: Options = {}): Report {
  const { bytes, form } = readInput(input, options);
  if (form.format === 'pprof') return pprofToOtlp(bytes, { ...options, verify: true }).report;
  const { reports } = otlpToPprof(bytes, { ...options, verify: true });
  if (reports.length === 1) return reports[0];
  // What was made from pprofs has to give those, and the file comes back from all of them in one.
  const whole = otlpToPprof(bytes, { ...options, verify: true, merge: true, split: false }).reports[0];
  const proven = whole.proven && reports.every((report) => report.proven);
  return { ...whole, proven, ...(reports.some(isChanged) ? { exactReturn: false } : {}) };
}

const isChanged = ({ exactReturn }: Report): boolean => exactReturn === false;
