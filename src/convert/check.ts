import { type CheckOptions, type CheckResult, checkBytes, mergeResults } from '../check/check.ts';
import { compressionOf } from '../io/compression.ts';
import type { FormatName } from '../io/formats.ts';
import { readInput } from './input.ts';
import type { InputOptions } from './options.ts';
import { readOtlpFile } from './otlpFile.ts';

export interface CheckReport extends CheckResult {
  from: FormatName;
  /** Uncompressed. */
  inputBytes: number;
  /** What was left out or changed before there was protobuf of 1.11 to check. */
  notes: string[];
}

/**
 * Checks a file against the rules of its format (docs/rules.md).
 *
 * @param input a pprof or OTLP payload, compressed or not, in any form that the translation reads
 * @throws PprofOtlpError `bad-input` for what cannot be read, `usage` for a rule that does not exist
 */
export function check(input: Uint8Array, options: CheckOptions & Omit<InputOptions, 'strict'> = {}): CheckReport {
  const { bytes, form } = readInput(input, options);
  if (form.format === 'pprof') {
    const compression = options.compression ?? compressionOf(input);
    return {
      ...checkBytes(bytes, 'pprof', { ...options, compression }),
      ...{ from: 'pprof', inputBytes: bytes.length, notes: [] },
    };
  }
  const { messages, layouts, name, warnings } = readOtlpFile(bytes, form, options);
  const results = messages.map((message, i) =>
    checkBytes(message, 'otlp', {
      ...options,
      ...(layouts[i] === 'current' ? {} : { draft: layouts[i] }),
      offsets: message.buffer === bytes.buffer && message.byteOffset === bytes.byteOffset,
    }),
  );
  return { ...mergeResults(results, options.all), from: name, inputBytes: bytes.length, notes: warnings };
}
