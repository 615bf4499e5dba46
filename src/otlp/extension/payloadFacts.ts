import { type Model, SampleIdentity } from '../../model/model.ts';
import type { ListedEntries } from './toldEntries.ts';

/**
 * What a payload says and the pprof made from it does not: the extension's content (proto/extension.proto, Payload).
 * The pprof's mapping, location and function tables and the beginning of its string table are the payload's, entry for
 * entry, so that indexes of these mean the same in both.
 */
export interface PayloadFacts {
  /** The resource_profiles without samples, as wire. */
  skeleton: Uint8Array;
  hasDictionary: boolean;
  lengths: TableLengths;
  /** Entry 0 of mapping_table, location_table and function_table, as a ProfilesDictionary in wire. */
  firstEntries: Uint8Array;
  mappingAttributes: AttributeRuns;
  locationAttributes: AttributeRuns;
  listed: ListedEntries;
  /** Whether each observation of the payload is a sample of the pprof. */
  sampleAnObservation: boolean;
  /** For each profile the group of profiles that it shares samples with. */
  groups: number[];
  /** For each profile its sample type in the pprof. */
  columns: number[];
  /** Of each group. */
  sampleCounts: number[];
  /** Runs of indexes, see IndexWriter: all samples, group by group. */
  streams: { stack: number[]; attributeCount: number[]; attribute: number[]; link: number[] };
  /** Runs of how many values and timestamps samples have: profile by profile. */
  valueCounts: number[];
  timestampCounts: number[];
  /** Where a sample has several values, all but the last: the pprof has their sum. */
  values: bigint[];
  /** Each less the one before, the first of a profile less 0. */
  timestampSteps: bigint[];
}

export interface TableLengths {
  mapping: number;
  location: number;
  function: number;
  link: number;
  string: number;
  attribute: number;
  stack: number;
}

/** The attribute_indices of a table's entries from entry 1 on: each distinct list once, and runs of which. */
export interface AttributeRuns {
  rows: number[][];
  runs: number[];
}

/** The pprof location that stands for index 0 of a table of so many entries. */
export const noLocation = (length: number): number => Math.max(length, 1);

/** The samples of the pprof. */
export const identityOf = (pprof: Model): SampleIdentity =>
  pprof.resources[0].scopes[0].profiles[0]?.samples.identity ?? new SampleIdentity();
