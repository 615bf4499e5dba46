import { RESIDUAL } from '../model/conventions.ts';
import type { Model } from '../model/model.ts';

/** What goes into an OTLP payload beside what the model says. */
export interface Extras {
  /** Resource attributes, in this order. */
  resource: Readonly<Record<string, string>>;
  /** The residual of the pprof that the model came from; undefined leaves it out. */
  residual: Uint8Array | undefined;
  /** The original, when no structure can express it. */
  originalPayload: Uint8Array | undefined;
}

/** Adds to the model what rides along in OTLP: resource attributes, the residual, an embedded original. */
export function fromModel(model: Model, { resource, residual, originalPayload }: Extras): Model {
  const attributes = Object.entries(resource).map(([key, value]) => ({ key, value }));
  const [source] = model.resources;
  const [scope] = source.scopes;
  const [first, ...others] = scope.profiles;
  return {
    dictionary: model.dictionary,
    resources: [
      {
        ...source,
        attributes,
        scopes: [
          {
            ...scope,
            attributes:
              residual === undefined ? scope.attributes : [...scope.attributes, { key: RESIDUAL, value: residual }],
            profiles:
              originalPayload === undefined
                ? scope.profiles
                : [{ ...first, originalPayloadFormat: 'pprof', originalPayload }, ...others],
          },
        ],
      },
    ],
  };
}
