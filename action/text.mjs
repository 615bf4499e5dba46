// Names and messages come from files: whatever is in them, it stays text in a log, an annotation and a summary.

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udfff]/gu;
const LONGEST = 300;

/** Control characters spelled out, and not longer than anybody reads. */
export function printable(text) {
  const start = [...text.slice(0, 2 * LONGEST)].slice(0, LONGEST).join('');
  const short = start.length < text.length ? `${start}…` : text;
  return short.replaceAll(UNSAFE, (character) => {
    const code = character.charCodeAt(0);
    if (character === '\n') return '\\n';
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** Text in Markdown that means nothing in Markdown or HTML, and is no link or mention either. */
export function code(text) {
  return `<code>${entities(printable(text))}</code>`;
}

export function entities(text) {
  return text.replaceAll(/[^\p{L}\p{N} ,;/=…-]/gu, (character) => `&#${character.codePointAt(0)};`);
}

/** A line of the log. The program's name before it keeps it from being a command; `##[` would be one anywhere. */
export function logLine(text) {
  return `pprof-otlp: ${plain(text)}`;
}

/** An annotation; without a file it belongs to the step. */
export function annotation(level, { file, title }, message) {
  const properties = Object.entries({ file, title }).filter(([, value]) => value !== undefined);
  const list = properties.map(([name, value]) => `${name}=${property(value)}`).join(',');
  return `::${level} ${list}::${data(message)}`;
}

const plain = (text) => printable(text).replaceAll('##[', '# #[');

/** Line feeds stay line feeds. */
function data(text) {
  return text.split('\n').map(plain).join('\n').replaceAll('%', '%25').replaceAll('\n', '%0A');
}

function property(text) {
  return plain(text).replaceAll('%', '%25').replaceAll(':', '%3A').replaceAll(',', '%2C');
}

export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const power = Math.min(3, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(1)} ${['KiB', 'MiB', 'GiB'][power - 1]}`;
}

export const count = (number, word) => `${number} ${word}${number === 1 ? '' : 's'}`;
