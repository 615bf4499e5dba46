import { otlpToOtlp } from '../convert/otherOtlp.ts';
import { pprofToOtlp } from '../convert/toOtlp.ts';
import { otlpToPprof } from '../convert/toPprof.ts';
import { PprofOtlpError } from '../errors.ts';
import type { FileFacts, ProfileFormat, Translation } from '../inspect/summary.ts';
import { detect } from '../io/detect.ts';
import { decompress } from '../io/node/decompress.ts';
import { type Common, inputOptions } from './common.ts';
import { blocking } from './interrupt.ts';

export interface Profile {
  /** Uncompressed protobuf in the current layout, whatever form of OTLP the file has. */
  bytes: Uint8Array;
  format: ProfileFormat;
  file: FileFacts;
}

/**
 * The profile in a file.
 *
 * `damaged`: OTLP that can't be brought into the current layout is taken as it lies, to be looked at.
 */
export async function readProfile(stored: Uint8Array, common: Common, damaged = false): Promise<Profile> {
  const { maxSize } = common;
  const bytes = await blocking(() => decompress(stored, maxSize));
  return blocking(() => profileIn(bytes, stored, common, damaged));
}

function profileIn(bytes: Uint8Array, stored: Uint8Array, common: Common, damaged: boolean): Profile {
  const { from } = common;
  const format = from === undefined ? detect(bytes).format : from === 'pprof' ? 'pprof' : 'otlp';
  const file: FileFacts = {
    compression: stored === bytes ? 'none' : stored[0] === 0x1f ? 'gzip' : 'zstd',
    container: null,
    version: null,
    storedBytes: stored.length,
  };
  if (format === 'pprof') return { bytes, format, file };
  try {
    const { otlp, report } = otlpToOtlp(bytes, inputOptions(common));
    if (report.from !== 'otlp') file.container = report.from;
    file.version = draftIn(report.warnings);
    return { bytes: otlp, format, file };
  } catch (error) {
    if (damaged && error instanceof PprofOtlpError && error.code === 'bad-input') return { bytes, format, file };
    throw error;
  }
}

/** The draft that a payload was upgraded from; the wire of 1.10 and 1.11 is one. */
function draftIn(warnings: readonly string[]): string {
  const [draft] = warnings.flatMap((warning) => /^has the layout of OTLP ([^:]+):/.exec(warning)?.[1] ?? []);
  return draft ?? '1.10 or 1.11';
}

/** What the other format has no field for, and what it costs to carry it; nothing for what can't be translated. */
export function translationOf(bytes: Uint8Array, format: ProfileFormat): Translation | null {
  try {
    return format === 'pprof' ? translationToOtlp(bytes) : translationToPprof(bytes);
  } catch (error) {
    if (error instanceof PprofOtlpError && error.code === 'bad-input') return null;
    throw error;
  }
}

function translationToOtlp(bytes: Uint8Array): Translation {
  const { outputBytes, carried, residualBytes, warnings } = pprofToOtlp(bytes, {
    verify: false,
    maxSize: bytes.length,
  }).report;
  return { to: 'otlp', outputs: 1, outputBytes, carried, residualBytes, warnings };
}

function translationToPprof(bytes: Uint8Array): Translation {
  const { reports } = otlpToPprof(bytes, { verify: false, maxSize: bytes.length });
  const sum = (size: (report: (typeof reports)[number]) => number) =>
    reports.reduce((total, one) => total + size(one), 0);
  return {
    to: 'pprof',
    outputs: reports.length,
    outputBytes: sum(({ outputBytes }) => outputBytes),
    carried: reports[0].carried,
    residualBytes: sum(({ residualBytes }) => residualBytes),
    warnings: [...new Set(reports.flatMap(({ warnings }) => warnings))],
  };
}

/** The one file that a translation was made from, when it carries it and proves that it is that to the last byte. */
export function originalOf({ bytes, format }: { bytes: Uint8Array; format: ProfileFormat }): Uint8Array | undefined {
  if (format === 'pprof') {
    const { otlp, report } = pprofToOtlp(bytes, { verify: false, to: 'otlp', maxSize: bytes.length });
    return report.exactReturn ? otlp : undefined;
  }
  // Without the extension, which would tell what was added to the payload since.
  const { pprofs, reports } = otlpToPprof(bytes, { verify: false, fidelity: 'semantic', maxSize: bytes.length });
  return pprofs.length === 1 && reports[0].exactReturn ? pprofs[0] : undefined;
}
