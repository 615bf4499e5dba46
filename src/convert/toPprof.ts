import { PprofOtlpError } from '../errors.ts';
import type { Written } from '../wire/written.ts';
import { readInput } from './input.ts';
import type { Report, ToPprofOptions } from './options.ts';
import { readOtlpFile } from './otlpFile.ts';
import { returnAll } from './returnAll.ts';

/**
 * Translates OTLP Profiles to pprof. Everything becomes one pprof, in which an extension keeps what pprof has no field
 * for, so that the OTLP comes back whole; but a scope that was made from a pprof comes back as that pprof.
 *
 * @param input OTLP Profiles as protobuf of any draft since 1.3, JSON, JSON lines, Collector frames; compressed or not
 * @returns the pprofs, uncompressed, and a report for each
 * @throws PprofOtlpError `bad-input` for what is no OTLP or has indexes that lead nowhere, `limit` above `maxSize`
 */
export function otlpToPprof(
  input: Uint8Array,
  options: ToPprofOptions = {},
): { pprofs: Uint8Array[]; reports: Report[] } {
  return otlpToPprofTelling(input, options, undefined);
}

/** As `otlpToPprof`; tells meanwhile what is written. What was told holds if the buffer is that of the one pprof returned. */
export function otlpToPprofTelling(
  input: Uint8Array,
  options: ToPprofOptions,
  written: Written | undefined,
): { pprofs: Uint8Array[]; reports: Report[] } {
  const { bytes, form } = readInput(input, options);
  if (form.format === 'pprof') throw new PprofOtlpError('bad-input', 'looks like pprof, not otlp', { stage: 'detect' });
  const file = readOtlpFile(bytes, form, options);
  const results = returnAll(file, options, written === undefined ? {} : { written });
  if (results.length === 0)
    throw new PprofOtlpError('bad-input', 'the payload has no profiles; nothing to translate', { stage: 'map' });
  return {
    pprofs: results.map(({ pprof }) => pprof),
    reports: results.map(({ pprof, base: _, warnings, ...report }) => ({
      from: file.name,
      to: 'pprof',
      inputBytes: bytes.length,
      outputBytes: pprof.length,
      ...report,
      warnings: [...file.warnings, ...warnings],
    })),
  };
}
