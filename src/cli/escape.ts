/**
 * Names and messages come from files: nothing in them may move the cursor, clear the screen or turn the text around.
 * Control characters, line and paragraph separators, bidirectional overrides.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

export function printable(text: string): string {
  return inPieces(text, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    if (character === '\t') return '\\t';
    return spelledOut(character);
  });
}

/** JSON that says the same, with nothing in it that `printable` would spell out. */
export function printableJson(json: string): string {
  return inPieces(json, unicode);
}

function spelledOut(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : unicode(character);
}

const unicode = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The engine keeps a list of all matches in a text: in one of millions it needs gigabytes. */
const PIECE = 64 * 1024;

function inPieces(text: string, spell: (character: string) => string): string {
  if (text.length <= PIECE) return text.replace(UNSAFE, spell);
  let safe = '';
  for (let at = 0; at < text.length; at += PIECE) safe += text.slice(at, at + PIECE).replace(UNSAFE, spell);
  return safe;
}

/** The data of a GitHub workflow command; its line feeds stay line feeds. */
export function escapeData(text: string): string {
  return inPieces(text.replaceAll('%', '%25'), (character) => {
    if (character === '\n') return '%0A';
    return character === '\r' ? '%0D' : spelledOut(character);
  }).replaceAll('##[', '# #[');
}

/** A property of a GitHub workflow command, such as file=. */
export function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** A plain line in a workflow log: the runner takes `##[` anywhere in it for a command. */
export function plainLine(text: string): string {
  return printable(text).replaceAll('##[', '# #[');
}
