export type ProfileFormat = 'pprof' | 'otlp';

/** The version of the schema below: raised when a key goes away or changes its meaning, not when one is added. */
export const SUMMARY_SCHEMA = 1;

/** What is in a profile. docs/inspect.md describes every key; in JSON each bigint is a string of decimal digits. */
export interface Summary {
  schema: typeof SUMMARY_SCHEMA;
  format: ProfileFormat;
  /** Size of the protobuf. */
  bytes: number;
  file: FileFacts;
  resources: ResourceSummary[];
  sampleTypes: SampleTypeSummary[];
  samples: SampleSummary;
  time: TimeSummary;
  attributes: AttributeSummary[];
  links: LinkSummary;
  symbols: SymbolShares;
  mappings: MappingSummary[];
  top: TopSummary;
  tables: TableSummary[];
  translation: Translation | null;
}

/** What only the reader of the file knows; null where nobody told. */
export interface FileFacts {
  compression: string | null;
  container: string | null;
  /** The draft or version of the format. */
  version: string | null;
  storedBytes: number | null;
}

/** What a translation into the other format would give. */
export interface Translation {
  to: ProfileFormat;
  outputs: number;
  outputBytes: number;
  /** How the facts would travel that the other format has no field for. */
  carried: string;
  residualBytes: number;
  warnings: string[];
}

export interface NamedValue {
  key: string;
  value: string;
}

export interface ResourceSummary {
  attributes: NamedValue[];
  droppedAttributes: number;
  schemaUrl: string;
  scopes: ScopeSummary[];
}

export interface ScopeSummary {
  name: string;
  version: string;
  attributes: NamedValue[];
  droppedAttributes: number;
  schemaUrl: string;
  profiles: number;
}

/** All profiles of one sample type. */
export interface SampleTypeSummary {
  type: string;
  unit: string;
  /** The one that a viewer shows first. */
  isDefault: boolean;
  profiles: number;
  samples: number;
  total: bigint;
  periodType: string;
  periodUnit: string;
  period: bigint;
}

export interface SampleSummary {
  /** Samples that several profiles list one for one count once. */
  count: number;
  profiles: number;
  /** Different stacks that samples have. */
  stacks: number;
  withoutStack: number;
  /** Locations of a sample's stack. */
  depth: { max: number; mean: number };
}

export interface TimeSummary {
  /** The earliest profile's start and the latest one's end, nanoseconds since 1970; null when no profile tells. */
  start: bigint | null;
  end: bigint | null;
  /** The longest profile's. */
  duration: bigint;
  /** Timestamps of samples. */
  observations: { count: number; first: bigint; last: bigint } | null;
}

/** The places where attributes are; what pprof says in labels stands at samples. */
export type AttributeLevel = 'sample' | 'location' | 'mapping' | 'profile';

export interface AttributeSummary {
  level: AttributeLevel;
  key: string;
  unit: string;
  kinds: string[];
  /** How many samples, locations, mappings or profiles have it. */
  count: number;
  /** Its different values. */
  values: number;
  top: { value: string; count: number; total: bigint | null }[];
}

export interface LinkSummary {
  samples: number;
  spans: number;
  traces: number;
}

/** How many of the locations that samples lead to have what a symbolizer finds. */
export interface SymbolShares {
  locations: number;
  functions: number;
  filenames: number;
  lineNumbers: number;
  inlineFrames: number;
}

export interface MappingSummary {
  /** Empty for locations without a mapping. */
  filename: string;
  isNone: boolean;
  start: bigint;
  limit: bigint;
  offset: bigint;
  buildIds: NamedValue[];
  /** The has_* fields of pprof, the pprof.mapping.has_* attributes of OTLP. */
  declared: { functions: boolean; filenames: boolean; lineNumbers: boolean; inlineFrames: boolean };
  found: SymbolShares;
}

export interface TopSummary {
  type: string;
  unit: string;
  total: bigint;
  /** Different names of functions, and of mappings where there is no function. */
  functions: number;
  flat: FunctionSummary[];
  cumulative: FunctionSummary[];
}

export interface FunctionSummary {
  name: string;
  flat: bigint;
  cumulative: bigint;
}

export interface TableSummary {
  table: string;
  entries: number;
  /** Entries that no sample leads to. */
  unused: number;
}

/** The summary as JSON. */
export function summaryJson(summary: Summary): string {
  return JSON.stringify(summary, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
}

export interface InspectOptions {
  /** What the reader of the file knows about it. */
  file?: Partial<FileFacts>;
  /** The sample type of the top functions and of the weight of attributes: `type` or `type/unit`; else the default one. */
  sampleType?: string;
  /** How many top functions. Default 8. */
  top?: number;
  /** How many values of each attribute. Default 5. */
  values?: number;
  /** Tells what a translation would carry; null where there is none. */
  translate?: (bytes: Uint8Array, format: ProfileFormat) => Translation | null;
}
