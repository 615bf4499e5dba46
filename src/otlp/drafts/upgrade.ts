import { concat } from '../../wire/bytes.ts';
import { MessageWriter } from '../../wire/message.ts';
import { Dictionary } from './dictionary.ts';
import type { Container, Draft, KeyValue, Profile, ScopeProfiles, TableOwner } from './draft.ts';
import { encode, type Message, read } from './message.ts';
import { ProfileUpgrader, type Upgraded } from './profile.ts';
import { type DraftVersion, type Layout, schemaOf } from './schemas.ts';
import { Tables } from './tables.ts';

/**
 * Translates uncompressed ProfilesData of an older layout into that of OTLP 1.11, in canonical form: fields ascending,
 * numbers packed, equal dictionary entries once, entry 0 of each table its zero value. docs/drafts.md says what becomes
 * of each field; what finds no place has a warning.
 *
 * Throws PprofOtlpError with offset and message path: `bad-input` for broken wire, for fields that this layout does
 * not have in this form and for indexes that point nowhere; `limit` for nesting and for ranges that multiply.
 */
export function upgrade(payload: Uint8Array, version: DraftVersion): { payload: Uint8Array; warnings: string[] } {
  return rewrite(payload, version);
}

/** The same for any layout: two layouts in which a payload gives the same bytes give it the same meaning. */
export function rewrite(payload: Uint8Array, layout: Layout): { payload: Uint8Array; warnings: string[] } {
  return new Upgrader(layout).run(payload);
}

class Upgrader {
  private readonly dictionary = new Dictionary();
  private readonly warnings = new Set<string>();
  /** Tables of the whole payload; before 1.6 each profile has its own. */
  private shared: Tables | undefined;

  constructor(private readonly layout: Layout) {}

  run(payload: Uint8Array): { payload: Uint8Array; warnings: string[] } {
    const unknown = new Set<string>();
    const draft = read(payload, schemaOf(this.layout), unknown) as Draft;
    for (const field of unknown) this.warnings.add(`${field} is no field of this layout and is left out`);
    const ownTables = this.layout === '1.3' || this.layout === '1.5';
    if (!ownTables) this.shared = this.tables(this.layout === '1.6' ? draft : (draft.dictionary ?? draft));
    const resources = (draft.resource_profiles ?? []).map(({ resource, scope_profiles, ...rest }) => ({
      ...rest,
      resource: resource && this.withAttributes(resource),
      scope_profiles: (scope_profiles ?? []).flatMap((scope) => this.scope(scope)),
    }));
    this.shared?.finish();
    const data = encode('ProfilesData', { resource_profiles: resources });
    const dictionary = new MessageWriter().bytes(2, this.dictionary.finish()).finish();
    return { payload: concat([data, dictionary]), warnings: [...this.warnings] };
  }

  private tables(owner: TableOwner): Tables {
    return new Tables(owner, this.dictionary, this.layout, this.warnings);
  }

  /** A profile with scope attributes of its own gets a ScopeProfiles of its own when it has company. */
  private scope({ scope, profiles = [], ...rest }: ScopeProfiles): object[] {
    const own = scope && this.withAttributes(scope);
    const parts: Upgraded[] = [];
    for (const profile of profiles) {
      const upgraded = this.profile(profile);
      const last = parts.at(-1);
      if (last !== undefined && last.scopeAttributes.length === 0 && upgraded.scopeAttributes.length === 0) {
        last.profiles.push(...upgraded.profiles);
      } else parts.push(upgraded);
    }
    if (parts.length === 0) return [{ ...rest, scope: own }];
    return parts.map(({ profiles, scopeAttributes }) => ({
      ...rest,
      scope:
        scopeAttributes.length === 0
          ? own
          : { ...own, attributes: [...((own?.attributes as KeyValue[]) ?? []), ...scopeAttributes] },
      profiles,
    }));
  }

  private profile(from: Profile | Container): Upgraded {
    const profile = this.layout === '1.3' ? fromContainer(from as Container) : (from as Profile);
    const tables = this.shared ?? this.tables(profile);
    const upgraded = new ProfileUpgrader(profile, tables, this.layout, this.warnings).run();
    if (this.shared === undefined) tables.finish();
    return upgraded;
  }

  private withAttributes(message: Message & { attributes?: KeyValue[] }): Message {
    // Before 1.10 these hold no indexes.
    if (this.layout !== 'current' || message.attributes === undefined) return message;
    const tables = this.shared as Tables;
    return { ...message, attributes: message.attributes.map((one) => tables.resolved(one, one.place)) };
  }
}

/** A ProfileContainer and its profile as one, as later drafts have it. */
function fromContainer({ profile, ...container }: Container): Profile {
  return { ...profile, ...container } as Profile;
}
