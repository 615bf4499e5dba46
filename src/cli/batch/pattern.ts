export const WILDCARD = /[*?[{]/;

/** Whether a name may be meant as a pattern. The `?` of an address is none. */
export function isPattern(name: string): boolean {
  return WILDCARD.test(name) && !/^https?:\/\//i.test(name);
}
