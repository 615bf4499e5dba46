import { atPath } from '../errors.ts';
import {
  type EntityRef,
  newProfile,
  newResource,
  newScope,
  type Profile,
  type Resource,
  SampleIdentity,
  type Samples,
  type ValueType,
} from '../model/model.ts';
import { Int32Column, Int64Column } from '../wire/columns.ts';
import { Reader } from '../wire/reader.ts';
import { Writer } from '../wire/writer.ts';
import { emptyDictionary, type OtlpData } from './data.ts';
import { DictionaryDecoder } from './dictionaryDecoder.ts';
import { SampleReader } from './sampleReader.ts';

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

const NO_SAMPLES: Samples = {
  identity: new SampleIdentity(),
  values: { column: new Int64Column(), first: 0, stride: 1, start: undefined },
  timestamps: undefined,
};

class Decoder extends DictionaryDecoder {
  readonly data: OtlpData;

  constructor(bytes: Uint8Array) {
    const dictionary = emptyDictionary();
    super(new Reader(bytes), dictionary);
    this.data = { dictionary, resources: [] };
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
    const samples = new SampleReader(this.r);
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
        this.message(`profiles[${scope.profiles.length}]`, () => scope.profiles.push(this.profile(samples)));
      else if (tag === 0x1a) scope.schemaUrl = this.text();
      else this.other(tag, 3, 'ScopeProfiles');
    });
  }

  private profile(samples: SampleReader): Profile {
    const { r } = this;
    const attributes = new Int32Column();
    samples.begin();
    const profile = newProfile(NO_SAMPLES);
    while (r.pos < r.end) {
      const tag = r.tag();
      switch (tag) {
        case 0x0a: // sample_type
          this.message('sample_type', () => this.valueType(profile.sampleType));
          break;
        case 0x12: // samples
          samples.sample();
          break;
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
    }
    profile.attributes = Array.from(attributes.array.subarray(0, attributes.length));
    profile.samples = samples.end();
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

  private valueType(type: ValueType): void {
    this.fields((tag) => {
      if (tag === 0x08) type.type = this.index();
      else if (tag === 0x10) type.unit = this.index();
      else this.other(tag, 2, 'ValueType');
    });
  }
}
