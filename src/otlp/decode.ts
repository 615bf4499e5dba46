import { atPath } from '../errors.ts';
import {
  type EntityRef,
  newProfile,
  newResource,
  newScope,
  type Profile,
  type Resource,
  SampleIdentity,
  type ValueType,
} from '../model/model.ts';
import { Int32Column, Int64Column } from '../wire/columns.ts';
import { Reader } from '../wire/reader.ts';
import { Writer } from '../wire/writer.ts';
import { emptyDictionary, type OtlpData } from './data.ts';
import { DictionaryDecoder } from './dictionaryDecoder.ts';

export interface Decoded {
  data: OtlpData;
  warnings: string[];
}

/**
 * Decodes uncompressed ProfilesData or ExportProfilesServiceRequest (profiles.proto 1.10 and 1.11, one wire form).
 *
 * Throws PprofOtlpError `bad-input` with offset and message path for broken wire. Unknown fields are stepped over.
 */
export function decode(bytes: Uint8Array): Decoded {
  const decoder = new Decoder(bytes);
  try {
    decoder.profilesData();
  } catch (error) {
    throw atPath(error, decoder.where());
  }
  return { data: decoder.data, warnings: [...decoder.warnings] };
}

/** Decodes a ProfilesDictionary that stands alone. Throws as `decode` does. */
export function decodeDictionary(bytes: Uint8Array): OtlpData['dictionary'] {
  const w = new Writer(bytes.length + 16);
  w.field(0x12, bytes);
  return decode(w.finish()).data.dictionary;
}

class Decoder extends DictionaryDecoder {
  readonly data: OtlpData;

  constructor(bytes: Uint8Array) {
    const dictionary = emptyDictionary();
    super(new Reader(bytes), dictionary);
    this.data = { dictionary, resources: [] };
  }

  where(): string {
    return this.path.join('.') || 'profiles_data';
  }

  /** The string table first, then the other tables, then the resources: each may refer to those before. */
  profilesData(): void {
    const { r } = this;
    const whole = r.end;
    for (const pass of [this.strings, this.tables, undefined]) {
      r.pos = 0;
      r.end = whole;
      this.fields((tag) => {
        if (tag === 0x12) {
          if (pass === undefined) r.skip(tag);
          else this.message('dictionary', pass);
        } else if (tag === 0x0a) {
          if (pass !== undefined) r.skip(tag);
          else this.message(`resource_profiles[${this.data.resources.length}]`, this.resource);
        } else this.other(tag, 2, 'ProfilesData');
      });
    }
  }

  private resource(): void {
    const resource = newResource();
    this.data.resources.push(resource);
    this.fields((tag) => {
      if (tag === 0x0a) {
        this.message('resource', () => {
          this.fields((inner) => {
            if (inner === 0x0a) resource.attributes.push(this.keyValue(0));
            else if (inner === 0x10) resource.droppedAttributesCount = this.uint32();
            else if (inner === 0x1a) resource.entityRefs.push(this.entityRef());
            else this.other(inner, 3, 'Resource');
          });
        });
      } else if (tag === 0x12) this.message(`scope_profiles[${resource.scopes.length}]`, () => this.scope(resource));
      else if (tag === 0x1a) resource.schemaUrl = this.text();
      else this.other(tag, 3, 'ResourceProfiles');
    });
  }

  private scope(resource: Resource): void {
    const scope = newScope();
    resource.scopes.push(scope);
    this.fields((tag) => {
      if (tag === 0x0a) {
        this.message('scope', () => {
          this.fields((inner) => {
            if (inner === 0x0a) scope.name = this.text();
            else if (inner === 0x12) scope.version = this.text();
            else if (inner === 0x1a) scope.attributes.push(this.keyValue(0));
            else if (inner === 0x20) scope.droppedAttributesCount = this.uint32();
            else this.other(inner, 4, 'InstrumentationScope');
          });
        });
      } else if (tag === 0x12)
        this.message(`profiles[${scope.profiles.length}]`, () => scope.profiles.push(this.profile()));
      else if (tag === 0x1a) scope.schemaUrl = this.text();
      else this.other(tag, 3, 'ScopeProfiles');
    });
  }

