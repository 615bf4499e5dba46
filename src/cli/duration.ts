import { PprofOtlpError } from '../errors.ts';

const UNITS: Record<string, number> = { ms: 1, '': 1000, s: 1000, m: 60_000, h: 3_600_000 };
/** Timers of Node count in 31 bits. */
const MOST = 2 ** 31 - 1;

/** "30", "30s", "500ms", "2m", "1h": milliseconds. */
export function parseDuration(text: string, option: string, least = 1): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|)$/i.exec(text);
  const milliseconds = match === null ? Number.NaN : Math.round(Number(match[1]) * UNITS[match[2].toLowerCase()]);
  if (!(milliseconds >= least && milliseconds <= MOST)) {
    throw new PprofOtlpError(
      'usage',
      `--${option}: "${text}" is no time; give seconds, or a number with ms, s, m or h, such as 30s`,
    );
  }
  return milliseconds;
}

/** 950 ms, 2.5 s, 90 s. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  return `${seconds < 10 ? Number(seconds.toFixed(1)) : Math.round(seconds)} s`;
}
