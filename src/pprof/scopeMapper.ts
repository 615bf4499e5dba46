import {
  BUILD_ID_GNU,
  BUILD_ID_GO,
  BUILD_ID_HTLHASH,
  LOCATION_IS_FOLDED,
  MAPPING_HAS_FILENAMES,
  MAPPING_HAS_FUNCTIONS,
  MAPPING_HAS_INLINE_FRAMES,
  MAPPING_HAS_LINE_NUMBERS,
  PROFILE_COMMENT,
  PROFILE_DOC_URL,
  PROFILE_DROP_FRAMES,
  PROFILE_KEEP_FRAMES,
  SCOPE_DEFAULT_SAMPLE_TYPE,
  SCOPE_SAMPLE_TYPE_ORDER,
} from '../model/conventions.ts';
import {
  type AnyValue,
  attributeValue,
  type Dictionary,
  type Profile,
  type Samples,
  type Scope,
  valueText,
} from '../model/model.ts';
import { high, type Int64Column, low } from '../wire/columns.ts';
import type { Rows } from '../wire/rows.ts';
import type { Strings } from '../wire/strings.ts';
import { utf8 } from '../wire/text.ts';
import { PprofData } from './data.ts';

/** What both ways from a scope to a pprof have in common: all but the tables. */
export abstract class ScopeMapper {
  protected readonly data = new PprofData();

  constructor(
    protected readonly dictionary: Dictionary,
    protected readonly scope: Scope,
    protected readonly strings: Strings,
  ) {
    this.data.strings = strings.table;
  }

  /** The pprof string of a name in string_table. */
  protected abstract name(index: number): number;

  protected sampleTypes(): void {
    for (const { sampleType } of inSampleTypeOrder(this.scope)) {
      this.data.sampleType.type.push(this.name(sampleType.type));
      this.data.sampleType.unit.push(this.name(sampleType.unit));
    }
  }

  /** What pprof says once for all sample types. */
  protected head(profile: Profile): void {
    const { data } = this;
    data.timeNanos = BigInt.asIntN(64, profile.timeUnixNano);
    data.durationNanos = BigInt.asIntN(64, profile.durationNano);
    data.period = profile.period;
    const { type, unit } = profile.periodType;
    if (type !== 0 || unit !== 0) data.periodType = { type: this.name(type), unit: this.name(unit) };
    this.profileAttributes(profile.attributes);
    const defaultType = this.scope.attributes.find(({ key }) => key === SCOPE_DEFAULT_SAMPLE_TYPE)?.value;
    if (defaultType !== undefined) data.defaultSampleType = this.intern(defaultType);
  }

  private profileAttributes(attributes: readonly number[]): void {
    const { data, dictionary } = this;
    for (const attribute of attributes) {
      const value = attributeValue(dictionary, attribute);
      switch (this.key(attribute)) {
        case PROFILE_COMMENT:
          for (const comment of Array.isArray(value) ? value : [value]) data.comment.push(this.intern(comment));
          break;
        case PROFILE_DOC_URL:
          data.docUrl = this.intern(value);
          break;
        case PROFILE_DROP_FRAMES:
          data.dropFrames = this.intern(value);
          break;
        case PROFILE_KEEP_FRAMES:
          data.keepFrames = this.intern(value);
          break;
        default: // pprof has no place for other attributes of a profile.
      }
    }
  }

  /** Whether pprof has a field for an attribute of a profile. */
  protected isOfProfile(attribute: number): boolean {
    return OF_PROFILE.includes(this.key(attribute));
  }

  /** The values of all samples, once the samples are there. */
  protected values(): void {
    const { value, length: count } = this.data.sample;
    const profiles = inSampleTypeOrder(this.scope);
    value.resize(count * profiles.length);
    profiles.forEach(({ samples }, k) => {
      copyValues(samples, value, k, profiles.length, count);
    });
  }

  protected mapping(row: number): void {
    const { mappings } = this.dictionary;
    const { mapping } = this.data;
    copyRow(mappings.memoryStart, row, mapping.memoryStart);
    copyRow(mappings.memoryLimit, row, mapping.memoryLimit);
    copyRow(mappings.fileOffset, row, mapping.fileOffset);
    mapping.filename.push(this.name(mappings.filename.array[row]));
    mapping.buildId.push(this.buildId(row));
    let has = 0;
    HAS_KEYS.forEach((key, bit) => {
      if (this.isTrue(mappings.attributes, row, key)) has |= 1 << bit;
    });
    mapping.has.push(has);
  }

  private buildId(row: number): number {
    const { attributes } = this.dictionary.mappings;
    for (const wanted of [BUILD_ID_GNU, BUILD_ID_GO, BUILD_ID_HTLHASH]) {
      for (let at = attributes.start(row); at < attributes.end(row); at++) {
        const attribute = attributes.values.array[at];
        if (this.key(attribute) === wanted) return this.intern(attributeValue(this.dictionary, attribute));
      }
    }
    return 0;
  }

