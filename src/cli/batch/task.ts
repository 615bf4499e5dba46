/** One input of a call. Goes to worker threads as it is. */
export interface Task {
  /** Place among the inputs, counted from 0: reports come in this order. */
  index: number;
  /** The name as it was given or found; reports call it so. */
  file: string;
  /** Directory below -o DIR that its output goes to; empty for DIR itself. */
  folder: string;
  /** It was met in a directory: what is no profile is passed over. */
  found: boolean;
  /** Why it can't be read, where that is known already. */
  problem?: string;
  /** Paths that an attempt before this one reserved for its output. */
  reserved?: string[];
}

/** What became of one input. */
export interface Outcome<R extends Result> {
  /** One for each output, or one that says what went wrong. */
  results: R[];
  /** It is no profile, and nobody said it is. */
  passedOver?: boolean;
  /** Nobody is there to be told: only the status counts. */
  silent?: boolean;
}

export interface Result {
  /** Its exit status. */
  exit: number;
}

/** Never rejects: what goes wrong is a result. */
export type Job<R extends Result> = (task: Task) => Promise<Outcome<R>>;
