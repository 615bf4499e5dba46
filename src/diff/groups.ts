import type { Content } from '../inspect/content.ts';
import { RESIDUAL, SCOPE_DEFAULT_SAMPLE_TYPE, SCOPE_SAMPLE_TYPE_ORDER } from '../model/conventions.ts';
import type { Resource, Scope } from '../model/model.ts';
import { type KeyValue, valueText } from '../model/model.ts';
import { differingFacts, type Facts } from './describe.ts';
import type { Findings } from './difference.ts';

/** A scope of either side, or of both. */
export type Group = readonly [Scope | undefined, Scope | undefined];

/**
 * Pairs the resources of both sides, and in each pair the scopes: those that say the same, then in turn. A pprof has
 * neither; what stands for them is paired and says nothing.
 */
export function groupsOf(a: Content, b: Content, found: Findings): Group[] {
  const groups: Group[] = [];
  const bothOtlp = a.format === 'otlp' && b.format === 'otlp';
  for (const [x, y] of pairUp(a.resources, b.resources, ({ attributes }) => keyOf(attributes))) {
    if (x === undefined || y === undefined) found.compare('resources', 'resource', textOf(x), textOf(y));
    else compareFacts(found, 'resources', 'resource', resourceFacts(x, bothOtlp), resourceFacts(y, bothOtlp));
    for (const [s, t] of pairUp(x?.scopes ?? [], y?.scopes ?? [], scopeKey)) {
      groups.push([s, t]);
      if (!bothOtlp) continue;
      compareFacts(found, 'scopes', `scope ${(s ?? t)?.name ?? ''}`.trim(), scopeFacts(s), scopeFacts(t));
      compareResiduals(found, s, t);
    }
  }
  return groups;
}

const resourceFacts = (resource: Resource, withHead: boolean): Facts => ({
  ...attributesOf(resource.attributes),
  ...(withHead && headFacts(resource)),
  ...(withHead &&
    resource.entityRefs.length > 0 && { entities: resource.entityRefs.map(({ type }) => type).join(', ') }),
});

const scopeFacts = (scope: Scope | undefined): Facts =>
  scope === undefined
    ? {}
    : { name: scope.name, version: scope.version, ...attributesOf(scope.attributes), ...headFacts(scope) };

const headFacts = ({ schemaUrl, droppedAttributesCount }: Resource | Scope): Facts => ({
  ...(schemaUrl && { 'schema URL': schemaUrl }),
  ...(droppedAttributesCount && { 'dropped attributes': `${droppedAttributesCount}` }),
});

function compareFacts(found: Findings, kind: 'resources' | 'scopes', what: string, a: Facts, b: Facts): void {
  const differing = differingFacts(a, b);
  if (differing.a !== null || differing.b !== null) found.compare(kind, what, differing.a, differing.b);
}

function compareResiduals(found: Findings, a: Scope | undefined, b: Scope | undefined): void {
  const [x, y] = [a, b].map((one) => {
    const value = one?.attributes.find(({ key }) => key === RESIDUAL)?.value;
    return value === undefined ? null : valueText(value);
  });
  if (x !== y) found.add('residual', 'residual', () => ({ what: RESIDUAL, a: sizeText(x), b: sizeText(y) }));
}

const sizeText = (base64: string | null): string | null =>
  base64 === null ? null : `${Math.floor(((base64.length - 2) * 3) / 4)} bytes`;

/** The attributes that describe a scope; those that tell how a pprof was written do not. */
const OF_PPROF: readonly string[] = [RESIDUAL, SCOPE_DEFAULT_SAMPLE_TYPE, SCOPE_SAMPLE_TYPE_ORDER];

const scopeKey = ({ name, version, attributes }: Scope): string =>
  JSON.stringify([name, version, keyOf(attributes.filter(({ key }) => !OF_PPROF.includes(key)))]);

function attributesOf(attributes: readonly KeyValue[]): Facts {
  const own = attributes.filter(({ key }) => !OF_PPROF.includes(key));
  return Object.fromEntries(own.map(({ key, value }) => [key, valueText(value)]));
}

const keyOf = (attributes: readonly KeyValue[]): string =>
  JSON.stringify(attributes.map(({ key, value }) => [key, typeof value, valueText(value)]).sort());

const textOf = (resource: Resource | undefined): string | null =>
  resource === undefined
    ? null
    : resource.attributes.map(({ key, value }) => `${key}=${valueText(value)}`).join(' ') || 'no attributes';

/** Pairs of equal keys in order, then of what is left in turn; undefined where a side has no more. */
export function pairUp<T>(
  as: readonly T[],
  bs: readonly T[],
  keyOf: (item: T) => string,
): [T | undefined, T | undefined][] {
  const waiting = new Map<string, T[]>();
  for (const b of [...bs].reverse()) {
    const key = keyOf(b);
    if (waiting.has(key)) waiting.get(key)?.push(b);
    else waiting.set(key, [b]);
  }
  const partners = as.map((a) => waiting.get(keyOf(a))?.pop());
  const taken = new Set(partners);
  const left = bs.filter((b) => !taken.has(b));
  let next = 0;
  const pairs = as.map((a, i): [T | undefined, T | undefined] => [a, partners[i] ?? left[next++]]);
  return [...pairs, ...left.slice(next).map((b): [T | undefined, T | undefined] => [undefined, b])];
}
