/** One way to spoil a valid payload. */
export interface Defect<P> {
  name: string;
  /** The one rule that it breaks; null when none is, `reason` says why; a code of PprofOtlpError when it can't be read. */
  rule: string | null;
  reason?: string;
  /** Where the finding is, as far as it matters. */
  path?: string;
  /** Spoils what the payload says. */
  plain?: (payload: P) => void;
  /** Spoils the wire, after that. */
  wire?: (bytes: Uint8Array) => Uint8Array;
  /** What profcheck does, where no payload of this layout can show it. */
  profcheck?: string;
  /** Options of the check. */
  options?: { draft?: string; compression?: 'none' | 'gzip' | 'zstd' };
}

/** The valid payload with the defect. */
export function spoiled<P>(valid: () => P, encode: (payload: P) => Uint8Array, { plain, wire }: Defect<P>): Uint8Array {
  const payload = valid();
  plain?.(payload);
  const bytes = encode(payload);
  return wire === undefined ? bytes : wire(bytes);
}
