import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { differences, type MeaningOptions, meaning, readBytes } from '../../vectors/lib/index.mjs';

export interface Vector {
  name: string;
  direction: 'pprof-to-otlp' | 'otlp-to-pprof';
  level: 'semantic' | 'exact';
  shows: string;
  follows: string;
  basis: 'specification' | 'choice';
  input: string;
  expected: string;
  back?: string;
  usual?: string;
  compare?: string[];
  untidy?: true;
  release?: string;
  refusedBy?: string[];
  options?: { timestamps: 'labels' };
}

export const FOLDER: string = fileURLToPath(new URL('../../vectors/', import.meta.url));
export const stored = (name: string): Buffer => readFileSync(FOLDER + name);
/** Without gzip. */
export const read = (name: string): Buffer => readBytes(FOLDER + name);

export const VECTORS: Vector[] = JSON.parse(stored('manifest.json').toString()).vectors;
export const TO_OTLP = VECTORS.filter(({ direction }) => direction === 'pprof-to-otlp');
export const TO_PPROF = VECTORS.filter(({ direction }) => direction === 'otlp-to-pprof');

export const otlpDifferences = (expected: Uint8Array, actual: Uint8Array, options: MeaningOptions = {}): string[] =>
  differences(meaning('otlp', expected, options), meaning('otlp', actual, options));
export const pprofDifferences = (expected: Uint8Array, actual: Uint8Array): string[] =>
  differences(meaning('pprof', expected), meaning('pprof', actual));
