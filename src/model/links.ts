export const TRACE_SIZE = 16;
export const SPAN_SIZE = 8;

/**
 * The label keys by which profilers name the trace and the span of a sample: OpenTelemetry, Splunk and Pyroscope
 * write ids in hex, Pyroscope's older clients the span id as `profile_id`, Datadog decimal numbers under keys with a blank.
 */
export const TRACE_KEYS = ['trace_id', 'traceId', 'traceID', 'trace.id', 'trace id'];
export const SPAN_KEYS = ['span_id', 'spanId', 'spanID', 'span.id', 'span id', 'profile_id'];

/** An id in lower case hex; undefined for the wrong length and for zeros only, which the trace specification calls invalid. */
export function hexId(text: string, size: number, mayBeDecimal: boolean): string | undefined {
  let hex = text;
  if (mayBeDecimal && /^[0-9]{1,39}$/.test(text))
    hex = BigInt(text)
      .toString(16)
      .padStart(2 * size, '0');
  return hex.length === 2 * size && /^[0-9a-fA-F]+$/.test(hex) && /[^0]/.test(hex) ? hex.toLowerCase() : undefined;
}
