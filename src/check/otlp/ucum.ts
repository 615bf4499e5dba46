/**
 * Units as UCUM writes them (case sensitive): terms of `.` and `/`, a unit with a prefix and an exponent, `{remark}`.
 * The atoms are those that measurements of programs have; what is in no list here is not taken for UCUM.
 */

const METRIC =
  's m g K C mol cd By bit Bd Hz J W V A N Pa L l Cel u eV Ohm F S Wb T H lm lx Bq Gy Sv kat bar rad sr'.split(' ');
const OTHER = 'min h d wk mo a 1 % [ppth] [ppm] [ppb] [pptr] 10* 10^ deg circ'.split(' ');
const PREFIXES = 'Y Z E P T G M k h da d c m u n p f a z y Ki Mi Gi Ti'.split(' ');

const ATOMS = new Set([...METRIC, ...OTHER, ...METRIC.flatMap((atom) => PREFIXES.map((prefix) => prefix + atom))]);

const REMARK = '\\{[\\x21-\\x7a\\x7c\\x7e]*\\}';
const COMPONENT = new RegExp(`^(?:${REMARK}|([^{}./()]+?)([+-]?\\d+)?(?:${REMARK})?)$`);

export function isUcum(text: string): boolean {
  // Parentheses group terms and change nothing about which terms are units.
  const flat = text.replaceAll(/[()]/g, '');
  return flat.replace(/^\//, '').split(/[./]/).every(isComponent);
}

function isComponent(text: string): boolean {
  const match = COMPONENT.exec(text);
  if (match === null) return false;
  const [, atom] = match;
  return atom === undefined || ATOMS.has(atom) || ATOMS.has(text) || /^\d+$/.test(atom);
}

/** What pprof and people say. */
const SPOKEN: Record<string, string> = {
  nanosecond: 'ns',
  microsecond: 'us',
  millisecond: 'ms',
  second: 's',
  minute: 'min',
  hour: 'h',
  day: 'd',
  byte: 'By',
  kilobyte: 'kBy',
  megabyte: 'MBy',
  gigabyte: 'GBy',
  b: 'By',
  kb: 'KiBy',
  mb: 'MiBy',
  percent: '%',
};

/** For a unit that is not UCUM what it would be there, empty when that is not known; undefined for UCUM. */
export function suggestion(unit: string): string | undefined {
  if (unit === '' || isUcum(unit)) return undefined;
  const spoken = unit.toLowerCase().replace(/s$/, '');
  return SPOKEN[spoken] ?? (/^[A-Za-z_]+$/.test(unit) ? `{${spoken}}` : '');
}
