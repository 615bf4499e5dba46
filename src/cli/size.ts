import { PprofOtlpError } from '../errors.ts';

const UNITS: Record<string, number> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** "1048576", "64k", "512m", "2G": bytes. */
export function parseSize(text: string): number {
  const match = /^(\d+)([kmg]?)$/i.exec(text);
  const size = match === null ? Number.NaN : Number(match[1]) * UNITS[match[2].toLowerCase()];
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new PprofOtlpError(
      'usage',
      `--max-size: "${text}" is no size; give bytes or a number with k, m or g, such as 512m`,
    );
  }
  return size;
}

export function formatSize(bytes: number): string {
  let value = bytes;
  for (const unit of ['B', 'KiB', 'MiB']) {
    if (value < 1024) return `${unit === 'B' ? value : value.toFixed(1)} ${unit}`;
    value /= 1024;
  }
  return `${value.toFixed(1)} GiB`;
}
