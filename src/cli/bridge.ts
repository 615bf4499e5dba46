import { setTimeout as wait } from 'node:timers/promises';
import { PprofOtlpError } from '../errors.ts';
import { isUrl, parseUrl, recordingSeconds, shownUrl } from '../io/node/url.ts';
import { formatDuration } from './duration.ts';
import { tellInterruption } from './interrupt.ts';
import { type PushSettings, pushFile } from './pushFile.ts';
import type { FileReport } from './report.ts';
import type { Reporter } from './reporter.ts';

/** How long a request that is under way may take when the program is to end. */
const GRACE_MS = 10_000;

/**
 * Reads each source at every multiple of the interval and pushes what it gives, until the program is interrupted. What
 * fails is reported and it goes on. The sources do not wait for each other, and no source is read twice at a time.
 *
 * @returns 0, or the status of a push that had to be given up in the end
 */
export async function bridge(
  sources: readonly string[],
  interval: number,
  settings: PushSettings,
  reporter: Reporter,
): Promise<number> {
  checkSources(sources, interval, reporter);
  const closing = new AbortController();
  const now = new AbortController();
  let grace: NodeJS.Timeout | undefined;
  tellInterruption(() => {
    closing.abort();
    grace = setTimeout(() => now.abort(), GRACE_MS);
  });
  const start = performance.now();
  const stop = { closing: closing.signal, now: now.signal };
  const hooks = { watch: { signal: closing.signal }, stop };
  const run = async (source: string): Promise<number> => {
    for (let tick = 0; await reached(start + tick * interval, closing.signal); ) {
      const report = await pushFile(source, settings, hooks);
      if (closing.signal.aborted) return lastOf(report, reporter);
      reporter.print(report);
      // A timer may be early by a fraction of a millisecond.
      const next = Math.max(tick, Math.floor((performance.now() - start) / interval)) + 1;
      const missed = next - tick - 1;
      if (missed > 0)
        reporter.warn(`${shownUrl(source)}: took too long, ${missed === 1 ? 'one turn' : `${missed} turns`} left out`);
      tick = next;
    }
    return 0;
  };
  const statuses = await Promise.all(sources.map(run));
  clearTimeout(grace);
  return Math.max(...statuses);
}

function checkSources(sources: readonly string[], interval: number, reporter: Reporter): void {
  for (const source of sources) {
    if (!isUrl(source)) throw new PprofOtlpError('usage', `--interval is for URLs, and ${source} is none`);
    const recording = recordingSeconds(parseUrl(source)) * 1000;
    if (recording < interval) continue;
    const [name, often] = [shownUrl(source), formatDuration(interval)];
    reporter.warn(`${name} records for as long as --interval ${often}: turns will be left out; give fewer seconds=`);
  }
}

/** Waits for a moment of performance.now(); false when the program is to end before. */
async function reached(moment: number, closing: AbortSignal): Promise<boolean> {
  if (closing.aborted) return false;
  try {
    await wait(Math.max(0, moment - performance.now()), undefined, { signal: closing });
    return true;
  } catch {
    return false;
  }
}

/** What was read and not taken is a loss; what was not even read is none. */
function lastOf(report: FileReport, reporter: Reporter): number {
  const isRead = report.inputBytes !== null;
  if (isRead) reporter.print(report);
  return isRead ? report.exit : 0;
}
