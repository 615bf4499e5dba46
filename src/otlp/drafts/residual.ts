import { PprofOtlpError } from '../../errors.ts';
import { RESIDUAL } from '../../model/conventions.ts';
import { equalRange } from '../../wire/bytes.ts';
import { LEN, Reader } from '../../wire/reader.ts';
import { utf8 } from '../../wire/text.ts';

/** The fields from ProfilesData to the key of a scope's attribute: resource_profiles, scope_profiles, scope, attributes, key. */
const TO_KEY = [1, 2, 1, 3, 1];
const RESIDUAL_KEY = utf8(RESIDUAL);

/** Whether a scope of uncompressed ProfilesData holds a residual. Looks at scopes only; what cannot be read has none. */
export function hasResidual(payload: Uint8Array): boolean {
  try {
    return leadsToResidual(new Reader(payload), 0);
  } catch (error) {
    if (!(error instanceof PprofOtlpError)) throw error;
    return false;
  }
}

function leadsToResidual(r: Reader, depth: number): boolean {
  if (depth === TO_KEY.length)
    return r.end - r.pos === RESIDUAL_KEY.length && equalRange(RESIDUAL_KEY, 0, RESIDUAL_KEY.length, r.buf, r.pos);
  while (r.pos < r.end) {
    const tag = r.tag();
    if (tag !== ((TO_KEY[depth] << 3) | LEN)) {
      r.skip(tag);
      continue;
    }
    const end = r.limit();
    if (leadsToResidual(new Reader(r.buf, r.pos, end), depth + 1)) return true;
    r.pos = end;
  }
  return false;
}
