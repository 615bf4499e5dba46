import type { Content } from '../inspect/content.ts';
import { hex } from '../inspect/hex.ts';
import type { Dictionary, Profile, Scope, ValueType } from '../model/model.ts';
import { inSampleTypeOrder } from '../pprof/scopeMapper.ts';
import { attributeFact, type Facts } from './describe.ts';
import type { Findings } from './difference.ts';
import { type Group, pairUp } from './groups.ts';

/** Compares what stands in the heads of profiles: sample types, times, periods, attributes. */
export function compareProfiles([a, b]: readonly [Content, Content], groups: readonly Group[], found: Findings): void {
  for (const [s, t] of groups) {
    const [x, y] = [new TypedScope(a, s), new TypedScope(b, t)];
    compareTypes(x, y, found);
    compareHeads(x, y, found);
  }
}

/** A scope with the names of its sample types. */
class TypedScope {
  readonly profiles: Profile[];
  /** As pprof orders them. */
  readonly types: string[];
  readonly defaultType: string | undefined;

  constructor(
    readonly content: Content,
    scope: Scope | undefined,
  ) {
    // The profile that stands for a pprof without sample types is none.
    const typeless = content.pprof?.data.sampleType.length === 0;
    const { dictionary } = content;
    this.profiles = scope?.profiles ?? [];
    this.types =
      scope === undefined || typeless
        ? []
        : inSampleTypeOrder(scope).map((profile) => typeText(dictionary, profile.sampleType));
    this.defaultType = this.types.length === 0 ? undefined : this.typeOf(this.profiles[0]);
  }

  typeOf({ sampleType }: Profile): string {
    return typeText(this.content.dictionary, sampleType);
  }
}

function typeText({ strings }: Dictionary, { type, unit }: ValueType): string {
  return `${strings.text(type)}/${strings.text(unit)}`;
}

function compareTypes(x: TypedScope, y: TypedScope, found: Findings): void {
  let same = true;
  for (const [p, q] of pairEqual(x.types, y.types)) {
    if (p !== q) same = false;
    found.compare('sample-types', 'sample type', p ?? null, q ?? null);
  }
  if (!same) return;
  found.compare('sample-type-order', 'order', x.types.join(', '), y.types.join(', '));
  found.compare('default-sample-type', 'default', x.defaultType ?? null, y.defaultType ?? null);
}

/** Equal texts in pairs, and each of the others alone. */
function pairEqual(as: readonly string[], bs: readonly string[]): [string | undefined, string | undefined][] {
  const counts = new Map<string, number>();
  for (const b of bs) counts.set(b, (counts.get(b) ?? 0) + 1);
  const pairs = as.map((a): [string | undefined, string | undefined] => {
    const count = counts.get(a) ?? 0;
    counts.set(a, count - 1);
    return count > 0 ? [a, a] : [a, undefined];
  });
  for (const [b, count] of counts) for (let i = 0; i < count; i++) pairs.push([undefined, b]);
  return pairs;
}

function compareHeads(x: TypedScope, y: TypedScope, found: Findings): void {
  const typed = (scope: TypedScope) => scope.profiles.map((profile) => ({ scope, profile }));
  const pairs = pairUp(typed(x), typed(y), ({ scope, profile }) => scope.typeOf(profile));
  for (const [p, q] of pairs) {
    if (p === undefined || q === undefined) continue;
    const [s, t] = [timesOf(x.content, p.profile), timesOf(y.content, q.profile)];
    for (const what of Object.keys(s)) found.compare('times', what, s[what], t[what]);
    const periods = [p, q].map(({ scope, profile }) => periodText(scope.content.dictionary, profile));
    found.compare('periods', 'period', periods[0], periods[1]);
    compareAttributes(x, p.profile, y, q.profile, found);
    found.compare('profile-ids', 'profile id', hex(p.profile.profileId) || null, hex(q.profile.profileId) || null);
    found.compare('residual', 'original payload', payloadText(p.profile), payloadText(q.profile));
  }
}

/** OTLP has no negative times; a pprof may. */
function timesOf({ pprof }: Content, profile: Profile): Facts {
  return {
    time: `${pprof?.data.timeNanos ?? profile.timeUnixNano}`,
    duration: `${pprof?.data.durationNanos ?? profile.durationNano}`,
  };
}

const periodText = (dictionary: Dictionary, { period, periodType }: Profile): string =>
  `${period} of ${typeText(dictionary, periodType)}`;

function compareAttributes(x: TypedScope, p: Profile, y: TypedScope, q: Profile, found: Findings): void {
  const facts = ({ content: { dictionary } }: TypedScope, { attributes, droppedAttributesCount }: Profile): Facts => ({
    ...Object.fromEntries(attributes.map((attribute) => attributeFact(dictionary, attribute))),
    ...(droppedAttributesCount && { 'dropped attributes': `${droppedAttributesCount}` }),
  });
  const [a, b] = [facts(x, p), facts(y, q)];
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)]))
    found.compare('profile-attributes', key, a[key] ?? null, b[key] ?? null);
}

function payloadText({ originalPayloadFormat: format, originalPayload: payload }: Profile): string | null {
  return format === '' && payload.length === 0 ? null : `${format} of ${payload.length} bytes`;
}
