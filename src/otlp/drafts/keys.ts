/** Attribute keys for what a draft says in a field of its own and 1.11 says in an attribute, or not at all. */

export { ATTR_PROFILE_FRAME_TYPE as FRAME_TYPE } from '@opentelemetry/semantic-conventions/incubating';
export {
  BUILD_ID_GNU,
  BUILD_ID_GO,
  BUILD_ID_HTLHASH,
  LOCATION_IS_FOLDED,
  MAPPING_HAS_FILENAMES,
  MAPPING_HAS_FUNCTIONS,
  MAPPING_HAS_INLINE_FRAMES,
  MAPPING_HAS_LINE_NUMBERS,
  PROFILE_COMMENT,
  PROFILE_DROP_FRAMES,
  PROFILE_KEEP_FRAMES,
  SCOPE_DEFAULT_SAMPLE_TYPE,
  SCOPE_SAMPLE_TYPE_ORDER,
} from '../../model/conventions.ts';

/** Stands before the name of a draft's field, and before a key that its set has already with another value. */
export const DRAFT = 'pprof_otlp.draft.';

export const AGGREGATION_TEMPORALITY = `${DRAFT}aggregation_temporality`;
export const PERIOD_AGGREGATION_TEMPORALITY = `${DRAFT}period_type.aggregation_temporality`;
export const TIME_NANOS = `${DRAFT}time_nanos`;
export const DURATION_NANOS = `${DRAFT}duration_nanos`;
export const END_TIME_UNIX_NANO = `${DRAFT}end_time_unix_nano`;
/** The id of a mapping or a location. */
export const ID = `${DRAFT}id`;
export const BUILD_ID_KIND = `${DRAFT}build_id_kind`;
export const STACKTRACE_ID = `${DRAFT}stacktrace_id`;
