import { PprofOtlpError } from '../../errors.ts';
import { equalBytes } from '../../wire/bytes.ts';
import { type Fit, fitOf } from './fit.ts';
import { hasStacks, LAYOUTS, type Layout, schemaOf } from './schemas.ts';
import { rewrite } from './upgrade.ts';

/**
 * The layout of uncompressed ProfilesData, told by the shape of its wire. A payload that says the same in several
 * layouts has the newest; one that says different things is ambiguous, and `undecided` has the words for it. Broken
 * payloads have the layout in which they can be read best; reading them says what is wrong.
 */
export function versionOf(payload: Uint8Array): Layout | 'ambiguous' {
  const layouts = layoutsOf(payload);
  return layouts.length === 1 ? layouts[0] : 'ambiguous';
}

/** The layouts, newest first, of which nothing but the caller's knowledge chooses one: usually there is one only. */
export function layoutsOf(payload: Uint8Array): Layout[] {
  let fits: Fit[] = [];
  let mostWrong = Number.POSITIVE_INFINITY;
  for (const layout of LAYOUTS) {
    const fit = fitOf(payload, layout, mostWrong);
    mostWrong = Math.min(mostWrong, fit.wrong);
    fits.push(fit);
  }
  fits = least(fits, ({ wrong }) => wrong);
  // What no layout can read is not made readable by a rule.
  if (mostWrong === 0) fits = bestOf(fits);
  fits = fits.filter((fit, i) => !fits.slice(0, i).some((newer) => isAlike(newer, fit)));
  const layouts = fits.map(({ layout }) => layout);
  return layouts.length === 1 ? layouts : differing(payload, layouts);
}

/** Of layouts that can all be read the most plausible. */
function bestOf(fits: Fit[]): Fit[] {
  let best = least(fits, ({ unknown }) => unknown);
  best = least(best, ({ dangling }) => Number(dangling));
  // A layout is out when another does with breaking only some of the rules that it breaks.
  return best.filter(({ broken }) => !best.some((other) => isPart(other.broken, broken)));
}

/** What to tell the user of a payload with several layouts. */
export function undecided(layouts: readonly Layout[]): string {
  const [last, ...others] = layouts.map((layout) => (layout === 'current' ? '1.10' : layout));
  const list = [...others.reverse().map((name) => `as OTLP ${name}`), `as ${last}`].join(' and ');
  return `reads ${list} with another meaning; say which it is with --otlp-version`;
}

const least = (fits: Fit[], count: (fit: Fit) => number): Fit[] => {
  const lowest = Math.min(...fits.map(count));
  return fits.filter((fit) => count(fit) === lowest);
};

const isPart = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean => a.size < b.size && [...a].every((x) => b.has(x));

/** Whether all fields there have the same place and name in both. Since 1.8 that is all in which layouts differ. */
function isAlike(newer: Fit, older: Fit): boolean {
  return hasStacks(older.layout) && fieldsOf(newer) === fieldsOf(older);
}

function fieldsOf({ layout, used }: Fit): string {
  const fields: string[] = [];
  for (const [message, all] of Object.entries(schemaOf(layout))) {
    for (const field of all) {
      if (field === undefined || !used.has(field)) continue;
      fields.push(`${message}.${field.number} ${field.now} ${field.kind} ${field.repeated}`);
    }
  }
  return fields.join();
}

/** Of the layouts that give the payload one meaning the newest. Where it cannot be read, its error is the meaning. */
function differing(payload: Uint8Array, layouts: readonly Layout[]): Layout[] {
  const distinct: { layout: Layout; meaning: Uint8Array | string }[] = [];
  for (const layout of layouts) {
    const meaning = meaningOf(payload, layout);
    if (!distinct.some((other) => isSame(other.meaning, meaning))) distinct.push({ layout, meaning });
  }
  return distinct.map(({ layout }) => layout);
}

function meaningOf(payload: Uint8Array, layout: Layout): Uint8Array | string {
  try {
    return rewrite(payload, layout).payload;
  } catch (error) {
    if (!(error instanceof PprofOtlpError)) throw error;
    return `${error.offset} ${error.message}`;
  }
}

const isSame = (a: Uint8Array | string, b: Uint8Array | string): boolean =>
  a instanceof Uint8Array && b instanceof Uint8Array ? equalBytes(a, b) : a === b;
