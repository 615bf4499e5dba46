import { writeStdout } from '../io/node/output.ts';
import { printable } from './escape.ts';

const CHUNK = 64 * 1024;

/** Lines to standard output as they come, so that a pager can show the first before the last is made. */
export async function writeLines(lines: Iterable<string>): Promise<void> {
  let text = '';
  const flush = async () => {
    if (text !== '') await writeStdout(text);
    text = '';
  };
  try {
    for (const line of lines) {
      text += `${printable(line)}\n`;
      if (text.length >= CHUNK) await flush();
    }
  } finally {
    // What could be read before a damaged place is worth seeing.
    await flush();
  }
}
