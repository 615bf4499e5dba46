/** What the naming of outputs uses of node:path; in a browser the names of files come without folders. */
export const basename = (path: string): string => path;
export const dirname = (): string => '';
export const join = (...parts: readonly string[]): string => parts.filter(Boolean).join('/');
