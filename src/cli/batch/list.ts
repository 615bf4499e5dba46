import { PprofOtlpError } from '../../errors.ts';
import { isStdin, readInput } from '../../io/node/input.ts';

/** Names of some ten million files. */
const MOST_BYTES = 1024 * 1024 * 1024;

/**
 * The names in a list: one a line, or with NULs between them, which no name can hold; a NUL in the list tells.
 *
 * @param list a file, or `-` for standard input
 * @param nul NULs separate, even where there is but one name
 */
export async function namesIn(list: string, nul: boolean): Promise<string[]> {
  let bytes: Uint8Array;
  try {
    bytes = await readInput(list, MOST_BYTES);
  } catch (error) {
    if (!(error instanceof PprofOtlpError)) throw error;
    const name = isStdin(list) ? 'standard input' : list;
    throw new PprofOtlpError(error.code, `--files-from ${name}: ${error.message}`, { stage: 'read', cause: error });
  }
  return splitNames(new TextDecoder().decode(bytes), nul);
}

/** Empty names are left out, so that the end of the list may or may not have a separator. */
export function splitNames(text: string, nul: boolean): string[] {
  const separator = nul || text.includes('\0') ? '\0' : '\n';
  const names = text.split(separator).filter((name) => name !== '');
  if (separator === '\0') return names;
  // Lists from Windows have a carriage return in every line; a name that ends in one would be the only one.
  const isWindows = names.length > 0 && names.every((name) => name.endsWith('\r'));
  return isWindows ? names.map((name) => name.slice(0, -1)).filter((name) => name !== '') : names;
}
