import type { Rule } from '../rule.ts';
import { fieldTwice, unknownField, utf8 } from '../wire.ts';
import * as labels from './labels.ts';
import type { Pprof } from './pprof.ts';
import * as profile from './profile.ts';
import * as references from './references.ts';
import * as samples from './samples.ts';
import * as symbols from './symbols.ts';

const PROTO = 'profile.proto';
const VALID = 'google/pprof, CheckValid';
const PARSE = 'google/pprof, Parse';
const PROTOBUF = 'protobuf encoding';

/** The rules for pprof, from the whole to its parts. */
export const PPROF_RULES: readonly Rule<Pprof>[] = [
  {
    id: 'pprof/compression',
    severity: 'warning',
    source: `${PROTO}: "On-disk, the serialized proto must be gzip-compressed"; google/pprof reads it plain, too, but no zstd`,
    says: 'A file is compressed with gzip.',
    find: profile.compression,
  },
  {
    id: 'pprof/concatenated',
    severity: 'error',
    source: `${PARSE}: "concatenated profiles detected"`,
    says: 'A file holds one profile, not two run together.',
    find: profile.concatenated,
  },
  {
    id: 'pprof/unknown-field',
    severity: 'warning',
    source: `${PROTOBUF}, unknown fields`,
    says: 'Every field is one of profile.proto; google/pprof drops others.',
    find: unknownField,
  },
  {
    id: 'pprof/field-twice',
    severity: 'warning',
    source: `${PROTOBUF}, last one wins`,
    says: 'A field that is not repeated is there once.',
    find: fieldTwice,
  },
  {
    id: 'pprof/utf8',
    severity: 'error',
    source: `${PROTOBUF}, strings; google/pprof takes any bytes`,
    says: 'Strings are UTF-8; protobuf libraries refuse the whole profile otherwise.',
    find: utf8,
  },

  {
    id: 'pprof/string-zero-entry',
    severity: 'error',
    source: `${PROTO}, Profile.string_table: "string_table[0] must always be """; ${PARSE}`,
    says: 'There is a string table, and it starts with the empty string.',
    find: references.stringZeroEntry,
  },
  {
    id: 'pprof/string-index',
    severity: 'error',
    source: `${PROTO}, "Index into string table"; ${PARSE}: "malformed profile format"`,
    says: 'Every index of a string leads to one.',
    find: references.stringIndex,
  },
  {
    id: 'pprof/id-zero',
    severity: 'error',
    source: `${PROTO}, Mapping, Location, Function: "Unique nonzero id"; ${VALID}`,
    says: 'The id of a mapping, location or function is not 0.',
    find: references.idZero,
  },
  {
    id: 'pprof/id-twice',
    severity: 'error',
    source: `${PROTO}, Mapping, Location, Function: "Unique nonzero id"; ${VALID}`,
    says: 'No two entries of a table have one id.',
    find: references.idTwice,
  },
  {
    id: 'pprof/location-missing',
    severity: 'error',
    source: `${PROTO}: "there must be a unique Location with that id"; ${VALID}`,
    says: 'Every location id of a sample leads to a location.',
    find: references.locationMissing,
  },
  {
    id: 'pprof/mapping-missing',
    severity: 'error',
    source: `${PROTO}: "there must be a unique Mapping with that id"; google/pprof takes it for none`,
    says: 'Every mapping id of a location leads to a mapping; 0 is none.',
    find: references.mappingMissing,
  },
  {
    id: 'pprof/function-missing',
    severity: 'error',
    source: `${PROTO}, Line.function_id; ${VALID}`,
    says: 'Every line leads to a function.',
    find: references.functionMissing,
  },
  {
    id: 'pprof/orphan-entry',
    severity: 'info',
    source: `${PROTO}, "Locations referenced by samples", "Functions referenced by locations", "strings referenced by various messages"`,
    says: 'Something refers to every location, function and string.',
    find: references.orphanEntry,
  },

  {
    id: 'pprof/sample-type-missing',
    severity: 'info',
    source: `${PROTO}, Profile.sample_type`,
    says: 'There is a sample type.',
    find: profile.sampleTypeMissing,
  },
  {
    id: 'pprof/count-first',
    severity: 'info',
    source: `${PROTO}, Profile.sample_type: "by convention it should be at index 0"`,
    says: 'The sample type that counts events stands first.',
    find: profile.countFirst,
  },
  {
    id: 'pprof/default-sample-type',
    severity: 'warning',
    source: `${PROTO}, Profile.default_sample_type`,
    says: 'The default sample type is one of the sample types.',
    find: profile.defaultSampleType,
  },
  {
    id: 'pprof/doc-url',
    severity: 'error',
    source: `${PROTO}, Profile.doc_url: "The URL must be absolute"`,
    says: 'The documentation link is an absolute URL.',
    find: profile.docUrl,
  },
  {
    id: 'pprof/negative-time',
    severity: 'warning',
    source: `${PROTO}, Profile.time_nanos and duration_nanos`,
    says: 'Time and duration are not negative.',
    find: profile.negativeTime,
  },
  {
    id: 'pprof/profile-time',
    severity: 'info',
    source: `${PROTO}, Profile.time_nanos: "nanoseconds past the epoch"`,
    says: 'The time of a profile is nanoseconds since 1970.',
    find: profile.profileTime,
  },
  {
    id: 'pprof/period',
    severity: 'info',
    source: `${PROTO}, Profile.period`,
    says: 'A period is positive, and period_type says of what.',
    find: profile.period,
  },

  {
    id: 'pprof/value-count',
    severity: 'error',
    source: `${PROTO}, Sample.value: "the same as the length of Profile.sample_type"; ${VALID}`,
    says: 'Every sample has one value for each sample type.',
    find: samples.valueCount,
  },
  {
    id: 'pprof/negative-value',
    severity: 'info',
    source: `${PROTO}, Sample.value`,
    says: 'No value is negative, unless the profile is the difference of two.',
    find: samples.negativeValue,
  },
  {
    id: 'pprof/sample-twice',
    severity: 'info',
    source: `${PROTO}, Sample.value: "When aggregating multiple samples"`,
    says: 'No two samples have the same locations and labels.',
    find: samples.sampleTwice,
  },
  {
    id: 'pprof/label-key-missing',
    severity: 'warning',
    source: `${PROTO}, Label.key`,
    says: 'Every label has a key.',
    find: labels.labelKeyMissing,
  },
  {
    id: 'pprof/label-both',
    severity: 'error',
    source: `${PROTO}, Label: "At most one of the following must be present"`,
    says: 'A label has a string or a number, not both.',
    find: labels.labelBoth,
  },
  {
    id: 'pprof/label-empty',
    severity: 'warning',
    source: `${PARSE}: a label without str, num and num_unit is dropped`,
    says: 'Every label has a string or a number.',
    find: labels.labelEmpty,
  },
  {
    id: 'pprof/label-unit',
    severity: 'warning',
    source: `${PROTO}, Label.num_unit: "Should only be present when num is present"`,
    says: 'Only a number has a unit.',
    find: labels.labelUnit,
  },
  {
    id: 'pprof/label-reserved',
    severity: 'warning',
    source: `${PROTO}, Label.key: "Keys with "pprof::" prefix are reserved"`,
    says: 'No key of a label starts with pprof::.',
    find: labels.labelReserved,
  },
  {
    id: 'pprof/label-key-twice',
    severity: 'warning',
    source: `${PROTO}, Sample.label: "strongly discouraged and should never be used"`,
    says: 'A sample has one label of a key.',
    find: labels.labelKeyTwice,
  },
  {
    id: 'pprof/label-kinds',
    severity: 'warning',
    source: `${PROTO}, Sample.label: "a string label and a numeric label of the same name"`,
    says: 'A sample does not have a key as a string and as a number.',
    find: labels.labelKinds,
  },

  {
    id: 'pprof/mapping-range',
    severity: 'warning',
    source: `${PROTO}, Mapping.memory_limit`,
    says: 'A mapping starts below its limit, or has neither.',
    find: symbols.mappingRange,
  },
  {
    id: 'pprof/mapping-overlap',
    severity: 'info',
    source: `${PROTO}, Mapping`,
    says: 'Mappings do not overlap.',
    find: symbols.mappingOverlap,
  },
  {
    id: 'pprof/mapping-empty',
    severity: 'info',
    source: `${PROTO}, Mapping`,
    says: 'A mapping has addresses, a filename or a build id.',
    find: symbols.mappingEmpty,
  },
  {
    id: 'pprof/mapping-build-id',
    severity: 'info',
    source: `${PROTO}, Mapping.build_id`,
    says: 'A mapping of addresses has a build id, without which it is hard to symbolize.',
    find: symbols.mappingBuildId,
  },
  {
    id: 'pprof/location-outside-mapping',
    severity: 'warning',
    source: `${PROTO}, Location.address: "should be within"`,
    says: 'The address of a location lies in its mapping.',
    find: symbols.locationOutside,
  },
  {
    id: 'pprof/location-empty',
    severity: 'info',
    source: `${PROTO}, Location`,
    says: 'A location has an address or lines, so that there is something to show.',
    find: symbols.locationEmpty,
  },
  {
    id: 'pprof/negative-line',
    severity: 'warning',
    source: `${PROTO}, Line and Function; OTLP forbids it`,
    says: 'Lines, columns and start lines are not negative.',
    find: symbols.negativeLine,
  },
  {
    id: 'pprof/function-unnamed',
    severity: 'info',
    source: `${PROTO}, Function.name`,
    says: 'A function has a name or a system name.',
    find: symbols.functionUnnamed,
  },
  {
    id: 'pprof/symbol-fidelity',
    severity: 'info',
    source: `${PROTO}, Mapping.has_*: "the resolution of symbolic info"`,
    says: 'What a mapping says that its locations have, they have, and the other way round.',
    find: symbols.symbolFidelity,
  },
];
