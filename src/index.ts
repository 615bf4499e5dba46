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
export type { ErrorCode, ErrorPlace, Stage } from './errors.ts';
export { PprofOtlpError } from './errors.ts';
export type { Compression } from './io/compression.ts';
export { decompress } from './io/decompress.ts';
export type { Detected } from './io/detect.ts';
export { detect } from './io/detect.ts';
export type { Format, FormatName } from './io/formats.ts';
