import { Reader } from '../../wire/reader.ts';
import { StringTable } from '../../wire/strings.ts';
import { Writer } from '../../wire/writer.ts';
import { TABLE } from '../schema.ts';

/** A canonical payload taken apart: what no pprof holds as it stands, and the entries of the tables as slices. */
export interface Anatomy {
  /** The resource_profiles without their samples. */
  skeleton: Uint8Array;
  hasDictionary: boolean;
  /** The entries of each dictionary table, by field number. */
  entries: StringTable[];
}

const RESOURCE_PROFILES = 0x0a;
const DICTIONARY = 0x12;
const SCOPE_PROFILES = 0x12;
const PROFILES = 0x12;
const SAMPLE_TYPE = 0x0a;
const SAMPLES = 0x12;

export function dissect(canonical: Uint8Array): Anatomy {
  const r = new Reader(canonical);
  const w = new Writer(1024);
  const entries = Array.from({ length: TABLE.stack + 1 }, () => new StringTable());
  let hasDictionary = false;
  const samplesOut = (tag: number, at: number): void => {
    if (tag !== SAMPLES) copy(r, w, tag, at);
    else r.skip(tag);
  };
  while (r.pos < r.end) {
    const tag = r.tag();
    if (tag === DICTIONARY) {
      hasDictionary = true;
      within(r, (field) => {
        const end = r.limit();
        entries[field >>> 3].add(canonical, r.pos, end);
        r.pos = end;
      });
    } else eachProfile(r, w, tag, () => within(r, samplesOut));
  }
  return { skeleton: w.finish().slice(), hasDictionary, entries };
}

/** Writes the resource_profiles again; `samples` writes those of the profile that is at hand. */
export function assemble(skeleton: Uint8Array, w: Writer, samples: () => void): void {
  const r = new Reader(skeleton);
  while (r.pos < r.end) {
    eachProfile(r, w, r.tag(), () => {
      let written = false;
      const once = () => {
        if (!written) samples();
        written = true;
      };
      within(r, (tag, at) => {
        if (tag !== SAMPLE_TYPE) once();
        copy(r, w, tag, at);
      });
      once();
    });
  }
}

/** How many profiles a skeleton has. */
export function profilesIn(skeleton: Uint8Array): number {
  let profiles = 0;
  const r = new Reader(skeleton);
  const sink = new Writer(64);
  while (r.pos < r.end) {
    eachProfile(r, sink, r.tag(), () => {
      profiles++;
      r.skip(PROFILES);
    });
  }
  return profiles;
}

/** Copies one of resource_profiles, but for the profiles in it, whose content `profile` writes. */
function eachProfile(r: Reader, w: Writer, tag: number, profile: () => void): void {
  if (tag !== RESOURCE_PROFILES) throw r.fail('is no field of resource_profiles');
  nested(w, tag, () =>
    within(r, (field, at) => {
      if (field !== SCOPE_PROFILES) copy(r, w, field, at);
      else
        nested(w, field, () =>
          within(r, (inner, start) => {
            if (inner === PROFILES) nested(w, inner, profile);
            else copy(r, w, inner, start);
          }),
        );
    }),
  );
}

/** Visits the fields of the message whose tag was just read: the tag, and where it begins. */
function within(r: Reader, visit: (tag: number, at: number) => void): void {
  const end = r.limit();
  const outer = r.end;
  r.end = end;
  while (r.pos < end) {
    const at = r.pos;
    visit(r.tag(), at);
  }
  r.end = outer;
}

function copy(r: Reader, w: Writer, tag: number, at: number): void {
  r.skip(tag);
  w.bytes(r.buf, at, r.pos);
}

const WIDE = 4;

function nested(w: Writer, tag: number, content: () => void): void {
  w.byte(tag);
  const start = w.open(WIDE);
  content();
  w.close(start, WIDE);
}
