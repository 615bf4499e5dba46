/** A pprof of about this many bytes; the same for the same seed. */
export function generatePprof(size: number, seed?: number): Uint8Array;
