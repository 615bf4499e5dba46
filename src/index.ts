export type { CheckOptions, Finding, FindingPlace, Level, RuleInfo } from './check/check.ts';
export { RULES } from './check/check.ts';
export type { CheckReport } from './convert/check.ts';
export { check } from './convert/check.ts';
export type {
  Carried,
  Fidelity,
  InputOptions,
  Options,
  OtlpForm,
  Report,
  Timestamps,
  ToOtlpOptions,
  ToPprofOptions,
} from './convert/options.ts';
export { otlpToOtlp } from './convert/otherOtlp.ts';
export { pprofToOtlp } from './convert/toOtlp.ts';
export { otlpToPprof } from './convert/toPprof.ts';
export { verify } from './convert/verify.ts';
export { type DiffInput, type DiffOptions, diff } from './diff/diff.ts';
export type { Difference, DiffResult } from './diff/difference.ts';
export type { ErrorCode, ErrorPlace, Stage } from './errors.ts';
export { PprofOtlpError } from './errors.ts';
export { dump } from './inspect/dump.ts';
export { inspect } from './inspect/inspect.ts';
export { type InspectOptions, type Summary, summaryJson, type Translation } from './inspect/summary.ts';
export type { Compression } from './io/compression.ts';
export { decompress } from './io/decompress.ts';
export type { Detected } from './io/detect.ts';
export { detect } from './io/detect.ts';
export type { Format, FormatName } from './io/formats.ts';