  private profile(): Profile {
    const { r } = this;
    const identity = new SampleIdentity();
    const column = new Int64Column();
    const start = new Int32Column();
    const timestamps = { start: new Int32Column(), unixNano: new Int64Column() };
    start.push(0);
    timestamps.start.push(0);
    const attributes = new Int32Column();
    const profile = newProfile({
      identity,
      values: { column, first: 0, stride: 1, start },
      timestamps: undefined,
    });
    this.fields((tag) => {
      switch (tag) {
        case 0x0a: // sample_type
          this.message('sample_type', () => this.valueType(profile.sampleType));
          break;
        case 0x12: {
          // samples
          const end = r.limit();
          const outer = r.end;
          r.end = end;
          this.sample(identity, column, timestamps.unixNano);
          r.end = outer;
          start.push(column.length);
          timestamps.start.push(timestamps.unixNano.length);
          break;
        }
        case 0x19: // time_unix_nano
          r.fixed64();
          profile.timeUnixNano = (BigInt(r.hi >>> 0) << 32n) | BigInt(r.lo >>> 0);
          break;
        case 0x20: // duration_nano
          profile.durationNano = BigInt.asUintN(64, this.int64());
          break;
        case 0x2a: // period_type
          this.message('period_type', () => this.valueType(profile.periodType));
          break;
        case 0x30: // period
          profile.period = this.int64();
          break;
        case 0x3a: // profile_id
          profile.profileId = this.bytes();
          break;
        case 0x40: // dropped_attributes_count
          profile.droppedAttributesCount = this.uint32();
          break;
        case 0x4a: // original_payload_format
          profile.originalPayloadFormat = this.text();
          break;
        case 0x52: // original_payload
          profile.originalPayload = this.bytes();
          break;
        default:
          if (!this.indexes(tag, 11, attributes)) this.other(tag, 11, 'Profile');
      }
    });
    profile.attributes = Array.from(attributes.array.subarray(0, attributes.length));
    if (timestamps.unixNano.length > 0) profile.samples.timestamps = timestamps;
    return profile;
  }

  private entityRef(): EntityRef {
    const ref: EntityRef = { schemaUrl: '', type: '', idKeys: [], descriptionKeys: [] };
    this.message('entity_refs', () => {
      this.fields((tag) => {
        if (tag === 0x0a) ref.schemaUrl = this.text();
        else if (tag === 0x12) ref.type = this.text();
        else if (tag === 0x1a) ref.idKeys.push(this.text());
        else if (tag === 0x22) ref.descriptionKeys.push(this.text());
        else this.other(tag, 4, 'EntityRef');
      });
    });
    return ref;
  }

  private sample(identity: SampleIdentity, column: Int64Column, timestamps: Int64Column): void {
    const { r } = this;
    let stack = 0;
    let link = 0;
    while (r.pos < r.end) {
      const at = r.pos;
      const tag = r.tag();
      switch (tag) {
        case 0x08: // stack_index
          stack = this.index();
          break;
        case 0x10: // attribute_indices
        case 0x12: // attribute_indices, packed
          this.indexes(tag, 2, identity.attributes.values);
          break;
        case 0x18: // link_index
          link = this.index();
          break;
        case 0x20: // values
          r.varint();
          column.push(r.lo, r.hi);
          break;
        case 0x22: // values, packed
          r.packed(r.limit(), column);
          break;
        case 0x29: // timestamps_unix_nano
          r.fixed64();
          timestamps.push(r.lo, r.hi);
          break;
        case 0x2a: {
          // timestamps_unix_nano, packed
          const end = r.limit();
          if ((end - r.pos) % 8 !== 0) throw r.fail('timestamps_unix_nano is no whole number of fixed64');
          while (r.pos < end) {
            r.fixed64();
            timestamps.push(r.lo, r.hi);
          }
          break;
        }
        case 0x1a:
          throw r.fail(
            'has the layout of OTLP profiles before 1.10; leave out --otlp-version, or give the release that it has',
            at,
          );
        default:
          this.other(tag, 5, 'Sample');
      }
    }
    identity.stack.push(stack);
    identity.link.push(link);
    identity.attributes.close();
  }

  private valueType(type: ValueType): void {
    this.fields((tag) => {
      if (tag === 0x08) type.type = this.index();
      else if (tag === 0x10) type.unit = this.index();
      else this.other(tag, 2, 'ValueType');
    });
  }
}
