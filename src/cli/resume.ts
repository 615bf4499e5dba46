import type { Report } from '../convert/options.ts';
import { pprofToOtlp } from '../convert/toOtlp.ts';
import { otlpToPprof } from '../convert/toPprof.ts';
import { equalBytes } from '../io/bytes.ts';
import { MOST_SIZE } from '../io/compression.ts';
import { detect } from '../io/detect.ts';
import type { Format, FormatName } from '../io/formats.ts';
import { formatName } from '../io/formats.ts';
import { decompress } from '../io/node/decompress.ts';
import { readInput } from '../io/node/input.ts';
import { blocking } from './interrupt.ts';

/** An output of an earlier call as it is on disk, uncompressed; undefined where there is none that can be read. */
export async function existing(target: string): Promise<Uint8Array | undefined> {
  try {
    const stored = await readInput(target, MOST_SIZE);
    return await blocking(() => decompress(stored, MOST_SIZE));
  } catch {
    return undefined;
  }
}

/**
 * Proves that an output of an earlier call gives the input: by its way back, which need not ask how it was made.
 *
 * @param output uncompressed
 * @param to the form that the output has to be in
 * @param bytes of the input, uncompressed
 * @returns the report of the translation that gave it, as far as it still shows; undefined where this proves nothing
 */
export function provenBy(output: Uint8Array, to: FormatName, bytes: Uint8Array, from: Format): Report | undefined {
  try {
    const { format, container } = detect(output);
    if (format === from || (format === 'pprof' ? 'pprof' : formatName(container ?? 'protobuf')) !== to)
      return undefined;
    const back = blocking(() => wayBack(output, format));
    if (back === undefined || !equalBytes(back.bytes, bytes)) return undefined;
    const { from: _, to: form, inputBytes, outputBytes, exactReturn: __, ...rest } = back.report;
    return { ...rest, from: form, to, inputBytes: outputBytes, outputBytes: inputBytes, warnings: [] };
  } catch {
    // What it says is wrong with it: it is not what the input becomes.
    return undefined;
  }
}

function wayBack(output: Uint8Array, format: Format): { bytes: Uint8Array; report: Report } | undefined {
  const options = { verify: false, maxSize: MOST_SIZE };
  if (format === 'pprof') {
    const { otlp, report } = pprofToOtlp(output, options);
    return { bytes: otlp, report };
  }
  const { pprofs, reports } = otlpToPprof(output, options);
  return pprofs.length === 1 ? { bytes: pprofs[0], report: reports[0] } : undefined;
}
