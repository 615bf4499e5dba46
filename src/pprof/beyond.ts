import {
  BUILD_ID_GNU,
  BUILD_ID_GO,
  LOCATION_IS_FOLDED,
  MAPPING_HAS_FILENAMES,
  MAPPING_HAS_FUNCTIONS,
  MAPPING_HAS_INLINE_FRAMES,
  MAPPING_HAS_LINE_NUMBERS,
  PROFILE_COMMENT,
  PROFILE_DOC_URL,
  PROFILE_DROP_FRAMES,
  PROFILE_KEEP_FRAMES,
} from '../model/conventions.ts';
import { ARRAY, BOOL, BYTES, type Dictionary, INT, KVLIST, type Model, type Samples, STRING } from '../model/model.ts';
import { equalBytes } from '../wire/bytes.ts';
import { distinctBelow } from '../wire/columns.ts';
import type { Rows } from '../wire/rows.ts';
import { decode } from './decode.ts';
import { toModel } from './toModel.ts';

const TEXT: readonly number[] = [STRING, BYTES];
const LABEL: readonly number[] = [STRING, BYTES, INT, ARRAY, KVLIST];
const TEXTS_OF_PROFILE: readonly string[] = [PROFILE_DOC_URL, PROFILE_DROP_FRAMES, PROFILE_KEEP_FRAMES];
const HAS: readonly string[] = [
  MAPPING_HAS_FUNCTIONS,
  MAPPING_HAS_FILENAMES,
  MAPPING_HAS_LINE_NUMBERS,
  MAPPING_HAS_INLINE_FRAMES,
];

/**
 * Whether a model that was made from this pprof has gained something on its samples, locations or mappings for which
 * pprof has no field, such as timestamps or frame types: the pprof alone would not bring it back.
 */
export function saysMore(model: Model, pprof: Uint8Array): boolean {
  const { dictionary, resources } = model;
  const { profiles } = resources[0].scopes[0];
  const { mappings, locations } = dictionary;
  return (
    profiles.some(({ samples }) => hasMoreObservations(samples)) ||
    hasOther(dictionary, mappings.attributes, isOfMapping) ||
    hasOther(
      dictionary,
      locations.attributes,
      (key, kind, _, value) => key === LOCATION_IS_FOLDED && kind === BOOL && value,
    ) ||
    hasOtherLabels(dictionary, profiles[0].samples.identity.attributes) ||
    profiles.some(({ attributes }) => attributes.some((index) => !isOfProfile(dictionary, index))) ||
    hasOtherLinks(model, pprof)
  );
}

function hasMoreObservations({ identity, values, timestamps }: Samples): boolean {
  if (timestamps !== undefined && timestamps.unixNano.length > 0) return true;
  const { start } = values;
  if (start === undefined) return false;
  for (let i = 0; i < identity.length; i++) if (start.array[i + 1] - start.array[i] !== 1) return true;
  return false;
}

type Test = (key: string, kind: number, unit: number, isTrue: boolean) => boolean;

/** Whether any attribute in these rows is none that a pprof becomes. Each is looked at once. */
function hasOther(dictionary: Dictionary, { values }: Rows, test: Test): boolean {
  const seen = new Uint8Array(dictionary.attributes.length);
  for (let at = 0; at < values.length; at++) {
    const index = values.array[at];
    if (seen[index] === 1) continue;
    seen[index] = 1;
    if (!isSaid(dictionary, index, test)) return true;
  }
  return false;
}

/** Whether samples have attributes that are no labels. Their keys do not matter. */
function hasOtherLabels({ attributes }: Dictionary, { values }: Rows): boolean {
  const isLabel = new Uint8Array(attributes.length);
  for (let index = 0; index < isLabel.length; index++) {
    const kind = attributes.kind.array[index];
    if (attributes.unit.array[index] === 0 ? LABEL.includes(kind) : kind === INT || kind === ARRAY) isLabel[index] = 1;
  }
  const { array, length } = values;
  for (let at = 0; at < length; at++) if (isLabel[array[at]] === 0) return true;
  return false;
}

function isSaid({ attributes, strings }: Dictionary, index: number, test: Test): boolean {
  const key = strings.text(attributes.key.array[index]);
  return test(key, attributes.kind.array[index], attributes.unit.array[index], !attributes.number.isZero(index));
}

const isOfMapping: Test = (key, kind, unit, isTrue) =>
  unit === 0 &&
  (key === BUILD_ID_GNU || key === BUILD_ID_GO ? TEXT.includes(kind) : HAS.includes(key) && kind === BOOL && isTrue);

/** Other keys are additions to the profile, which have their own place. */
function isOfProfile(dictionary: Dictionary, index: number): boolean {
  return isSaid(dictionary, index, (key, kind, unit) => {
    if (key === PROFILE_COMMENT) return kind === ARRAY && unit === 0;
    return !TEXTS_OF_PROFILE.includes(key) || (TEXT.includes(kind) && unit === 0);
  });
}

/** Links follow from labels; whether they still do only the way there tells. */
function hasOtherLinks(model: Model, pprof: Uint8Array): boolean {
  const { dictionary, resources } = model;
  const { link } = resources[0].scopes[0].profiles[0].samples.identity;
  const { attributes, strings } = dictionary;
  if (
    dictionary.links.length <= 1 &&
    !distinctBelow(strings.length, attributes.key).some((key) => /trace|span|profile_id/i.test(strings.text(key)))
  )
    return false;
  const again = toModel(decode(pprof).data, false).model;
  const own = again.resources[0].scopes[0].profiles[0].samples.identity.link;
  for (let i = 0; i < link.length; i++) {
    if (!equalBytes(dictionary.links.bytes(link.array[i]), again.dictionary.links.bytes(own.array[i]))) return true;
  }
  return false;
}
