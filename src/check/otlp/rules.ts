import type { Rule } from '../rule.ts';
import { fieldTwice, overflow, unknownField, utf8 } from '../wire.ts';
import * as attributes from './attributes.ts';
import { duplicateEntry } from './duplicates.ts';
import type { Otlp } from './otlp.ts';
import * as profiles from './profiles.ts';
import * as references from './references.ts';
import * as samples from './samples.ts';
import * as symbols from './symbols.ts';

const PROFILES = 'profiles.proto';
const COMMON = 'common.proto';
const RESOURCE = 'resource.proto';
const TRACE = 'trace.proto';
const DATA_FORMAT = 'specification, profiles/data-format';
const MAPPINGS = 'specification, profiles/mappings';
const KNOWN_VALUES = 'specification, profiles, known values';
const SEMCONV = 'semantic conventions';
const PROTOBUF = 'protobuf encoding';

/** The rules for OTLP Profiles 1.11, from the whole to its parts. */
export const OTLP_RULES: readonly Rule<Otlp>[] = [
  {
    id: 'otlp/draft',
    severity: 'warning',
    source: `${PROFILES} 1.11`,
    says: 'The payload has the layout of 1.10 or 1.11, not that of an older draft.',
    find: profiles.draft,
  },
  {
    id: 'otlp/empty-list',
    severity: 'error',
    source: `${PROFILES}, relationships diagram (1-n)`,
    says: 'The payload has a resource, each resource a scope, each scope a profile.',
    find: profiles.emptyList,
  },
  {
    id: 'otlp/unknown-field',
    severity: 'warning',
    source: `${PROTOBUF}, unknown fields`,
    says: 'Every field is one of the .proto files; the Collector drops others.',
    find: unknownField,
  },
  {
    id: 'otlp/field-twice',
    severity: 'warning',
    source: `${PROTOBUF}, last one wins`,
    says: 'A field that is not repeated, and a oneof, is there once.',
    find: fieldTwice,
  },
  {
    id: 'otlp/utf8',
    severity: 'error',
    source: `${PROTOBUF}, strings`,
    says: 'Strings are UTF-8; protobuf libraries refuse the whole payload otherwise.',
    find: utf8,
  },
  {
    id: 'otlp/overflow',
    severity: 'error',
    source: `${PROTOBUF}, int32 and uint32`,
    says: 'A number of 32 bits fits in 32 bits.',
    find: overflow,
  },

  {
    id: 'otlp/dictionary-zero-entry',
    severity: 'error',
    source: `${PROFILES}, ProfilesDictionary: "element at index 0 MUST be the zero value"`,
    says: 'There is a dictionary, and entry 0 of each of its tables is there and zero.',
    find: references.zeroEntry,
  },
  {
    id: 'otlp/index-range',
    severity: 'error',
    source: `${PROFILES}, ProfilesDictionary and Profile`,
    says: 'Every index leads to an entry of its table.',
    find: references.indexRange,
  },
  {
    id: 'otlp/null-reference',
    severity: 'warning',
    source: `${PROFILES}, ProfilesDictionary: 0 is "null" / "not set"`,
    says: 'Lists of attributes and locations do not hold index 0.',
    find: references.nullReference,
  },
  {
    id: 'otlp/duplicate-entry',
    severity: 'warning',
    source: `${PROFILES}, ProfilesDictionary: "SHOULD NOT be duplicate items"`,
    says: 'No two entries of a table mean the same, recursively.',
    find: duplicateEntry,
  },
  {
    id: 'otlp/orphan-entry',
    severity: 'warning',
    source: `${PROFILES}, ProfilesDictionary: "SHOULD NOT be orphaned items"`,
    says: 'Something refers to every entry but entry 0.',
    find: references.orphanEntry,
  },

  {
    id: 'otlp/attribute-key-twice',
    severity: 'error',
    source: `${PROFILES}, attribute_table; ${COMMON}, KeyValueList; ${RESOURCE}: "keys MUST be unique"`,
    says: 'A key is in a set of attributes once.',
    find: attributes.attributeKeyTwice,
  },
  {
    id: 'otlp/attribute-key-missing',
    severity: 'error',
    source: `${DATA_FORMAT}: "exactly one of key or key_strindex MUST be set"`,
    says: 'Every attribute has a key.',
    find: attributes.attributeKeyMissing,
  },
  {
    id: 'otlp/attribute-key-both',
    severity: 'error',
    source: `${COMMON}, KeyValue: "key_strindex MUST NOT be set if key is used"`,
    says: 'The key of an attribute stands by itself or by reference, not both.',
    find: attributes.attributeKeyBoth,
  },
  {
    id: 'otlp/attribute-value-missing',
    severity: 'info',
    source: `${COMMON}, AnyValue: an unset value is "empty"`,
    says: 'Every attribute has a value.',
    find: attributes.attributeValueMissing,
  },
  {
    id: 'otlp/attribute-type',
    severity: 'warning',
    source: `${SEMCONV}, attribute registry`,
    says: 'An attribute that the conventions know has the type that they give it.',
    find: attributes.attributeType,
  },
  {
    id: 'otlp/attribute-level',
    severity: 'warning',
    source: `${SEMCONV}, profiles: "MUST be set at the scope level"; the names of pprof.mapping.* and so on`,
    says: 'An attribute that the conventions give one place stands there.',
    find: attributes.attributeLevel,
  },
  {
    id: 'otlp/attribute-deprecated',
    severity: 'info',
    source: `${SEMCONV}, attribute registry, deprecated`,
    says: 'No attribute goes by a name that the conventions have replaced.',
    find: attributes.attributeDeprecated,
  },
  {
    id: 'otlp/attribute-unit',
    severity: 'warning',
    source: `${PROFILES}, KeyValueAndUnit.unit_strindex: "SHOULD be in UCUM format"`,
    says: 'The unit of an attribute is UCUM: ns, By, {request}.',
    find: attributes.attributeUnit,
  },
  {
    id: 'otlp/frame-type',
    severity: 'info',
    source: `${SEMCONV}, profile.frame.type: "a custom value MAY be used"`,
    says: 'A frame type is one of the well-known values.',
    find: attributes.frameType,
  },
  {
    id: 'otlp/doc-url',
    severity: 'warning',
    source: `${SEMCONV}, pprof.profile.doc_url: "The URL must be absolute"`,
    says: 'The documentation link is an absolute URL.',
    find: attributes.docUrl,
  },

  {
    id: 'otlp/service-name',
    severity: 'info',
    source: `${SEMCONV}, resource, service`,
    says: 'The resource says whose profiles these are: service.name.',
    find: profiles.serviceName,
  },
  {
    id: 'otlp/entity-ref',
    severity: 'error',
    source: `${COMMON}, EntityRef: "keys MUST exist in the containing attributes"`,
    says: 'An entity has a type and id keys, and its keys are attributes of the resource.',
    find: profiles.entityRef,
  },
  {
    id: 'otlp/schema-url',
    severity: 'info',
    source: `${PROFILES}, schema_url: "http[s]://server[:port]/path/<version>"`,
    says: 'A schema URL is a URL that ends in a version.',
    find: profiles.schemaUrl,
  },
  {
    id: 'otlp/sample-type-order',
    severity: 'warning',
    source: `${SEMCONV}, pprof.scope.sample_type_order`,
    says: 'The order of sample types is one of the profiles of the scope.',
    find: profiles.sampleTypeOrder,
  },
  {
    id: 'otlp/default-sample-type',
    severity: 'warning',
    source: `${SEMCONV}, pprof.scope.default_sample_type`,
    says: 'The default sample type is the sample type of a profile of the scope.',
    find: profiles.defaultSampleType,
  },

  {
    id: 'otlp/profile-id-length',
    severity: 'error',
    source: `${PROFILES}, Profile.profile_id: "a 16-byte array"`,
    says: 'A profile id has 16 bytes, or is not there.',
    find: profiles.profileIdLength,
  },
  {
    id: 'otlp/profile-id-zero',
    severity: 'error',
    source: `${PROFILES}, Profile.profile_id: "all zeroes is considered invalid"`,
    says: 'A profile id is not all zeros.',
    find: profiles.profileIdZero,
  },
  {
    id: 'otlp/profile-id-twice',
    severity: 'error',
    source: `${PROFILES}, Profile.profile_id: "globally unique"`,
    says: 'No two profiles have one id.',
    find: profiles.profileIdTwice,
  },
  {
    id: 'otlp/payload-format',
    severity: 'error',
    source: `${PROFILES}, Profile.original_payload: "MUST be set together"`,
    says: 'An original payload and its format are there together.',
    find: profiles.payloadFormat,
  },
  {
    id: 'otlp/payload-format-known',
    severity: 'warning',
    source: `${PROFILES}, Profile.original_payload_format; ${KNOWN_VALUES}`,
    says: 'The format of an original payload is pprof, jfr or linux_perf.',
    find: profiles.payloadFormatKnown,
  },
  {
    id: 'otlp/sample-type',
    severity: 'info',
    source: `${PROFILES}, Profile.sample_type`,
    says: 'A profile with samples says the type and the unit of their values.',
    find: profiles.sampleType,
  },
  {
    id: 'otlp/period',
    severity: 'info',
    source: `${PROFILES}, Profile.period`,
    says: 'A period is positive, and period_type says of what.',
    find: profiles.period,
  },
  {
    id: 'otlp/profile-time',
    severity: 'info',
    source: `${PROFILES}, Profile.time_unix_nano`,
    says: 'The time of a profile is nanoseconds since 1970.',
    find: profiles.profileTime,
  },

  {
    id: 'otlp/sample-empty',
    severity: 'error',
    source: `${PROFILES}, Sample: "MUST have at least one entry in values or timestamps_unix_nano"`,
    says: 'A sample has a value or a timestamp.',
    find: samples.sampleEmpty,
  },
  {
    id: 'otlp/sample-lengths',
    severity: 'error',
    source: `${PROFILES}, Sample: "MUST contain the same number of elements"`,
    says: 'A sample with values and timestamps has as many of both.',
    find: samples.sampleLengths,
  },
  {
    id: 'otlp/sample-values',
    severity: 'warning',
    source: `${PROFILES}, Sample: "single aggregated value without timestamps"`,
    says: 'A sample without timestamps has one value.',
    find: samples.sampleValues,
  },
  {
    id: 'otlp/sample-shape',
    severity: 'warning',
    source: `${PROFILES}, Sample: "All Samples for a Profile SHOULD have the same shape"`,
    says: 'The samples of a profile have values, or timestamps, or both, all alike.',
    find: samples.sampleShape,
  },
  {
    id: 'otlp/sample-identity',
    severity: 'warning',
    source: `${PROFILES}, Sample: "Samples having the same identity SHOULD be combined"`,
    says: 'No two samples of a profile have the same stack, attributes and link.',
    find: samples.sampleIdentity,
  },
  {
    id: 'otlp/timestamp-range',
    severity: 'warning',
    source: `${PROFILES}, Sample.timestamps_unix_nano: "SHOULD fall within"`,
    says: 'Timestamps lie in the time of their profile.',
    find: samples.timestampRange,
  },
  {
    id: 'otlp/negative-value',
    severity: 'info',
    source: `${PROFILES}, Sample.values`,
    says: 'No value is negative, unless the profile is the difference of two.',
    find: samples.negativeValue,
  },

  {
    id: 'otlp/link-id-length',
    severity: 'error',
    source: `${PROFILES}, Link: "a 16-byte array", "an 8-byte array"`,
    says: 'A trace id has 16 bytes, a span id 8.',
    find: profiles.linkIdLength,
  },
  {
    id: 'otlp/link-id-zero',
    severity: 'error',
    source: `${TRACE}, Span: "all zeroes is considered invalid"`,
    says: 'The ids of a link are not all zeros.',
    find: profiles.linkIdZero,
  },
  {
    id: 'otlp/mapping-range',
    severity: 'error',
    source: `${PROFILES}, Mapping.memory_limit`,
    says: 'A mapping starts below its limit, or has neither.',
    find: symbols.mappingRange,
  },
  {
    id: 'otlp/mapping-overlap',
    severity: 'info',
    source: `${PROFILES}, Mapping`,
    says: 'Mappings do not overlap; those of several processes may.',
    find: symbols.mappingOverlap,
  },
  {
    id: 'otlp/mapping-build-id',
    severity: 'warning',
    source: `${MAPPINGS}: "MUST have at least one of" process.executable.build_id.*`,
    says: 'A mapping has a build id, without which it is hard to symbolize.',
    find: symbols.mappingBuildId,
  },
  {
    id: 'otlp/location-outside-mapping',
    severity: 'warning',
    source: `${PROFILES}, Location.address: "SHOULD be within"`,
    says: 'The address of a location lies in its mapping.',
    find: symbols.locationOutside,
  },
  {
    id: 'otlp/location-empty',
    severity: 'info',
    source: `${PROFILES}, Location`,
    says: 'A location has an address or lines, so that there is something to show.',
    find: symbols.locationEmpty,
  },
  {
    id: 'otlp/line-without-function',
    severity: 'info',
    source: `${PROFILES}, Line.function_index`,
    says: 'A line refers to a function.',
    find: symbols.lineWithoutFunction,
  },
  {
    id: 'otlp/negative-line',
    severity: 'error',
    source: `${PROFILES}, Line and Function: "1-based, 0 means unset"`,
    says: 'Lines, columns and start lines are not negative.',
    find: symbols.negativeLine,
  },
  {
    id: 'otlp/function-unnamed',
    severity: 'error',
    source: `${PROFILES}, Function: "At least one of {name_strindex, system_name_strindex, filename_strindex} MUST be present"`,
    says: 'A function has a name, a system name or a filename.',
    find: symbols.functionUnnamed,
  },
  {
    id: 'otlp/symbol-fidelity',
    severity: 'info',
    source: `${SEMCONV}, pprof.mapping.has_*`,
    says: 'What a mapping says that its locations have, they have, and the other way round.',
    find: symbols.symbolFidelity,
  },
];
