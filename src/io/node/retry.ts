/** Waits between attempts: exponential, with jitter, so that many clients do not come back at the same moment. */
export interface RetryPolicy {
  /** The first wait, and the longest, in milliseconds. */
  first: number;
  longest: number;
  /** Most time from the first attempt to the start of the last one. 0: a single attempt. */
  total: number;
}

export const RETRY: RetryPolicy = { first: 1000, longest: 30_000, total: 60_000 };

/** The answers that OTLP calls retryable; all other errors are final. */
export const RETRYABLE = new Set([429, 502, 503, 504]);

/** The wait after attempt 1, 2, ...: half to one and a half of a wait that doubles each time. */
export function backoff(attempt: number, { first, longest }: RetryPolicy, random = Math.random()): number {
  return Math.min(first * 2 ** (attempt - 1), longest) * (0.5 + random);
}

/** Milliseconds that a Retry-After header asks for: seconds, or an HTTP date; undefined when it is neither. */
export function retryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  // Date.parse takes much for a date; HTTP's have a day and a time.
  const date = /^[A-Za-z]{3,9},? .*\d\d:\d\d:\d\d/.test(text)
    ? Date.parse(/GMT$|UTC$/.test(text) ? text : `${text} GMT`)
    : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