  /** A location with its lines; the references are the model's until the tables are there. */
  protected location(row: number): void {
    const { locations } = this.dictionary;
    const { location } = this.data;
    location.mapping.push(locations.mapping.array[row]);
    copyRow(locations.address, row, location.address);
    location.isFolded.push(this.isTrue(locations.attributes, row, LOCATION_IS_FOLDED) ? 1 : 0);
    for (let at = locations.lineStart.array[row]; at < locations.lineStart.array[row + 1]; at++) {
      location.line.function.push(locations.line.function.array[at]);
      copyRow(locations.line.line, at, location.line.line);
      copyRow(locations.line.column, at, location.line.column);
    }
    location.lineStart.push(location.line.length);
  }

  protected function(row: number): void {
    const { functions } = this.dictionary;
    const fn = this.data.function;
    fn.name.push(this.name(functions.name.array[row]));
    fn.systemName.push(this.name(functions.systemName.array[row]));
    fn.filename.push(this.name(functions.filename.array[row]));
    copyRow(functions.startLine, row, fn.startLine);
  }

  protected emptyLocation(): void {
    const { location } = this.data;
    location.mapping.push(0);
    location.address.push(0, 0);
    location.isFolded.push(0);
    location.lineStart.push(location.line.length);
  }

  protected emptyFunction(): void {
    const fn = this.data.function;
    fn.name.push(0);
    fn.systemName.push(0);
    fn.filename.push(0);
    fn.startLine.push(0, 0);
  }

  private isTrue({ values, offsets }: Rows, row: number, key: string): boolean {
    for (let at = offsets.array[row]; at < offsets.array[row + 1]; at++) {
      if (this.key(values.array[at]) === key && attributeValue(this.dictionary, values.array[at]) === true) return true;
    }
    return false;
  }

  private key(attribute: number): string {
    return this.dictionary.strings.text(this.dictionary.attributes.key.array[attribute]);
  }

  protected intern(value: AnyValue): number {
    return this.strings.intern(value instanceof Uint8Array ? value : utf8(valueText(value)));
  }
}

const OF_PROFILE: readonly string[] = [PROFILE_COMMENT, PROFILE_DOC_URL, PROFILE_DROP_FRAMES, PROFILE_KEEP_FRAMES];
const HAS_KEYS = [MAPPING_HAS_FUNCTIONS, MAPPING_HAS_FILENAMES, MAPPING_HAS_LINE_NUMBERS, MAPPING_HAS_INLINE_FRAMES];

function copyRow(from: Int64Column, row: number, to: Int64Column): void {
  to.push(from.lo[row], from.hiAt(row));
}

/** The profiles in the order of the original's sample types; an empty order says that there were none. */
export function inSampleTypeOrder(scope: Scope): Profile[] {
  const { profiles } = scope;
  const order = scope.attributes.find(({ key }) => key === SCOPE_SAMPLE_TYPE_ORDER)?.value;
  if (!Array.isArray(order)) return profiles;
  const places = order.map(Number);
  if (places.length === 0 && profiles.length === 1 && profiles[0].samples.identity.length === 0) return [];
  if (!isPermutation(places, profiles.length)) return profiles;
  const inOrder = new Array<Profile>(profiles.length);
  places.forEach((place, i) => {
    inOrder[place] = profiles[i];
  });
  return inOrder;
}

export function isPermutation(order: readonly number[], size: number): boolean {
  if (order.length !== size) return false;
  const seen = new Uint8Array(size);
  for (const place of order) {
    if (!(Number.isInteger(place) && place >= 0 && place < size) || seen[place] === 1) return false;
    seen[place] = 1;
  }
  return true;
}

/**
 * Writes the value of each sample, from row `k` on every `stride` rows: the sum of its values, or how many timestamps it
 * has when it has no values.
 */
function copyValues(
  { values, timestamps }: Samples,
  into: Int64Column,
  k: number,
  stride: number,
  count: number,
): void {
  const { column, first, stride: step, start } = values;
  if (start === undefined) {
    for (let i = 0; i < count; i++) into.copy(k + i * stride, column, first + i * step);
    return;
  }
  const starts = start.array;
  for (let i = 0; i < count; i++) {
    const to = k + i * stride;
    const from = starts[i];
    const end = starts[i + 1];
    if (end - from === 1) into.copy(to, column, from);
    else if (end === from && timestamps !== undefined)
      into.set(to, timestamps.start.array[i + 1] - timestamps.start.array[i], 0);
    else {
      let sum = 0n;
      for (let at = from; at < end; at++) sum += column.signed(at);
      into.set(to, low(sum), high(sum));
    }
  }
}
