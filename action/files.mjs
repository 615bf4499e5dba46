// Paths and globs to files. Node has that itself from 22 on; runners may have 20.
import { readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, parse, resolve, sep } from 'node:path';
import { UsageError } from './inputs.mjs';

/**
 * In: lines with a path or a glob; behind `!`, what is left out of the lines before. Out: paths of files, each once, those
 * of a line in order of their names. A path without wildcards is kept as it is, so that a slip is reported.
 *
 * `*` and `?` are not `/`, `**` is any number of directories, `[a-z]` and `[!a-z]` one character, `{a,b}` either. What
 * begins with a dot is matched by what begins with a dot. Directories behind symbolic links are not entered by `**`.
 */
export function expand(lines, cwd) {
  const found = new Map();
  for (const line of lines.map((text) => text.trim()).filter(Boolean)) {
    const leavesOut = line.startsWith('!');
    const pattern = leavesOut ? line.slice(1) : line;
    for (const path of braces(pattern).flatMap((each) => matches(each, cwd))) {
      if (leavesOut) found.delete(resolve(cwd, path));
      else if (!found.has(resolve(cwd, path))) found.set(resolve(cwd, path), path);
    }
  }
  return [...found.values()];
}

function matches(pattern, cwd) {
  if (!/[*?[]/.test(pattern)) return [pattern];
  const path = sep === '\\' ? pattern.replaceAll('\\', '/') : pattern;
  const root = isAbsolute(path) ? parse(path).root : '';
  const segments = path.slice(root.length).split('/').filter(Boolean);
  return walk(root, segments, cwd).filter((file) => isFile(resolve(cwd, file)));
}

/** Paths from `base` on that match the segments. */
function walk(base, segments, cwd) {
  if (segments.length === 0) return [base];
  const [segment, ...rest] = segments;
  if (segment === '**') {
    const below = rest.length === 0 ? ['*'] : rest;
    const inside = entries(base, cwd).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'));
    const deeper = inside.flatMap(({ name }) => walk(join(base, name), ['**', ...below], cwd));
    return [...walk(base, below, cwd), ...deeper];
  }
  if (!/[*?[]/.test(segment)) return walk(base === '' ? segment : join(base, segment), rest, cwd);
  const wanted = toRegExp(segment);
  const names = entries(base, cwd).map(({ name }) => name);
  const matching = names.filter((name) => wanted.test(name) && (!name.startsWith('.') || segment.startsWith('.')));
  return matching.flatMap((name) => walk(join(base, name), rest, cwd));
}

function entries(path, cwd) {
  try {
    return readdirSync(resolve(cwd, path), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

function isFile(path) {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function toRegExp(segment) {
  const source = segment.replaceAll(/\*+|\?|\[!?[^\]]+\]|[\\^$.+(){}|[\]]/g, (found) => {
    if (found.startsWith('*')) return '.*';
    if (found === '?') return '.';
    if (found.length === 1) return `\\${found}`;
    const not = found.startsWith('[!');
    return `[${not ? '^' : ''}${found.slice(not ? 2 : 1, -1).replaceAll(/[\\^[]/g, '\\$&')}]`;
  });
  try {
    return new RegExp(`^${source}$`, 'su');
  } catch {
    throw new UsageError(`files: "${segment}" is no pattern; [a-z] goes from the lower to the higher`);
  }
}

/** `a{b,c}` is `ab` and `ac`; braces without a comma are themselves. */
function braces(pattern) {
  const [whole, before, inside, after] = /^(.*?)\{([^{}]*,[^{}]*)\}(.*)$/s.exec(pattern) ?? [];
  if (whole === undefined) return [pattern];
  return inside.split(',').flatMap((choice) => braces(`${before}${choice}${after}`));
}
