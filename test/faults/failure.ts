import { expect } from 'vitest';
import { PprofOtlpError } from '../../src/errors.ts';

/** Nothing here is large: what takes longer than this loops. */
const SLOW_MS = 5000;

/**
 * How a call fails, as `code @offset path: message`; undefined when it does not. Whatever is thrown must be an error of
 * ours, of one line, that blames the input and not the program.
 */
export function failureOf(call: () => unknown): string | undefined {
  const start = performance.now();
  try {
    call();
    return undefined;
  } catch (error) {
    if (!(error instanceof PprofOtlpError)) throw error;
    const said = error.describe();
    expect(['bad-input', 'limit']).toContain(error.code);
    expect(said).not.toBe('');
    expect(said).not.toContain('\n');
    return `${error.code} ${said}`;
  } finally {
    expect(performance.now() - start).toBeLessThan(SLOW_MS);
  }
}
