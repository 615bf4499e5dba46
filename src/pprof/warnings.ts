import type { Int64Column } from '../wire/columns.ts';
import type { PprofData } from './data.ts';

/** Something odd in a pprof that is translated all the same. */
export interface Warning {
  what: string;
  /** Whether OTLP says it too; otherwise only a residual keeps it. */
  inOtlp: boolean;
}

/** What a pprof says although the rules of OTLP or of pprof forbid it. */
export function warningsOf(data: PprofData): Warning[] {
  const { location, mapping, function: fn, sampleType, sample } = data;
  const { label } = sample;
  const warnings: Warning[] = [];
  const kept = (count: number, what: string) => {
    if (count > 0) warnings.push({ what: `${what} (${count})`, inOtlp: true });
  };
  kept(negative(location.line.line), 'negative line numbers, which OTLP forbids');
  kept(negative(location.line.column), 'negative columns, which OTLP forbids');
  kept(negative(fn.startLine), 'negative start lines, which OTLP forbids');
  kept(
    count(mapping.length, (i) => {
      const start = mapping.memoryStart.unsigned(i);
      const limit = mapping.memoryLimit.unsigned(i);
      return start >= limit && (start !== 0n || limit !== 0n);
    }),
    'mappings whose start is not below their limit, which OTLP forbids',
  );
  kept(
    sample.occurrences(
      (i) =>
        data.strings.size(label.str.array[i]) === 0 &&
        label.num.isZero(i) &&
        data.strings.size(label.numUnit.array[i]) === 0,
    ),
    'labels with an empty value, which google/pprof drops',
  );
  const lost = (count: number, what: string) => {
    if (count > 0) warnings.push({ what: `${what} (${count})`, inOtlp: false });
  };
  lost(namesNotUtf8(data), 'names that are not UTF-8, which OTLP cannot say');
  lost(
    count(mapping.length, (i) => isEmptyMapping(data, i)),
    'mappings without content, which OTLP cannot tell from none',
  );
  if (sampleType.length === 0)
    warnings.push({ what: 'there are no sample types, which pprof readers may refuse', inOtlp: true });
  if (data.timeNanos < 0n) warnings.push({ what: 'time_nanos is negative, which OTLP cannot say', inOtlp: false });
  if (data.durationNanos < 0n)
    warnings.push({ what: 'duration_nanos is negative, which OTLP cannot say', inOtlp: false });
  return warnings;
}

/** All that OTLP keeps in its string table. */
function namesNotUtf8({ strings, sampleType, periodType, sample, mapping, function: fn }: PprofData): number {
  const isName = new Uint8Array(strings.length);
  if (periodType !== undefined) {
    isName[periodType.type] = 1;
    isName[periodType.unit] = 1;
  }
  for (const { array, length } of [
    sampleType.type,
    sampleType.unit,
    sample.label.key,
    sample.label.numUnit,
    mapping.filename,
    fn.name,
    fn.systemName,
    fn.filename,
  ]) {
    for (let i = 0; i < length; i++) isName[array[i]] = 1;
  }
  return count(strings.length, (index) => isName[index] === 1 && !strings.isUtf8(index));
}

function isEmptyMapping({ mapping, strings }: PprofData, row: number): boolean {
  return (
    mapping.memoryStart.isZero(row) &&
    mapping.memoryLimit.isZero(row) &&
    mapping.fileOffset.isZero(row) &&
    mapping.has.array[row] === 0 &&
    strings.size(mapping.filename.array[row]) === 0 &&
    strings.size(mapping.buildId.array[row]) === 0
  );
}

const negative = (column: Int64Column): number =>
  column.hi.length === 0 ? 0 : count(column.length, (i) => column.isNegative(i));

function count(length: number, test: (i: number) => boolean): number {
  let found = 0;
  for (let i = 0; i < length; i++) if (test(i)) found++;
  return found;
}
