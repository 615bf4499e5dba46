/**
 * Tells a pprof Profile from OTLP ProfilesData by the shape of the message: the top-level fields with their wire types,
 * and one level inside the two fields that both have.
 *
 *   field  pprof Profile               OTLP ProfilesData
 *   1      sample_type  (2 varints)    resource_profiles (messages and a string)
 *   2      sample (varints, labels)    dictionary (seven tables)
 *   3–6    tables                      –
 *   7–15   numbers, 11 a ValueType     –
 *
 * Older drafts of OTLP count as OTLP: until 1.5 every Profile has its own tables, and there is no field 2; 1.6 has the
 * tables in fields 2 to 8 of ProfilesData, most of them where a pprof has its own. Field 1 tells those apart.
 */

/** `unclear`: more bytes may tell. `unknown`: no protobuf, or one of another kind. The rest names other OTLP signals. */
export type Verdict = 'pprof' | 'otlp' | 'unclear' | 'unknown' | 'OTLP traces' | 'OTLP logs' | 'OTLP metrics';

const VARINT = 0;
const FIXED64 = 1;
const LEN = 2;
const START_GROUP = 3;
const END_GROUP = 4;
const FIXED32 = 5;

/** Fields to look at before deciding: a large pprof has millions of them, and the first few thousand tell. */
const ENOUGH_FIELDS = 20_000;
const ENOUGH_INSIDE = 200;
const FEW_FIELDS = 4;

interface Field {
  number: number;
  wire: number;
  /** The content of a LEN field, cut where the bytes end. */
  start: number;
  end: number;
}

/** What was seen, each a fact that speaks for one side. */
interface Evidence {
  valueType: boolean;
  resource: boolean;
  sample: boolean;
  dictionary: boolean;
  /** Repeated tables that a Sample could have, too, if it were badly written. */
  maybeDictionary: boolean;
  /** Tables of OTLP 1.6 where a pprof has numbers. */
  draftTable: boolean;
  /** How many fields that only a pprof has. */
  pprofFields: number;
  /** The first string, which both formats want to be empty. */
  emptyString: boolean;
  string: boolean;
  sharedField: boolean;
  signal: Verdict | undefined;
}

/** @param complete false when `bytes` is a prefix: the last field may then be cut. */
export function judge(bytes: Uint8Array, complete: boolean): Verdict {
  const seen: Evidence = {
    valueType: false,
    resource: false,
    sample: false,
    dictionary: false,
    maybeDictionary: false,
    draftTable: false,
    pprofFields: 0,
    emptyString: false,
    string: false,
    sharedField: false,
    signal: undefined,
  };
  const wellFormed = walk(bytes, 0, bytes.length, ENOUGH_FIELDS, (field) => look(bytes, field, seen));
  return decide(seen, complete, wellFormed);
}

function decide(seen: Evidence, complete: boolean, wellFormed: boolean): Verdict {
  // No OTLP signal but profiles has a dictionary, and no profile does without one.
  const isPprof = seen.pprofFields > 0;
  if (seen.signal !== undefined && !seen.dictionary && !isPprof) return seen.signal;
  if (seen.valueType !== seen.resource) return seen.valueType ? 'pprof' : 'otlp';
  if (seen.draftTable && !seen.valueType) return 'otlp';
  // Unknown fields may look like anything; the first string of a pprof is empty.
  if (isPprof && seen.dictionary) return seen.emptyString && !seen.resource ? 'pprof' : 'otlp';
  // Any bytes may begin with something like one field; a damaged profile has more, and its decoder says where it broke.
  if (isPprof) return wellFormed || !complete || seen.pprofFields >= FEW_FIELDS ? 'pprof' : 'unknown';
  if (seen.dictionary || seen.maybeDictionary) return 'otlp';
  if (!complete) return seen.sharedField && !wellFormed ? 'unclear' : seen.sample ? 'pprof' : 'unclear';
  // A pprof has at least one string, the empty one.
  if (seen.sharedField && wellFormed) return 'otlp';
  return 'unknown';
}

function look(bytes: Uint8Array, field: Field, seen: Evidence): void {
  const { number, wire, start, end } = field;
  if (number <= 2 && wire === LEN) {
    seen.sharedField = true;
    if (number === 1) lookAtFirst(bytes, start, end, seen);
    else lookAtSecond(bytes, start, end, seen);
    return;
  }
  if ((number === 7 || number === 8) && wire === LEN) seen.draftTable = true;
  const fits =
    number === 11 || (number >= 3 && number <= 6)
      ? wire === LEN
      : number === 13
        ? wire === LEN || wire === VARINT
        : number >= 7 && number <= 15 && wire === VARINT;
  if (!fits) return;
  if (number === 6) {
    if (!seen.string) seen.emptyString = start === end;
    seen.string = true;
  }
  seen.pprofFields++;
}

