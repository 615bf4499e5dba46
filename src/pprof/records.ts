import { Misfit } from '../errors.ts';
import type { PprofData } from './data.ts';
import { ALL, INTERLEAVED, REPEATED_RECORDS, type Run } from './layout.ts';
import { PROFILE } from './schema.ts';

/** How many records there may be of fields that do not repeat; a file with more is carried whole. */
const MOST_REPEATS = 1 << 16;

/** The top-level fields that have content, ascending: what is written without a residual. */
export function defaultRuns(data: PprofData): Run[] {
  const has: [number, boolean][] = [
    [PROFILE.sampleType, data.sampleType.length > 0],
    [PROFILE.sample, data.sample.length > 0],
    [PROFILE.mapping, data.mapping.length > 0],
    [PROFILE.location, data.location.length > 0],
    [PROFILE.function, data.function.length > 0],
    [PROFILE.stringTable, true],
    [PROFILE.dropFrames, data.dropFrames !== 0],
    [PROFILE.keepFrames, data.keepFrames !== 0],
    [PROFILE.timeNanos, data.timeNanos !== 0n],
    [PROFILE.durationNanos, data.durationNanos !== 0n],
    [PROFILE.periodType, data.periodType !== undefined],
    [PROFILE.period, data.period !== 0n],
    [PROFILE.comment, data.comment.length > 0],
    [PROFILE.defaultSampleType, data.defaultSampleType !== 0],
    [PROFILE.docUrl, data.docUrl !== 0],
  ];
  return has
    .filter(([, present]) => present)
    .map(([field]) => ({ field, count: REPEATED_RECORDS.has(field) ? ALL : 1 }));
}

/** Whether the runs name every field that has content; where they don't, the payload gained it since. */
export function coverContent(data: PprofData, runs: readonly Run[]): boolean {
  const named = new Set(runs.map(({ field }) => field));
  const interleaved: number[] = [PROFILE.sample, PROFILE.location, PROFILE.function];
  return defaultRuns(data).every(
    ({ field }) => named.has(field) || (named.has(INTERLEAVED) && interleaved.includes(field)),
  );
}

/**
 * Visits the top-level fields in the order of the runs: the field number, and which of its entries.
 * All comments are one record, since they may be one packed field.
 */
export function walkRecords(
  data: PprofData,
  runs: readonly Run[],
  visit: (field: number, index: number) => void,
): void {
  walkRuns(data, runs, (field, first, count) => {
    for (let i = first; i < first + count; i++) visit(field, i);
  });
}

/** The same, `count` entries at a time. */
function walkRuns(
  data: PprofData,
  runs: readonly Run[],
  visit: (field: number, first: number, count: number) => void,
): void {
  const left: Record<number, number> = {
    [PROFILE.sampleType]: data.sampleType.length,
    [PROFILE.sample]: data.sample.length,
    [PROFILE.mapping]: data.mapping.length,
    [PROFILE.location]: data.location.length,
    [PROFILE.function]: data.function.length,
    [PROFILE.stringTable]: data.strings.length,
  };
  const next: Record<number, number> = {};
  let repeats = 0;
  const emit = (field: number, count: number) => {
    const first = next[field] ?? 0;
    next[field] = first + count;
    visit(field, first, count);
  };
  for (const { field, count } of runs) {
    if (field === INTERLEAVED) interleaved(data, next, (field, index) => visit(field, index, 1));
    else if (REPEATED_RECORDS.has(field)) {
      const rest = left[field] - (next[field] ?? 0);
      if (count > rest) throw new Misfit('the layout names more entries than there are');
      emit(field, count === ALL ? rest : count);
    } else {
      repeats += Math.max(count, 1);
      if (repeats > MOST_REPEATS) throw new Misfit('the layout repeats fields too often');
      emit(field, Math.max(count, 1));
    }
  }
}

/** As Go's runtime/pprof writes: before each sample the locations it uses first, behind each location its new functions. */
function interleaved(
  { sample, location }: PprofData,
  next: Record<number, number>,
  visit: (field: number, index: number) => void,
): void {
  const { stack, stacks } = sample;
  const refs = stacks.values.array;
  // A stack that was written has no locations left to write.
  const isDone = new Uint8Array(stacks.length);
  const functions = location.line.function.array;
  const lineStart = location.lineStart.array;
  let nextLocation = next[PROFILE.location] ?? 0;
  let nextFunction = next[PROFILE.function] ?? 0;
  for (let i = next[PROFILE.sample] ?? 0; i < sample.length; i++) {
    const row = stack.array[i];
    const end = isDone[row] === 1 ? 0 : stacks.end(row);
    isDone[row] = 1;
    for (let at = end === 0 ? 0 : stacks.start(row); at < end; at++) {
      for (const used = refs[at]; nextLocation < used; nextLocation++) {
        visit(PROFILE.location, nextLocation);
        for (let line = lineStart[nextLocation]; line < lineStart[nextLocation + 1]; line++) {
          while (nextFunction < functions[line]) visit(PROFILE.function, nextFunction++);
        }
      }
    }
    visit(PROFILE.sample, i);
  }
  next[PROFILE.sample] = sample.length;
  next[PROFILE.location] = nextLocation;
  next[PROFILE.function] = nextFunction;
}

/**
 * The shortest runs that give the same records as these, which the decoder read; undefined when the content of the
 * `restored` profile tells them.
 */
export function shortestRuns(data: PprofData, actual: readonly Run[], restored: PprofData): Run[] | undefined {
  const normalised = actual.map(normal);
  const wanted = JSON.stringify(normalised);
  if (wanted === JSON.stringify(expand(data, defaultRuns(restored)))) return undefined;
  const interleavedFields: number[] = [PROFILE.sample, PROFILE.location, PROFILE.function];
  const first = normalised.findIndex((run) => interleavedFields.includes(run.field));
  if (first >= 0) {
    const last = normalised.findLastIndex((run) => interleavedFields.includes(run.field));
    const runs = [...normalised.slice(0, first), { field: INTERLEAVED, count: 1 }, ...normalised.slice(last + 1)];
    if (wanted === JSON.stringify(expand(data, runs))) return withoutCounts(data, runs);
  }
  return withoutCounts(data, normalised);
}

/** Comments are one record, however many fields they came in. */
const normal = (run: Run): Run => (run.field === PROFILE.comment ? { field: run.field, count: 1 } : run);

function expand(data: PprofData, runs: readonly Run[]): Run[] {
  const expanded: Run[] = [];
  walkRuns(data, runs, (field, _, count) => {
    const last = expanded[expanded.length - 1];
    if (last !== undefined && last.field === field) last.count += count;
    else if (count > 0) expanded.push({ field, count });
  });
  return expanded;
}

/** A field's last run needs no count: it takes what is left. */
function withoutCounts(data: PprofData, runs: readonly Run[]): Run[] {
  const last = new Map<number, Run>();
  const copies = runs.map((run) => ({ ...run }));
  for (const run of copies) last.set(run.field, run);
  for (const run of last.values()) if (REPEATED_RECORDS.has(run.field)) run.count = ALL;
  walkRuns(data, copies, () => {});
  return copies;
}
