// What a program that compares for itself needs; `index.d.mts` has the types.
export { differences } from './differences.mjs';
export { decode, encode } from './protobuf.mjs';
export { formatOf, meaning, readBytes, readOtlp, readPprof } from './read.mjs';
export { OTLP, PPROF } from './schema.mjs';
export { untidy } from './tidy.mjs';
