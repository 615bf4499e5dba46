import { printable } from './escape.ts';
import { formatSize } from './size.ts';

const NANOSECONDS: Record<string, number> = {
  nanoseconds: 1,
  ns: 1,
  microseconds: 1e3,
  us: 1e3,
  milliseconds: 1e6,
  ms: 1e6,
  seconds: 1e9,
  s: 1e9,
};

/** A value of a sample type as people say it: 1.25s, 3.5 MiB, 12,345. */
export function quantity(value: bigint, unit: string): string {
  const sign = value < 0n ? '-' : '';
  const size = value < 0n ? -value : value;
  if (Object.hasOwn(NANOSECONDS, unit)) return sign + duration(Number(size) * NANOSECONDS[unit]);
  if (unit === 'bytes' || unit === 'By') return sign + formatSize(Number(size));
  const named = unit === '' || unit === 'count' || unit === '1' ? '' : ` ${printable(unit)}`;
  return `${sign}${grouped(size)}${named}`;
}

export function duration(nanoseconds: number): string {
  if (nanoseconds < 1e3) return `${nanoseconds}ns`;
  if (nanoseconds < 1e6) return `${round(nanoseconds / 1e3)}µs`;
  if (nanoseconds < 1e9) return `${round(nanoseconds / 1e6)}ms`;
  if (nanoseconds < 120e9) return `${round(nanoseconds / 1e9)}s`;
  if (nanoseconds < 7200e9) return `${round(nanoseconds / 60e9)}min`;
  return `${round(nanoseconds / 3600e9)}h`;
}

/** Three digits that count. */
const round = (value: number): string => `${Number(value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0))}`;

export const grouped = (value: bigint | number): string => `${value}`.replace(/\B(?=(\d{3})+$)/g, ',');

/** A number with its noun: "1 sample", "12 samples". */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${grouped(count)} ${count === 1 ? noun : plural}`;

export function share(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0%';
  const percent = (100 * part) / whole;
  if (part === whole) return '100%';
  // What is not all of it must not look like it, nor what is some like nothing.
  if (percent >= 99.95) return '>99.9%';
  return Math.abs(percent) < 0.05 ? '<0.1%' : `${percent.toFixed(1)}%`;
}

/** An instant to the millisecond, UTC; the bare number where the calendar ends. */
export function instant(unixNano: bigint): string {
  const date = new Date(Number(unixNano / 1_000_000n));
  return Number.isNaN(date.getTime()) ? `${unixNano}` : date.toISOString();
}
