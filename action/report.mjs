// The lines of `--format json`, made of use for annotations and the summary. See docs/report.md.
import { count, size } from './text.mjs';

/** In: JSON lines of any of the commands. Out: one object a file, in the order of the files, worst status first. */
export function filesOf(lines) {
  const files = new Map();
  for (const line of lines.filter(Boolean).map((text) => JSON.parse(text))) {
    const { input } = line;
    const file = files.get(input) ?? { input, exit: 0, errors: 0, warnings: 0, lines: [] };
    files.set(input, file);
    file.lines.push(line);
    file.exit = Math.max(file.exit, line.exit);
    file.errors += line.errors ?? 0;
    if (line.error !== null) file.errors++;
    file.warnings += Array.isArray(line.warnings) ? line.warnings.length : line.warnings;
  }
  return [...files.values()].sort((a, b) => b.exit - a.exit);
}

/** What is to be said of a file: `level` is error, warning or notice; `rule` is set where a rule is broken. */
export function remarks({ lines }) {
  return lines.flatMap((line) => {
    const failure = line.error === null ? [] : [{ level: 'error', text: placeText(line.error) }];
    return [...failure, ...(line.findings ?? []).map(finding), ...warningsOf(line)];
  });
}

const LEVELS = { error: 'error', warning: 'warning', info: 'notice' };

function finding({ rule, severity, says, count: times, places }) {
  const rest = times - places.length;
  const listed = places.map(placeText);
  if (rest > 0) listed.push(`and ${rest} more`);
  return { level: LEVELS[severity], rule, text: [...listed, `The rule: ${says}`].join('\n') };
}

function warningsOf({ warnings, notes = [] }) {
  const texts = Array.isArray(warnings) ? warnings : [];
  return [...texts.map((text) => ({ level: 'warning', text })), ...notes.map((text) => ({ level: 'notice', text }))];
}

/** `@OFFSET message.path: what is wrong`, as the program says it. */
function placeText({ path, offset, message }) {
  const where = [offset === null ? '' : `@${offset}`, path ?? ''].filter(Boolean).join(' ');
  return where === '' ? message : `${where}: ${message}`;
}

/** How a file came off, in a few words. */
export function resultOf({ lines }) {
  return lines.map((line) => {
    if (line.error !== null) return placeText(line.error);
    if (line.findings !== undefined) return foundText(line);
    if (line.proven !== true) return 'not proven';
    return line.exactReturn === true ? 'exact return, proven' : `${carriedText(line)}proven`;
  });
}

function carriedText({ carried, residualBytes }) {
  return carried === 'structured' || carried === 'embedded' ? `carried ${carried} in ${size(residualBytes)}, ` : '';
}

export function foundText({ errors, warnings, infos }) {
  const parts = [
    [errors, 'error'],
    [warnings, 'warning'],
    [infos, 'info'],
  ];
  const found = parts.filter(([number]) => number > 0).map(([number, word]) => count(number, word));
  return found.join(', ') || 'nothing found';
}
