import type { Dictionary, Profile, Resource } from '../model/model.ts';
import { decode as decodeOtlp } from '../otlp/decode.ts';
import { checkIndexes } from '../otlp/indexes.ts';
import type { PprofData } from '../pprof/data.ts';
import { decode as decodePprof } from '../pprof/decode.ts';
import { type Classes, toModel } from '../pprof/toModel.ts';
import type { ProfileFormat } from './summary.ts';

/** A profile of either format, as the model says it; what only pprof has stands beside. */
export interface Content {
  format: ProfileFormat;
  bytes: Uint8Array;
  dictionary: Dictionary;
  /** For a pprof the one that the mapping makes of it: no resource, one scope, a Profile for each sample type. */
  resources: Resource[];
  pprof: { data: PprofData; classes: Classes } | undefined;
}

/**
 * Decodes uncompressed pprof or OTLP (profiles.proto 1.10 and 1.11).
 *
 * Throws PprofOtlpError `bad-input` for broken wire and for references that lead nowhere.
 */
export function contentOf(bytes: Uint8Array, format: ProfileFormat): Content {
  if (format === 'otlp') {
    const { data } = decodeOtlp(bytes);
    checkIndexes(data);
    return { format, bytes, dictionary: data.dictionary, resources: data.resources, pprof: undefined };
  }
  const { data } = decodePprof(bytes);
  const { model, classes } = toModel(data, true);
  return { format, bytes, dictionary: model.dictionary, resources: model.resources, pprof: { data, classes } };
}

/** All profiles of all resources and scopes. */
export function profilesOf({ resources }: Content): Profile[] {
  return resources.flatMap(({ scopes }) => scopes.flatMap(({ profiles }) => profiles));
}
