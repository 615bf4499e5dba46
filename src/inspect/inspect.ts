import { contentOf } from './content.ts';
import type { InspectOptions, ProfileFormat, Summary } from './summary.ts';
import { summaryOf } from './summaryOf.ts';

/**
 * Says what is in a profile, in time linear in its size.
 *
 * @param bytes uncompressed pprof or OTLP (profiles.proto 1.10 and 1.11)
 * @throws PprofOtlpError `bad-input` for broken wire and references that lead nowhere, `usage` for a sample type that
 *   the profile does not have
 */
export function inspect(bytes: Uint8Array, format: ProfileFormat, options: InspectOptions = {}): Summary {
  return summaryOf(contentOf(bytes, format), options);
}