/** ValueType: numbers 1 and 2. ResourceProfiles: messages 1 and 2 (and a string, which proves nothing). */
function lookAtFirst(bytes: Uint8Array, start: number, end: number, seen: Evidence): void {
  let numbers = 0;
  let messages = 0;
  let others = 0;
  walk(bytes, start, end, ENOUGH_INSIDE, (field) => {
    if (field.number > 2) return;
    if (field.wire === VARINT) numbers++;
    else if (field.wire === LEN) messages++;
    else others++;
    if (field.number === 2 && field.wire === LEN) seen.signal ??= signalOf(bytes, field.start, field.end);
  });
  if (others > 0 || numbers > 0 === messages > 0) return;
  if (numbers > 0) seen.valueType = true;
  else seen.resource = true;
}

/** Sample: numbers 1 and 2 (packed or not), labels 3. ProfilesDictionary: tables 1 to 7. */
function lookAtSecond(bytes: Uint8Array, start: number, end: number, seen: Evidence): void {
  const tables = new Uint32Array(8);
  let numbers = 0;
  walk(bytes, start, end, ENOUGH_FIELDS, ({ number, wire }) => {
    if (number <= 7 && wire === LEN) tables[number]++;
    else if (number <= 2 && wire === VARINT) numbers++;
  });
  if (numbers > 0) seen.sample = true;
  else if (tables[4] + tables[5] + tables[6] + tables[7] > 0) seen.dictionary = true;
  else if (tables[1] > 1 || tables[2] > 1) seen.maybeDictionary = true;
}

/** The first record of a ScopeProfiles, ScopeSpans, ScopeLogs or ScopeMetrics tells which it is. */
function signalOf(bytes: Uint8Array, start: number, end: number): Verdict | undefined {
  let verdict: Verdict | undefined;
  let found = false;
  walk(bytes, start, end, ENOUGH_INSIDE, (record) => {
    if (record.number !== 2 || record.wire !== LEN || found) return;
    found = true;
    const wires = new Map<number, number>();
    walk(bytes, record.start, record.end, ENOUGH_INSIDE, ({ number, wire }) => wires.set(number, wire));
    if (wires.get(1) === FIXED64 || wires.get(11) === FIXED64) verdict = 'OTLP logs';
    else if (wires.get(7) === FIXED64 && wires.get(3) !== FIXED64) verdict = 'OTLP traces';
    // Metric.unit is a string where a Profile has its time; the data is in one of these fields. Profiles until 1.5 have
    // tables in 3 to 10, those of locations and functions where a Metric has nothing.
    else if (
      !wires.has(4) &&
      !wires.has(6) &&
      [5, 7, 9, 10, 11].some((number) => wires.get(number) === LEN) &&
      wires.get(3) === LEN
    ) {
      verdict = 'OTLP metrics';
    }
  });
  return verdict;
}

/**
 * Calls `visit` for every field from `start` to `end`, but not for groups and what is in them: neither format has any.
 * False when the bytes stop being a message.
 */
function walk(bytes: Uint8Array, start: number, end: number, most: number, visit: (field: Field) => void): boolean {
  let at = start;
  let groups = 0;
  for (let count = 0; at < end && count < most; count++) {
    let tag = 0;
    let byte: number;
    let shift = 0;
    do {
      if (at >= end || shift > 28) return false;
      byte = bytes[at++];
      tag += (byte & 0x7f) * 2 ** shift;
      shift += 7;
    } while (byte >= 0x80);
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    if (number === 0) return false;
    if (wire === START_GROUP || wire === END_GROUP) {
      groups += wire === START_GROUP ? 1 : -1;
      if (groups < 0) return false;
      continue;
    }
    const field: Field = { number, wire, start: at, end: at };
    if (wire === VARINT || wire === LEN) {
      let value = 0;
      shift = 0;
      do {
        if (at >= end || shift > 63) return false;
        byte = bytes[at++];
        value += (byte & 0x7f) * 2 ** shift;
        shift += 7;
      } while (byte >= 0x80);
      if (wire === LEN) {
        field.start = at;
        field.end = Math.min(at + value, end);
        at += value;
      }
    } else if (wire === FIXED64) at += 8;
    else if (wire === FIXED32) at += 4;
    else return false;
    if (groups === 0) visit(field);
    if (at > end) return false;
  }
  return groups === 0 || at < end;
}
