let started: string | undefined;

/** To be told at the start, by the file that is the program. */
export function startedFrom(url: string): void {
  started = url;
}

/** The file that threads run as well: the program itself, whichever file of the bundle asks. */
export function programUrl(): URL {
  if (started === undefined) throw new Error('the program has not said where it is');
  return new URL(started);
}
