import type picomatch from 'picomatch';
import { walk } from '../../io/node/walk.ts';
import { WILDCARD } from './pattern.ts';

export interface Match {
  /** As a shell would have written it. */
  file: string;
  /** Path below the part of the pattern that has no wildcards. */
  below: string;
}

/** What picomatch knows beyond these; it stands for itself, as in most shells. */
const LITERAL = /[()|+@]/g;

/**
 * The files that a pattern stands for, sorted: `*`, `?`, `[a-z]`, `{a,b}`, and `**` for any number of directories.
 * As in shells, a leading dot must be written out.
 */
export async function expand(pattern: string): Promise<Match[]> {
  const segments = (process.platform === 'win32' ? pattern.replaceAll('\\', '/') : pattern).split('/');
  const plain = segments.findIndex((segment) => WILDCARD.test(segment));
  const prefix = segments
    .slice(0, plain)
    .map((segment) => `${segment}/`)
    .join('');
  const rest = segments.slice(plain).map(literally);
  // Imported here, as few calls have patterns.
  const { default: matcherOf } = await import('picomatch');
  const matches = matcherOf(rest.join('/'), { nonegate: true });
  const found = await walk(prefix === '' ? '.' : prefix, entersOf(rest, matcherOf));
  return found.flatMap(({ path, problem }) =>
    problem === undefined && matches(path) ? [{ file: `${prefix}${path}`, below: path }] : [],
  );
}

/** Picomatch writes [^a] where shells write [!a]. */
function literally(segment: string): string {
  return segment.replaceAll(LITERAL, (character) => `\\${character}`).replaceAll('[!', '[^');
}

/** A directory is worth reading when its path fits the beginning of the pattern. */
function entersOf(
  segments: readonly string[],
  matcherOf: typeof picomatch,
): { enters: (path: string) => boolean; followsLinks: boolean } {
  // Braces may hold slashes; then only the whole tells.
  const isSplit = segments.some((segment) => /\{[^}]*$/.test(segment));
  const deep = isSplit ? 0 : segments.findIndex((segment) => segment.includes('**'));
  const tests = segments.slice(0, deep).map((segment) => matcherOf(segment, { nonegate: true }));
  const enters = (path: string): boolean => {
    const names = path.split('/');
    if (deep === -1 && names.length > tests.length) return false;
    return names.every((name, depth) => (depth < tests.length ? tests[depth](name) : isSplit || !name.startsWith('.')));
  };
  return { enters, followsLinks: deep === -1 };
}
