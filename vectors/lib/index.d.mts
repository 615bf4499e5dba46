export type Schema = ReadonlyMap<string, readonly object[]>;
export interface MeaningOptions {
  fromPprof?: boolean;
  mappingTable?: boolean;
  anySampleOrder?: boolean;
}
export const OTLP: Schema;
export const PPROF: Schema;
export function differences(expected: unknown, actual: unknown, path?: string): string[];
export function decode(schema: Schema, name: string, bytes: Uint8Array): object;
export function encode(schema: Schema, name: string, value: object): Buffer;
export function formatOf(bytes: Uint8Array): 'otlp' | 'pprof';
export function meaning(format: 'otlp' | 'pprof', bytes: Uint8Array, options?: MeaningOptions): object;
export function readBytes(path: string): Buffer;
export function readOtlp(bytes: Uint8Array): object;
export function readPprof(bytes: Uint8Array): object;
export function untidy(bytes: Uint8Array): string[];
