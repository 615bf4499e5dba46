import { RESIDUAL } from '../model/conventions.ts';
import { type KeyValue, valueText } from '../model/model.ts';
import type { Content } from './content.ts';
import type { NamedValue, ResourceSummary } from './summary.ts';

/** The resources and scopes of an OTLP payload; a pprof has none. */
export function resourceSummaries({ format, resources }: Content): ResourceSummary[] {
  if (format === 'pprof') return [];
  return resources.map(({ attributes, droppedAttributesCount, schemaUrl, scopes }) => ({
    attributes: attributes.map(namedValue),
    droppedAttributes: droppedAttributesCount,
    schemaUrl,
    scopes: scopes.map((scope) => ({
      name: scope.name,
      version: scope.version,
      attributes: scope.attributes.map(namedValue),
      droppedAttributes: scope.droppedAttributesCount,
      schemaUrl: scope.schemaUrl,
      profiles: scope.profiles.length,
    })),
  }));
}

/** The residual is told by its size: nobody reads it. */
function namedValue({ key, value }: KeyValue): NamedValue {
  if (key === RESIDUAL && value instanceof Uint8Array) return { key, value: `${value.length} bytes` };
  return { key, value: valueText(value) };
}
