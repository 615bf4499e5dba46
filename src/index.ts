export type { Carried, Fidelity, Options, Report } from './convert.ts';
export { otlpToPprof, pprofToOtlp, verify } from './convert.ts';
export type { ErrorCode, ErrorPlace, Stage } from './errors.ts';
export { PprofOtlpError } from './errors.ts';
export type { Compression } from './io/compression.ts';
export { decompress } from './io/decompress.ts';
export type { Detected, Format } from './io/detect.ts';
export { detect } from './io/detect.ts';
